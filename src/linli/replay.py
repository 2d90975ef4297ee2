"""Live a record of the past through the loop: real messages, real replies, their real times.

Reports come in at the time they were written, replies resolve their cases at the time
they were given, and the clocks in between ring when they would have. A record does not
say when a case was accepted: it is deemed accepted at once, and no first response is
counted. A file without replies says nothing of what came after, so no clock rings for it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from linli import clock
from linli.cases import intake, loop, worker
from linli.cases.chain import Journal
from linli.cases.deadlines import CLOCKS
from linli.cases.intake import Fate, Receipt, Report, Understood
from linli.cases.learnt import judge
from linli.cases.models import Case, State, Triage
from linli.doors.cells import NotGiven, moment_of
from linli.doors.file_import import Imported, columns_of, usable
from linli.doors.reading import Fault, Row, Unreadable, read_table
from linli.scores import tallies

BATCH = 500
WINDOW = timedelta(days=14)  # a report may only join a case that was still open then
EXPLAINED = 0.5


@dataclass
class Replayed:
    """What became of a record."""

    imported: Imported
    seconds: float = 0.0
    located: int = 0
    categorised: int = 0
    dispatched: int = 0
    replies: int = 0
    resolved: int = 0
    on_time: int = 0
    explained: int = 0
    rang: int = 0

    @property
    def received(self) -> int:
        return sum(self.imported.counts.values())

    @property
    def merged(self) -> int:
        return self.imported.counts[Fate.FOLLOWER]

    def figures(self) -> dict[str, float]:
        """Return the figures by name."""
        return {
            "received": self.received,
            "located": self.located,
            "categorised": self.categorised,
            "merged": self.merged,
            "dispatched": self.dispatched,
            "replies": self.replies,
            "resolved": self.resolved,
            "resolved_on_time": self.on_time,
            "replies_that_explain": self.explained,
            "clocks_rung": self.rang,
            "left_out": len({f.row for f in self.imported.faults if f.row > 1}),
            "seconds": round(self.seconds, 2),
            "cases_per_s": round(self.received / self.seconds, 1) if self.seconds else 0.0,
        }


Batch = list[tuple[Row, Report]]


@dataclass(frozen=True, slots=True)
class _Reply:
    row: int
    text: str
    at: datetime
    satisfied: bool | None


def replay(path: Path, progress: Callable[[int], None] = lambda rows: None) -> Replayed:
    """Take a record through the loop.

    Parameters
    ----------
    path
        CSV with reports as `import cases` takes them and, where there are any, `reply`,
        `replied` (when it was given) and `satisfied` (1, 0 or empty: the reporter's rating).
    progress
        Told the number of rows done after each batch.

    Raises
    ------
    Unreadable
        If the file is no table of reports, or its replies have no times.
    """
    started = perf_counter()
    found, rows = read_table(path)
    columns = columns_of(found)
    if ("reply" in found) != ("replied" in found):
        raise Unreadable(_("Replies need both the columns “reply” and “replied”."))
    replayed = Replayed(Imported(path.name))
    receipts: dict[int, Receipt] = {}
    told = list(usable(rows, columns, replayed.imported))
    told.sort(key=_written)
    replies = deque(_replies(told, replayed.imported) if "reply" in found else ())
    for batch, understood in _read_ahead(_windows(told, WINDOW if replies else None)):
        upto = _written(batch[-1])
        receipts |= _take_in(batch, understood, replayed, "reply" in found)
        answered = []
        while replies and replies[0].at <= upto:
            answered.append(replies.popleft())
        if "reply" in found:
            _answer(answered, receipts, upto, replayed)
        progress(len(batch))
    if replies:
        _answer(list(replies), receipts, replies[-1].at, replayed)
    tallies.fold()
    replayed.seconds = perf_counter() - started
    return replayed


def _written(pair: tuple[Row, Report]) -> datetime:
    return pair[1].created or clock.now()


def _read_ahead(batches: Iterable[Batch]) -> Iterator[tuple[Batch, Understood]]:
    """Let the texts of the next batch be read while this one is written."""
    reader = intake.Reader()
    with ThreadPoolExecutor(1) as ahead:
        waiting: deque[tuple[Batch, Future[Understood]]] = deque()
        for batch in batches:
            waiting.append((batch, ahead.submit(reader.read, [told for _row, told in batch])))
            if len(waiting) > 1:
                ready, reading = waiting.popleft()
                yield ready, reading.result()
        for ready, reading in waiting:
            yield ready, reading.result()


def _windows(told: Batch, length: timedelta | None) -> Iterator[Batch]:
    """Cut a record into batches that are short enough for replies to come in between."""
    batch: Batch = []
    for pair in told:
        too_long = length is not None and batch and _written(pair) - _written(batch[0]) > length
        if len(batch) >= BATCH or too_long:
            yield batch
            batch = []
        batch.append(pair)
    if batch:
        yield batch


def _replies(told: Batch, imported: Imported) -> list[_Reply]:
    found = []
    for row, report in told:
        text = row.values["reply"].strip()
        if not text:
            continue
        when = row.values["replied"].strip()
        try:
            at = moment_of(when) if when else None
        except NotGiven as error:
            imported.faults.append(Fault(row.number, str(error), "replied"))
            continue
        if at is None or at < _written((row, report)):
            message = _("The reply has no time, or one before the report.")
            imported.faults.append(Fault(row.number, message, "replied"))
            continue
        satisfied = {"1": True, "0": False}.get(row.values.get("satisfied", "").strip())
        found.append(_Reply(row.number, text, at, satisfied))
    return sorted(found, key=lambda reply: reply.at)


def _take_in(
    batch: Batch, understood: Understood, replayed: Replayed, deem_accepted: bool
) -> dict[int, Receipt]:
    """Take a batch in, and return the receipt of each row by its number."""
    receipts = intake.receive([report for _row, report in batch], understood)
    for receipt in receipts:
        replayed.imported.counts[receipt.fate] += 1
        case = receipt.case
        if receipt.fate != Fate.REPEAT:
            replayed.located += case.community_grid_id is not None
            replayed.categorised += case.category_id is not None
            replayed.dispatched += case.dispatched_at is not None
    if deem_accepted:
        new = [receipt.case for receipt in receipts if receipt.fate == Fate.NEW]
        _deem_accepted([case for case in new if case.state == State.DISPATCHED])
    return {row.number: receipt for (row, _report), receipt in zip(batch, receipts, strict=True)}


def _deem_accepted(cases: list[Case]) -> None:
    with transaction.atomic():
        journal = Journal()
        journal.know(cases)
        for case in cases:
            with clock.at(case.touched_at):
                loop.take(journal, case, "accept", deemed=True)
        loop.record(journal)


def _answer(
    replies: list[_Reply], receipts: dict[int, Receipt], upto: datetime, replayed: Replayed
) -> None:
    """Resolve cases as they really were, and let the clocks ring that rang before."""
    with transaction.atomic():
        cases = _cases_of(replies, receipts)
        journal = Journal()
        journal.know(cases.values())
        qualities = _judge(cases)
        for reply, case in cases.items():
            replayed.replies += 1
            _ring(journal, case, reply.at, replayed)
            with clock.at(reply.at):
                _reply(journal, case, reply, qualities.get(reply), replayed)
        loop.record(journal)
    with clock.at(upto):
        replayed.rang += worker.tick(when_due=True)


def _reply(
    journal: Journal,
    case: Case,
    reply: _Reply,
    quality: dict[str, float] | None,
    replayed: Replayed,
) -> None:
    kind = case.category.triage if case.category else ""
    if case.state == State.REPORTED and kind not in ("", Triage.PUBLIC):
        loop.take(journal, case, "triage", triage=kind)
        loop.take(journal, case, "settle", reply=reply.text)
        return
    if case.state != State.ACCEPTED:
        # Never dispatched, or answered before: the words are kept all the same.
        loop.take(journal, case, "note", text=reply.text)
        return
    loop.take(journal, case, "resolve", reply=reply.text, quality=quality)
    replayed.resolved += 1
    replayed.on_time += not journal.drafts[-1].data["late"]
    # What the reply engine finds well explained passes, and so does what was rated in its
    # time: the system it comes from had closed it. The rest waits for a supervisor.
    explained = quality is not None and quality["explains"] >= EXPLAINED
    replayed.explained += explained
    if explained or reply.satisfied is not None:
        loop.take(journal, case, "verify")
    if reply.satisfied is not None:
        loop.take(journal, case, "evaluate", satisfied=reply.satisfied)


def _ring(journal: Journal, case: Case, upto: datetime, replayed: Replayed) -> None:
    while case.clock_at is not None and case.clock_at <= upto:
        with clock.at(case.clock_at):
            loop.take(journal, case, CLOCKS[case.clock].action)
        replayed.rang += 1


def _cases_of(replies: list[_Reply], receipts: dict[int, Receipt]) -> dict[_Reply, Case]:
    """Read and lock the cases that the replies answer, one object a case, in their order."""
    fresh = [reply for reply in replies if not _is_kept(reply, receipts[reply.row])]
    locked = Case.objects.select_for_update(of=("self",)).select_related("category")
    cases = locked.in_bulk({receipts[reply.row].case.pk for reply in fresh})
    return {reply: cases[receipts[reply.row].case.pk] for reply in fresh}


def _is_kept(reply: _Reply, receipt: Receipt) -> bool:
    """Tell whether an earlier replay of the same record took this reply already."""
    if receipt.fate != Fate.REPEAT:
        return False
    said = Q(data__reply=reply.text) | Q(data__text=reply.text)
    return receipt.case.events.filter(said, at__gte=reply.at).exists()


def _judge(cases: dict[_Reply, Case]) -> dict[_Reply, dict[str, float]]:
    messages = [f"{case.title}\n{case.body}" for case in cases.values()]
    judged = judge(messages, [reply.text for reply in cases])
    return dict(zip(cases, judged, strict=False))
