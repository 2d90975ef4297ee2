"""Rules on telemetry: when what is measured becomes a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray
from pydantic import Field, model_validator

from linli.assets.telemetry.models import Rule, Tag
from linli.sections import Declaration, EnglishName, Name, Slug

ALARM = "telemetry-alarm"
Severity = Literal["notice", "warning", "danger"]


class RuleEntry(Declaration):
    """`[[rule]]` of a pack: of which tags, beyond what, for how long, and what follows.

    The tags are those with `key` of assets of `asset_kind`, where each is given. Exactly one of
    `above`, `below`, `rate` (change a minute, over `over_s`) and `silence` (seconds without a
    point) says what is beyond. It ends once the value is back behind `clear`. With `stages` it
    holds only while its asset is in one of them: `strawberry.fruiting`, or `strawberry` for all
    of that crop (`courses`).
    """

    code: Slug
    name: Name
    name_en: EnglishName = ""
    key: Annotated[str, Field(max_length=60)] = ""
    role: Literal["", "sensor", "setting", "counter", "state"] = ""
    asset_kind: Annotated[str, Field(max_length=50)] = ""
    above: float | None = None
    below: float | None = None
    rate: float | None = None
    silence: Annotated[float | None, Field(gt=0)] = None
    clear: float | None = None
    over_s: Annotated[float, Field(gt=0)] = 60
    lasting_s: Annotated[float, Field(ge=0)] = 0
    severity: Severity = "warning"
    category: Slug = ALARM
    stages: list[str] = []

    @model_validator(mode="after")
    def _one_way(self) -> "RuleEntry":
        ways = [self.above, self.below, self.rate, self.silence]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("exactly one of above, below, rate and silence")
        if not (self.key or self.role or self.asset_kind):
            raise ValueError("one of key, role and asset_kind")
        if self.clear is not None and (
            (self.above is not None and self.clear > self.above)
            or (self.below is not None and self.clear < self.below)
            or self.silence is not None
        ):
            raise ValueError("clear lies on the good side of the threshold")
        return self

    @property
    def sign(self) -> float:
        """1 where too much is beyond, -1 where too little is."""
        return -1.0 if self.below is not None or (self.rate is not None and self.rate < 0) else 1.0

    @property
    def threshold(self) -> float:
        """What must be passed."""
        found = next(v for v in (self.above, self.below, self.rate, self.silence) if v is not None)
        return float(found)

    @property
    def back(self) -> float:
        """Behind what the value must be for the alarm to end."""
        return self.threshold if self.clear is None else self.clear


@dataclass(frozen=True)
class Course:
    """The stages an asset went through: each from its time (ms, ascending) until the next one's.

    A stage is written `crop.stage`; an empty one is a time in which nothing grew.
    """

    times: NDArray[np.int64]
    stages: Sequence[str]

    def within(self, wanted: Sequence[str], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each time (ms) whether the stage then was one of those wanted."""
        is_wanted = np.array(
            [False, *(one in wanted or one.split(".")[0] in wanted for one in self.stages)]
        )
        return is_wanted[np.searchsorted(self.times, at, "right")]


NO_COURSE = Course(np.empty(0, np.int64), ())
# The courses of all assets that have one, by key. The room that knows of stages (crops in a
# greenhouse) puts its own in place.
courses: Callable[[], Mapping[int, Course]] = dict


def holds(entry: RuleEntry, course: Course, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each time (ms) whether a rule holds for an asset with this course."""
    return course.within(entry.stages, at) if entry.stages else np.ones(len(at), bool)


def in_force() -> list[tuple[Rule, RuleEntry]]:
    """Return the rules there are, each with what it says."""
    rules = Rule.objects.filter(retired=False)
    return [(rule, RuleEntry.model_validate(rule.definition)) for rule in rules]


def tags_of(entry: RuleEntry) -> QuerySet[Tag]:
    """Return the tags a rule is about."""
    wanted = Q(retired=False) & ~Q(kind=Tag.Kind.TEXT)
    if entry.key:
        wanted &= Q(key=entry.key)
    if entry.role:
        wanted &= Q(role=entry.role)
    if entry.asset_kind:
        wanted &= Q(asset__kind=entry.asset_kind)
    return Tag.objects.filter(wanted)


def definition(entry: RuleEntry) -> dict[str, Any]:
    """Return what is kept of a rule."""
    return entry.model_dump(mode="json")
