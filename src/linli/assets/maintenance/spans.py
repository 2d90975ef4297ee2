"""The lives of machines: from one renewal to the next, and whether each ended by failure.

A finding says it outright. Beside findings the register knows: a part replaced ends a life, and
if the machine had broken down just before, that life ended by failure.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from linli.assets.maintenance.models import Finding
from linli.assets.register.models import Asset, Entry, Stop

NEAR = timedelta(hours=36)
"""Between a breakdown and the entry that tells of its repair, at most."""


@dataclass(frozen=True)
class Span:
    """One life. `began` is None where it began before anybody knew; `ended` None where it runs."""

    began: datetime | None
    ended: datetime | None = None
    failed: bool = False


@dataclass(frozen=True)
class _End:
    at: datetime
    again: datetime
    failed: bool


def spans(assets: Sequence[Asset]) -> dict[int, list[Span]]:
    """Return the lives of each asset by its key, the eldest first; the last one runs."""
    ends = _ends(assets)
    found = {}
    for asset in assets:
        lives = list[Span]()
        began = _commissioned(asset)
        for end in ends[asset.pk]:
            if began is not None and end.at <= began:
                continue
            lives.append(Span(began, end.at, end.failed))
            began = end.again
        found[asset.pk] = [*lives, Span(began)]
    return found


def _commissioned(asset: Asset) -> datetime | None:
    if asset.commissioned is None:
        return None
    return datetime.combine(asset.commissioned, time(), UTC)


def _ends(assets: Sequence[Asset]) -> dict[int, list[_End]]:
    """Return what ended lives of each asset; what a finding says wins over the register."""
    keys = [asset.pk for asset in assets]
    found: dict[int, list[_End]] = defaultdict(list)
    renewed = Finding.objects.filter(asset__in=keys, renewed=True).order_by("at")
    for asset, at, condition in renewed.values_list("asset", "at", "condition"):
        found[asset].append(_End(at, at, condition == Finding.Condition.FAILED))
    for asset, ends in _registered(assets).items():
        for end in ends:
            if all(abs(end.at - known.at) > NEAR for known in found[asset]):
                found[asset].append(end)
    return defaultdict(list, {key: sorted(ends, key=lambda e: e.at) for key, ends in found.items()})


def _registered(assets: Sequence[Asset]) -> dict[int, list[_End]]:
    """Return lives ended by entries of the register: parts replaced on a machine or in it."""
    of = {asset.pk: asset.pk for asset in assets}
    for key, parent in Asset.objects.filter(parent__in=list(of)).values_list("pk", "parent"):
        if parent is not None:
            of.setdefault(key, parent)
    stops: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    broke = Stop.objects.filter(asset__in=list(of), cause=Stop.Cause.FAILURE).order_by("since")
    for asset, since, until in broke.values_list("asset", "since", "until"):
        stops[of[asset]].append((since, until))
    found: dict[int, list[_End]] = defaultdict(list)
    replaced = Entry.objects.filter(asset__in=list(of), what=Entry.What.REPLACED).order_by("at")
    for asset, at in replaced.values_list("asset", "at"):
        machine = of[asset]
        if any(abs(end.again - at) <= NEAR for end in found[machine]):
            continue
        stop = next(
            ((since, until) for since, until in reversed(stops[machine])
             if since <= at and at - (until or at) <= NEAR), None,
        )  # fmt: skip
        if stop is None:
            found[machine].append(_End(at, at, False))
        else:
            found[machine].append(_End(stop[0], max(at, stop[1] or at), True))
    return found
