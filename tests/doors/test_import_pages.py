"""A file is shown row by row before anything is written, and then taken in, whatever it holds."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from linli import clock, tables
from linli.cases.models import Case, Report
from linli.doors import importing, uploads
from linli.doors.models import ColumnMap, Upload
from linli.doors.reading import Row, Sheet
from linli.people.models import AuditEntry, Lead, Membership, Organisation, User
from linli.people.scope import scope
from linli.places.models import Area, Town
from linli.tables import CHANGED, NEW, UNCHANGED, Column, Kind, Table, Writer, Wrong
from tests.cases.conftest import tell
from tests.small_town import MIDDLE, SOUTH, WEST, area, organisation, person

pytestmark = pytest.mark.usefixtures("town", "morning")

ORGANISATIONS = (
    "编码,名称,类型,区域,上级,职能\n"
    "water,水务站,station,lake,government,water drains\n"
    "housing,建设与管理办,部门,lake,government,housing sanitation\n"
    "enforcement,综合执法队,department,lake,government,urban-management\n"
)


def follow(client, sent):
    assert sent.status_code == 302, sent.text
    return client.get(sent["Location"])


def token(sent):
    return sent["Location"].strip("/").split("/")[-1]


def take(client, sent):
    client.post(f"/import/{token(sent)}/take/")
    return client.get(f"/import/{token(sent)}/")


# --- what a preview says ----------------------------------------------------------------------


def test_a_preview_writes_nothing_and_says_what_becomes_of_each_row(bring):
    client, sent = bring("organisations", ORGANISATIONS)
    page = follow(client, sent)

    assert [n for _fate, _label, n in page.context["counts"]] == [1, 1, 1]
    assert [row["fate"] for row in page.context["rows"]] == [NEW, CHANGED, UNCHANGED]
    assert "建设办" in page.text and "建设与管理办" in page.text
    assert not Organisation.objects.filter(code="water").exists()
    assert organisation("housing").name == "建设办"


def test_what_was_seen_is_taken_in_at_a_word_and_the_file_is_gone(bring):
    client, sent = bring("organisations", ORGANISATIONS)
    upload = Upload.objects.get()
    assert upload.path.exists() and upload.path.stat().st_mode & 0o077 == 0

    page = take(client, sent)

    assert organisation("water").functions == ["water", "drains"]
    assert organisation("housing").name == "建设与管理办"
    assert "3 rows were taken in" in page.text
    assert not upload.path.exists()
    entry = AuditEntry.objects.get(action="imported")
    assert entry.by == person("administrator")
    assert entry.changes["housing.name"] == ["建设办", "建设与管理办"]
    assert "水务站" in entry.changes["water"][1]


def test_a_second_click_takes_nothing_twice(bring):
    client, sent = bring("cases", "标题\n桥头路灯不亮\n", role="dispatcher")
    take(client, sent)
    take(client, sent)

    assert Report.objects.count() == 1 and AuditEntry.objects.filter(action="imported").count() == 1


def test_a_refused_row_is_told_with_column_value_and_reason_and_as_a_file(bring):
    client, sent = bring("cases", "标题,经度,纬度\n路灯,west,30.7\n井盖,121.005,30.705\n",
                         role="dispatcher")  # fmt: skip
    page = follow(client, sent)
    told = client.get(f"/import/{token(sent)}/faults.csv")
    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"))))

    assert [row["fate"] for row in page.context["rows"]] == ["refused", NEW]
    assert rows[1][:3] == ["2", "经度", "west"] and "not a number" in rows[1][3]

    take(client, sent)
    assert Case.objects.get().title == "井盖"


def test_a_row_that_joins_a_known_case_says_which(bring):
    case = tell("桥头占道摆摊卖菜堵住了整条路", category=None)
    client, sent = bring(
        "cases", "标题,经度,纬度\n桥头占道摆摊卖菜堵住了整条路,121.005,30.705\n", role="dispatcher"
    )
    row = follow(client, sent).context["rows"][0]

    assert (row["fate"], row["about"]) == ("follower", case.code)
    take(client, sent)
    assert Case.objects.count() == 1 and case.reports.count() == 2


def test_rows_are_filtered_by_fate_and_shown_page_by_page(bring):
    rows = "".join(f"{n},第{n}盏路灯,{'x' if n % 10 == 0 else 3}\n" for n in range(1, 201))
    client, sent = bring("cases", "编号,标题,点赞数\n" + rows, role="dispatcher")

    page = client.get(sent["Location"], {"fate": "refused"})
    assert len(page.context["rows"]) == 20
    assert len(client.get(sent["Location"], {"page": 2}).context["rows"]) == 50


def test_a_preview_asks_as_much_of_the_database_for_a_thousand_rows_as_for_ten(bring):
    def file(count):
        rows = (f"{n},灯{n},121.0{n % 30:02},30.705,stalls\n" for n in range(count))
        return "编号,标题,经度,纬度,类别\n" + "".join(rows)

    asked = []
    for count in (10, 1000):
        client, sent = bring("cases", file(count), role="dispatcher")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            follow(client, sent)
        asked.append(len(queries))
    assert asked[1] <= asked[0]


# --- how a file is read -----------------------------------------------------------------------


def test_columns_are_chosen_kept_and_proposed_for_the_next_file_like_it(bring):
    file = "what,where\n路灯坏了,w1\n"
    client, sent = bring("cases", file, role="dispatcher")
    assert "No column holds" in client.get(sent["Location"]).text

    client.post(f"/import/{token(sent)}/columns/",
                {"column-title": "what", "column-area": "where", "name": "weekly"})  # fmt: skip
    _client, again = bring("cases", file, role="dispatcher")

    assert ColumnMap.objects.get().mapping == {"title": "what", "area": "where"}
    assert Upload.objects.get(token=token(again)).mapping == {"title": "what", "area": "where"}
    _client, others = bring("cases", file, role="administrator")
    assert Upload.objects.get(token=token(others)).mapping == {}


def test_a_kept_map_is_used_on_another_file(bring):
    kept = ColumnMap.objects.create(owner=person("dispatcher"), table="cases", name="a",
                                    mapping={"title": "what"}, headings=["what"])  # fmt: skip
    client, sent = bring("cases", "what,other\n路灯坏了,1\n", role="dispatcher")
    client.post(f"/import/{token(sent)}/columns/", {"use": kept.pk})

    assert Upload.objects.get().mapping == {"title": "what"}


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "table", "may"),
    [
        ("administrator", "people", True), ("administrator", "areas", True),
        ("administrator", "cases", True), ("dispatcher", "cases", True),
        ("dispatcher", "people", False), ("dispatcher", "areas", False),
        ("officer", "cases", False), ("resident", "cases", False),
    ],
)  # fmt: skip
def test_who_may_import_what(bring, role, table, may):
    _client, sent = bring(table, "title\nx\n" if table == "cases" else "code,name\nx,x\n", role)

    assert (sent.status_code == 302) == may


def test_a_file_is_nobody_elses(bring, enter):
    _client, sent = bring("cases", "标题\n路灯坏了\n", role="dispatcher")

    other = enter("administrator")
    assert other.get(sent["Location"]).status_code == 404
    assert other.post(sent["Location"] + "take/").status_code == 404
    assert other.get(sent["Location"] + "faults.csv").status_code == 404
    assert not Case.objects.exists()


def test_a_file_nobody_takes_in_is_deleted_after_a_day(bring):
    bring("cases", "标题\n路灯坏了\n", role="dispatcher")
    path = Upload.objects.get().path

    with clock.at(clock.now() + timedelta(hours=25)):
        uploads.sweep()

    assert not path.exists() and not Upload.objects.exists()


def test_what_is_no_table_is_refused_with_its_name_and_not_kept(bring, home):
    _client, sent = bring("cases", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 junk", name="old.xls")

    assert sent.status_code == 422 and "old.xls" in sent.text
    assert not Upload.objects.exists() and not list((home / "uploads").iterdir())


# --- the town's integrity ---------------------------------------------------------------------


def test_people_get_exactly_the_roles_and_areas_their_rows_name(bring):
    file = (
        "username,name,organisation,roles,lead_of,lead_side\n"
        "worker,陆春燕,westteam,worker,w1 market,community\n"
        "newcomer,顾新,westteam,worker,w2,community\n"
    )
    client, sent = bring("people", file)
    take(client, sent)

    led = Lead.objects.filter(side="community").values_list("area__code", "user__username")
    assert {("w1", "worker"), ("market", "worker"), ("w2", "newcomer")} <= set(led)
    assert not User.objects.get(username="newcomer").has_usable_password()
    assert Membership.objects.filter(user__username="officer").exists()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("worker,陆春燕,westteam,worker,w1 market,community", "w2: has no lead"),
        ("officer,吴立,enforcement,officer,w1,community", "has a lead from this side already"),
        ("officer,吴立,nowhere,officer,,", "is not known here"),
        ("officer,吴立,enforcement,king,,", "is not one of"),
        ("officer,吴立,,officer,,", "is a role in one"),
        ("administrator,管理,government,officer,,", "would take from you the role"),
    ],
)
def test_people_that_would_break_the_town_stay_out(bring, row, message):
    before = set(Membership.objects.values_list("user", "organisation", "role"))
    leads = set(Lead.objects.values_list("area", "user", "side"))
    client, sent = bring("people", f"username,name,organisation,roles,lead_of,lead_side\n{row}\n")
    page = follow(client, sent)
    assert message in page.text

    take(client, sent)

    assert set(Membership.objects.values_list("user", "organisation", "role")) == before
    assert set(Lead.objects.values_list("area", "user", "side")) == leads


def test_a_password_is_no_column(bring):
    client, sent = bring("people", "username,name,organisation,roles,password\n"
                                   "officer,吴立,enforcement,officer,secret\n")  # fmt: skip
    page = follow(client, sent)

    assert "password" in [r["field"] for r in page.context["told"]["remarks"]]
    assert "password" not in Upload.objects.get().mapping


def wkt(west, south, east, north):
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return "POLYGON((" + ",".join(f"{x} {y}" for x, y in corners) + "))"


def test_a_grid_is_divided_in_two_and_the_town_stays_whole(bring):
    half = (WEST + MIDDLE) / 2
    file = (
        "code;name;kind;parent;layer;grid;shape\n"
        f"w1;西村一格;grid;west;community;是;{wkt(WEST, SOUTH, half, 30.72)}\n"
        f"w3;西村三格;grid;west;community;是;{wkt(half, SOUTH, MIDDLE, 30.72)}\n"
    )
    rows = list(csv.reader(io.StringIO(file), delimiter=";"))
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    version = Town.objects.get().version
    client, sent = bring("areas", out.getvalue())
    page = follow(client, sent)
    assert [row["fate"] for row in page.context["rows"]] == [CHANGED, NEW], page.text

    take(client, sent)

    assert area("w3").path == "lake/west/w3/" and area("w1").geometry.bounds[2] == half
    assert Town.objects.get().version > version
    assert tell("路灯", lon=half + 0.001, lat=30.705).community_grid == area("w3")


def test_a_gap_between_grids_is_told_and_nothing_is_written(bring):
    before = bytes(area("w1").wkb)
    shape = wkt(WEST, SOUTH, 121.01, 30.72)
    client, sent = bring("areas", f'code,shape\nw1,"{shape}"\n')
    page = follow(client, sent)
    assert "covers" in page.text and not page.context["told"]["can_be_taken"]

    take(client, sent)
    assert bytes(area("w1").wkb) == before


def test_an_overlap_is_told_at_its_row(bring):
    shape = wkt(WEST, SOUTH, 121.03, 30.72)
    client, sent = bring("areas", f'code,shape\nw1,"{shape}"\n')
    page = follow(client, sent)

    assert "overlaps “e1”" in page.text


def test_areas_come_from_geojson_too(bring, town):
    feature = town.area("e2")
    feature["properties"]["name"] = "东村新格"
    client, sent = bring("areas", json.dumps({"type": "FeatureCollection", "features": [feature]}),
                         name="areas.geojson")  # fmt: skip
    page = follow(client, sent)
    assert page.context["rows"][0]["changes"] == [("Name", "东村二格", "东村新格")]

    take(client, sent)
    assert Area.objects.get(code="e2").name == "东村新格"


# --- a table is a declaration -----------------------------------------------------------------


def pumps():
    """Declare a table of something Linli has not heard of, on a model it happens to have."""
    model: type[models.Model] = ColumnMap

    def present():
        return {row.name: row for row in ColumnMap.objects.filter(table="pumps")}

    def check(sight, rows):
        known = present()
        return [
            [Wrong("litres", "too much for a pump")] if row["litres"] > 900
            else NEW if row["name"] not in known
            else UNCHANGED if known[row["name"]].mapping["litres"] == row["litres"]
            else CHANGED
            for row in rows
        ]  # fmt: skip

    def write(sight, rows):
        fates = check(sight, rows)
        for row in rows:
            ColumnMap.objects.update_or_create(
                owner=sight.user, table="pumps", name=row["name"],
                defaults={"mapping": {"litres": row["litres"]}},
            )  # fmt: skip
        return fates

    return Table(
        "pumps", "Pumps", model, "name",
        (
            Column("name", "Pump", aliases=("泵",), required=True, writable=True),
            Column("litres", "Litres a second", Kind.WHOLE, aliases=("流量",), required=True,
                   writable=True, read=lambda row: row.mapping["litres"]),
        ),
        writer=Writer(may=lambda sight: sight.has("administrator"), check=check, write=write),
    )  # fmt: skip


@pytest.fixture
def a_table_of_pumps(monkeypatch):
    monkeypatch.setitem(tables._declared, "pumps", pumps())


def test_a_declared_table_is_imported_and_exported_without_another_line(a_table_of_pumps, bring):
    client, sent = bring("pumps", "泵,流量\nA,30\nB,许多\nC,901\n")
    page = follow(client, sent)
    assert [row["fate"] for row in page.context["rows"]] == [NEW, "refused", "refused"]
    take(client, sent)
    _client, sent = bring("pumps", "泵,流量\nA,31\n")
    assert follow(client, sent).context["rows"][0]["changes"] == [("Litres a second", "30", "31")]

    exported = client.get("/export/pumps.csv").getvalue().decode("utf-8-sig")

    assert exported.splitlines() == ["Pump,Litres a second", "A,30"]


def test_a_table_knows_its_columns_by_their_names_in_both_languages(a_table_of_pumps):
    assert importing.propose(pumps(), ["Pump", "流量"]) == {"name": "Pump", "litres": "流量"}


def test_a_row_named_twice_is_refused_the_second_time(a_table_of_pumps):
    sheet = Sheet(["泵", "流量"], iter([Row(2, {"泵": "A", "流量": "1"}),
                                      Row(3, {"泵": "A", "流量": "2"})]))  # fmt: skip
    seen = importing.foresee(pumps(), scope(person("administrator")), sheet,
                             {"name": "泵", "litres": "流量"})  # fmt: skip

    assert [line.fate for line in seen.lines] == [NEW, "refused"]
