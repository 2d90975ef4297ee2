"""Put together what journal and shelves hold."""

from collections.abc import Sequence

import numpy as np

from linli.assets.telemetry import ledger, means, recent, shelves
from linli.assets.telemetry.journal import Batch
from linli.assets.telemetry.points import MOMENT, Series, Spread
from linli.assets.telemetry.shelves import DAY, HOUR, MINUTE


def _from_journal(ids: np.ndarray, since: int, until: int) -> tuple[list[Batch], list[np.ndarray]]:
    batches, seqs = [], []
    for segment, batch in recent.points():
        mask = np.isin(batch.ids, ids) & (batch.times >= since) & (batch.times < until)
        if mask.any():
            part = batch.where(mask)
            # Within a segment the order of writing counts; shelves hold whole segments.
            batches.append(part)
            seqs.append(segment * 2.0**32 + np.arange(len(part)))
    return batches, seqs


def raw(ids: np.ndarray, since: int, until: int, days: Sequence[int] | None = None) -> Batch:
    """Return the points of tags in [since, until), by tag and time, none of them twice.

    The journal is read before the shelves: a segment folded in between is met twice, not missed.
    """
    batches, seqs = _from_journal(ids, since, until)
    wanted = shelves.days_between(since, until) if days is None else days
    if days is not None:
        masks = [np.isin(batch.times // DAY, days) for batch in batches]
        seqs = [seq[mask] for seq, mask in zip(seqs, masks, strict=True)]
        batches = [batch.where(mask) for batch, mask in zip(batches, masks, strict=True)]
    kept = ledger.raw if ledger.is_used() else shelves.raw
    shelved, seq = kept(ids, wanted, since, until)
    batches.append(shelved)
    seqs.append(seq * 2.0**32)
    both = Batch.of(batches)
    return both.where(shelves.last_written(both.ids, both.times, np.concatenate(seqs)))


def points(tags: tuple[str, ...], ids: np.ndarray, since: int, until: int) -> Series:
    """Return every point; of days whose points are no longer kept, the means of minutes."""
    batch = raw(ids, since, until)
    held = np.unique(batch.ids.astype(np.int64) * 1_000_000 + batch.times // DAY).tolist()
    known = set(held)
    pairs = [(int(tag), day) for day in shelves.days_between(since, until) for tag in ids
             if int(tag) * 1_000_000 + day not in known]  # fmt: skip
    older = means.instead(pairs, since, until)
    if len(older.tags):
        batch = Batch.of([batch, Batch(older.tags, older.times, older.means)])
    return _table(tags, ids, batch.ids, batch.times, batch.values)


def _table(
    tags: tuple[str, ...], ids: np.ndarray, of: np.ndarray, times: np.ndarray, values: np.ndarray
) -> Series:
    rows, row = np.unique(times, return_inverse=True)
    table = np.full((len(rows), len(ids)), np.nan)
    for column, tag in enumerate(ids):
        mask = of == tag
        table[row[mask], column] = values[mask]
    return Series(tags, rows.astype(np.int64).astype(MOMENT), table)


def _put_together(ids: np.ndarray, since: int, until: int, step: int) -> means.Means:
    """Return stretches of tags, from what is down-sampled where that will do."""
    level = HOUR if step % HOUR == 0 else MINUTE if step % MINUTE == 0 else 0
    days = list(shelves.days_between(since, until))
    ready = means.ready(ids, days, level) if level else set()
    if ready:
        batches, _seqs = _from_journal(ids, since, until)
        for batch in batches:
            ready -= set(np.unique(batch.times // DAY).tolist())
    parts = []
    if ready:
        parts.append(means.fetch(level, ids, sorted(ready), since, until))
    rest = [day for day in days if day not in ready]
    if rest:
        batch = raw(ids, since, until, rest)
        parts.append(means.of_points(batch.ids, batch.times, batch.values, step))
    return means.coarser(means.joined(parts), step)


def stretches(
    tags: tuple[str, ...], ids: np.ndarray, since: int, until: int, step: int, how: str
) -> Series:
    """Return one value a stretch and tag."""
    found = _put_together(ids, since, until, step)
    columns = {"mean": found.means, "low": found.lows, "high": found.highs, "last": found.lasts,
               "count": found.counts}  # fmt: skip
    return _table(tags, ids, found.tags, found.times, columns[how].astype(np.float64))


def spread(ids: np.ndarray, since: int, until: int, step: int) -> Spread:
    """Return one tag a stretch at a time."""
    found = _put_together(ids, since, until, step)
    order = np.argsort(found.times, kind="stable")
    return Spread(found.times[order].astype(MOMENT), found.means[order], found.lows[order],
                  found.highs[order], found.counts[order])  # fmt: skip
