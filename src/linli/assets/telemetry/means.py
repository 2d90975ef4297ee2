"""Down-sampling: means of minutes and hours, with least, greatest, last value and how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linli.assets.telemetry import ledger, shelves
from linli.assets.telemetry.journal import folder
from linli.assets.telemetry.shelves import DAY, HOUR, MINUTE, RETRIES

NAMES = {MINUTE: "minute", HOUR: "hour"}
FIELDS = ("tag", "time", "mean", "low", "high", "count", "last")


@dataclass(frozen=True)
class Means:
    """Stretches of tags; `times` are where they begin, int64 milliseconds."""

    tags: np.ndarray
    times: np.ndarray
    means: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    counts: np.ndarray
    lasts: np.ndarray

    def where(self, mask: np.ndarray) -> "Means":
        """Return those stretches a mask or an order picks."""
        return Means(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))

    def columns(self) -> dict[str, np.ndarray]:
        """Return what a file holds."""
        arrays = (self.tags.astype(np.int32), self.times.astype("datetime64[ms]"), self.means,
                  self.lows, self.highs, self.counts.astype(np.int64), self.lasts)  # fmt: skip
        return dict(zip(FIELDS, arrays, strict=True))


NOTHING = Means(np.empty(0, np.int32), np.empty(0, np.int64), *(np.empty(0) for _ in range(5)))


def joined(parts: Sequence[Means]) -> Means:
    """Return several as one."""
    if len(parts) == 1:
        return parts[0]
    names = NOTHING.__dataclass_fields__
    return Means(*(np.concatenate([getattr(p, n) for p in (NOTHING, *parts)]) for n in names))


def of_points(ids: np.ndarray, times: np.ndarray, values: np.ndarray, step: int) -> Means:
    """Put points together that stand by tag and time."""
    ones = np.ones(len(ids))
    return coarser(Means(ids, times, values, values, values, ones, values), step)


def coarser(fine: Means, step: int) -> Means:
    """Put stretches together into longer ones."""
    if not len(fine.tags):
        return NOTHING
    begins = fine.times // step * step
    order = np.lexsort((fine.times, fine.tags))
    if (order[1:] < order[:-1]).any():
        fine, begins = fine.where(order), begins[order]
    tags = fine.tags
    first = np.nonzero(
        np.append(True, (tags[1:] != tags[:-1]) | (begins[1:] != begins[:-1]))
    )[0]  # fmt: skip
    counts = np.add.reduceat(fine.counts, first)
    means = np.add.reduceat(fine.means * fine.counts, first) / counts
    return Means(
        tags[first], begins[first], means, np.minimum.reduceat(fine.lows, first),
        np.maximum.reduceat(fine.highs, first), counts, fine.lasts[np.append(first[1:], 0) - 1],
    )  # fmt: skip


def file_of(level: int, group: str, day: int) -> Path:
    """Where the means of a group and day lie: minutes a file a day, hours a file a month."""
    name = shelves.day_name(day)
    return folder() / NAMES[level] / group / f"{name if level == MINUTE else name[:7]}.parquet"


def _mark(group: str, day: int) -> Path:
    """What says up to which segment the means of a day were made."""
    return folder() / "rolled" / group / shelves.day_name(day)


def ready(ids: np.ndarray, days: Sequence[int], level: int) -> set[int]:
    """Return the days whose means hold all that is on the shelves."""
    if ledger.is_used():
        return ledger.rolled(ids, days)
    groups = sorted({shelves.group_of(int(tag)) for tag in ids})
    return {day for day in days if all(is_rolled(group, day) for group in groups)}


def is_rolled(group: str, day: int) -> bool:
    """Tell whether the means of a group and day are made of all its points."""
    try:
        upto = int(_mark(group, day).read_text())
    except (FileNotFoundError, ValueError):
        return False
    held = shelves.files(shelves.partition(group, day))
    return not held or held[-1].high <= upto


def mark(group: str, day: int, upto: int) -> None:
    """Say up to which segment the means of a day were made."""
    path = _mark(group, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    beside.write_text(str(upto))
    beside.replace(path)


def whole(path: Path) -> Means:
    """Return all a file holds."""
    rows = shelves.query(
        "SELECT tag, epoch_ms(time) AS time, mean, low, high, count, last"
        " FROM read_parquet(?)", [str(path)],
    )  # fmt: skip
    return Means(*(rows[name] for name in FIELDS))


def instead(pairs: Sequence[tuple[int, int]], since: int, until: int) -> Means:
    """Return the minutes of tags on days of which no points are kept: pairs of tag and day."""
    if ledger.is_used():
        wanted = list(pairs)
    else:
        wanted = [(tag, day) for tag, day in pairs if _mark(shelves.group_of(tag), day).exists()]
    if not wanted:
        return NOTHING
    ids = np.unique(np.array([tag for tag, _day in wanted], np.int32))
    found = fetch(MINUTE, ids, sorted({day for _tag, day in wanted}), since, until)
    chosen = np.array([tag * 1_000_000 + day for tag, day in wanted])
    return found.where(
        np.isin(found.tags.astype(np.int64) * 1_000_000 + found.times // DAY, chosen)
    )


def fetch(level: int, ids: np.ndarray, days: Sequence[int], since: int, until: int) -> Means:
    """Read means of tags on some days."""
    if ledger.is_used():
        kept = Means(*ledger.means(level, ids, since, until))
        return kept.where(np.isin(kept.times // DAY, list(days)))
    import duckdb

    groups = sorted({shelves.group_of(int(tag)) for tag in ids})
    wanted = {file_of(level, group, day) for group in groups for day in days}
    for attempt in range(RETRIES):
        paths = sorted(path for path in wanted if path.exists())
        if not paths:
            return NOTHING
        tags = ", ".join(str(int(tag)) for tag in ids)
        try:
            rows = shelves.ask(
                paths,
                "SELECT tag, epoch_ms(time) AS time, mean, low, high, count, last"
                f" FROM {{}} WHERE tag IN ({tags})"
                " AND time >= make_timestamp_ms(?) AND time < make_timestamp_ms(?)",
                [since // level * level, until],
            )
        except (duckdb.IOException, FileNotFoundError):
            if attempt == RETRIES - 1:
                raise
            continue
        found = Means(*(rows[name] for name in FIELDS))
        return found.where(np.isin(found.times // DAY, list(days)))
    return NOTHING
