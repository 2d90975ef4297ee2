"""What a bulletin is made of, whatever it is written as. Every link is a path of the site."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

BETTER, WORSE = "better", "worse"


@dataclass(frozen=True)
class Number:
    """A figure, how it differs from the period before, and where what it counts is listed."""

    label: str
    value: str
    change: str
    tone: str
    link: str


@dataclass(frozen=True)
class Chart:
    """Columns over periods, the last one being the bulletin's. `title` says its point."""

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    link: str

    @property
    def highest(self) -> float:
        return max([*self.values, 1])


@dataclass(frozen=True)
class Ground:
    """A grid on the map: rings of points between 0 and 1, west to east and north to south.

    `path` is the same for SVG, in a box 1,000 wide.
    """

    name: str
    value: int
    shade: int
    rings: Sequence[Sequence[tuple[float, float]]]
    path: str
    link: str


@dataclass(frozen=True)
class Map:
    """Grids, the darker the more. `limits` are the least values of the shades from 1 on."""

    title: str
    grounds: Sequence[Ground]
    limits: Sequence[int]
    ratio: float  # height by width
    link: str


@dataclass(frozen=True)
class Place:
    """A line of a league; `rank` with the interval in which it lies, `move` against before."""

    rank: int
    between: str
    name: str
    score: str
    move: str
    link: str


@dataclass(frozen=True)
class Ranking:
    title: str
    top: Sequence[Place]
    bottom: Sequence[Place]
    link: str


@dataclass(frozen=True)
class Sentence:
    """Something said, with where it comes from."""

    text: str
    link: str


@dataclass(frozen=True)
class Bulletin:
    """A report of a day, week or month."""

    town: str
    title: str
    period: str  # as `stretch.read` reads it
    words: str  # as people read it
    note: str
    made_at: datetime
    numbers: Sequence[Number] = ()
    chart: Chart | None = None
    map: Map | None = None
    rankings: Sequence[Ranking] = ()
    changes: Sequence[Sentence] = ()
    rule: str = ""
    asks: Sequence[Sentence] = ()
    indicators: Sequence[Number] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, the outlines of grids left out."""
        told = asdict(self)
        if told["map"]:
            for ground in told["map"]["grounds"]:
                del ground["rings"], ground["path"]
        return told
