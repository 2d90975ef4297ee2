"""What goes in and out of the store, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np

Array = np.ndarray
MOMENT = np.dtype("datetime64[ms]")


def moment(at: datetime) -> np.datetime64:
    """Return a moment as arrays hold it: milliseconds of UTC."""
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "ms")


def datetime_of(at: Any) -> datetime:
    """Return a moment of an array, timezone-aware."""
    since = np.asarray(at).astype(MOMENT).astype(np.int64)
    return datetime.fromtimestamp(int(since) / 1000, UTC)


@dataclass(frozen=True)
class Points:
    """Points of several tags, in any order.

    Attributes
    ----------
    codes
        Of the tags there are points of.
    which
        Positions into `codes`, shape (n,).
    times
        When each was measured, `datetime64[ms]` in UTC, shape (n,).
    values
        Float64, shape (n,); a flag is 0 or 1, a word its position in the words of its tag.
    """

    codes: Sequence[str]
    which: Array
    times: Array
    values: Array

    def __len__(self) -> int:
        return len(self.which)

    @classmethod
    def series(cls, given: Mapping[str, tuple[Any, Any]]) -> Self:
        """Make points of tags, each with times and values of its own."""
        codes = list(given)
        times = [np.asarray(given[code][0], MOMENT) for code in codes]
        values = [np.asarray(given[code][1], np.float64) for code in codes]
        lengths = [len(one) for one in times]
        which = np.repeat(np.arange(len(codes), dtype=np.int32), lengths)
        none = [np.empty(0)]
        return cls(
            codes,
            which,
            np.concatenate(times or none).astype(MOMENT),
            np.concatenate(values or none).astype(np.float64),
        )

    @classmethod
    def table(cls, times: Any, columns: Mapping[str, Any]) -> Self:
        """Make points of tags that are measured at the same times; NaN where one is not."""
        stamps, codes = np.asarray(times, MOMENT), list(columns)
        values = np.array([np.asarray(columns[code], np.float64) for code in codes])
        values = values.reshape(len(codes), len(stamps))
        which, at = np.nonzero(~np.isnan(values))
        return cls(codes, which.astype(np.int32), stamps[at], values[which, at])


@dataclass(frozen=True)
class Taken:
    """What became of points: how many are stored, and how many refused for which reason."""

    stored: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """How many were refused altogether."""
        return sum(self.refused.values())


@dataclass(frozen=True)
class Series:
    """Values of several tags over time.

    Attributes
    ----------
    tags
        Their codes, in the order of the columns.
    times
        `datetime64[ms]` in UTC, rising, shape (rows,).
    values
        Float64, shape (rows, tags), NaN where there is none.
    """

    tags: tuple[str, ...]
    times: Array
    values: Array

    def __len__(self) -> int:
        return len(self.times)

    def of(self, code: str) -> Array:
        """Return the column of a tag."""
        return self.values[:, self.tags.index(code)]


@dataclass(frozen=True)
class Spread:
    """One tag over time, a stretch at a time: mean, least, most, and of how many points."""

    times: Array
    means: Array
    lows: Array
    highs: Array
    counts: Array

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True)
class Newest:
    """The newest point of a tag."""

    at: datetime
    value: float
