"""The register comes in and goes out as files: the tree, the store, the shifts, the figures."""

import csv
from pathlib import Path

import pytest

from linli import sample
from linli.assets.register.models import Asset, CrewSkill, Entry, Shift, Spare, SpareMove
from linli.people.scope import Scope
from linli.tables import CHANGED, NEW, UNCHANGED, declared
from tests.assets.plant import asset
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant", "morning")


def put(table: str, by: str, *rows: dict) -> list:
    """Write rows through the door, or return what is wrong with them."""
    writer, scope = declared()[table].writer, Scope(person(by))
    if not writer.may(scope):
        return ["not at all"]
    checked = writer.check(scope, rows)
    if any(isinstance(one, list) for one in checked):
        return [[w.column for w in one] if isinstance(one, list) else one for one in checked]
    assert [str(one) for one in checked] == writer.write(scope, rows)
    return [str(one) for one in checked]


def machine(code: str, **more) -> dict:
    return {"code": code, "name": code, "level": "machine", "kind": "press", "parent": "P1-L1",
            **more}  # fmt: skip


def test_a_machine_and_its_part_come_in_one_file_in_their_order():
    part = {"code": "X1-B", "name": "轴承", "level": "part", "kind": "bearing", "parent": "X1"}
    assert put("assets", "engineer", machine("X1"), part) == [NEW, NEW]
    assert asset("X1-B").path == "P1/P1-L1/X1/X1-B/"
    assert put("assets", "engineer", machine("X1"), part) == [UNCHANGED, UNCHANGED]
    assert put("assets", "engineer", machine("X1", maker="沃力")) == [CHANGED]


def test_moving_a_machine_moves_what_lies_below_it():
    line = {"code": "P1-L2", "name": "二号线", "level": "line", "kind": "line", "parent": "P1"}
    put("assets", "engineer", line)
    put("assets", "engineer", machine("P1-L1-M01", parent="P1-L2"))
    assert asset("P1-L1-M01-B1").path == "P1/P1-L2/P1-L1-M01/P1-L1-M01-B1/"


def test_what_cannot_stand_in_the_tree_is_refused():
    assert put("assets", "engineer", machine("X1", parent="P1-L1-M01-B1")) == [["parent"]]
    assert put("assets", "engineer", machine("X1", parent="nowhere")) == [["parent"]]
    assert put("assets", "engineer", machine("X1", kind="teapot")) == [["kind"]]
    assert put("assets", "engineer", machine("X1", lon=121.0)) == [["lon"]]
    assert put("assets", "engineer", machine("P1", level="line")) == [["parent"]]
    assert put("assets", "engineer", machine("X/1")) == [["code"]]


def test_only_who_keeps_a_machine_writes_it():
    assert put("assets", "operator", machine("X1")) == ["not at all"]
    assert put("assets", "builder", machine("X1")) == [["code"]]
    assert put("assets", "engineer", machine("X1", parent="PS1")) == [["code"]]
    # What is another's cannot be taken by moving it to one's own.
    assert put("assets", "engineer", {"code": "PS1-P1", "name": "泵", "level": "machine",
                                      "kind": "pump", "parent": "P1-L1"}) == [["code"]]  # fmt: skip


def spare(code: str, **more) -> dict:
    return {"code": code, "name": "轴承", "plant": "P1", "fits": ["press"], "stock": 2, **more}


def test_a_stock_that_differs_is_kept_as_a_count():
    assert put("spares", "engineer", spare("S1", price_yuan=860.5)) == [NEW]
    assert put("spares", "engineer", spare("S1", price_yuan=860.5)) == [UNCHANGED]
    assert put("spares", "engineer", spare("S1", stock=5)) == [CHANGED]
    moves = list(SpareMove.objects.order_by("id").values_list("reason", "change", "balance"))
    assert moves == [("counted", 2, 2), ("counted", 3, 5)]
    assert put("spares", "engineer", spare("S1", stock=-1)) == [["stock"]]
    assert put("spares", "engineer", spare("S2", plant="P1-L1")) == [["plant"]]


