"""An investment project climbs from lead to production; the funnel says how many go on."""

from datetime import date

import pytest

from linli.people.scope import Scope
from linli.programmes.climbing import stuck
from linli.programmes.investment import funnel
from linli.programmes.investment.models import Investment, InvestmentStep, may_change
from linli.programmes.investment.steps import advance
from linli.programmes.ladders import Ladder, NotClimbed
from linli.sections import Faulty
from tests.programmes.conftest import browser, given, wrong
from tests.small_town import person

TODAY = date(2026, 3, 31)
STAGES = [
    {"code": "lead", "name": "线索", "name_en": "Lead", "usual_days": 30},
    {"code": "negotiation", "name": "洽谈", "name_en": "Negotiation", "usual_days": 60},
    {"code": "signed", "name": "签约", "name_en": "Signed", "usual_days": 60},
    {"code": "land", "name": "供地", "name_en": "Land", "optional": True, "usual_days": 60},
    {"code": "construction", "name": "开工", "name_en": "Under construction"},
    {"code": "production", "name": "投产", "name_en": "In production", "ends": True},
    {"code": "dropped", "name": "终止", "name_en": "Given up", "aside": True},
]
LADDER = {"code": "investment", "name": "招商", "name_en": "Investment", "stages": STAGES}


@pytest.fixture
def small(small):
    small.sections["ladder"] = [LADDER]
    return small


@pytest.fixture
def ladder(town):
    return Ladder.objects.get(code="investment")


def row(code, **more):
    return {"code": code, "name": f"项目{code}", "owner": "housing", "amount": 100_000_000,
            "origin": "fair", **more}  # fmt: skip


def project(code="A"):
    return Investment.objects.get(code=code)


def test_a_project_comes_with_the_days_of_its_stages(ladder):
    given("projects", row("A", led=date(2026, 1, 1), negotiated=date(2026, 1, 21),
                          signed=date(2026, 3, 2)))  # fmt: skip
    found = project()
    assert (found.stage, found.stage_since) == ("signed", date(2026, 3, 2))
    assert [step.stage for step in found.climbs.all()] == ["lead", "negotiation", "signed"]
    assert found.days_here(TODAY) == 29 and found.over_by(TODAY) == 0


def test_the_same_file_again_changes_nothing_and_a_new_day_is_a_step(ladder):
    known = row("A", led=date(2026, 1, 1), negotiated=date(2026, 1, 21))
    assert given("projects", known) == ["new"]
    assert given("projects", known) == ["unchanged"]
    assert given("projects", known | {"signed": date(2026, 3, 2)}) == ["changed"]
    assert InvestmentStep.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"led": date(2026, 1, 2)}, "led"),
        ({"signed": date(2026, 1, 5)}, "signed"),
        ({"signed": date(2027, 1, 1)}, "signed"),
        ({"started": date(2026, 3, 1)}, "started"),
        ({"amount": -1}, "amount"),
        ({"incubator": "moon"}, "incubator"),
        ({"owner": "moon"}, "owner"),
        ({"area": "moon"}, "area"),
    ],
)
def test_history_is_not_rewritten_and_no_stage_left_out(ladder, change, column):
    known = row("A", led=date(2026, 1, 1), negotiated=date(2026, 1, 21))
    given("projects", known)
    assert column in wrong("projects", known | change)


def test_a_new_project_stands_somewhere(ladder):
    assert "led" in wrong("projects", row("B"))
    assert "name" in wrong("projects", {"code": "B", "led": TODAY})


def test_without_the_ladder_nothing_comes_in(town):
    Ladder.objects.all().update(retired=True)
    assert "code" in wrong("projects", row("A", led=TODAY))


def test_who_works_for_its_organisation_climbs(ladder):
    given("projects", row("A", led=date(2026, 3, 1)))
    advance(project(), "negotiation", person("builder"), date(2026, 3, 11))
    assert project().negotiated == date(2026, 3, 11)
    with pytest.raises(NotClimbed):
        advance(project(), "signed", person("officer"))
    assert not may_change(Scope(person("officer")), project())
    with pytest.raises(NotClimbed):
        advance(project(), "construction", person("builder"))


def test_going_back_empties_what_was_later_and_keeps_the_steps(ladder):
    given("projects", row("A", led=date(2026, 1, 1), negotiated=date(2026, 1, 21),
                          signed=date(2026, 3, 2)))  # fmt: skip
    with pytest.raises(NotClimbed):
        advance(project(), "negotiation", person("builder"), TODAY)
    advance(project(), "negotiation", person("builder"), TODAY, "协议重谈")
    found = project()
    assert (found.stage, found.signed, found.negotiated) == (
        "negotiation", None, date(2026, 1, 21)
    )  # fmt: skip
    assert [step.back for step in found.climbs.all()] == [False, False, False, True]


