"""A town small enough to keep in mind, with everything a town has.

    north   ┌───────┬───────┐        ┌───────────────┐
            │  w2   │  e2   │        │    fields     │
            ├───────┼───────┤        ├───────────────┤
            │  w1   │  e1   │        │     works     │
            │       │       │        ├───────────────┤
    south   └───────┴───────┘        │    market     │
             west     east           └───────────────┘
             community layer           service layer

Change `areas`, `organisations`, `people`, `categories`, `town` or `calendar` as you like,
then `load()`. Everybody's username is the role they stand for.
"""

import csv
import json
from copy import deepcopy
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from linli.cases.models import Category
from linli.packs.loader import Loaded, load
from linli.people.models import Organisation, User
from linli.places.models import Area

WEST, MIDDLE, EAST = 121.00, 121.02, 121.04
SOUTH, HALF, NORTH = 30.70, 30.72, 30.74
STREET, FIELD = 30.71, 30.73

_numbers = count(1)


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Make a GeoJSON polygon with its sides on meridians and parallels."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: str, shape: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Make an area as `areas.geojson` has it."""
    blank = {"name_en": "", "parent": None, "layer": None, "grid": False, "aliases": [],
             "land": None, "seat": None}  # fmt: skip
    return {
        "type": "Feature",
        "properties": {"code": code, **blank, **properties},
        "geometry": shape,
    }


def _grid(code: str, name: str, parent: str, layer: str, *sides: float, land: str | None = None):
    return feature(code, square(*sides), name=name, kind="grid", parent=parent, layer=layer,
                   grid=True, land=land)  # fmt: skip


AREAS = [
    feature("lake", square(WEST, SOUTH, EAST, NORTH), name="平湖镇", name_en="Lake", kind="town",
            aliases=["湖镇"], seat="w1"),
    feature("west", square(WEST, SOUTH, MIDDLE, NORTH), name="西村", name_en="West", kind="village",
            parent="lake", layer="community", seat="w1"),
    feature("east", square(MIDDLE, SOUTH, EAST, NORTH), name="东村", name_en="East", kind="village",
            parent="lake", layer="community", seat="e1"),
    _grid("w1", "西村一格", "west", "community", WEST, SOUTH, MIDDLE, HALF),
    _grid("w2", "西村二格", "west", "community", WEST, HALF, MIDDLE, NORTH),
    _grid("e1", "东村一格", "east", "community", MIDDLE, SOUTH, EAST, HALF),
    _grid("e2", "东村二格", "east", "community", MIDDLE, HALF, EAST, NORTH),
    _grid("market", "集市街", "lake", "service", WEST, SOUTH, EAST, STREET, land="street"),
    _grid("works", "工业区", "lake", "service", WEST, STREET, EAST, FIELD, land="industry"),
    _grid("fields", "田园", "lake", "service", WEST, FIELD, EAST, NORTH, land="field"),
]  # fmt: skip

ORGANISATIONS = [
    # code, name, name_en, kind, area, parent, functions
    ["government", "平湖镇政府", "Town government", "territorial", "lake", "", ""],
    ["westteam", "西村村委", "West village", "territorial", "west", "government", ""],
    ["enforcement", "综合执法队", "Enforcement", "department", "lake", "government",
     "urban-management"],
    ["housing", "建设办", "Housing", "department", "lake", "government", "housing sanitation"],
]  # fmt: skip
ORGANISATION_COLUMNS = ["code", "name", "name_en", "kind", "area", "parent", "functions"]

PEOPLE = [
    # username, name, name_en, organisation, roles, lead_of, lead_side
    ["worker", "陆春燕", "Lu Chunyan", "westteam", "worker", "w1 w2 market", "community"],
    ["elder", "沈阿大", "Shen Ada", "government", "worker", "e1 e2 works fields", "community"],
    ["warden", "徐志刚", "Xu Zhigang", "government", "officer",
     "w1 w2 e1 e2 market works fields", "town"],
    ["officer", "吴立", "Wu Li", "enforcement", "officer", "", ""],
    ["head", "金国强", "Jin Guoqiang", "enforcement", "head", "", ""],
    ["builder", "顾匠", "Gu Jiang", "housing", "head officer", "", ""],
    ["steward", "沈荷清", "Shen Heqing", "westteam", "steward head", "west", "community"],
    ["dispatcher", "方正", "Fang Zheng", "government", "dispatcher", "", ""],
    ["supervisor", "钱明", "Qian Ming", "government", "supervisor", "", ""],
    ["leader", "李镇", "Li Zhen", "government", "leader head", "lake west east", "town"],
    ["administrator", "管理", "Guan Li", "government", "administrator", "", ""],
    ["resident", "林晓荷", "Lin Xiaohe", "", "resident", "", ""],
]  # fmt: skip
PERSON_COLUMNS = ["username", "name", "name_en", "organisation", "roles", "lead_of", "lead_side"]


