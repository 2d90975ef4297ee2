"""Whatever list a page shows can be had as a file, narrowed as it is seen."""

import csv
import io
import re
from datetime import timedelta

import pytest

from linli import clock
from linli.cases import loop
from linli.doors.models import ApiKey, Webhook
from linli.people import audit
from linli.people.models import AuditEntry, Lead, Leave
from linli.places.models import Area
from linli.scores import ratings, tallies
from linli.scores.models import Placing, Rating
from linli.tables import Column, Table, declare, declared, exportable, present
from tests.cases.conftest import tell
from tests.small_town import area, organisation, person
from tests.web.conftest import photo

LINK = re.compile(r'href="(/export/[\w-]+\.csv[^"]*)" download>CSV<')


def rows_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = answer.getvalue().decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))
    return [dict(zip(head, row, strict=True)) for row in rows]


def files_on(client, page):
    answer = client.get(page)
    assert answer.status_code == 200, page
    return [link.replace("&amp;", "&") for link in LINK.findall(answer.text)]


def handled(n=2):
    for i in range(n):
        case = tell(f"桥上{chr(0x4E00 + 53 * i) * 6}摊位占道", category="stalls",
                    reporter=person("resident"))  # fmt: skip
        loop.act(case, "accept", person("officer"))
        loop.act(case, "resolve", person("officer"), reply="好了", evidence=[photo()])
    tallies.fold()
    return case


def rated(scores, **more):
    names = ratings.DIMENSIONS[Rating.Side.GRID]
    Rating.objects.create(
        month=clock.now().date().replace(day=1), side="grid", grid=area("w1"), at=clock.now(),
        organisation=organisation("enforcement"), by=person("worker"),
        scores=dict(zip(names, scores, strict=True)), **more,
    )  # fmt: skip


@pytest.mark.parametrize("contest", ["grids", "departments"])
def test_a_league_comes_out_with_its_measures_intervals_and_adjustment(town, enter, contest):
    handled()
    client = enter("leader")
    (link,) = files_on(client, f"/leagues/?contest={contest}")

    rows = rows_of(client, link)

    placings = Placing.objects.filter(league__contest=contest).order_by("rank", "id")
    assert [int(row["Rank"]) for row in rows] == [p.rank for p in placings]
    first, placing = rows[0], placings[0]
    assert float(first["Score at least"]) == pytest.approx(placing.low, abs=0.01)
    assert float(first["Score at most"]) == pytest.approx(placing.high, abs=0.01)
    part = placing.parts["response"]
    told = {name: first[f"First response in time: {name}"]
            for name in ("of how many", "as counted", "adjusted", "weight")}  # fmt: skip
    assert float(told["adjusted"]) == pytest.approx(part["adjusted"], abs=1e-4)
    assert float(told["weight"]) == pytest.approx(part["weight"], abs=1e-4)
    assert int(told["of how many"]) == part["n"]


def test_a_league_of_another_period_is_the_one_that_comes_out(town, enter):
    handled()

    assert rows_of(enter("leader"), "/export/leagues.csv?contest=departments&period=2019") == []


def test_leagues_are_for_those_who_work_for_the_town(town, enter):
    assert enter("resident").get("/export/leagues.csv").status_code == 403


def test_the_cases_behind_a_figure_come_out(town, enter):
    case = handled(1)
    client = enter("leader")
    page = client.get("/leagues/?contest=departments").text
    figure = re.search(r'href="(/leagues/cases/[^"]+measure=response)"', page)[1]
    (link,) = files_on(client, figure.replace("&amp;", "&"))

    assert [row["Number"] for row in rows_of(client, link)] == [case.code]
    assert client.get("/export/cases-counted.csv?unit=nobody&measure=response").status_code == 404


def test_the_audit_trail_comes_out_as_it_is_narrowed(town, enter):
    client = enter("administrator")
    audit.record("sign-out", person("leader"), person("leader"))
    audit.record("role-granted", person("administrator"), person("leader"),
                 changes={"role": (None, "leader @ 镇政府")}, reason="升任")  # fmt: skip
    (link,) = files_on(client, "/administration/audit/?action=role-granted")

    (row,) = rows_of(client, link)

    assert (row["Done by"], row["What"], row["Reason"]) == ("administrator", "Role granted", "升任")
    assert "leader @ 镇政府" in row["Before → now"]
    assert enter("leader").get("/export/audit.csv").status_code == 403


