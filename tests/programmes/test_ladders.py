"""A ladder comes from a pack; who climbs it goes stage by stage, and every step is kept."""

from datetime import date

import pytest
from django.utils import translation

from linli.programmes.ladders import (
    Climb,
    Ladder,
    NotClimbed,
    Passage,
    Step,
    along,
    check_step,
)
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


def steps(*taken):
    return [Taken(stage, on) for stage, on in taken]


class Taken:
    """A step as it is read."""

    def __init__(self, stage, on):
        self.stage, self.on = stage, on


def test_time_between_stages_runs_from_the_first_arrival_to_the_first(ladder):
    # 1 January to 31 January are 30 days; the way back and up again does not change that.
    steady = steps(("lead", date(2026, 1, 1)), ("talks", date(2026, 1, 31)))
    back = [*steady, *steps(("lead", date(2026, 2, 5)), ("talks", date(2026, 2, 20)))]
    for history in (steady, back):
        assert Passage.between(ladder, history, "lead", "talks", TODAY) == Passage(30, True)
    # Land was passed over: whoever is in production has left negotiation behind, on 1 March,
    # 29 days after 31 January.
    over = [*steady, *steps(("built", date(2026, 3, 1)))]
    assert Passage.between(ladder, over, "talks", "land", TODAY) == Passage(29, True)


def test_who_has_not_arrived_is_counted_until_today_or_until_it_gave_up(ladder):
    # 31 January to 31 March 2026 are 28 + 31 = 59 days; to 10 February, 10.
    waiting = steps(("lead", date(2026, 1, 1)), ("talks", date(2026, 1, 31)))
    assert Passage.between(ladder, waiting, "talks", "built", TODAY) == Passage(59, False)
    gone = [*waiting, *steps(("dropped", date(2026, 2, 10)))]
    assert Passage.between(ladder, gone, "talks", "built", TODAY) == Passage(10, False)
    assert Passage.between(ladder, steps(("lead", date(2026, 1, 1))), "talks", "built",
                           TODAY) is None  # fmt: skip


def test_all_neighbouring_stages_at_once_say_the_same(ladder):
    histories = {
        1: steps(("lead", date(2026, 1, 1)), ("talks", date(2026, 1, 31)),
                 ("built", date(2026, 3, 1))),
        2: steps(("lead", date(2026, 1, 1)), ("talks", date(2026, 1, 31)),
                 ("dropped", date(2026, 2, 10))),
        3: steps(("lead", date(2026, 3, 1))),
        4: steps(("talks", date(2026, 3, 1)), ("lead", date(2026, 3, 5))),
    }  # fmt: skip
    rows = [(key, step.stage, step.on) for key, taken in histories.items() for step in taken]
    found = along(ladder, rows, TODAY)
    for before, after in zip(ladder.way, ladder.way[1:], strict=False):
        assert found[after.code] == [
            passage
            for taken in histories.values()
            if (passage := Passage.between(ladder, taken, before.code, after.code, TODAY))
        ], after.code


def test_no_step_is_taken_away():
    with pytest.raises(NotClimbed):
        Climb.delete(None)
