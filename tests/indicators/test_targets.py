"""Targets stand where they stand; off the pace one case goes to the owner, and not twice."""

from datetime import timedelta

import pytest

from linli import clock
from linli.cases.models import OPEN, Case, Source, State
from linli.clock import now
from linli.engines.pace import Light
from linli.indicators import forecasts, keeping, targets
from linli.indicators.figures import FIGURES
from linli.indicators.models import Alarm, Figure, Forecast, Value
from linli.indicators.showing import current
from linli.people.scope import scope
from tests.indicators.conftest import NUMBER, OUTPUT, indicator, wrote
from tests.indicators.test_grammar import GOAL
from tests.small_town import organisation, person


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
    assert targets.sweep() == 1
    case = Case.objects.get(source=Source.INDICATOR)
    assert case.category.code == "lights"
    assert case.functional == organisation("housing")
    assert "480" in case.body
    assert Alarm.objects.get().case == case

    assert targets.sweep() == 0
    assert Case.objects.filter(source=Source.INDICATOR).count() == 1


def test_a_case_that_is_closed_is_followed_by_one_for_the_next_period(aimed):
    targets.sweep()
    Case.objects.filter(source=Source.INDICATOR).update(state=State.CLOSED)
    assert targets.sweep() == 0

    aimed.sections["target"][0] |= {"by": "2026-03"}
    aimed.load()
    with clock.at(now() + timedelta(days=30)):
        wrote("mill", "2026-03", 10)
        keeping.fold()
        assert targets.sweep() == 1
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
    assert forecasts.refresh() == 1

    kept = Forecast.objects.get(indicator__code="output")
    assert kept.last == "2026-02"
    bands = kept.told["bands"]
    assert set(bands) == {"chosen", "naive", "seasonal-naive"}
    assert len(bands["chosen"]["mean"]) == 12
    assert forecasts.refresh() == 0
    wrote("mill", "2026-01", 104)
    keeping.fold()
    assert forecasts.refresh() == 1
