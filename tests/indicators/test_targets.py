"""Targets stand where they stand; off the pace one case goes to the owner, and not twice."""

from datetime import timedelta

import pytest

from linli import clock
from linli.cases.models import OPEN, Case, Source, State
from linli.clock import now
from linli.engines.pace import Light
from linli.indicators import alarms, forecasts, keeping, targets
from linli.indicators.figures import FIGURES
from linli.indicators.known import Known
from linli.indicators.models import Alarm, Figure, Forecast, Value
from linli.indicators.showing import current
from linli.indicators.wording import lacking
from linli.people.scope import scope
from linli.places.atlas import atlas
from tests.indicators.conftest import NUMBER, OUTPUT, indicator, wrote
from tests.indicators.test_grammar import GOAL
from tests.small_town import area, organisation, person


@pytest.fixture
def aimed(town):
    """Output of 480 in February 2026, on a straight path from January 2025.

    January 2025 was 200, so 280 more in 13 months: 200 + 280 × 12 / 13 = 458.46 in January 2026
    and 480 in February; it was 200 then, so the whole way is missing.
    """
    for one in town.sections["indicator"]:
        if one["code"] == "output":
            one |= {"category": "lights", "pieces": "enterprises"}
    town.sections["target"] = [
        GOAL | {"since": "2025-01", "by": "2026-02", "value": 480.0},
        GOAL | {"code": "year", "name": "全年", "since": "2026-01", "by": "2026-12",
                "value": 2400.0, "measure": "total"},
    ]  # fmt: skip
    town.load()
    keeping.refresh_all()
    return town


def standing(code="goal"):
    return next(one for one in targets.standings(current()) if one.target.code == code)


def test_a_target_is_judged_by_its_last_finished_period(aimed):
    one = standing()
    assert (one.period, one.actual, one.expected) == ("2026-02", 200, 480)
    assert one.light == Light.BEHIND
    # 280 are missing; two works made 200, 100 each: 2.8, so three more of their size.
    assert (one.missing.amount, one.missing.added, one.pieces) == (280, 3, "enterprises")

    # 240 + 200 came together; two of twelve months should have brought 400. Reached is 2,400.
    year = standing("year")
    assert (year.actual, year.expected, year.light) == (440, 400, Light.ON)


def test_a_running_month_is_not_judged_before_it_is_over(aimed):
    wrote("mill", "2026-03", 1)
    keeping.fold()

    assert standing().period == "2026-02"
    assert standing("year").actual == 440


def test_off_the_pace_one_case_goes_to_the_owner(aimed):
    assert alarms.sweep() == 1
    case = Case.objects.get(source=Source.INDICATOR)
    assert case.category.code == "lights"
    assert case.functional == organisation("housing")
    assert "480" in case.body
    assert Alarm.objects.get().case == case

    assert alarms.sweep() == 0
    assert Case.objects.filter(source=Source.INDICATOR).count() == 1


def test_a_case_that_is_closed_is_followed_by_one_for_the_next_period(aimed):
    alarms.sweep()
    Case.objects.filter(source=Source.INDICATOR).update(state=State.CLOSED)
    assert alarms.sweep() == 0

    aimed.sections["target"][0] |= {"by": "2026-03"}
    aimed.load()
    with clock.at(now() + timedelta(days=30)):
        wrote("mill", "2026-03", 10)
        keeping.fold()
        assert alarms.sweep() == 1
        assert Case.objects.filter(source=Source.INDICATOR, state__in=OPEN).count() == 1


def test_figures_are_entered_with_their_source_and_none_is_lost(town):
    town.sections["indicator"] = [dict(NUMBER), indicator("told", "points", entered={})]
    town.load()
    sight = scope(person("builder"))
    row = {"indicator": "told", "period": "2026-01", "value": 7.0, "source": "统计局"}

    assert FIGURES.check(sight, [row]) == ["new"]
    FIGURES.write(sight, [row])
    FIGURES.write(sight, [row | {"value": 8.0, "source": "统计局修订"}])
    assert FIGURES.check(sight, [row | {"value": 8.0, "source": "统计局修订"}]) == ["unchanged"]

    assert list(Figure.objects.order_by("id").values_list("value", "newest")) == [
        (7, False), (8, True)
    ]  # fmt: skip
    assert Value.objects.get(indicator__code="told").value == 8


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"indicator": "number"}, "figures are entered for"),
        ({"period": "2026"}, "is no month"),
        ({"value": None}, "There is no value"),
        ({"source": " "}, "where the figure comes from"),
        ({"area": "atlantis"}, "no area"),
        ({"area": "west"}, "of the whole town"),
    ],
)
def test_what_is_wrong_with_a_figure_is_said(town, changed, said):
    town.sections["indicator"] = [dict(NUMBER), indicator("told", "points", entered={})]
    town.load()
    row = {"indicator": "told", "period": "2026-01", "value": 7.0, "source": "统计局"} | changed

    (outcome,) = FIGURES.check(scope(person("builder")), [row])
    assert said in outcome[0].message
    (outcome,) = FIGURES.check(scope(person("officer")), [row])
    assert not isinstance(outcome, str)


