"""The trace of a case: events chained by hash, and the case row as their fold.

A `Journal` collects the steps of one transaction. Each step notes what changed on the
case and on its assignments, so that `fold` can rebuild both and `faults` can tell a
changed, missing or reordered event, or a row that differs from its events.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from operator import attrgetter, itemgetter
from typing import Any

import orjson
from django.db.models.base import ModelState

from linli import bulk
from linli.cases import deadlines, search
from linli.cases.models import Assignment, Case, Event, Evidence
from linli.cases.search import NAMES
from linli.clock import now
from linli.tables import touched

# What the events determine. The founding text is bound into the chain's first hash instead.
ROW = (
    "source", "state", "triage", "category_id", "lead_side",
    "area_id", "community_grid_id", "service_grid_id", "lon", "lat", "located_by",
    "territorial_id", "functional_id",
    "reported_at", "dispatched_at", "accept_due", "resolve_due", "first_response_at",
    "accepted_at", "resolved_at", "verified_at", "ended_at", "overdue_at", "paused_at",
    "extension_days", "supervised", "was_returned", "reopenings", "satisfied", "appealed",
    "escalated_to_id", "merged_into_id", "clock", "clock_at", "fired",
)  # fmt: skip
MOVE = ("side", "organisation_id", "person_id", "leads", "active",
        "accepted_at", "signed_off_at", "answer", "why")  # fmt: skip
CONTEXT = ("source", "category_id", "community_grid_id", "service_grid_id",
           "territorial_id", "functional_id", "lead_side")  # fmt: skip


def plain(value: Any) -> Any:
    """Return `value` as it stands in an event: moments as UTC text."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _reader(names: tuple[str, ...]) -> Callable[[Case | Event], tuple[Any, ...]]:
    """Read columns past the descriptors of the model, which take longer than all of a step."""
    items, attributes = itemgetter(*names), attrgetter(*names)

    def read(row: Case | Event) -> tuple[Any, ...]:
        try:
            return items(row.__dict__)
        except KeyError:  # some were not read from the database yet
            return attributes(row)

    return read


_values, _context = _reader(ROW), _reader(CONTEXT)


def row(case: Case) -> dict[str, Any]:
    """Return the case fields that events determine."""
    return {name: plain(value) for name, value in zip(ROW, _values(case), strict=True)}


BLANK = _values(Case())


def genesis(case: Case) -> str:
    """Return the hash the first event builds on: the founding text, and what makes it unique."""
    text = [case.uid, case.source, case.title, case.body, plain(case.reported_at)]
    return sha256(orjson.dumps(text)).hexdigest()


def digest(previous: str, event: Event) -> str:
    """Return the hash of `event` in a chain whose last hash is `previous`."""
    content = [
        previous, event.seq, event.action, event.by_id, plain(event.at), event.data,
        event.sets, event.moves, _context(event),
    ]  # fmt: skip
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


_BLANK_EVENT = {field.attname: field.get_default() for field in Event._meta.concrete_fields}


def _event(**values: Any) -> Event:
    """Make an event that is not stored yet, in a tenth of the time that its constructor takes."""
    event = Event.__new__(Event)
    event.__dict__ = {"_state": ModelState(), **_BLANK_EVENT, **values}
    return event


@dataclass
class Draft:
    """A step being taken: change `case`, `move` its assignments, add to `data`."""

    case: Case
    by: Any
    event: Event
    assignments: list[Assignment]
    moved: list[Assignment] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    afterwards: list[Callable[[], object]] = field(default_factory=list)

    @property
    def data(self) -> dict[str, Any]:
        return self.event.data

    @property
    def active(self) -> list[Assignment]:
        """Assignments in force."""
        return [a for a in self.assignments if a.active]

    def move(self, assignment: Assignment) -> None:
        """Note a new or changed assignment."""
        if assignment not in self.assignments:
            self.assignments.append(assignment)
        self.moved.append(assignment)

    def then(self, write: Callable[[], object]) -> None:
        """Let `write` run in the same transaction once the event has its key."""
        self.afterwards.append(write)


