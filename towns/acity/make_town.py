"""Draws the sample town A-city: `python towns/acity/make_town.py`.

Needs Linli installed (numpy and shapely come with it), nothing else. Writes areas.geojson,
organisations.csv and people.csv. Nothing is random but the people's names, whose seed is fixed,
so running it again writes the same bytes.

The place is the anonymised province of the TipDM Cup 2020 messages: cities A to M, their
districts and counties by letter and number, and the streets and towns of A市 that people named.
The list below was put together by hand from those messages; gaps in the numbering were filled.
The map is a board of equal hexagons off the coast of Africa, so that nobody takes it for real.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely import Geometry

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import drawing  # noqa: E402
from naming import People, pinyin  # noqa: E402

SEED = 2020
ROOT = "xidi"

# Districts, counties and county-level cities. M6州 is a prefecture of its own.
CITIES = {
    "A市": "A1区 A2区 A3区 A4区 A5区 A6区 A7县 A8县 A9市",
    "B市": "B1区 B2区 B3区 B4区 B5县 B6县 B7县 B8县 B9市",
    "C市": "C1区 C2区 C3县 C4市 C5市",
    "D市": "D1区 D2区 D3区 D4区 D5区 D6县 D7县 D8县 D9县 D10县 D11市 D12市",
    "E市": "E1区 E2区 E3区 E4县 E5县 E6县 E7县 E8县 E9县 E10县 E11县 E12市",
    "F市": "F1区 F2区 F3区 F4县 F5县 F6县 F7县 F8市 F9市",
    "G市": "G1区 G2区 G3县 G4县 G5县 G6县 G7县 G8县 G9市",
    "H市": "H1区 H2区 H3县 H4县",
    "I市": "I1区 I2区 I3县 I4县 I5县 I6市",
    "J市": "J1区 J2区 J3县 J4县 J5县 J6县 J7县 J8县 J9县 J10县 J11市",
    "K市": "K1区 K2区 K3县 K4县 K5县 K6县 K7县 K8县 K9县 K10县 K11县",
    "L市": "L1区 L2县 L3县 L4县 L5县 L6县 L7县 L8县 L9县 L10县 L11县 L12市",
    "M市": "M1区 M2县 M3县 M4市 M5市",
    "M6州": "M7市 M8县 M9县 M10县 M11县 M12县 M13县 M14县",
}

# Streets and towns as people name them: name=alias=alias. Bare stems are aliases only where
# they mean nothing else (泉塘, but neither 西湖 nor 高桥).
STREETS = {
    "A1区": """
        马王堆街道=马王堆 马坡岭街道=马坡岭 火星街道=火星镇 朝阳街街道=朝阳街道
        定王台街道=定王台 韭菜园街道 五里牌街道 文艺路街道 东屯渡街道=东屯渡 荷花园街道 东湖街道
        东岸街道=东岸乡""",
    "A2区": """
        暮云街道=暮云镇=暮云 桂花坪街道=桂花坪 南托街道=南托 先锋街道 坡子街街道=坡子街道=坡子街
        新开铺街道=新开铺 裕南街街道=裕南街 大托铺街道=大托街道=大托镇=大托铺 黑石铺街道=黑石铺
        文源街道 金盆岭街道=金盆岭 青园街道 赤岭路街道 城南路街道""",
    "A3区": """
        天顶街道=天顶乡 西湖街道 学士街道 含浦街道=含浦镇=含浦 雨敞坪镇=雨厂坪镇=雨敞坪
        观沙岭街道=观沙岭 莲花镇 洋湖街道=洋湖 银盆岭街道=银盆岭 梅溪湖街道=梅溪湖
        咸嘉湖街道=咸嘉湖 坪塘街道=坪塘镇=坪塘 望岳街道 雷锋街道=雷锋镇 东方红街道=东方红镇
        麓谷街道=麓谷 望月湖街道=望月湖 A3区街道 A6区坡街道""",
    "A4区": """
        捞刀河街道=捞刀河镇 沙坪街道 秀峰街道 青竹湖街道=青竹湖镇=青竹湖 新河街道
        伍家岭街道=伍家岭 东风路街道=东风街道 四方坪街道=四方坪 月湖街道 望麓园街道 清水塘街道
        洪山街道 A9市河街道 A1区北路街道 新港街道=新港镇 东兴园街道""",
    "A5区": """
        洞井街道=洞井镇=洞井乡=洞井 跳马镇=跳马乡 左家塘街道=左家塘 东塘街道 井湾子街道=井湾子
        圭塘街道=圭塘 高桥街道 同升街道 黎托街道=黎托乡=黎托 砂子塘街道=砂子塘 侯家塘街道=侯家塘
        东山街道""",
    "A6区": """
        月亮岛街道=月亮岛 高塘岭街道=高塘岭镇=高塘岭 丁字湾街道=丁字镇=丁字新镇=丁字湾
        黄金园街道 金山桥街道=金山桥 白箬铺镇=白若铺镇=白箬铺 大泽湖街道=大泽湖 桥驿镇
        乌山街道=乌山镇 格塘镇 白沙洲街道 铜官街道=铜官镇=铜官 靖港镇=靖港""",
    "A7县": """
        泉塘街道=泉塘 星沙街道=星沙镇 楚龙街道 榔梨街道=榔梨镇=榔犁镇=榔犁街道=樃梨街道=榔梨
        长龙街道 黄兴镇 黄花镇=黄花机场 北山镇 安沙镇 春华镇 青山铺镇=青山铺 江背镇 高桥镇
        路口镇 果园镇 金井镇=金靖镇 开慧镇=开慧乡 福临镇 干杉镇=干杉乡 双江镇 望新乡""",
    "A8县": """
        灰汤镇=灰汤 玉潭街道=玉潭镇 朱良桥乡 双江口镇 沙田乡=沙田镇 道林镇 青山桥镇
        双凫铺镇=双凫铺 白马桥街道 黄材镇 喻家坳乡=喻坳家乡 横市镇 大成桥镇 老粮仓镇=老粮仓
        流沙河镇 大屯营镇=大屯营乡 回龙铺镇 金洲镇 巷子口镇 花明楼镇=花明楼 坝塘镇 菁华铺乡
        枫木桥乡""",
    "A9市": """
        镇头镇 关口街道 北盛镇 集里街道 金刚镇 张坊镇 古港镇 淮川街道 永安镇 枨冲镇 太平桥镇
        柏加镇 荷花街道 洞阳镇 文家市镇""",
}
# Names everybody uses for a whole district or city.
ALSO = {
    "A3区": ["滨江新城", "A市高新区"],
    "A7县": ["星沙", "松雅湖", "A市经开区"],
    "A8县": ["A8县市", "A8市"],
    "A5区": ["红星大市场", "武广新城"],
    "A4区": ["金霞", "北辰三角洲", "辰北三角洲"],
    "M6州": ["M6自治州"],
}
# Names with a letter in them, which pinyin cannot spell.
SPELT = {
    "A3区街道": "A3 Subdistrict",
    "A6区坡街道": "A6 Slope Subdistrict",
    "A9市河街道": "A9 River Subdistrict",
    "A1区北路街道": "A1 North Road Subdistrict",
}
WORDS = {
    "街道": "Subdistrict",
    "镇": "Town",
    "乡": "Township",
    "区": "District",
    "县": "County",
    "市": "City",
    "州": "Prefecture",
}

LANDS = {  # name, name_en, share of the hexagons
    "street": ("街区", "Streets", 0.45),
    "industry": ("园区", "Industry", 0.2),
    "field": ("乡野", "Fields", 0.25),
    "water": ("水域", "Water", 0.1),
}

# code, name, name_en, functions; a set of these at the province and in each city
DEPARTMENTS = (
    ("construction", "城乡建设局", "Construction Bureau", "housing land utilities data"),
    ("order", "城市管理局", "Urban Management Bureau", "urban-management sanitation"),
    ("environment", "生态环境局", "Environment Bureau", "environment water agriculture"),
    ("transport", "交通运输局", "Transport Bureau", "transport"),
    ("education", "教育文体局", "Education and Culture Bureau", "education tourism"),
    ("labour", "人力资源和社会保障局", "Labour and Security Bureau", "labour civil-affairs"),
    ("commerce", "商务和市场监管局", "Commerce and Market Bureau", "commerce market industry"),
    ("health", "卫生健康局", "Health Bureau", "health"),
    ("police", "公安和应急局", "Police and Emergency Bureau", "police emergency"),
)

COLUMNS = 26
SIDE = 0.02  # of a hexagon, in degrees: some 2.2 km
FAR_DISTRICT = 3  # hexagons of a district outside A市


@dataclass
class Place:
    """One area before it is written."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    layer: str | None = None
    grid: bool = False
    aliases: list[str] = field(default_factory=list)
    land: str | None = None
    seat: str | None = None