def _category(code: str, name: str, function: str, lead: str, **values: Any) -> dict[str, Any]:
    usual = {"accept_hours": 2, "resolve_hours": 15, "evaluation_days": 3, "evidence": []}
    return {"code": code, "name": name, "function": function, "lead": lead, **usual, **values}


CATEGORIES = [
    _category("order", "市容秩序", "urban-management", "functional", triage="public"),
    _category("stalls", "占道摆摊", "urban-management", "functional", parent="order",
              triage="public", evidence=["photo"],
              examples=["桥上摆摊占道", "路边摊位堵住桥头", "小贩占道卖菜", "夜里摆烧烤摊"]),
    _category("rubbish", "暴露垃圾", "sanitation", "territorial", parent="order",
              triage="public", resolve_hours=7.5,
              examples=["路边一堆垃圾", "垃圾桶满了没人收", "河边倒了建筑垃圾", "垃圾臭得不行"]),
    _category("lights", "路灯", "housing", "functional", triage="public",
              examples=["路灯不亮了", "桥边的路灯坏了", "晚上一片漆黑没有灯", "灯杆歪了"]),
    _category("neighbours", "邻里纠纷", "housing", "territorial", triage="neighbourhood",
              examples=["楼上天天跑跳吵人", "邻居漏水不肯赔", "隔壁占了我家过道", "狗半夜一直叫"]),
]  # fmt: skip


class SmallTown:
    """The files of the small town, ready to be changed, written and loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # No two towns of a test run are the same: what is kept for one is not taken for another's.
        self.town: dict[str, Any] = {
            "code": "lake", "name": "平湖镇", "name_en": "Lake", "packs": ["village"],
            "attribution": f"small town {next(_numbers)}",
        }  # fmt: skip
        self.layers = [
            {"code": "community", "name": "社区网格"},
            {"code": "service", "name": "服务网格"},
        ]
        self.calendar: dict[str, Any] = {"hours": [["08:30", "12:00"], ["13:30", "17:30"]]}
        self.areas = deepcopy(AREAS)
        self.organisations = deepcopy(ORGANISATIONS)
        self.people = deepcopy(PEOPLE)
        self.categories = deepcopy(CATEGORIES)
        self.services: list[dict[str, Any]] = []
        # What else stands in the pack, by the name of its section.
        self.sections: dict[str, list[dict[str, Any]]] = {}

    def write(self) -> Path:
        """Write the folder."""
        (self.folder / "packs").mkdir(parents=True, exist_ok=True)
        self._put("town.toml", _toml(self.town) + _tables("layers", self.layers))
        self._put("calendar.toml", _toml(self.calendar))
        collection = {"type": "FeatureCollection", "features": self.areas}
        self._put("areas.geojson", json.dumps(collection, ensure_ascii=False))
        self._put_rows("organisations.csv", ORGANISATION_COLUMNS, self.organisations)
        self._put_rows("people.csv", PERSON_COLUMNS, self.people)
        head = _toml({"code": "village", "name": "乡村", "name_en": "Village"})
        self._put(
            "packs/village.toml",
            head
            + _tables("category", self.categories)
            + _tables("service", self.services)
            + "".join(_tables(name, tables) for name, tables in self.sections.items()),
        )
        return self.folder

    def load(self) -> Loaded:
        """Write the folder and load it."""
        return load(self.write())

    def area(self, code: str) -> dict[str, Any]:
        """Return an area of the files."""
        return next(f for f in self.areas if f["properties"]["code"] == code)

    def row(self, code: str) -> list[str]:
        """Return an organisation or a person of the files."""
        return next(row for row in [*self.organisations, *self.people] if row[0] == code)

    def category(self, code: str) -> dict[str, Any]:
        """Return a category of the files."""
        return next(c for c in self.categories if c["code"] == code)

    def drop_grid(self, code: str, into: str) -> None:
        """Take a grid out of the files; its land falls to the grid `into`, which it borders on."""
        gone, taker = self.area(code), self.area(into)
        corners = [*gone["geometry"]["coordinates"][0], *taker["geometry"]["coordinates"][0]]
        lon, lat = zip(*corners, strict=True)
        taker["geometry"] = square(min(lon), min(lat), max(lon), max(lat))
        self.areas.remove(gone)
        for person in self.people:
            person[5] = " ".join(led for led in person[5].split() if led != code)

    def _put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _put_rows(self, name: str, header: list[str], rows: list[list[str]]) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def _toml(values: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's texts, numbers and booleans are TOML's as well.
    return json.dumps(value, ensure_ascii=False)


def _tables(name: str, tables: list[dict[str, Any]]) -> str:
    return "".join(f"\n[[{name}]]\n{_toml(table)}" for table in tables)


def person(role: str) -> User:
    """Return the person who stands for a role."""
    return User.objects.get(username=role)


def area(code: str) -> Area:
    """Return a loaded area."""
    return Area.objects.get(code=code)


def organisation(code: str) -> Organisation:
    """Return a loaded organisation."""
    return Organisation.objects.get(code=code)


def category(code: str) -> Category:
    """Return a loaded category."""
    return Category.objects.get(code=code)
