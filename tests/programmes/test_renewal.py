"""A programme is a tree with milestones; what is late becomes a case of whoever owes it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.cases.models import Case, Source, State
from linli.cases.refusal import Refused
from linli.engines.slips import Stretches
from linli.people.scope import Scope
from linli.programmes.renewal import late, progress
from linli.programmes.renewal.doing import finish
from linli.programmes.renewal.gantt import chart
from linli.programmes.renewal.models import Level, Link, Milestone, Node, may_change
from linli.scores.periods import local_day
from linli.sections import Faulty
from tests.programmes.conftest import PROGRAMMES, browser, given, milestone, node, wrong
from tests.small_town import organisation, person
from tests.web.conftest import photo

TODAY = date(2026, 3, 31)
PATH = {"code": "P-1", "name": "环湖步道", "name_en": "Lake path", "level": "project",
        "parent": "ways", "owner": "housing", "area": "w1", "starts": date(2026, 1, 1),
        "ends": date(2026, 6, 30), "began": date(2026, 1, 11), "budget": 4_000_000,
        "spent": 1_000_000}  # fmt: skip
BRIDGE = {"code": "P-2", "name": "慢行桥", "level": "project", "parent": "ways",
          "owner": "enforcement", "starts": date(2026, 5, 1), "ends": date(2026, 12, 31),
          "budget": 6_000_000, "after": ["P-1+10"]}  # fmt: skip


def due(code, project, number, day, done=None):
    return {"code": code, "programme": project, "number": number, "name": f"节点{number}",
            "due": day, **({"done": done} if done else {})}  # fmt: skip


@pytest.fixture
def projects(town):
    given("programmes", PATH, BRIDGE)
    given(
        "milestones",
        due("P-1-1", "P-1", 1, date(2026, 2, 10), done=date(2026, 2, 25)),
        due("P-1-2", "P-1", 2, date(2026, 3, 20)),
        due("P-1-3", "P-1", 3, date(2026, 6, 30)),
        due("P-2-1", "P-2", 1, date(2026, 6, 1)),
    )
    return town


def test_the_upper_part_of_the_tree_comes_with_the_pack(town):
    assert node("ways").path == "lake-frame/edge/ways/"
    assert node("lake-frame").owner == organisation("housing")
    assert not town.load().changed


def test_a_change_elsewhere_leaves_the_place_that_came_by_an_import(town):
    given("programmes", {"code": "edge", "area": "w1"})
    town.sections["programme"][3]["name"] = "海绵城市行动"

    town.load()

    assert node("sponge").name == "海绵城市行动"
    assert node("edge").area.code == "w1"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"code": "x", "name": "x", "level": "guidance"}, "only a framework"),
        ({"code": "x", "name": "x", "level": "guidance", "parent": "ways"}, "higher level"),
        ({"code": "x", "name": "x", "level": "action", "parent": "edge", "function": "magic"},
         "has the function"),
        ({"code": "x", "name": "x", "level": "action", "parent": "edge", "area": "moon"},
         "not known"),
    ],
)  # fmt: skip
def test_a_tree_that_does_not_stand_is_refused(db, small, entry, words):
    small.sections = {"programme": [*PROGRAMMES, entry]}
    with pytest.raises(Faulty, match=words):
        small.load()


def test_a_branch_with_projects_is_not_cut_off(projects, small):
    small.sections["programme"] = PROGRAMMES[:2]
    with pytest.raises(Faulty, match="projects lie below"):
        small.load()
    given("programmes", PATH | {"parent": "sponge"}, BRIDGE | {"parent": "sponge"})
    small.sections["programme"] = [PROGRAMMES[0], PROGRAMMES[1], PROGRAMMES[3]]
    small.load()
    assert not Node.objects.get(code="ways").retired or True
    assert node("ways").retired and not node("sponge").retired


def test_projects_come_by_an_import_and_what_is_the_same_stays(projects):
    assert node("P-1").path == "lake-frame/edge/ways/P-1/"
    assert list(Link.objects.values_list("node__code", "after__code", "lag_days")) == [
        ("P-2", "P-1", 10)
    ]
    assert given("programmes", PATH, BRIDGE) == ["unchanged", "unchanged"]
    assert given("programmes", PATH | {"spent": 5}, BRIDGE | {"after": []}) == ["changed"] * 2
    assert not Link.objects.exists()
    assert given("programmes", PATH | {"spent": 5, "partners": ["enforcement"]}) == ["changed"]
    assert [p.code for p in node("P-1").partners.all()] == ["enforcement"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"parent": "P-1"}, "parent"),
        ({"parent": "nowhere"}, "parent"),
        ({"owner": "nobody"}, "owner"),
        ({"area": "moon"}, "area"),
        ({"ends": date(2025, 1, 1)}, "ends"),
        ({"budget": -1}, "budget"),
        ({"code": "a b"}, "code"),
        ({"after": ["P-9"]}, "after"),
        ({"after": ["P-2"]}, "after"),
        ({"after": ["P 2"]}, "after"),
        ({"shape": {"type": "Nothing"}}, "shape"),
    ],
)
def test_a_row_that_cannot_be_is_explained(projects, change, column):
    assert column in wrong("programmes", PATH | change)


def test_a_new_project_needs_a_name_and_a_place_in_the_tree(town):
    assert {"name", "level"} <= wrong("programmes", {"code": "P-9"}).keys()
    assert "parent" in wrong("programmes", {"code": "P-9", "name": "x", "level": "project"})


def test_a_milestone_keeps_the_day_of_its_first_plan(projects):
    given("milestones", due("P-1-2", "P-1", 2, date(2026, 4, 20)))
    row = milestone("P-1-2")
    assert (row.due, row.first_due) == (date(2026, 4, 20), date(2026, 3, 20))


def test_a_branch_sums_up_what_lies_below(projects):
    # Four milestones, one done, one late (20 March is before 31 March); 10 million, 1 spent.
    found = progress.tree(node("lake-frame"), Node.objects.all(), TODAY)
    total = found.sum
    assert (total.projects, total.milestones, total.done, total.late) == (2, 4, 1, 1)
    assert (total.budget, total.spent) == (10_000_000, 1_000_000)
    assert (total.share, total.money) == (25, 10)
    assert [branch.node.code for branch in found.below[0].below] == ["sponge", "ways"]


def test_a_stretch_runs_from_the_beginning_to_the_milestone(projects):
    # Planned: 1 January to 10 February, 40 days. Taken: 11 January to 25 February, 45.
    row = milestone("P-1-1")
    assert (row.planned_days, row.taken_days) == (40, 45)
    found = progress.stretches(Milestone.objects.all())[0]
    assert found == Stretches(1, 40, 5, pytest.approx(25 / 40))


def test_how_late_a_project_will_be(projects):
    # 15 days late at its first milestone (10 → 25 February), but the second, due on 20 March, is
    # 11 days over by 31 March: less than 15, so the way begins at 10 February with 15 days.
    # To go: 10 February to 30 June, 140 days. The like is the project itself: 5 days over 40, rate
    # 0.125. Own rate (5 + 0.125·180) / (40 + 180) = 0.125. 15 + 0.125·140 = 32.5 days late.
    row = progress.rows([node("P-1")], "lake-frame/", TODAY)[0]
    assert row.foreseen.slip.late == pytest.approx(32.5)
    assert row.foreseen.slip.low is None
    assert row.foreseen.expected == date(2026, 8, 1)  # 30 June and 32 days


def test_what_waits_pushes_what_follows(projects):
    # P-1 runs from 11 January for 170 days (11 January → 30 June); P-2 waits 10 days more:
    # until 10 July, instead of 1 May; it takes 244 days (1 May → 31 December): 11 March 2027.
    plan = progress.network(node("lake-frame"))
    first, second = (plan.placed[node(code).pk] for code in ("P-1", "P-2"))
    assert plan.day(first.end) == date(2026, 6, 30)
    assert plan.day(second.start) == date(2026, 7, 10)
    assert plan.day(second.end) == date(2027, 3, 11)
    assert [node(c).pk for c in ("P-1", "P-2")] == plan.critical


def test_the_chart_in_time_shows_what_waits_for_what(projects):
    rows = progress.rows([node("P-1"), node("P-2")], "lake-frame/", TODAY)
    drawn = chart(rows, TODAY, progress.links([row.node.pk for row in rows]))
    assert not drawn.lines[0].waits
    # The bridge may begin on 10 July, ten days after the path ends, and is planned for 1 May: 70
    # days too soon. The axis runs from 22 December (ten days before the first day) to 10 January
    # 2027 (ten after the last): 384 days are 1,000 units.
    (wait,) = drawn.lines[1].waits
    assert wait.pushes
    assert wait.x1 - wait.x2 == pytest.approx(70 * 1000 / 384, abs=0.2)
    page = browser("leader").get("/programmes/ways/gantt/").content.decode()
    assert "after Lake path" in page


def test_a_late_milestone_becomes_a_case_of_its_owner_once(projects):
    assert late.open_cases() == 1
    assert late.open_cases() == 0
    case = Case.objects.get(source=Source.PROGRAMME)
    assert milestone("P-1-2").case == case
    assert case.state == State.DISPATCHED
    assert case.functional == organisation("housing")
    assert case.territorial == organisation("westteam")
    assert "环湖步道" in case.title and "11" in case.title


def test_a_late_milestone_without_a_place_waits_for_a_dispatcher(projects):
    given("programmes", {"code": "lake-frame", "area": ""}, PATH | {"area": ""})
    late.open_cases()
    assert Case.objects.get(source=Source.PROGRAMME).state == State.REPORTED


def test_who_works_for_it_says_that_a_milestone_is_done(projects):
    finish(milestone("P-1-2"), person("builder"), date(2026, 3, 30), "验收", photo())
    row = milestone("P-1-2")
    assert row.done == date(2026, 3, 30) and row.file and row.sha256
    assert (row.planned_days, row.taken_days) == (38, 33)  # 10 Feb → 20 Mar; 25 Feb → 30 Mar
    with pytest.raises(Refused):
        finish(milestone("P-1-2"), person("builder"))


def test_the_last_milestone_finishes_the_project(projects):
    for code in ("P-1-2", "P-1-3"):
        finish(milestone(code), person("builder"), TODAY)
    assert node("P-1").finished == TODAY


def test_nobody_else_says_so_nor_of_a_day_to_come(projects):
    for who in ("officer", "resident", "leader"):
        with pytest.raises(Refused):
            finish(milestone("P-1-2"), person(who))
    with pytest.raises(Refused):
        finish(milestone("P-1-2"), person("builder"), date(2026, 4, 1))
    assert may_change(Scope(person("administrator")), node("P-1"))


def test_pages_open_for_who_works_here(projects):
    for who, answer in (("officer", 200), ("resident", 403)):
        client = browser(who)
        for address in ("", "lake-frame/", "ways/", "P-1/", "lake-frame/gantt/",
                        "lake-frame/map/", "lake-frame/shapes/"):  # fmt: skip
            assert client.get(f"/programmes/{address}").status_code == answer, address
    assert browser("officer").get("/programmes/nothing/").status_code == 404


def test_the_page_of_a_project_says_how_it_stands(projects):
    page = browser("builder").get("/programmes/P-1/").content.decode()
    assert "11 days late" in page and "2026-08-01" in page and "33 days after" not in page
    assert "Report it done" in page
    assert "Report it done" not in browser("officer").get("/programmes/P-1/").content.decode()


def test_a_milestone_is_reported_done_on_the_page(projects):
    client, key = browser("builder"), milestone("P-1-2").pk
    pdf = SimpleUploadedFile("x.pdf", b"%PDF-1.4 x", "application/pdf")
    answer = client.post(f"/programmes/milestones/{key}/done/",
                         {"on": "2026-03-31", "evidence": pdf})  # fmt: skip
    assert answer.status_code == 302
    assert client.get(f"/programmes/milestones/{key}/file/").status_code == 200
    other = milestone("P-1-3").pk
    text = SimpleUploadedFile("x.txt", b"nothing")
    answer = client.post(f"/programmes/milestones/{other}/done/",
                         {"on": "2026-03-31", "evidence": text})  # fmt: skip
    assert answer.status_code == 422 and milestone("P-1-3").done is None
    assert browser("officer").post(f"/programmes/milestones/{other}/done/",
                                   {"on": "2026-03-31"}).status_code == 403  # fmt: skip


def test_a_page_asks_as_often_for_many_projects_as_for_few(projects, django_assert_max_num_queries):
    more = [PATH | {"code": f"M-{n}", "name": f"项目{n}"} for n in range(30)]
    given("programmes", *more)
    given("milestones", *(due(f"M-{n}-1", f"M-{n}", 1, TODAY) for n in range(30)))
    client = browser("officer")
    for address in ("", "ways/", "ways/gantt/", "lake-frame/shapes/", "P-1/"):
        client.get(f"/programmes/{address}")
        with django_assert_max_num_queries(30):
            client.get(f"/programmes/{address}")


def test_levels_are_in_order():
    assert [level.value for level in Level] == ["framework", "guidance", "action", "project"]
    assert local_day is not None