def test_stops_and_output_that_cannot_be_are_refused():
    from datetime import UTC, datetime

    a, b = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 10, tzinfo=UTC)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    stop = {"asset": "P1-L1-M01", "since": a, "until": b, "cause": "failure"}
    assert put("stops", "engineer", stop) == [NEW]
    assert put("stops", "engineer", stop) == [UNCHANGED]
    assert put("stops", "engineer", {**stop, "since": b, "until": a}) == [["until"]]
    assert put("stops", "engineer", {**stop, "since": later, "until": None}) == [["since"]]
    made = {"asset": "P1-L1-M01", "since": a, "until": b, "made": 100, "good": 99, "ideal_s": 20.0}
    assert put("outputs", "engineer", made) == [NEW]
    assert put("outputs", "engineer", {**made, "good": 101}) == [["good"]]
    assert put("outputs", "engineer", {**made, "until": a}) == [["until"]]


def test_the_sample_goes_through_the_door(tmp_path, plant):
    """The sample of Pinghu, with its organisations and areas as the small town has them."""
    plant.town["packs"].append("farm")
    plant.row("p1-process")[6] += " agriculture"
    plant.load()
    for row in Asset.objects.order_by("-path"):
        row.delete()
    source = Path(__file__).parents[3] / "towns/pinghu/sample"
    folder = tmp_path / "sample"
    folder.mkdir()
    swap = {"P1-quality": "p1-quality", "P1-maintenance": "p1-maintenance", "P1": "p1",
            "P1-L1": "p1-l1", "water": "housing", "utilities": "housing",
            "F1": "p1", "F1-crew": "p1-l1"}  # fmt: skip
    others = [source / "assets.csv", source / "crop-stages.csv"]
    for file in [*source.glob("asset-*.csv"), *others]:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        for row in rows:
            if "organisation" in row:
                row["organisation"] = swap.get(row["organisation"], row["organisation"])
            if row.get("area"):
                row["area"] = "works"
            if row.get("by") == "tuminsheng":
                row["by"] = "mechanic"
        with (folder / file.name).open("w", encoding="utf-8", newline="") as out:
            told = csv.DictWriter(out, rows[0].keys())
            told.writeheader()
            told.writerows(rows)
    (folder / "assets.toml").write_text((source / "assets.toml").read_text("utf-8"), "utf-8")

    taken = sample.bring(tmp_path, Scope(person("administrator")))

    assert taken["assets"] == Asset.objects.count() == 38
    counts = [model.objects.count() for model in (Spare, Shift, CrewSkill, Entry)]
    assert counts == [12, 3, 11, 11]
    assert Entry.objects.latest("at").at.date().isoformat() < "2026-03-10"


def test_a_machine_tells_its_output_over_rest_and_is_asked_how_it_ran(client, plant):
    from linli.doors import keys

    secret = keys.issue(person("engineer"), "MES", ["assets:read", "assets:write"])[1]
    headers = {"authorization": f"Bearer {secret}"}
    told = {"since": "2026-03-10T06:00:00+08:00", "until": "2026-03-10T08:00:00+08:00",
            "made": 100, "good": 97, "ideal_s": 60}  # fmt: skip
    for made in (90, 100):
        answer = client.post("/api/v1/assets/P1-L1-M01/output", {**told, "made": max(made, 97)},
                             content_type="application/json", headers=headers)  # fmt: skip
        assert answer.status_code == 200, answer.content
    wrong = client.post("/api/v1/assets/P1-L1-M01/output", {**told, "good": 101},
                        content_type="application/json", headers=headers)  # fmt: skip
    assert wrong.status_code == 422
    ran = client.get("/api/v1/assets/P1/running", headers=headers).json()
    lines = {line["asset"]: line for line in ran["lines"]}
    assert lines["P1-L1-M01"]["made"] == lines["P1"]["made"] == 100
    assert lines["P1"]["quality"] == 0.97
