"""A deadline is counted on in working time, by the server and by whoever reads it later."""

import json
from datetime import timedelta

import pytest
from django.utils import translation

from linli import clock
from linli.cases import loop
from linli.cases.calendar import WorkingCalendar
from linli.cases.countdown import countdowns
from linli.cases.models import Case
from tests.cases.conftest import MORNING, tell
from tests.small_town import person


def counted_on(mark, later):
    """Count as the browser does: what is left, less the work that lies between."""
    now = mark.now + later.total_seconds() * 1000
    worked = sum(
        max(0, min(end, now) - max(start, mark.now)) for start, end in json.loads(mark.shifts)
    )
    return mark.left - worked / 60_000


@pytest.mark.parametrize("later", [timedelta(minutes=20), timedelta(hours=3, minutes=45),
                                   timedelta(hours=4, minutes=20), timedelta(hours=23),
                                   timedelta(days=4, hours=2)])  # fmt: skip
def test_counted_on_over_lunch_night_and_weekend_it_says_what_the_server_says(town, later):
    with clock.at(MORNING):
        case = tell("桥上摆摊占道")
        loop.act(case, "accept", person("officer"))
        case = Case.objects.get(pk=case.pk)
        before = countdowns(case)[-1]
    with clock.at(MORNING + later):
        after = countdowns(case)[-1]

    assert counted_on(before, later) == pytest.approx(after.left, abs=0.01)


def test_the_words_turn_to_minutes_and_then_to_what_is_past(town):
    with clock.at(MORNING):
        case = tell("桥上摆摊占道")

    def said(later: timedelta) -> tuple[str, int]:
        with clock.at(MORNING + later), translation.override("zh-hans"):
            first = countdowns(case)[0]
            return first.words, first.percent

    assert said(timedelta()) == ("还剩 2 工作小时", 0)
    assert said(timedelta(minutes=75)) == ("还剩 45 工作分钟", 62)
    assert said(timedelta(hours=5)) == ("已超期 1.5 工作小时", 100)


def test_shifts_begin_now_and_leave_out_what_nobody_works(town):
    shifts = WorkingCalendar().shifts(MORNING + timedelta(hours=4), 3)  # 13:00 on a Tuesday

    assert [f"{start:%d %H:%M}–{end:%H:%M}" for start, end in shifts] == [
        "10 13:30–17:30", "11 08:30–12:00", "11 13:30–17:30",
    ]  # fmt: skip
