"""Fold the journal into the shelves, down-sample days that are over, and let go what is old."""

import shutil
from datetime import datetime

import numpy as np

from linli.assets.telemetry import journal, ledger, means, shelves
from linli.assets.telemetry.journal import Batch
from linli.assets.telemetry.means import Means
from linli.assets.telemetry.models import Reading, Tag
from linli.assets.telemetry.points import moment
from linli.assets.telemetry.shelves import DAY, GROUP, HOUR, MINUTE

FULL = 8_000_000  # bytes of a segment that is folded at once


def fold(is_time: bool = False) -> int:
    """Fold every closed segment that rules have read; return how many.

    A kill in between leaves a segment both on the shelves and in the journal: it is read once,
    because its points are the same, and folded again later.

    Parameters
    ----------
    is_time
        Whether to close the segment that is written, however little it holds.
    """
    journal.turn(1 if is_time else FULL)
    closed = journal.segments()[:-1]
    if not closed:
        return 0
    read = Reading.objects.filter(name="rules").values_list("segment", flat=True).first() or 0
    folded = [segment for segment in closed if segment < read]
    for segment in folded:
        put(segment, Batch.of([frame.batch for frame in journal.read(segment)]))
        journal.drop(segment)
    return len(folded)


def put(segment: int, batch: Batch) -> None:
    """Keep the points of a segment: on the shelves, or in PostgreSQL where that is wanted."""
    (ledger.put if ledger.is_used() else shelves.put)(segment, batch)


def tidy(at: datetime) -> None:
    """Merge small files, down-sample days that are over, let go what is kept no longer."""
    today = int(moment(at).astype(np.int64)) // DAY
    if ledger.is_used():
        ledger.tidy(today)
        return
    for group, day, place in list(shelves.each_partition()):
        if day < today and not means.is_rolled(group, day):
            roll(group, day)
        elif run := shelves.run_to_merge(place):
            shelves.merge(place, run)
    let_go(today)


def roll(group: str, day: int) -> None:
    """Down-sample a day of a group that is over. Points that come later make it be done again."""
    place = shelves.partition(group, day)
    held = shelves.files(place)
    if not held:
        return
    first, parts = int(group[1:]) * GROUP, []
    since, until = day * DAY, (day + 1) * DAY
    for ids in shelves.in_turns(held, first):
        batch, seq = shelves.raw(ids, [day], since, until)
        batch = batch.where(shelves.last_written(batch.ids, batch.times, seq))
        parts.append(means.of_points(batch.ids, batch.times, batch.values, MINUTE))
    minutes = _with_kept(means.joined(parts), MINUTE, group, day)
    shelves.write(means.file_of(MINUTE, group, day), minutes.columns())
    _into_month(means.coarser(minutes, HOUR), group, day)
    means.mark(group, day, held[-1].high)
    if len(held) > 1:
        shelves.merge(place, held)


def _with_kept(new: Means, level: int, group: str, day: int) -> Means:
    """Add what was down-sampled before of points that are no longer kept."""
    path = means.file_of(level, group, day)
    if not path.exists():
        return new
    old = means.whole(path)
    keys = new.tags.astype(np.int64) * DAY + new.times % DAY
    gone = ~np.isin(old.tags.astype(np.int64) * DAY + old.times % DAY, keys)
    both = means.joined([new, old.where(gone)])
    return both.where(np.lexsort((both.times, both.tags)))


def _into_month(hours: Means, group: str, day: int) -> None:
    path = means.file_of(HOUR, group, day)
    if path.exists():
        old = means.whole(path)
        hours = means.joined([old.where(old.times // DAY != day), hours])
        hours = hours.where(np.lexsort((hours.times, hours.tags)))
    shelves.write(path, hours.columns())


def let_go(today: int) -> None:
    """Delete points and minutes of tags that are older than these keep them."""
    keeps: dict[str, list[tuple[int, int, int]]] = {}
    for pk, raw_days, minute_days in Tag.objects.values_list("id", "raw_days", "minute_days"):
        keeps.setdefault(shelves.group_of(pk), []).append((pk, raw_days, minute_days))
    for group, day, place in list(shelves.each_partition()):
        kept = [pk for pk, raw_days, _m in keeps.get(group, []) if today - day <= raw_days]
        if len(kept) == len(keeps.get(group, [])) or not means.is_rolled(group, day):
            continue
        if not kept:
            shutil.rmtree(place)
        elif set(shelves.tags_in(place)) - set(kept):
            shelves.rewrite(place, np.array(kept, np.int32))
    root = journal.folder() / "minute"
    for path in root.glob("*/*.parquet"):
        day = int(np.datetime64(path.stem, "D").astype(int))
        if all(
            today - day > minute_days for _pk, _r, minute_days in keeps.get(path.parent.name, [])
        ):
            path.unlink()
