"""What is counted, from which event, and on whom it falls: one table.

A figure is a sum of these counters over days, subjects and categories. The same line
of the table adds an event to a tally (`holds`) and finds the events behind a figure (`q`).
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.models import SELF_FOUND


class Step(NamedTuple):
    """What a tally needs to know of an event. `at` is UTC, in the database's own text."""

    id: int
    case_id: int
    seq: int
    action: str
    by_id: int | None
    at: str
    data: dict[str, Any]
    source: str
    category_id: int | None
    community_grid_id: int | None
    service_grid_id: int | None
    territorial_id: int | None
    functional_id: int | None
    lead_side: str


class Test(Protocol):
    """A condition on an event, for one in memory and for those in the database."""

    def holds(self, step: Step) -> bool: ...

    def q(self) -> Q: ...


@dataclass(frozen=True)
class Always:
    def holds(self, step: Step) -> bool:
        return True

    def q(self) -> Q:
        return Q()


@dataclass(frozen=True)
class Told:
    """The event's data hold exactly this value (True, False) under `key`."""

    key: str
    value: bool

    def holds(self, step: Step) -> bool:
        return step.data.get(self.key) is self.value

    def q(self) -> Q:
        return Q(**{f"data__{self.key}": self.value})


@dataclass(frozen=True)
class Either:
    """The event's data hold a yes or a no under `key`."""

    key: str

    def holds(self, step: Step) -> bool:
        return isinstance(step.data.get(self.key), bool)

    def q(self) -> Q:
        return Told(self.key, True).q() | Told(self.key, False).q()


@dataclass(frozen=True)
class SelfFound:
    """The town found it before anybody had to complain (主动发现)."""

    def holds(self, step: Step) -> bool:
        return step.source in SELF_FOUND

    def q(self) -> Q:
        return Q(source__in=sorted(SELF_FOUND))


@dataclass(frozen=True)
class Located:
    """The grid is known."""

    def holds(self, step: Step) -> bool:
        return step.community_grid_id is not None

    def q(self) -> Q:
        return Q(community_grid__isnull=False)


BOTH, LEAD = "both", "lead"
ANSWERING = ("accept", "settle", "resolve")
LAPSING = ("escalate", "resolve")


@dataclass(frozen=True)
class Counter:
    """One line of the table.

    Attributes
    ----------
    actions
        The events that count; empty for any event for which `when` holds.
    on
        Both organisations of the case, or only the one that leads. The town and the
        grids of both layers are always counted.
    hours
        The hours in the event's data to be summed up, in whole minutes so that sums
        in any order are equal; empty to count events.
    told_by
        Where any event counts: those that can say it, which an index finds in a time.
    """

    label: str | Promise
    actions: tuple[str, ...]
    when: Test = field(default_factory=Always)
    on: str = BOTH
    hours: str = ""
    told_by: tuple[str, ...] = ()

    def amount(self, step: Step) -> int:
        """Return what `step` adds to this counter."""
        if not self.when.holds(step):
            return 0
        return round(step.data.get(self.hours, 0) * 60) if self.hours else 1

    def q(self) -> Q:
        """Return the condition on events that are counted."""
        actions = self.actions or self.told_by
        return (Q(action__in=actions) if actions else Q()) & self.when.q()


COUNTERS: dict[str, Counter] = {
    "received": Counter(_("Received"), ("report",)),
    "self_found": Counter(_("Found by ourselves"), ("report",), SelfFound()),
    "located": Counter(_("Located at once"), ("report",), Located()),
    "followed": Counter(_("Reported again"), ("follow",)),
    "triaged": Counter(_("Triaged"), ("triage",)),
    "settled": Counter(_("Settled with the residents"), ("settle",)),
    "dispatched": Counter(_("Dispatched"), ("dispatch",)),
    "led": Counter(_("Given to lead"), ("dispatch", "rule"), on=LEAD),
    "responded": Counter(_("First responses"), (), Either("response_late"), LEAD,
                         told_by=ANSWERING),
    "responded_late": Counter(_("Late first responses"), (), Told("response_late", True), LEAD,
                              told_by=ANSWERING),
    "response_minutes": Counter(
        _("Working minutes to the first response"), (), Either("response_late"), LEAD,
        "response_hours", told_by=ANSWERING,
    ),
    "resolved": Counter(_("Resolved"), ("resolve",), on=LEAD),
    "on_time": Counter(_("Resolved on time"), ("resolve",), Told("late", False), LEAD),
    "overdue": Counter(_("Overdue"), (), Told("overdue", True), LEAD, told_by=LAPSING),
    "work_minutes": Counter(
        _("Working minutes to the resolution"), ("resolve",), on=LEAD, hours="hours"
    ),
    "returned": Counter(_("Returned"), ("return",), on=LEAD),
    "ruled": Counter(_("Ruled"), ("rule",)),
    "reworked": Counter(_("Reworked"), ("reopen",), on=LEAD),
    "verified": Counter(_("Verified"), ("verify",)),
    "evaluated": Counter(_("Rated"), ("evaluate",), on=LEAD),
    "satisfied": Counter(_("Satisfied"), ("evaluate",), Told("satisfied", True), LEAD),
    "urged": Counter(_("Urged"), ("urge",)),
    "escalated": Counter(_("Escalated"), ("escalate",)),
    "supervised": Counter(_("Supervised"), ("supervise",)),
    "extended": Counter(_("Extended"), ("grant_extension",), on=LEAD),
    "closed": Counter(_("Closed"), ("close",)),
    "closed_silently": Counter(_("Closed without a rating"), ("close",), Told("silent", True)),
    "merged": Counter(_("Merged"), ("merge",)),
    "cancelled": Counter(_("Cancelled"), ("cancel",)),
}  # fmt: skip
