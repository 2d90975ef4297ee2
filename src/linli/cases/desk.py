"""The dispatcher's desk: what comes to a dispatcher, queue by queue, and many steps at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases import listing, loop
from linli.cases.calendar import calendar
from linli.cases.evidence import NotEvidence
from linli.cases.intake import SURE
from linli.cases.models import (
    OPEN,
    WORKING,
    Case,
    Category,
    Event,
    Ruling,
    State,
    Triage,
)
from linli.cases.routing import grid_of_side
from linli.cases.visibility import within
from linli.cases.waiting import is_overdue
from linli.clock import now
from linli.engines.text import resemblance, twin_pairs
from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope
from linli.places.atlas import atlas

A_QUEUE = 40  # rows of a queue that are shown; what is done makes room for the next
SOON_HOURS = 4.0  # of the working calendar
PRECEDENTS = 4
ALIKE = 0.2  # below `NEAR_TWIN`, from which reports of one place join by themselves
LOOKED_AT = 3000  # newest open cases among which twins are suspected
LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True)
class Queue:
    """One queue of the desk. `rule` says which open cases stand in it."""

    label: str | Promise
    advice: str | Promise
    rule: Any


def _soon() -> Q:
    moment = now()
    until = calendar().add(moment, SOON_HOURS)
    return Q(
        state__in=WORKING, paused_at__isnull=True, due_at__gte=moment, due_at__lt=until
    )  # fmt: skip


TWINS = "twins"
QUEUES: dict[str, Queue] = {
    "unlocated": Queue(
        _("Place unknown"), _("Find out where it is"),
        lambda: Q(state=State.REPORTED, community_grid__isnull=True),
    ),
    "unsure": Queue(
        _("Unsure"), _("Choose the category"),
        lambda: Q(state=State.REPORTED, category__isnull=True, community_grid__isnull=False),
    ),
    "undispatched": Queue(
        _("To dispatch"), _("Name who is competent"),
        lambda: Q(state=State.TRIAGED, triage=Triage.PUBLIC),
    ),
    "returned": Queue(
        _("Returned, to rule on"), _("Decide who owns it"), lambda: Q(state=State.RETURNED)
    ),
    "extension": Queue(
        _("Extensions asked for"), _("Grant or refuse"),
        lambda: Q(state=State.ACCEPTED, extension_days__isnull=False),
    ),
    "soon": Queue(_("Due soon"), _("Urge whoever has it"), _soon),
    "overdue": Queue(_("Overdue"), _("Urge, or call in others"), is_overdue),
    TWINS: Queue(_("Perhaps the same"), _("Compare, then merge"), None),
}  # fmt: skip


def on_desk(sight: Scope) -> QuerySet[Case]:
    """Return the open cases over which this person dispatches.

    Raises
    ------
    PermissionDenied
        If this person is no dispatcher anywhere.
    """
    if not sight.has(Role.DISPATCHER):
        raise PermissionDenied
    return sight.of(Case).filter(within(sight, (Role.DISPATCHER,)), state__in=OPEN)


def counts(sight: Scope, twins: int) -> dict[str, int]:
    """Count all queues at once, in a single look over what lies open."""
    ruled = {name: queue.rule() for name, queue in QUEUES.items() if queue.rule}
    found = on_desk(sight).aggregate(
        **{f"in_{name}": Count("pk", filter=rule) for name, rule in ruled.items()}
    )
    return {name: found[f"in_{name}"] if name in ruled else twins for name in QUEUES}


# --- near twins that did not join by themselves ----------------------------------------------


@dataclass(frozen=True)
class Suspicion:
    """Two open cases that may be one: the later, the earlier it may repeat, how alike they are."""

    later: int
    earlier: int
    alike: float


_looked: dict[int, list[Suspicion]] = {}


def suspicions(sight: Scope) -> list[Suspicion]:
    """Find open cases of the last days that tell nearly the same of places close by.

    Comparing all of them takes a while, and gives the same until a case comes or ends.
    """
    near = on_desk(sight).filter(
        state__in=(State.REPORTED, State.TRIAGED, State.DISPATCHED, State.ACCEPTED),
        reported_at__gte=now() - LOOK_BACK, sketch__isnull=False,
    )  # fmt: skip
    keys = list(near.order_by("-pk").values_list("pk", "community_grid")[:LOOKED_AT])
    known = hash(tuple(keys))
    if known not in _looked:
        _looked.clear()
        _looked[known] = _suspect(keys)
    return _looked[known]


def _suspect(found: Sequence[tuple[int, int | None]]) -> list[Suspicion]:
    rows = dict(Case.objects.filter(pk__in=[k for k, _g in found]).values_list("pk", "sketch"))
    keys = sorted((key, grid) for key, grid in found if rows.get(key))
    if len(keys) < 2:
        return []
    sketches = np.frombuffer(b"".join(bytes(rows[key] or b"") for key, _g in keys), np.uint32)
    sketches = sketches.reshape(len(keys), -1)
    earlier, later = twin_pairs(sketches, ALIKE)
    alike = resemblance(sketches[earlier], sketches[later])
    best: dict[int, Suspicion] = {}
    for one, other, how in zip(earlier.tolist(), later.tolist(), alike.tolist(), strict=True):
        (first, here), (second, there) = keys[one], keys[other]
        if not _close(here, there):
            continue
        if second not in best or best[second].alike < how:
            best[second] = Suspicion(second, first, how)
    return sorted(best.values(), key=lambda found: -found.alike)


def _close(here: int | None, there: int | None) -> bool:
    return here is None or there is None or there in atlas().with_neighbours([here])


# --- a queue, and one case of it -------------------------------------------------------------


def queued(sight: Scope, name: str, found: Sequence[Suspicion]) -> list[Case]:
    """Return the first cases of a queue, in the order they should be taken up."""
    if name == TWINS:
        return listing.read([one.later for one in found[:A_QUEUE]])
    waiting = on_desk(sight).filter(QUEUES[name].rule()).order_by("due_at", "id")
    return listing.read(list(waiting.values_list("pk", flat=True)[:A_QUEUE]))


def standing_in(sight: Scope, name: str) -> QuerySet[Case]:
    """Return all cases of a queue, in the order they should be taken up; none if it is unknown."""
    if name not in QUEUES:
        return on_desk(sight).none()
    if name == TWINS:
        found = on_desk(sight).filter(pk__in=[one.later for one in suspicions(sight)])
    else:
        found = on_desk(sight).filter(QUEUES[name].rule())
    return found.order_by("due_at", "id")


@dataclass(frozen=True)
class Guess:
    """A category the text suggests, and how probable it is."""

    category: Category
    probability: float

    @property
    def percent(self) -> int:
        return round(100 * self.probability)

    @property
    def is_sure(self) -> bool:
        return self.probability >= SURE


def guesses(case: Case) -> list[Guess]:
    """Return what the category model suggested for a case, the most probable first."""
    labels = [label for label, _probability in case.suggestions]
    rows = Category.objects.filter(Q(code__in=labels) | Q(name__in=labels), retired=False)
    by_label = {row.name: row for row in rows} | {row.code: row for row in rows}
    return [Guess(by_label[label], p) for label, p in case.suggestions if label in by_label]


@dataclass(frozen=True)
class Precedent:
    """An earlier ruling on the same category, and what the organisation that returned it said."""

    ruling: Ruling
    is_here: bool
    returned_by: str = ""
    objection: str = ""


@dataclass(frozen=True)
class Dispute:
    """A returned case: who returned it and why, who may own it, how such were ruled on."""

    returned_by: str
    objection: str
    precedents: list[Precedent] = field(default_factory=list)
    candidates: list[Organisation] = field(default_factory=list)

    @property
    def binding(self) -> Precedent | None:
        return next((p for p in self.precedents if p.is_here), None)


def dispute(case: Case) -> Dispute:
    """Return what a dispatcher should know before ruling on a returned case."""
    side = case.lead_side
    grid = grid_of_side(case, side)
    mine = case.events.filter(action="return").order_by("seq").last()
    rulings = list(
        Ruling.objects.filter(category=case.category_id, side=side, withdrawn=False)
        .select_related("organisation", "grid", "event__case")
        .defer("grid__wkb", "event__case__sketch", "event__case__body")
        .order_by("-id")[: 4 * PRECEDENTS]
    )
    rulings.sort(key=lambda ruling: (ruling.grid_id != grid, -ruling.pk))
    rulings = rulings[:PRECEDENTS]
    told = _objections([ruling.event for ruling in rulings])
    precedents = [
        Precedent(ruling, ruling.grid_id == grid, *told.get(ruling.event.case_id, ("", "")))
        for ruling in rulings
    ]
    returner = getattr(case, side, None) if side else None
    other = case.territorial if side == "functional" else case.functional
    offered = [*(p.ruling.organisation for p in precedents), other]
    candidates = {o.pk: o for o in offered if o is not None and not o.retired}
    if returner is not None:
        candidates.setdefault(returner.pk, returner)
    return Dispute(
        str(returner or ""),
        mine.data.get("reason", "") if mine else "",
        precedents,
        list(candidates.values())[:4],
    )


def _objections(events: Iterable[Event]) -> dict[int, tuple[str, str]]:
    """Return who returned each case before it was ruled on, and why."""
    cases = {event.case_id for event in events}
    rows = Event.objects.filter(action="return", case__in=cases).select_related(
        "territorial", "functional"
    )
    return {
        row.case_id: (str(getattr(row, row.lead_side) or ""), row.data.get("reason", ""))
        for row in rows.order_by("seq")
        if row.lead_side
    }


# --- many steps at once ----------------------------------------------------------------------

MANY = ("triage", "dispatch", "urge", "merge", "close", "grant_extension", "cancel")
MAX_MANY = 200


@dataclass
class Outcome:
    """What became of a step that was to be taken with many cases."""

    label: str | Promise
    done: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, str]] = field(default_factory=list)


def act_on_many(cases: Iterable[Case], action: str, by: User, **inputs: Any) -> Outcome:
    """Take a step with each of the cases, each in its own transaction.

    One that is refused keeps the others from nothing; the reason of each refusal is told.
    """
    outcome = Outcome(loop.ACTIONS[action].label)
    for case in cases:
        try:
            outcome.done.append(loop.act(case, action, by, **inputs))
        except (loop.Refused, NotEvidence) as refusal:
            outcome.refused.append((case, str(refusal)))
    return outcome
