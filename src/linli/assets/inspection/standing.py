"""How stations stand: whether they run, what they judged today, what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from linli.assets.inspection import figures
from linli.assets.inspection.figures import Counted
from linli.assets.inspection.models import Lot, Station
from linli.assets.register.shifts import calendar_of
from linli.clock import lasting

SILENT_S = 300.0  # a station that takes pictures at all is heard of within this time
TREND_H = 12


class Pulse(StrEnum):
    """Whether a station runs."""

    RUNNING = "running"
    SILENT = "silent"
    UNTAUGHT = "untaught"
    TROUBLE = "trouble"
    OFF = "off"


WORDS: dict[Pulse, str | Promise] = {
    Pulse.RUNNING: _("Running"),
    Pulse.SILENT: _("Nothing came for a while"),
    Pulse.UNTAUGHT: _("Not taught yet"),
    Pulse.TROUBLE: _("Trouble"),
    Pulse.OFF: _("Switched off"),
}


@dataclass(frozen=True)
class Row:
    """A station on the list."""

    station: Station
    pulse: Pulse
    shift: Counted
    usual: float | None
    line: str
    waiting: int
    held: int

    @property
    def words(self) -> str | Promise:
        return WORDS[self.pulse]

    @property
    def change(self) -> float | None:
        """By how many points of percent yield differs from that of the twelve hours shown."""
        if self.shift.first_pass is None or self.usual is None:
            return None
        return round(self.shift.first_pass - self.usual, 1)


def pulse(station: Station, at: datetime) -> Pulse:
    """Tell whether a station runs."""
    if not station.on:
        return Pulse.OFF
    if station.trouble:
        return Pulse.TROUBLE
    if station.version_id is None:
        return Pulse.UNTAUGHT
    heard = station.seen_at
    if heard is None or at - heard > lasting(SILENT_S):
        return Pulse.SILENT
    return Pulse.RUNNING


def shift_starts(stations: Sequence[Station], at: datetime) -> dict[str, datetime]:
    """Return for each plant when the shift that runs at `at` began.

    Where the plant's calendar has none then: eight hours from midnight, eight or sixteen o'clock.
    """
    found = {}
    for station in stations:
        top = station.asset.top
        if top not in found:
            turns = calendar_of(station.asset).turns(at, at + timedelta(seconds=1))
            usual = figures.Span.WEEK.start(at)
            found[top] = max((turn.since for turn in turns), default=usual)
    return found


def board(stations: Sequence[Station], at: datetime) -> list[Row]:
    """Return how stations stand, from a few questions for all of them."""
    keys = [station.pk for station in stations]
    begins = localtime(at).replace(minute=0, second=0, microsecond=0)
    begins -= timedelta(hours=TREND_H - 1)
    starts = shift_starts(stations, at)
    hours = figures.recent(keys, min([begins, *starts.values()]))
    waiting = figures.waiting(keys)
    lots = dict(
        Lot.objects.filter(state=Lot.State.HELD, product__stations__in=keys)
        .values_list("product")
        .order_by()
        .annotate(n=Count("pk", distinct=True))
    )
    found = []
    for station in stations:
        rows = hours.get(station.pk, [])
        each = [
            figures.total(rows, begins + timedelta(hours=n), begins + timedelta(hours=n + 1))
            for n in range(TREND_H)
        ]
        found.append(
            Row(
                station, pulse(station, at),
                figures.total(rows, starts[station.asset.top], at + timedelta(seconds=1)),
                figures.joined(each, begins, at).first_pass,
                figures.line([one.first_pass for one in each]),
                waiting.get(station.pk, 0), lots.get(station.product_id, 0),
            )
        )  # fmt: skip
    return found
