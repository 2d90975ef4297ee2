"""Figures folded from the events, each event once, whatever order they were committed in.

An event carries a flag, not a place in a queue: two transactions may take their keys in
one order and commit in the other, and a cursor over keys would pass over the later one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from orjson import loads

from linli.cases.models import Event
from linli.places.town import the_town
from linli.scores import plants
from linli.scores.counters import COUNTERS, LEAD, Either, Step, Told
from linli.scores.models import KeptLeague, Tally

BATCH = 20_000
# What a PostgreSQL session holds while it folds, rebuilds or compares ("linlital").
ALONE = int.from_bytes(b"linlital")

Key = tuple[date, str, int, int]
Figures = dict[Key, dict[int, int]]  # what was counted, by the position of its counter

NAMES = tuple(COUNTERS)
KEY = ("day", "kind", "subject", "category")
# For each subject: the kind of tally, the column of the event that names it, and whether it is
# an organisation.
SUBJECTS = (
    (Tally.Kind.COMMUNITY.value, Step._fields.index("community_grid_id"), False),
    (Tally.Kind.SERVICE.value, Step._fields.index("service_grid_id"), False),
    (Tally.Kind.TERRITORIAL.value, Step._fields.index("territorial_id"), True),
    (Tally.Kind.FUNCTIONAL.value, Step._fields.index("functional_id"), True),
)
_DATA = Step._fields.index("data")
_ANY_ACTION = [(i, c) for i, c in enumerate(COUNTERS.values()) if not c.actions]
_ANY_KEYS = frozenset(c.when.key for _, c in _ANY_ACTION if isinstance(c.when, Told | Either))
_BY_ACTION = {
    action: [(i, c) for i, c in enumerate(COUNTERS.values()) if action in c.actions]
    for action in {action for c in COUNTERS.values() for action in c.actions}
}
_LEAD_ONLY = frozenset(i for i, c in enumerate(COUNTERS.values()) if c.on == LEAD)


def fold(limit: int | None = None) -> int:
    """Add the events not yet counted to the tallies, and return how many there were.

    Any number of workers may do this at once; each event is counted once. A batch is
    one transaction.

    Parameters
    ----------
    limit
        Stop after about so many events; by default only when none is left.
    """
    done = 0
    while limit is None or done < limit:
        batch = min(BATCH, limit - done) if limit is not None else BATCH
        folded = _fold(batch)
        done += folded
        if folded < batch:
            break
    return done


def _fold(batch: int) -> int:
    with transaction.atomic():
        _alone()
        steps = list(_steps(Event.objects.filter(folded=False).order_by("id")[:batch]))
        figures = _figures(steps)
        _add(figures)
        _mark([step.id for step in steps])
        _outdate({key[0] for key in figures})
        return len(steps)


def counted(events: Iterable[Event]) -> Figures:
    """Count events that are about to be stored, and mark them as counted; see `add`.

    What an upheld appeal among them takes out of the figures must be stored already.
    """
    steps = []
    for event in events:
        event.folded = True
        at = event.at.astimezone(UTC).isoformat(" ")
        known = event.__dict__
        steps.append(Step._make(at if name == "at" else known[name] for name in Step._fields))
    return _figures(steps)


def add(figures: Figures) -> None:
    """Add to the tallies what `counted` gave, in the transaction that stores its events.

    Raises
    ------
    TransactionManagementError
        Outside a transaction: an event would be counted that is not there.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("tallies.add needs a transaction")
    _alone()
    _add(figures)
    _outdate({key[0] for key in figures})


def rebuild() -> int:
    """Make all tallies anew from the events, and return how many rows there are."""
    with transaction.atomic():
        _alone()
        Tally.objects.all().delete()
        _add(_due())
        KeptLeague.objects.update(stale=True)
    fold()
    return Tally.objects.count()


def faults() -> list[str]:
    """List the tallies that differ from their events, in English for the operator."""
    with transaction.atomic():
        _alone()
        due = _due()
        rows = Tally.objects.values_list(*KEY, *NAMES)
        actual = {row[: len(KEY)]: dict(enumerate(row[len(KEY) :])) for row in rows}
    found = []
    for key in sorted({*due, *actual}):
        is_, should = actual.get(key, {}), due.get(key, {})
        differs = ", ".join(
            f"{name} is {is_.get(i, 0)}, its events say {should.get(i, 0)}"
            for i, name in enumerate(NAMES)
            if is_.get(i, 0) != should.get(i, 0)
        )
        if differs:
            day, kind, subject, category = key
            found.append(f"tally {day} {kind} {subject} category {category}: {differs}")
    return found