class Journal:
    """Steps taken in one transaction, written together."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self._assignments: dict[int, list[Assignment]] = {}

    def know(self, cases: Iterable[Case]) -> None:
        """Read the assignments of many cases at once, before taking steps of them."""
        by_key = {case.pk: case for case in cases}
        if not by_key:
            return
        self._assignments |= {id(case): [] for case in by_key.values()}
        for assignment in Assignment.objects.filter(case__in=by_key):
            case = by_key[assignment.case_id]
            assignment.case = case
            self._assignments[id(case)].append(assignment)

    def recall(self, case: Case, assignments: list[Assignment]) -> None:
        """Go on with a case whose assignments the caller still has in hand."""
        self._assignments[id(case)] = assignments

    @contextmanager
    def step(
        self, case: Case, action: str, by: Any = None, data: dict[str, Any] | None = None
    ) -> Iterator[Draft]:
        """Take one step of `case`; what the body changes becomes the event."""
        before = BLANK if case.steps == 0 else _values(case)
        moment = now()
        if case.steps:
            moment = max(moment, case.touched_at)
        event = _event(action=action, by_id=by.pk if by else None, at=moment, data=data or {})
        if id(case) not in self._assignments:
            self.know([case] if case.pk else [])
        draft = Draft(case, by, event, self._assignments.setdefault(id(case), []))
        yield draft
        deadlines.wind(case)
        after = _values(case)
        event.sets = {
            name: plain(now)
            for name, was, now in zip(ROW, before, after, strict=True)
            if now is not was and now != was
        }
        event.moves = [
            {name: plain(getattr(assignment, name)) for name in MOVE} for assignment in draft.moved
        ]
        event.__dict__.update(zip(CONTEXT, _context(case), strict=True))
        case.steps += 1
        case.touched_at = moment
        event.seq = case.steps
        event.hash = case.head = digest(case.head or genesis(case), event)
        self.drafts.append(draft)

    def write(self) -> None:
        """Write new and changed cases, their events and their assignments."""
        cases = {id(draft.case): draft.case for draft in self.drafts}.values()
        new = [case for case in cases if case.pk is None]
        old = [case for case in cases if case.pk is not None]
        bulk.insert(new)
        changed = {name for draft in self.drafts for name in draft.event.sets}
        names = [name.removesuffix("_id") for name in ROW if name in changed]
        bulk.update(old, [*names, "due_at", "steps", "head", "touched_at"])
        search.index(new, self._renamed(old))
        for draft in self.drafts:
            draft.event.case_id = draft.case.pk  # which a case just stored has only now
        bulk.insert([draft.event for draft in self.drafts])
        moved = {id(a): a for draft in self.drafts for a in draft.moved}.values()
        for assignment in moved:
            assignment.case = assignment.case
        placed = [a for a in moved if a.pk is not None]
        bulk.insert([a for a in moved if a.pk is None])
        # What has a file already; what is only now uploaded keeps its file below.
        shown = [e for draft in self.drafts for e in draft.evidence if e.file]
        for row in shown:
            row.case = row.case
        bulk.insert(shown)
        columns = ["person", "leads", "active", "accepted_at", "signed_off_at", "answer", "why"]
        bulk.update(placed, columns)
        touched("cases", rows=[case.pk for case in cases])
        for draft in self.drafts:
            for write in draft.afterwards:
                write()

    def _renamed(self, old: list[Case]) -> list[Case]:
        """Return the cases of which something changed by which they are found."""
        found = {id(d.case) for d in self.drafts if not d.event.sets.keys().isdisjoint(NAMES)}
        return [case for case in old if id(case) in found]


def fold(events: Iterable[Event]) -> tuple[dict[str, Any], dict[tuple[str, int], dict]]:
    """Rebuild the case's row and its assignments from its events."""
    values, assignments = dict(zip(ROW, BLANK, strict=True)), {}
    for event in events:
        values.update(event.sets)
        for move in event.moves:
            assignments[move["side"], move["organisation_id"]] = move
    return values, assignments


def faults(case: Case) -> list[str]:
    """List what is wrong with a case's trace, in English for the operator; empty if nothing is."""
    events = sorted(case.events.all(), key=lambda e: e.seq)
    found = []
    previous = genesis(case)
    for position, event in enumerate(events, 1):
        if event.seq != position:
            found.append(f"event {position} is missing (event {event.seq} follows)")
            break
        if digest(previous, event) != event.hash:
            found.append(f"event {event.seq} ({event.action}) was changed or moved")
            break
        previous = event.hash
    if not found and (len(events) != case.steps or previous != case.head):
        found.append(f"the last events are missing: {len(events)} of {case.steps} remain")
    values, moves = fold(events)
    actual = row(case)
    found += [
        f"{name} is {actual[name]!r}, its events say {values[name]!r}"
        for name in ROW
        if actual[name] != values[name]
    ]
    rows = {
        (a.side, a.organisation_id): {name: plain(getattr(a, name)) for name in MOVE}
        for a in case.assignments.all()
    }
    if rows != moves:
        found.append("its assignments differ from its events")
    return found