@dataclass(frozen=True)
class Hexagon:
    """One cell of the board, by column and row."""

    column: int
    row: int

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        return (
            0.2 + SIDE * np.sqrt(3) * (self.column + 0.5 * (self.row % 2)),
            0.2 + SIDE * 1.5 * self.row,
        )

    def drawn(self) -> Geometry:
        """Its six corners, rounded alike in all hexagons that share them."""
        x, y = self.middle
        turn = np.radians(np.arange(30, 390, 60))
        ring = np.stack([x + SIDE * np.cos(turn), y + SIDE * np.sin(turn)], axis=1)
        return shapely.Polygon(np.round(ring, drawing.DECIMALS))


def main() -> None:
    """Write the folder's files."""
    places = list_places()
    board = lay_out(places)
    land = assign_land(places, board)
    services = list_service_grids(land)

    hexagons: dict[str, list[Hexagon]] = defaultdict(list)
    by_code = {place.code: place for place in places}
    for code, share in board.items():
        place: Place | None = by_code[code]
        while place is not None:
            hexagons[place.code] += share
            place = by_code.get(place.parent or "")
    for hexagon, code in land.items():
        hexagons[code].append(hexagon)

    areas = places + services
    drawing.write_areas(
        HERE / "areas.geojson",
        [
            drawing.feature(drawing.joined([h.drawn() for h in hexagons[area.code]]), **vars(area))
            for area in areas
        ],
    )
    drawing.write_rows(HERE / "organisations.csv", make_organisations(areas))
    drawing.write_rows(HERE / "people.csv", make_people(areas))