def test_steps_of_cases_come_out_without_naming_residents(town, enter):
    case = handled(1)
    loop.act(case, "evaluate", person("resident"), satisfied=True)
    client = enter("administrator")
    (link,) = files_on(client, f"/administration/audit/?of=steps&object={case.code}")

    rows = rows_of(client, link)

    assert [row["Case number"] for row in rows] == [case.code] * case.events.count()
    named = {row["Done by"] for row in rows}
    assert "officer" in named and "resident" not in named


def test_grids_that_lack_leads_are_found_and_come_out(town, enter):
    grid = Area.objects.filter(is_grid=True, leads__isnull=False).distinct().first()
    Lead.objects.filter(area=grid, side="town").delete()
    bare = Area.objects.filter(is_grid=True).exclude(pk=grid.pk).first()
    Lead.objects.filter(area=bare).delete()
    client = enter("administrator")
    page = client.get("/administration/areas/?lacking=any")
    shown = {area.code for area in page.context["page"]}

    assert {grid.code, bare.code} <= shown
    for code in shown:
        assert Lead.objects.filter(area__code=code).count() < 2
    whole = {a.code for a in Area.objects.filter(is_grid=True) if a.leads.count() == 2}
    assert whole and not whole & shown
    (link,) = files_on(client, "/administration/areas/?lacking=any")
    assert {row["Code"] for row in rows_of(client, link)} == shown


def test_other_lists_offer_their_files(town, enter):
    case = tell("桥上摆摊", category="stalls")
    now = clock.now()
    Leave.objects.create(user=person("leader"), since=now, until=now + timedelta(days=3))
    ApiKey.objects.create(owner=person("leader"), name="大屏", prefix="abc", hash="h",
                          created_at=now)  # fmt: skip
    Webhook.objects.create(name="热线", url="https://x.example/", by=person("administrator"),
                           at=now)  # fmt: skip
    rated((2, 2, 2, 2), appeal="asked")
    loop.act(case, "return", person("head"), reason="不归我们")
    for role, page, column, value in (
        ("leader", "/leave/", "Person", "leader"),
        ("leader", "/keys/", "Begins with", "abc"),
        ("administrator", "/settings/webhooks/", "Name", "热线"),
        ("supervisor", "/appeals/", "Organisation", "enforcement"),
        ("dispatcher", "/desk/?queue=returned", "Number", case.code),
    ):
        client = enter(role)
        link = files_on(client, page)[0]
        assert [row[column] for row in rows_of(client, link)] == [value], page
    assert "secret" not in enter("administrator").get("/export/webhooks.csv").getvalue().decode()


def test_opinions_come_out_for_those_who_oversee(town, enter):
    rated((1, 2, 3, 4))
    address = f"/export/opinions.csv?side=grid&month={clock.now():%Y-%m}"

    (row,) = rows_of(enter("supervisor"), address)

    assert (row["Code"], row["Mean"], row["Comes when called"]) == ("enforcement", "2.5", "1.0")
    assert enter("officer").get(address).status_code == 403


def test_a_list_of_a_page_is_a_file_but_no_table_of_rest():
    assert "steps" in exportable() and "steps" not in declared()
    with pytest.raises(ValueError, match="which rows"):
        present(Table("bare", "Bare", Area, "code", (Column("code", "Code"),)))
    with pytest.raises(ValueError, match="two"):
        present(
            Table("cases", "Cases", Area, "code", (Column("code", "Code"),), narrow=lambda s, q: [])
        )
    with pytest.raises(ValueError, match="two"):
        declare(Table("steps", "Steps", Area, "code", (Column("code", "Code"),)))


def test_an_export_is_written_down_before_its_first_row_leaves(town, enter):
    tell("路灯不亮", category="lights")
    answer = enter("dispatcher").get("/export/cases.csv")

    assert answer.streaming
    assert AuditEntry.objects.get(action="exported").changes["rows"] == [None, 1]


def test_names_in_the_trail_are_read_in_the_language_of_the_reader(town, enter):
    housing = organisation("housing")
    audit.record("person-changed", person("administrator"), housing,
                 changes={"role": (None, f"officer @ {housing.name}")})  # fmt: skip
    assert housing.name_en and housing.name != housing.name_en

    for page in ("/administration/", "/administration/audit/"):
        english = enter("administrator").get(page).text
        chinese = enter("administrator", "zh-hans").get(page).text
        assert housing.name_en in english and housing.name not in english, page
        assert housing.name in chinese
