"""Tallies of hours, changed in the transaction that changes what they count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from linli.assets.inspection.models import Flaw, Hour, Inspection, Station, Verdict


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour a moment lies in."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def count(station: Station, rows: Sequence[Inspection], flaws: Sequence[Flaw]) -> None:
    """Add new parts of a station to the tallies of their hours."""
    kinds: dict[int, set[str]] = {}
    places: Counter[int] = Counter()
    for flaw in flaws:
        kinds.setdefault(flaw.inspection.pk, set()).add(flaw.kind.code if flaw.kind else "")
        places[flaw.inspection.pk] += 1
    for start in sorted({hour_of(row.at) for row in rows}):
        own = [row for row in rows if hour_of(row.at) == start]
        hour = locked_hour(station, start)
        counts = Counter(row.verdict for row in own)
        hour.parts += len(own)
        hour.flawed += counts[Verdict.FLAWED]
        hour.unusable += counts[Verdict.UNUSABLE]
        hour.flaws += sum(places[row.pk] for row in own)
        for row in own:
            if row.verdict == Verdict.FLAWED:
                add(hour.kinds, kinds.get(row.pk) or {""})
            if row.verdict == Verdict.UNUSABLE:
                add(hour.reasons, {row.reason})
        hour.save()


def locked_hour(station: Station, start: datetime) -> Hour:
    """Return the tally of an hour, locked until the transaction ends."""
    return Hour.objects.select_for_update().get_or_create(station=station, hour=start)[0]


def add(counts: dict[str, int], codes: set[str], by: int = 1) -> None:
    """Add to counts by code; what comes to nothing is left out."""
    for code in codes:
        counts[code] = counts.get(code, 0) + by
        if counts[code] <= 0:
            del counts[code]


def codes_of(part: Inspection, flaws: Iterable[Flaw]) -> set[str]:
    """Return the kinds a part is counted under: those people named, else the machine's.

    A part that people found good has none.
    """
    if part.truth != Verdict.FLAWED:
        return set()
    every = list(flaws)
    own = [flaw for flaw in every if flaw.by_id] or every
    return {flaw.kind.code if flaw.kind else "" for flaw in own} or {""}