def _alone() -> None:
    """Let others wait until this transaction ends; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])


def _steps(events: QuerySet[Event]) -> Iterator[Step]:
    # Moments and data as text, read here: Django's own reading takes twice as long.
    texts = events.annotate(at_text=Cast("at", TextField()), told=Cast("data", TextField()))
    columns = [{"at": "at_text", "data": "told"}.get(name, name) for name in Step._fields]
    rows = texts.values_list(*columns).iterator(chunk_size=BATCH)
    return (Step._make((*row[:_DATA], loads(row[_DATA]), *row[_DATA + 1 :])) for row in rows)


def _due() -> Figures:
    """Return what the tallies ought to be: the fold of all events that are marked as folded."""
    figures: Figures = {}
    batch = []
    for step in _steps(Event.objects.filter(folded=True).order_by("id")):
        batch.append(step)
        if len(batch) == BATCH:
            _figures(batch, figures)
            batch = []
    return _figures(batch, figures)


def _figures(steps: list[Step], figures: Figures | None = None) -> Figures:
    """Add up what `steps` count for, into `figures` if given."""
    figures = {} if figures is None else figures
    local = _LocalDay()
    _tally(steps, 1, figures, local)
    _tally(_withdrawn(steps), -1, figures, local)
    return figures


def _tally(steps: Iterable[Step], sign: int, figures: Figures, local: "_LocalDay") -> None:
    steps = list(steps)
    of_plants = plants.cases_of(steps)
    for step in steps:
        counters = _BY_ACTION.get(step.action, [])
        if not _ANY_KEYS.isdisjoint(step.data):
            counters = counters + _ANY_ACTION
        counted = [
            (i, sign * amount) for i, counter in counters if (amount := counter.amount(step))
        ]
        if not counted:
            continue
        day, category = local.day(step.at), step.category_id or 0
        keys: list[tuple[Key, list]] = [((day, "town", 0, category), counted)]
        for kind, column, is_organisation in SUBJECTS:
            subject: Any = step[column]
            if subject is None or (not is_organisation and step.case_id in of_plants):
                continue
            theirs = counted
            if is_organisation and kind != step.lead_side:
                theirs = [pair for pair in counted if pair[0] not in _LEAD_ONLY]
            if theirs:
                keys.append(((day, kind, subject, category), theirs))
        for key, amounts in keys:
            row = figures.get(key)
            if row is None:
                figures[key] = dict(amounts)
                continue
            for i, amount in amounts:
                row[i] = row.get(i, 0) + amount


def _withdrawn(steps: Iterable[Step]) -> list[Step]:
    """Return the judgements that upheld appeals among `steps` take out of the figures."""
    appeals = {
        (step.case_id, step.data["evaluation"])
        for step in steps
        if step.action == "rule_on_appeal" and step.data.get("upheld") is True
    }
    return list(_steps(Event.objects.filter(pk__in=_consequences(appeals)))) if appeals else []


def _consequences(judgements: Iterable[tuple[int, int]]) -> list[int]:
    """Return the keys of judgements (case, seq) and of the rework each set off by itself."""
    wanted = set(judgements)
    events = Event.objects.filter(case__in={case for case, _seq in wanted}).order_by("case", "seq")
    return [
        pk
        for pk, case, seq, action, by in events.values_list("pk", "case", "seq", "action", "by")
        if (case, seq) in wanted
        or ((case, seq - 1) in wanted and action == "reopen" and by is None)
    ]


def withdrawn_events() -> list[int]:
    """Return the keys of all events that an upheld appeal has taken out of the figures."""
    rulings = Event.objects.filter(folded=True, action="rule_on_appeal", data__upheld=True)
    return _consequences((case, data["evaluation"])
                         for case, data in rulings.values_list("case_id", "data"))  # fmt: skip


def _add(figures: Figures) -> None:
    """Add `figures` to the tallies: new rows where there are none, sums where there are.

    Rows that count the same things share a statement, which names these columns only:
    most rows of a day have three or four of the thirty.
    """
    alike: dict[tuple[int, ...], list[Key]] = defaultdict(list)
    for key, row in figures.items():
        alike[tuple(sorted(row))].append(key)
    table = connection.ops.quote_name(Tally._meta.db_table)
    adapt = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        for counted, keys in alike.items():
            names = [NAMES[i] for i in counted]
            into = f"INSERT INTO {table} ({', '.join((*KEY, *names))})"
            sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)
            else_add = f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {sums}"
            rows = [
                (adapt(key[0]), *key[1:], *[figures[key][i] for i in counted])
                for key in sorted(keys)
            ]
            if connection.vendor == "postgresql":
                # One statement over arrays: measured five times as fast as one a row.
                arrays = ", ".join(
                    ["%s::date[]", "%s::text[]"] + ["%s::bigint[]"] * (2 + len(names))
                )
                columns = [list(column) for column in zip(*rows, strict=True)]
                cursor.execute(f"{into} SELECT * FROM unnest({arrays}) {else_add}", columns)
            else:
                marks = ", ".join(["%s"] * (len(KEY) + len(names)))
                cursor.executemany(f"{into} VALUES ({marks}) {else_add}", rows)


def _outdate(days: Iterable[date]) -> None:
    """Note that the leagues kept of these days are no longer what they would be now."""
    outdated = Q(pk__in=[])
    for year, month in {(day.year, day.month) for day in days}:
        end = date(year + month // 12, month % 12 + 1, 1)
        outdated |= Q(first__lt=end, last__gte=date(year, month, 1))
    KeptLeague.objects.filter(outdated, stale=False).update(stale=True)


def _mark(events: list[int]) -> None:
    """Note that these events are counted."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("UPDATE cases_event SET folded = true WHERE id = ANY(%s)", [events])
        else:
            cursor.executemany("UPDATE cases_event SET folded = 1 WHERE id = %s",
                               [(event,) for event in events])  # fmt: skip


class _LocalDay:
    """Tells the day it was in the town; asked again and again for the same minutes."""

    def __init__(self) -> None:
        self._zone = ZoneInfo(the_town().timezone)
        self._known: dict[str, date] = {}

    def day(self, moment: str) -> date:
        """`moment` is in UTC, as the database writes it."""
        minute = moment[:16]
        found = self._known.get(minute)
        if found is None:
            utc = datetime.fromisoformat(minute).replace(tzinfo=UTC)
            found = self._known[minute] = utc.astimezone(self._zone).date()
        return found