@pytest.fixture
def five(ladder):
    given("incubators", {"code": "SH", "name": "上海飞地", "place": "上海"})
    given(
        "projects",
        # 20 days as a lead, 40 in negotiation, signed on 2 March.
        row("A", led=date(2026, 1, 1), negotiated=date(2026, 1, 21), signed=date(2026, 3, 2),
            origin="incubator", incubator="SH"),
        # 10 days as a lead; in negotiation since 11 January: 79 days by 31 March.
        row("B", led=date(2026, 1, 1), negotiated=date(2026, 1, 11)),
        # 30 days as a lead, given up 20 days after.
        row("C", led=date(2026, 1, 1), negotiated=date(2026, 1, 31), dropped=date(2026, 2, 20),
            reason="改投他处"),
        # A lead since 11 March: 20 days.
        row("D", led=date(2026, 3, 11)),
        # A lead since 1 January: 89 days, where 30 are usual.
        row("E", led=date(2026, 1, 1)),
    )  # fmt: skip
    return ladder


def test_the_funnel_counts_who_stands_where_and_who_goes_on(five):
    steps = funnel.funnel(Investment.objects.all(), five, TODAY)
    assert [(step.stage.code, step.here) for step in steps] == [
        ("lead", 2), ("negotiation", 1), ("signed", 1), ("land", 0), ("construction", 0),
        ("production", 0), ("dropped", 1),
    ]  # fmt: skip
    # Five came in as leads, three of them went on: 60 %. Of three in negotiation one signed: 33 %.
    lead, talks = steps[0], steps[1]
    assert (lead.onward.count, lead.onward.arrived, lead.share) == (5, 3, 60)
    assert (talks.onward.count, talks.onward.arrived, talks.share) == (3, 1, 33)
    assert steps[1].amount == 100_000_000


def test_the_time_to_the_next_stage_counts_those_who_wait(five):
    # As leads: arrived after 10, 20 and 30 days; waiting 20 (D) and 89 (E).
    #   day 10: 5 there, 1 goes: 0.8; day 20: 4 there, 1 goes, then D is seen no longer: 0.6;
    #   day 30: 2 there, 1 goes: 0.3. Half have gone after 30 days.
    # In negotiation: C given up after 20; A after 40 days: 2 there, 1 goes: 0.5, that is half.
    steps = funnel.funnel(Investment.objects.all(), five, TODAY)
    assert steps[0].onward.median == 30
    assert steps[1].onward.median == 40


def test_what_is_stuck_stands_longer_than_usual(five):
    # E: 89 − 30 = 59 days over. B: 79 − 60 = 19. A: signed 29 days ago, 60 are usual.
    found = Investment.objects.filter(stuck([five], TODAY)).order_by("code")
    assert [(one.code, one.over_by(TODAY)) for one in found] == [("B", 19), ("E", 59)]


def test_sources_and_incubators_are_told_by_what_they_brought(five):
    assert funnel.by_origin(Investment.objects.all()) == [
        ("incubator", "Incubator elsewhere", 1, 1, 100_000_000), ("fair", "Fair", 4, 0, 0)
    ]  # fmt: skip
    [shanghai] = funnel.by_incubator(Investment.objects.all())
    assert (shanghai.n, shanghai.s, shanghai.a) == (1, 1, 100_000_000)


def test_a_stage_on_which_something_stands_is_not_left_out(five, small):
    small.sections["ladder"] = [LADDER | {"stages": [STAGES[0], *STAGES[2:]]}]
    with pytest.raises(Faulty, match="Negotiation"):
        small.load()


def test_pages_open_for_who_works_here(five):
    for who, answer in (("officer", 200), ("resident", 403)):
        client = browser(who)
        for address in ("", "projects/", "projects/?stage=lead&q=E&stuck=1&origin=fair",
                        "projects/A/"):  # fmt: skip
            assert client.get(f"/investment/{address}").status_code == answer, address
    page = browser("officer").get("/investment/").content.decode()
    assert "5 came here, 3 went on (60 %)" in page and "half within 30 days" in page


def test_a_step_is_taken_on_the_page(five):
    client = browser("builder")
    assert "Next step" in client.get("/investment/projects/D/").content.decode()
    step = {"stage": "negotiation", "on": "2026-03-31"}
    assert client.post("/investment/projects/D/climb/", step).status_code == 302
    assert project("D").stage == "negotiation"
    answer = client.post("/investment/projects/D/climb/", {"stage": "lead", "on": "2026-03-31"})
    assert answer.status_code == 422 and "Say why" in answer.content.decode()
    assert browser("officer").post("/investment/projects/D/climb/", step).status_code == 403


def test_pages_ask_as_often_for_many_projects_as_for_few(five, django_assert_max_num_queries):
    given("projects", *(row(f"M{n}", led=date(2026, 1, 1)) for n in range(40)))
    client = browser("officer")
    for address in ("", "projects/", "projects/A/"):
        client.get(f"/investment/{address}")
        with django_assert_max_num_queries(22):
            client.get(f"/investment/{address}")
