"""Clocks run on the working calendar of mainland China."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.calendar import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


moments = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=ZONE)
)


def test_hours_run_over_the_midday_break():
    assert CALENDAR.add(at("2026-03-10 11:00"), 2) == at("2026-03-10 14:30")


def test_hours_run_over_the_weekend():
    assert CALENDAR.add(at("2026-03-13 16:30"), 2) == at("2026-03-16 09:30")


def test_the_spring_festival_stands_still():
    # 2026: off from 15 to 23 February; Saturday the 14th and Saturday the 28th are worked.
    assert CALENDAR.add(at("2026-02-13 17:00"), 1) == at("2026-02-14 09:00")
    assert CALENDAR.add(at("2026-02-14 17:00"), 1) == at("2026-02-24 09:00")
    assert CALENDAR.is_workday(date(2026, 2, 28))


def test_a_deadline_that_ends_with_the_day_falls_on_its_evening():
    assert CALENDAR.add(at("2026-03-10 08:30"), 7.5) == at("2026-03-10 17:30")


def test_local_exceptions_win():
    own = WorkingCalendar(
        holidays=frozenset({date(2026, 3, 10)}), workdays=frozenset({date(2026, 3, 14)})
    )
    assert not own.is_workday(date(2026, 3, 10)) and own.is_workday(date(2026, 3, 14))


def test_years_not_yet_announced_have_plain_weekdays():
    assert CALENDAR.is_workday(date(2033, 1, 3)) and not CALENDAR.is_workday(date(2033, 1, 2))


def test_other_hours_make_another_day():
    short = WorkingCalendar([("09:00", "10:00")])
    assert short.add(at("2026-03-10 09:30"), 1) == at("2026-03-11 09:30")


@given(moments, st.floats(0, 400))
def test_adding_hours_and_counting_them_agree(start, hours):
    end = CALENDAR.add(start, hours)
    assert abs(CALENDAR.hours_between(start, end) - hours) < 1e-6


@given(moments, moments)
def test_working_time_never_runs_backwards(a, b):
    first, last = sorted((a, b))
    assert CALENDAR.worked(first) <= CALENDAR.worked(last)


@given(moments)
def test_a_week_never_holds_more_than_seven_working_days(start):
    assert 0 <= CALENDAR.hours_between(start, start + timedelta(7)) <= 7 * 7.5 + 1e-9
