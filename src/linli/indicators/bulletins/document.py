"""What a bulletin is made of, whatever it is written as. Every link is a path of the site.

A bulletin is a head and blocks in the order of its template. It is kept as plain values
(`plain`, `of`), so that one that was issued can be written again to the letter.
"""

from collections.abc import Mapping, Sequence
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
class Ground:
    """A grid on the map: its outline as a path of SVG in a box 1,000 wide, north above."""

    name: str
    value: int
    shade: int
    path: str
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
class Sentence:
    """Something said, with where it comes from."""

    text: str
    link: str


# --- blocks ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Numbers:
    """Figures side by side; `against` says what their changes are against."""

    title: str
    numbers: Sequence[Number]
    against: str
    note: str = ""
    show: str = "numbers"


@dataclass(frozen=True)
class Chart:
    """Columns over periods, the last one being the bulletin's. `title` says its point.

    Each leads to the cases it counts; "" where only a part of its period was counted.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    links: Sequence[str]
    show: str = "chart"

    @property
    def highest(self) -> float:
        return max([*self.values, 1])


@dataclass(frozen=True)
class Map:
    """Grids, the darker the more. `limits` are the least values of the shades from 1 on."""

    title: str
    grounds: Sequence[Ground]
    limits: Sequence[int]
    ratio: float  # height by width
    link: str
    show: str = "map"


@dataclass(frozen=True)
class Ranking:
    """The top and the bottom of a league."""

    title: str
    top: Sequence[Place]
    bottom: Sequence[Place]
    link: str
    show: str = "league"


@dataclass(frozen=True)
class Sentences:
    """Things said one after the other; `rule` is how they were chosen, `none` said of none."""

    title: str
    sentences: Sequence[Sentence]
    rule: str
    none: str
    show: str = "changes"


@dataclass(frozen=True)
class Words:
    """What the town itself says, each time."""

    title: str
    text: str
    show: str = "text"


Block = Numbers | Chart | Map | Ranking | Sentences | Words
_BLOCKS: Mapping[str, type[Block]] = {
    "numbers": Numbers, "indicators": Numbers, "chart": Chart, "map": Map, "league": Ranking,
    "changes": Sentences, "asks": Sentences, "text": Words,
}  # fmt: skip
_PARTS: Mapping[str, type[Any]] = {
    "numbers": Number, "grounds": Ground, "top": Place, "bottom": Place, "sentences": Sentence,
}  # fmt: skip


@dataclass(frozen=True)
class Bulletin:
    """A report of a day, week or month."""

    town: str
    area: str  # code of what it is about, "" for the whole town
    title: str
    issuer: str
    number: str
    period: str  # as `stretch.read` reads it
    words: str  # as people read it
    note: str
    made_at: datetime
    blocks: Sequence[Block] = field(default_factory=tuple)

    def block(self, show: str) -> Any:
        """Return the first block of a kind, None if the template has none."""
        return next((one for one in self.blocks if one.show == show), None)


def plain(told: Bulletin) -> dict[str, Any]:
    """Return a bulletin as values that JSON knows."""
    return {**asdict(told), "made_at": told.made_at.isoformat()}


def of(kept: Mapping[str, Any]) -> Bulletin:
    """Return the bulletin that was made plain."""
    head = {**kept, "made_at": datetime.fromisoformat(kept["made_at"])}
    return Bulletin(**{**head, "blocks": [_block(one) for one in kept["blocks"]]})


def _block(kept: Mapping[str, Any]) -> Block:
    values: dict[str, Any] = {
        name: [_PARTS[name](**one) for one in value] if name in _PARTS else value
        for name, value in kept.items()
    }
    return _BLOCKS[kept["show"]](**values)


def without_outlines(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bulletin that was made plain without the outlines of grids."""
    return {**kept, "blocks": [_without(block) for block in kept["blocks"]]}


def _without(block: dict[str, Any]) -> dict[str, Any]:
    if "grounds" not in block:
        return block
    grounds = [{k: v for k, v in one.items() if k != "path"} for one in block["grounds"]]
    return {**block, "grounds": grounds}
