"""Rules on telemetry: when what is measured becomes a case."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from pydantic import Field, model_validator

from linli.assets.telemetry.models import Rule, Tag
from linli.sections import Declaration, EnglishName, Name, Slug

ALARM = "telemetry-alarm"
Severity = Literal["notice", "warning", "danger"]


class RuleEntry(Declaration):
    """`[[rule]]` of a pack: of which tags, beyond what, for how long, and what follows.

    The tags are those with `key` of assets of `asset_kind`, where each is given. Exactly one of
    `above`, `below`, `rate` (change a minute, over `over_s`) and `silence` (seconds without a
    point) says what is beyond. It ends once the value is back behind `clear`. `stages` are seams
    for rules that hold at times only, such as for a stage of a crop (`stage_of`).
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


# Given an asset (its key) and a moment, the stage it is in; None where it has none. A room above
# that knows of stages (crops in a greenhouse) puts its own in place.
stage_of: Callable[[int, datetime], str | None] = lambda asset, at: None  # noqa: E731


def holds(entry: RuleEntry, asset: int, at_ms: int) -> bool:
    """Tell whether a rule holds for an asset at a time."""
    if not entry.stages:
        return True
    return stage_of(asset, datetime.fromtimestamp(at_ms / 1000, UTC)) in entry.stages


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
