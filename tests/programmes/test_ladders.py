"""A ladder comes from a pack; who climbs it goes stage by stage, and every step is kept."""

from datetime import date

import pytest
from django.utils import translation

from linli.programmes.climbing import Step, check_step
from linli.programmes.ladders import Climb, Ladder, NotClimbed
from linli.programmes.passages import along
from linli.sections import Faulty
from tests.small_town import SmallTown

TODAY = date(2026, 3, 31)
STAGES = [
    {"code": "lead", "name": "线索", "name_en": "Lead", "usual_days": 30},
    {"code": "talks", "name": "洽谈", "name_en": "Negotiation", "usual_days": 60},
    {"code": "land", "name": "供地", "name_en": "Land", "optional": True},
    {"code": "built", "name": "投产", "name_en": "In production", "ends": True},
    {"code": "dropped", "name": "终止", "name_en": "Dropped", "aside": True},
]
LADDER = {"code": "works", "name": "招商", "name_en": "Investment", "stages": STAGES}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def small(tmp_path):
    small = SmallTown(tmp_path / "town")
    small.sections = {"ladder": [LADDER]}
    return small


@pytest.fixture
def ladder(db, small):
    small.load()
    return Ladder.objects.get(code="works")


def refusal(ladder, here, since, stage, on=date(2026, 3, 1), note=""):
    with pytest.raises(NotClimbed) as refused:
        check_step(ladder, here, since, Step(stage, on, note=note), TODAY)
    return str(refused.value)


def goes(ladder, here, stage, note=""):
    return check_step(ladder, here, date(2026, 2, 1), Step(stage, date(2026, 3, 1), note=note),
                      TODAY)  # fmt: skip


def test_a_ladder_stands_as_the_pack_says(ladder):
    assert [stage.code for stage in ladder.way] == ["lead", "talks", "land", "built"]
    assert [stage.position for stage in ladder.stages] == [0, 1, 2, 3, -1]
    assert ladder.stage("lead").usual_days == 30
    assert str(ladder) == "Investment" and ladder.name_of("land") == "Land"


def test_loading_it_again_changes_nothing_and_what_is_left_out_goes(ladder, small):
    assert not small.load().changed
    small.sections = {"ladder": []}
    small.load()
    assert not Ladder.objects.exists()


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ([STAGES[0], STAGES[0], STAGES[3]], "twice"),
        ([STAGES[0], STAGES[4]], "two stages"),
        ([STAGES[0], STAGES[1]], "ends it"),
        ([STAGES[3], STAGES[0]], "ends it"),
    ],
)
def test_a_ladder_that_leads_nowhere_is_refused(db, small, stages, words):
    small.sections = {"ladder": [LADDER | {"stages": stages}]}
    with pytest.raises(Faulty, match=words):
        small.load()


def test_the_next_stage_may_be_climbed_and_an_optional_one_passed_over(ladder):
    assert not goes(ladder, "lead", "talks")
    assert not goes(ladder, "talks", "land")
    assert not goes(ladder, "talks", "built")


def test_no_stage_in_between_is_passed_over(ladder):
    since = date(2026, 2, 1)
    assert "only after “Land”" in refusal(ladder, "lead", since, "built")
    assert "no stage" in refusal(ladder, "lead", since, "roof")
    assert "already" in refusal(ladder, "lead", since, "lead")


def test_what_has_ended_goes_no_further_but_may_go_back_with_a_reason(ladder):
    since = date(2026, 2, 1)
    assert "Nothing comes after" in refusal(ladder, "built", since, "dropped", note="x")
    assert "Say why" in refusal(ladder, "built", since, "talks")
    assert goes(ladder, "built", "talks", note="登记有误")
    assert goes(ladder, "dropped", "lead", note="重启洽谈")


def test_who_gives_up_says_why(ladder):
    assert "Say why" in refusal(ladder, "lead", date(2026, 2, 1), "dropped")
    assert not goes(ladder, "lead", "dropped", note="企业改投他处")


def test_a_step_is_neither_before_the_last_one_nor_to_come(ladder):
    assert "before the last step" in refusal(ladder, "lead", date(2026, 3, 2), "talks")
    assert "up to today" in refusal(ladder, "lead", None, "talks", on=date(2026, 4, 1))


def passages(ladder, *taken, until):
    """Return the ways of one thing to a stage from the one before, as days and arrival."""
    found = along(ladder, [(1, stage, on) for stage, on in taken], TODAY)[until]
    return [(one.days, one.arrived) for one in found]


LEAD, TALKS = ("lead", date(2026, 1, 1)), ("talks", date(2026, 1, 31))


def test_time_between_stages_runs_from_the_first_arrival_to_the_first(ladder):
    # 1 January to 31 January are 30 days; the way back and up again does not change that.
    back = [("lead", date(2026, 2, 5)), ("talks", date(2026, 2, 20))]
    assert passages(ladder, LEAD, TALKS, until="talks") == [(30, True)]
    assert passages(ladder, LEAD, TALKS, *back, until="talks") == [(30, True)]
    # Land was passed over: whoever is in production has left negotiation behind, on 1 March,
    # 29 days after 31 January, and came onto land and production on that same day.
    built = ("built", date(2026, 3, 1))
    assert passages(ladder, LEAD, TALKS, built, until="land") == [(29, True)]
    assert passages(ladder, LEAD, TALKS, built, until="built") == [(0, True)]


def test_who_has_not_arrived_is_counted_until_today_or_until_it_gave_up(ladder):
    # 31 January to 31 March 2026 are 28 + 31 = 59 days; to 10 February, 10.
    assert passages(ladder, LEAD, TALKS, until="land") == [(59, False)]
    gone = ("dropped", date(2026, 2, 10))
    assert passages(ladder, LEAD, TALKS, gone, until="land") == [(10, False)]
    # Who never came onto a stage has no way from there.
    assert passages(ladder, LEAD, until="land") == []


def test_things_are_told_apart_and_may_begin_anywhere(ladder):
    # The first waits 30 days for the talks; the second, which began in them on 1 March, came onto
    # lead that day too (0 days) and has waited 30 days for land since.
    rows = [(1, *LEAD), (1, *TALKS), (2, "talks", date(2026, 3, 1)),
            (2, "lead", date(2026, 3, 5))]  # fmt: skip
    found = along(ladder, rows, TODAY)
    assert [(one.days, one.arrived) for one in found["talks"]] == [(30, True), (0, True)]
    assert [(one.days, one.arrived) for one in found["land"]] == [(59, False), (30, False)]


def test_no_step_is_taken_away():
    with pytest.raises(NotClimbed):
        Climb.delete(None)
