"""What was told of machines against what came of them: how often the interval held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linli.assets.maintenance.models import Prediction, Upkeep
from linli.assets.maintenance.spans import Span, spans
from linli.assets.register.models import Asset


@dataclass(frozen=True)
class Outcome:
    """One life that ended, and what was told of it day by day before.

    `told` are (days before the end, days told, low, high); `held` is how many of them held the
    truth, or did not contradict it where the life was ended in time and its end is not known.
    """

    asset: Asset
    ended: date
    failed: bool
    told: tuple[tuple[float, float, float, float], ...]
    held: int

    @property
    def share(self) -> float:
        return self.held / len(self.told)


@dataclass(frozen=True)
class Coverage:
    """Of a month: lives that ended in it, what was told of them, how much of that held."""

    month: str
    lives: int
    told: int
    held: int

    @property
    def share(self) -> float:
        return self.held / self.told if self.told else 0.0


def outcomes(assets: Sequence[Asset]) -> list[Outcome]:
    """Return the lives that ended after something had been told of them, the newest first."""
    rows = Prediction.objects.filter(
        asset__in=[asset.pk for asset in assets], days__isnull=False
    ).order_by("at")  # fmt: skip
    told: dict[int, list[Prediction]] = {}
    for row in rows.defer("quantiles", "drift", "trace", "trouble"):
        told.setdefault(row.asset_id, []).append(row)
    lives = spans([asset for asset in assets if asset.pk in told])
    found = [
        one
        for asset in assets
        for span in lives.get(asset.pk, [])[:-1]
        if (one := _outcome(asset, span, told[asset.pk])) is not None
    ]
    return sorted(found, key=lambda one: one.ended, reverse=True)


def _outcome(asset: Asset, span: Span, rows: Sequence[Prediction]) -> Outcome | None:
    if span.ended is None:
        return None
    told, held = list[tuple[float, float, float, float]](), 0
    for row in rows:
        if row.at >= span.ended or (span.began is not None and row.at < span.began):
            continue
        if row.days is None or row.days_low is None or row.days_high is None:
            continue
        left = (span.ended - row.at).total_seconds() / 86400
        told.append((left, row.days, row.days_low, row.days_high))
        # A life ended in time was at least so long: only an end told before it is wrong.
        held += left <= row.days_high and (left >= row.days_low or not span.failed)
    if not told:
        return None
    return Outcome(asset, span.ended.date(), span.failed, tuple(told), held)


def coverage(found: Sequence[Outcome]) -> list[Coverage]:
    """Return how often the interval held, by the month in which lives ended, the eldest first."""
    months: dict[str, list[Outcome]] = {}
    for one in found:
        months.setdefault(f"{one.ended:%Y-%m}", []).append(one)
    return [
        Coverage(month, len(those), sum(len(one.told) for one in those),
                 sum(one.held for one in those))
        for month, those in sorted(months.items())
    ]  # fmt: skip


def of_upkeep(upkeep: Upkeep) -> list[Outcome]:
    """Return the outcomes of all machines of an upkeep."""
    assets = Asset.objects.filter(kind__in=upkeep.told.kinds).order_by("path")
    return outcomes(list(assets))