def test_forecasts_are_kept_and_made_anew_when_values_change(town):
    for month in range(1, 13):
        for year in (2024, 2025):
            wrote("mill", f"{year}-{month:02d}", 100 + month + year - 2024)
    wrote("mill", "2026-01", 103)
    town.sections["indicator"] = [dict(OUTPUT)]
    town.load()
    keeping.ponder()
    # Of the town, the west and the mill's own grid; the chips, the dots and the east have too few
    # months for a forecast, which is known of them then.
    assert forecasts.refresh(60) == 6

    kept = Forecast.objects.get(indicator__code="output", area=0)
    for place in ("west", "w1"):
        assert Forecast.objects.get(area=area(place).pk).told["bands"]
    assert not Forecast.objects.get(area=area("w2").pk).told
    assert kept.last == "2026-02"
    bands = kept.told["bands"]
    assert set(bands) == {"chosen", "naive", "seasonal-naive"}
    assert len(bands["chosen"]["mean"]) == 12
    assert "combined" in kept.told["trials"]
    assert forecasts.refresh(60) == 0
    wrote("mill", "2026-01", 104)
    keeping.fold()
    # Those of the town, the west and the grid alone.
    assert forecasts.refresh(60) == 3


def test_forecasts_are_made_a_few_seconds_at_a_turn_from_the_town_down(town):
    town.sections["indicator"] = [dict(OUTPUT), dict(NUMBER)]
    town.load()
    keeping.ponder()
    wanted = forecasts.due(Known.now())
    depth = [len(atlas().ancestors(key)) if key else 0 for _code, key in wanted]

    assert wanted[:2] == [("output", 0), ("number", 0)]
    assert depth == sorted(depth)
    assert forecasts.refresh(seconds=0) == 1
    assert len(forecasts.due(Known.now())) == len(wanted) - 1


def test_an_area_stands_to_its_part_of_a_target_of_the_town(aimed):
    # The west had 160 of the 200 at the beginning: 0.8 of 480 are 384, from its own 160. It made
    # 150 + 50 = 200 in 2026-02; two works, 100 each, so 184 are two of their size.
    west, east = area("west").pk, area("east").pk
    stand = targets.in_areas(current(), [west, east], Known.now())
    goal, year = (next(s for s in stand[west] if s.target.code == code)
                  for code in ("goal", "year"))  # fmt: skip
    assert (goal.value, goal.actual, goal.expected) == (384, 200, 384)
    assert (goal.light, goal.missing.added, goal.is_part) == (Light.BEHIND, 2, True)
    # In the year before it brought 160 of 200: 0.8 of 2,400 are 1,920, a sixth of that 320 by
    # February; 120 + 90 and 150 + 50 came.
    assert (year.value, year.actual, year.expected, year.light) == (1920, 410, 320, Light.ON)
    # The east told nothing of February: 40 + 12 / 13 × (96 − 40) = 91.69 were to be in January.
    goal = next(s for s in stand[east] if s.target.code == "goal")
    assert (goal.period, goal.value, goal.actual) == ("2026-01", 96, 30)
    assert goal.expected == pytest.approx(91.6923, abs=1e-4)


def test_a_rate_is_to_be_the_same_everywhere(aimed):
    aimed.sections["target"].append(
        GOAL | {"code": "half", "indicator": "digital-share", "value": 50.0, "by": "2026-02"}
    )
    aimed.load()
    keeping.ponder()
    west = area("west").pk
    half = next(s for s in targets.in_areas(current(), [west], Known.now())[west]
                if s.target.code == "half")  # fmt: skip
    # 50 of 200 in the west in 2026-02.
    assert (half.value, half.actual) == (50, 25)


def test_what_growth_lacks_is_told_in_pieces_of_what_grows(aimed):
    # 240 after 200 are 20 %. For half more it takes 300, so 60: three works made 80 each, one
    # more of their size does.
    aimed.sections["target"] = [
        GOAL | {"code": "half-more", "indicator": "growth", "since": "2025-12", "by": "2026-01",
                "value": 50.0}
    ]  # fmt: skip
    aimed.load()
    keeping.ponder()
    one = standing("half-more")
    assert (one.actual, one.missing.amount, one.missing.added) == (20, 30, 1)
    assert one.pieces == "enterprises"
    assert "as much as 1 enterprises" in lacking(one)