# --- the map -----------------------------------------------------------------------------


def list_places() -> list[Place]:
    """List the province, cities, districts, streets and their seats (本级), parents first."""
    places = [Place(ROOT, "西地省", "Xidi Province", "province", None, seat=f"{ROOT}-00")]
    places.append(seat_of(places[0]))
    for city, districts in CITIES.items():
        letter = city.removesuffix("市").removesuffix("州")
        place = Place(
            f"{ROOT}-{letter}",
            city,
            english(city),
            "city",
            ROOT,
            aliases=ALSO.get(city, []),
            seat=f"{ROOT}-{letter}-00",
        )
        places += [place, seat_of(place)]
        for name in districts.split():
            code = f"{ROOT}-{name[:-1]}"
            district = Place(
                code,
                name,
                english(name),
                "district",
                place.code,
                aliases=ALSO.get(name, []),
                seat=f"{code}-00",
            )
            places += [district, seat_of(district)]
            for number, entry in enumerate(STREETS.get(name, "").split(), 1):
                street, *aliases = entry.split("=")
                places.append(
                    Place(
                        f"{code}-{number:02d}",
                        street,
                        english(street),
                        "grid",
                        code,
                        "community",
                        True,
                        aliases,
                    )
                )
    return places


def seat_of(place: Place) -> Place:
    """Make the grid for what is located no closer than `place` itself."""
    return Place(
        f"{place.code}-00",
        f"{place.name}本级",
        f"{place.name_en} (at large)",
        "grid",
        place.code,
        "community",
        True,
    )


def english(name: str) -> str:
    """Spell a name with its kind: 泉塘街道 → Quantang Subdistrict, A3区 → A3 District."""
    if name in SPELT:
        return SPELT[name]
    ending = next(ending for ending in WORDS if name.endswith(ending))
    stem = name.removesuffix(ending)
    return f"{stem if stem.isascii() else pinyin(stem)} {WORDS[ending]}"


