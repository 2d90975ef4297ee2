"""When a plant works, by its weekly shifts and the days that are otherwise."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from linli.assets.register.shifts import Calendar, Weekly

ZONE = ZoneInfo("Asia/Shanghai")
DAY = Weekly("day", frozenset({1, 2, 3, 4, 5}), time(8), time(16))
NIGHT = Weekly("night", frozenset({1, 2, 3, 4, 5}), time(22), time(6))


def at(day: int, hour: int = 0) -> datetime:
    """A moment of March 2026; the 9th is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=ZONE)


def hours(calendar: Calendar, since: datetime, until: datetime) -> float:
    return sum((b - a) / timedelta(hours=1) for a, b in calendar.spans(since, until))


def test_a_week_of_day_and_night_shifts():
    calendar = Calendar((DAY, NIGHT), {}, ZONE)
    assert hours(calendar, at(9), at(16)) == 5 * 8 + 5 * 8
    assert hours(calendar, at(14), at(15)) == 6  # what Friday's night shift leaves of Saturday
    assert calendar.spans(at(15), at(16)) == []


def test_spans_are_cut_to_what_is_asked_and_touching_shifts_are_one():
    late = Weekly("late", frozenset({1}), time(16), time(22))
    calendar = Calendar((DAY, late), {}, ZONE)
    assert calendar.spans(at(9, 10), at(9, 20)) == [(at(9, 10), at(9, 20))]
    assert calendar.spans(at(9, 12), at(9, 12)) == []


def test_a_day_that_is_otherwise_counts_instead_of_the_week():
    off = Calendar((DAY,), {date(2026, 3, 9): frozenset()}, ZONE)
    assert hours(off, at(9), at(11)) == 8
    extra = Calendar((DAY,), {date(2026, 3, 14): frozenset({"day"})}, ZONE)
    assert hours(extra, at(14), at(15)) == 8


def test_without_shifts_it_counts_as_working_always():
    assert hours(Calendar((), {}, ZONE), at(9), at(10)) == 24
