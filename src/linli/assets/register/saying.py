"""Figures of assets in words, and as what a chart draws."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from linli.assets.register.figures import Line
from linli.assets.register.models import Level
from linli.engines.running import Running


def days(n: int) -> timedelta:
    """Return so many days."""
    return timedelta(days=n)


def months_back(today: date, n: int) -> list[str]:
    """Return the last `n` months as "2026-11", the newest first."""
    at = today.year * 12 + today.month - 1
    return [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(at, at - n, -1)]


def weekdays(given: Iterable[int]) -> str:
    """Name days of the week, three or more in a row by the first and the last; Monday is 1."""
    rows: list[list[int]] = []
    for day in sorted(int(day) for day in given):
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    said = []
    for row in rows:
        names = [str(WEEKDAYS[day - 1]) for day in row]
        if len(row) > 2:
            names = [_("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}]
        said += names
    return _(", ").join(said)


def percent(share: float | None) -> str:
    """Say a share in percent with one decimal."""
    return "–" if share is None else f"{100 * share:.1f} %"


def hours(seconds: float | None) -> str:
    """Say a time in hours with one decimal."""
    return "–" if seconds is None else f"{seconds / 3600:.1f}"


def point(lines: Sequence[Line]) -> str:
    """Say what the figures show: OEE as a whole, and which machine holds it down."""
    whole = next((line for line in lines if line.ran.oee is not None), None)
    if whole is None:
        return _("Nothing is known of this period")
    machines = [x for x in lines if x.asset.level == Level.MACHINE and x.ran.oee is not None]
    low = min(machines, key=lambda x: x.ran.oee or 0, default=None)
    told = {"asset": whole.asset, "oee": percent(whole.ran.oee)}
    if low is None or low is whole:
        return _("%(asset)s: OEE %(oee)s") % told
    return _("%(asset)s: OEE %(oee)s; lowest is %(low)s with %(least)s") % {
        **told, "low": low.asset, "least": percent(low.ran.oee),
    }  # fmt: skip


def by_day(told: Sequence[tuple[datetime, Running]]) -> dict[str, Any]:
    """Return what the chart draws: OEE and its three parts by day, in percent."""

    def line(name: str) -> list[float | None]:
        values = (getattr(ran, name) for _day, ran in told)
        return [None if v is None else round(100 * v, 1) for v in values]

    return {
        "days": [f"{day:%m-%d}" for day, _ran in told],
        "lines": [
            {"name": "OEE", "values": line("oee"), "main": True},
            {"name": _("Availability"), "values": line("availability")},
            {"name": _("Performance"), "values": line("performance")},
            {"name": _("Quality"), "values": line("quality")},
        ],
    }