def lay_out(places: Sequence[Place]) -> dict[str, list[Hexagon]]:
    """Give every community grid its hexagons, neighbours within an area staying together."""
    below = defaultdict(list)
    for place in places:
        below[place.parent].append(place)
    board: dict[str, list[Hexagon]] = {}

    def size(place: Place) -> int:
        if not place.grid:
            return sum(size(child) for child in below[place.code])
        far = place.code.count("-") == 2 and not place.code.startswith(f"{ROOT}-A")
        return FAR_DISTRICT if far and not is_city_seat(place) else 1

    def settle(group: Sequence[Place], free: list[Hexagon]) -> None:
        if len(group) == 1:
            place = group[0]
            if place.grid:
                board[place.code] = free
            else:
                settle(below[place.code], free)
            return
        sizes = [size(place) for place in group]
        sizes[0] += len(free) - sum(sizes)  # the province's seat takes what the board has over
        running = np.cumsum(sizes)
        cut = int(np.argmin(np.abs(running[:-1] - running[-1] / 2))) + 1
        middles = np.array([hexagon.middle for hexagon in free])
        across = int(np.ptp(middles[:, 0]) < np.ptp(middles[:, 1]))
        order = sorted(free, key=lambda h: (round(h.middle[across], 6), h.middle[1 - across]))
        settle(group[:cut], order[: running[cut - 1]])
        settle(group[cut:], order[running[cut - 1] :])

    total = size(places[0])
    rows = -(-total // COLUMNS)
    settle([places[0]], [Hexagon(i % COLUMNS, i // COLUMNS) for i in range(rows * COLUMNS)])
    return board


def is_city_seat(place: Place) -> bool:
    """Say whether a grid is the seat of a city rather than of a district."""
    return place.parent in {f"{ROOT}-{city[:-1]}" for city in CITIES}


def assign_land(places: Sequence[Place], board: dict[str, list[Hexagon]]) -> dict[Hexagon, str]:
    """Give every hexagon its service grid: streets around the seat, then industry, fields, water.

    A市 is divided by district, the other cities as a whole.
    """
    by_code = {place.code: place for place in places}
    groups: dict[str, list[Hexagon]] = defaultdict(list)
    for code, share in board.items():
        owner = by_code[str(by_code[code].parent)]
        if owner.kind == "district" and owner.parent != f"{ROOT}-A":
            owner = by_code[str(owner.parent)]
        groups[owner.code] += share

    land = {}
    for code, share in groups.items():
        x, y = board[f"{code}-00"][0].middle
        order = sorted(
            share,
            key=lambda h: (round(np.hypot(h.middle[0] - x, h.middle[1] - y), 6), h.column, h.row),
        )
        edges = np.cumsum([part for *_, part in LANDS.values()]) * len(order)
        for number, hexagon in enumerate(order):
            kind = int(np.searchsorted(edges - 1e-9, number, side="right"))
            land[hexagon] = f"{code}-{list(LANDS)[min(kind, 3)]}"
    return land


def list_service_grids(land: dict[Hexagon, str]) -> list[Place]:
    """List the service grids that got land."""
    names = {ROOT: ("西地省", "Xidi")}
    for city, districts in CITIES.items():
        names[f"{ROOT}-{city[:-1]}"] = (city, city[:-1])
        names.update({f"{ROOT}-{d[:-1]}": (d, d[:-1]) for d in districts.split()})
    grids = []
    for code in dict.fromkeys(land.values()):
        owner, kind = code.rsplit("-", 1)
        label, label_en, _ = LANDS[kind]
        name, name_en = names[owner]
        grids.append(
            Place(
                code,
                name + label,
                f"{name_en} {label_en}",
                "grid",
                owner,
                "service",
                True,
                land=kind,
            )
        )
    return grids


# --- organisations and people ------------------------------------------------------------


def make_organisations(areas: Sequence[Place]) -> list[dict[str, str]]:
    """List the governments, the departments of province and cities, and the centre."""
    rows = []

    def add(code, name, name_en, kind, area, parent="", functions=""):
        rows.append(
            {
                "code": code,
                "name": name,
                "name_en": name_en,
                "kind": kind,
                "area": area,
                "parent": parent,
                "functions": functions,
            }
        )

    for area in areas:
        if area.grid:
            continue
        add(
            area.code,
            f"{area.name}人民政府",
            f"{area.name_en} Government",
            "territorial",
            area.code,
            area.parent or "",
        )
        if area.kind == "province":
            add("centre", "西地省社会治理中心", "Xidi Governance Centre", "platform", ROOT, ROOT)
        if area.kind in ("province", "city"):
            for code, name, name_en, functions in DEPARTMENTS:
                add(
                    f"{area.code}-{code}",
                    area.name + name,
                    f"{area.name_en} {name_en}",
                    "department",
                    area.code,
                    area.code,
                    functions,
                )
    return rows


def make_people(areas: Sequence[Place]) -> list[dict[str, str]]:
    """Invent heads, officers and the two leads of every grid."""
    people = People(SEED)
    rows: list[dict[str, str]] = []
    below = defaultdict(list)
    for area in areas:
        below[area.parent].append(area)

    def add(organisation, roles, lead_of=(), side=""):
        username, name, name_en = people.invent()
        rows.append(
            {
                "username": username,
                "name": name,
                "name_en": name_en,
                "organisation": organisation,
                "roles": roles,
                "lead_of": " ".join(lead_of),
                "lead_side": side if lead_of else "",
            }
        )

    for roles in ("head", "officer", "dispatcher", "dispatcher", "supervisor", "supervisor"):
        add("centre", roles)
    add("centre", "leader")
    add("centre", "administrator")
    for area in areas:
        if area.grid:
            continue
        add(area.code, "head", [area.code], "town")
        grids = [child for child in below[area.code] if child.grid]
        services = [grid.code for grid in grids if grid.layer == "service"]
        homes = [grid.code for grid in grids if grid.layer == "community"]
        add(area.code, "officer", [*homes, *services], "town")
        # The seat's own lead also answers for the area and for what its land is used for.
        add(area.code, "worker steward", [area.code, homes[0], *services], "community")
        for grid in homes[1:]:
            add(area.code, "worker", [grid], "community")
        if area.kind in ("province", "city"):
            for code, *_ in DEPARTMENTS:
                add(f"{area.code}-{code}", "head")
                add(f"{area.code}-{code}", "officer")
    for _ in range(5):
        add("", "resident")
    return rows


if __name__ == "__main__":
    main()
