"""How assets ran in a period: what was kept of stops and output, summed up by the engine."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from linli import clock
from linli.assets.register.models import Asset, Level, Output, Stop
from linli.assets.register.shifts import calendar_of
from linli.engines import running as engine
from linli.engines.running import Running
from linli.scores.periods import Period


@dataclass(frozen=True)
class Line:
    """An asset with how it ran: a machine by itself, what is above by the sum of its machines."""

    asset: Asset
    ran: Running


class Ledger:
    """Stops, output and shifts of some machines between two moments, read once."""

    def __init__(self, machines: Sequence[Asset], since: datetime, until: datetime) -> None:
        keys = [machine.pk for machine in machines]
        self._tops = {machine.pk: machine.top for machine in machines}
        self._now = min(until, clock.now())
        self._stops: dict[int, list[engine.Stop]] = defaultdict(list)
        rows = Stop.objects.filter(
            Q(until=None) | Q(until__gt=since), asset__in=keys, since__lt=self._now
        )
        for key, a, b, cause in rows.values_list("asset_id", "since", "until", "cause"):
            self._stops[key].append(engine.Stop(a.timestamp(), b.timestamp() if b else None, cause))
        self._made: dict[int, list[engine.Made]] = defaultdict(list)
        outputs = Output.objects.filter(asset__in=keys, until__gt=since, since__lt=until)
        for key, a, b, n, good, ideal in outputs.values_list(
            "asset_id", "since", "until", "made", "good", "ideal_s"
        ):
            self._made[key].append(engine.Made(a.timestamp(), b.timestamp(), n, good, ideal))
        self._shifts: dict[str, list[engine.Span]] = {}
        for machine in machines:
            if machine.top not in self._shifts:
                spans = calendar_of(machine).spans(since, self._now)
                self._shifts[machine.top] = [(a.timestamp(), b.timestamp()) for a, b in spans]

    @property
    def known(self) -> list[int]:
        """The keys of the machines of which there is a stop or any output."""
        return [key for key in self._tops if key in self._stops or key in self._made]

    def ran(self, key: int, since: datetime, until: datetime) -> Running:
        """Return how one of the machines ran between two moments inside."""
        return engine.running(
            since.timestamp(), max(since, until).timestamp(), self._shifts[self._tops[key]],
            self._stops.get(key, ()), self._made.get(key, ()), now=self._now.timestamp(),
        )  # fmt: skip


def lines(assets: Sequence[Asset], period: Period) -> list[Line]:
    """Return how machines ran, and what stands above them by their sums, in the order of the tree.

    Parameters
    ----------
    assets
        What a person sees, of any level; those of which nothing is known are left out.
    """
    machines = [row for row in assets if row.level == Level.MACHINE]
    ledger = Ledger(machines, period.begins, period.ends)
    known = set(ledger.known)
    sums: dict[str, Running] = defaultdict(Running)
    for machine in machines:
        if machine.pk in known:
            told = ledger.ran(machine.pk, period.begins, period.ends)
            for code in machine.above:
                sums[code] += told
    return [Line(row, sums[row.code]) for row in assets if row.code in sums]


def by_day(machines: Sequence[Asset], period: Period) -> list[tuple[datetime, Running]]:
    """Return how some machines ran together on each day of a period that has begun."""
    ledger = Ledger(machines, period.begins, period.ends)
    found, day = [], period.begins
    while day < min(period.ends, clock.now()):
        after = day + timedelta(days=1)
        told = (ledger.ran(key, day, after) for key in ledger.known)
        found.append((day, sum(told, Running())))
        day = after
    return found
