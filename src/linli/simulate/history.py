"""Years of a town's life, written in a minute: a week at a time, every step in its order.

What is alive stays in memory from week to week. In each week reports and planned steps are
merged by time, so a case never knows what has not happened yet. All go through the same table
of steps as in real life, and are written together.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from operator import attrgetter
from random import Random
from typing import Any

from django.db import transaction

from linli import bulk, clock
from linli.cases import intake, loop, twins
from linli.cases.calendar import calendar
from linli.cases.chain import Journal
from linli.cases.deadlines import CLOCKS
from linli.cases.intake import Reader
from linli.cases.models import (
    ENDED,
    SELF_FOUND,
    Case,
    Category,
    Deliberation,
    Event,
    Proposal,
    State,
    drawing,
)
from linli.cases.refusal import Refused
from linli.cases.routing import Router
from linli.people.models import Role
from linli.places.atlas import Location
from linli.scores import tallies
from linli.simulate.behaviour import Behaviour, Record, Step, in_order
from linli.simulate.cast import Cast
from linli.simulate.rhythm import Rhythm
from linli.simulate.sayings import Speech
from linli.simulate.scenes import Album
from linli.simulate.telling import Teller, Told

WEEK = timedelta(days=7)
AGAIN = timedelta(days=1)  # until a ruling that was not possible is tried again
MERGED = 0.4  # of what tells of the same matter, and is still open when the next week begins
MERGEABLE = loop.ACTIONS["merge"].states
PROPOSALS = (2, 3)
TOLD_FOR = timedelta(days=10)  # what people were told before has long been read


@dataclass
class Written:
    """What a simulation made."""

    cases: int = 0
    reports: int = 0
    events: int = 0
    ratings: int = 0
    sentences: set[str] = field(default_factory=set)
    steps: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, int]:
        """Return the figures by name."""
        return {
            "cases": self.cases,
            "reports": self.reports,
            "events": self.events,
            "ratings": self.ratings,
            "distinct_sentences": len(self.sentences),
        }

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.cases + other.cases,
            self.reports + other.reports,
            self.events + other.events,
            self.ratings + other.ratings,
            self.sentences | other.sentences,
            self.steps + other.steps,
            self.refused + other.refused,
        )


class Life:
    """A town that lives: who is in it, what is alive, what comes next."""

    def __init__(
        self,
        seed: int,
        album: Album,
        grids: frozenset[int],
        part: int = 0,
        spared: frozenset[int] = frozenset(),
    ) -> None:
        self.rng = Random(f"{seed} {part}")
        categories = list(Category.objects.filter(retired=False).order_by("code"))
        self.cast = Cast(Random(seed), spared)  # the same people in every part of the town
        self.rhythm = Rhythm(categories, grids, self.rng)
        speech = Speech(categories, self.rng)
        self.behaviour = Behaviour(self.cast, speech, album, self.rng)
        self.teller = Teller(self.cast, speech, self.rhythm, album, self.rng)
        self.written = Written()
        self.alive: dict[int, Record] = {}
        self._queue: list[tuple[datetime, int, Record]] = []
        self._turns = count()
        self._since: datetime | None = None  # until when all is written

    def live(self, told: list[Told], until: datetime, is_quiet: bool = False) -> None:
        """Take reports in, let everything happen that is due before `until`, and write it all.

        With `is_quiet` nobody is told of it: it lies too far back.
        """
        reports = [one.report for one in told]
        understood = Reader().read(reports)
        places = intake.locate(reports)
        with drawing(self._hex):
            cases = [
                intake.case_of(report, understood, i, places[i]) for i, report in enumerate(reports)
            ]
            known = sorted((r.case for r in self.alive.values()), key=attrgetter("reported_at"))
            targets = twins.find(cases, understood.sketches, known)
            week = _Week(self, self._since)
            self._since = until
            for one, case, place, target in zip(told, cases, places, targets, strict=True):
                self._run(week, one.at)
                week.report(one, case, place, target)
            self._run(week, until)
            # All was worked out before the database is locked: another part writes meanwhile.
            figures = tallies.counted(week.events())
            with transaction.atomic():
                week.write(is_quiet)
                tallies.add(figures)

    def _hex(self, n: int) -> str:
        return f"{self.rng.getrandbits(8 * n):0{2 * n}x}"

    def _run(self, week: "_Week", until: datetime) -> None:
        while self._queue and self._queue[0][0] < until:
            _moment, turn, record = heapq.heappop(self._queue)
            if turn == record.turn:  # else it was planned anew since
                week.go_on(record)

    def wait(self, record: Record) -> None:
        """Let a case wait for its next step or its clock, whichever is first."""
        moments = [record.plan[0].at] if record.plan else []
        if record.case.clock_at is not None:
            moments.append(record.case.clock_at)
        if moments:
            record.turn = next(self._turns)
            heapq.heappush(self._queue, (min(moments), record.turn, record))


class _Week:
    """Steps that are written together."""

    def __init__(self, life: Life, since: datetime | None) -> None:
        self.life, self.journal, self.router = life, Journal(), Router()
        self._known = {id(record.case): record for record in life.alive.values()}
        self._new: list[Record] = []
        self._rows: list[Any] = []
        self._put_together(since)
        for record in life.alive.values():
            self.journal.recall(record.case, record.assignments)
            if record.later and not any(step.action == "appeal" for step in record.plan):
                # It builds on an event of an earlier week, which is stored only now.
                record.plan = sorted([*record.plan, record.later.pop(0)], key=lambda s: s.at)
                life.wait(record)

    def _put_together(self, since: datetime | None) -> None:
        """Let dispatchers merge what tells of the same matter at the same place."""
        alike: dict[tuple[int, float | None, float | None], list[Record]] = defaultdict(list)
        for record in self.life.alive.values():
            if record.case.state in MERGEABLE and not record.later and not record.case.appealed:
                place = record.place
                alike[record.category.pk, place.lon, place.lat].append(record)
        behaviour, rng = self.life.behaviour, self.life.rng
        for first, *others in alike.values():
            for record in others:
                if since is None or rng.random() > MERGED:
                    continue
                at = calendar().add(since, rng.uniform(0, 30))
                by = behaviour.cast.over(Role.DISPATCHER, record.case, at)
                reason = behaviour.speech.reason("duplicate")
                merge = Step(at, "merge", by, {"into": first.case, "reason": reason})
                record.plan = in_order([*record.plan, merge])
                self.life.wait(record)

    def report(self, told: Told, case: Case, place: Location, target: Case | int | None) -> None:
        """Take one report in: it founds a case, or follows one that is still open."""
        life = self.life
        life.written.reports += 1
        life.written.sentences.update((told.report.title, told.report.body))
        known = self._known.get(id(target))
        with clock.at(told.at.astimezone(UTC)):
            if known is not None and known.case.state not in ENDED:
                loop.take(self.journal, known.case, "follow", evidence=[])
                self._rows.append(intake.row_of(told.report, known.case))
                return
            reporter = told.report.reporter
            is_named = told.report.source not in SELF_FOUND and bool(
                reporter or told.report.author or told.report.contact
            )
            record = Record(
                case, told.category, told.place, reporter,
                variant=told.variant, is_named=is_named,
            )  # fmt: skip
            self._known[id(case)] = record
            self._new.append(record)
            self.journal.recall(case, record.assignments)
            intake.open_case(self.journal, case, self.router, place.why, told.report)
        life.written.cases += 1
        self._rows.append(intake.row_of(told.report, case))
        record.plan = life.behaviour.plan(record, case.touched_at)
        life.wait(record)

    def go_on(self, record: Record) -> None:
        """Let the next thing happen to a case: its clock rings, or somebody acts."""
        case, state = record.case, record.case.state
        if case.clock_at is not None and not (record.plan and record.plan[0].at < case.clock_at):
            self._take(record, Step(case.clock_at, CLOCKS[case.clock].action, None))
        else:
            step = record.plan.pop(0)
            if step.action == "minute" and record.ballot:
                votes = self.life.behaviour.votes(record, step.inputs["households"])
                step = replace(step, inputs={**step.inputs, "votes": votes})
            is_taken = self._take(record, step)
            is_bad = step.action == "evaluate" and is_taken and not step.inputs["satisfied"]
            if is_bad and not record.later and case.appealed != "asked":
                record.later = list(self.life.behaviour.appeal(record, step.at))
            if step.action == "rule_on_appeal" and not is_taken and case.appealed == "asked":
                # Not while it is on its way from one to the other; it is ruled on after that.
                again = replace(step, at=max(step.at, case.touched_at) + AGAIN)
                record.plan = in_order([*record.plan, again])
        if case.state in ENDED:
            record.plan = [step for step in record.plan if "appeal" in step.action]
            self.life.wait(record)
            return
        record.category = case.category or record.category
        if case.state != state:
            record.rated = record.rated and case.state != State.REOPENED
            # Whoever judges an answer does so however far the case has come meanwhile.
            lasting = [
                step for step in record.plan if "appeal" in step.action
                or (step.action == "evaluate" and case.state == State.VERIFIED)
            ]  # fmt: skip
            anew = self.life.behaviour.plan(record, case.touched_at)
            record.plan = in_order([*anew, *lasting])
        self.life.wait(record)

    def _take(self, record: Record, step: Step) -> bool:
        # What the week knows of precedents a step need not ask for again.
        knows: dict[str, Any] = {"router": self.router} if step.action == "triage" else {}
        try:
            # Much is compared and written by that moment, all of it quicker in UTC.
            with clock.at(step.at.astimezone(UTC)):
                loop.take(self.journal, record.case, step.action, step.by, **step.inputs, **knows)
        except Refused:
            self.life.written.refused[step.action] += 1
            return False
        return True

    def events(self) -> Iterator[Event]:
        """Yield the events of the week, each knowing its case where that is stored already."""
        for draft in self.journal.drafts:
            draft.event.case_id = draft.case.pk
            yield draft.event

    def write(self, is_quiet: bool) -> None:
        """Write everything; whoever has ended is not kept in mind."""
        if is_quiet:
            self.journal.write()
        else:
            loop.record(self.journal)
        for row in self._rows:
            row.case = row.case  # a case just stored has its key only now
        bulk.insert(self._rows)
        self._propose()
        written, alive = self.life.written, self.life.alive
        written.events += len(self.journal.drafts)
        written.steps.update(draft.event.action for draft in self.journal.drafts)
        alive |= {record.case.pk: record for record in self._new}
        # An appeal may outlive its case, and is ruled on as long as it has an outcome.
        gone = [pk for pk, r in alive.items() if r.case.state in ENDED and not (r.later or r.plan)]
        for pk in gone:
            del alive[pk]

    def _propose(self) -> None:
        """Put proposals on the list of each deliberation that was called."""
        called = {id(d.case) for d in self.journal.drafts if d.event.action == "deliberate"}
        records = {r.case.pk: r for r in self._known.values() if id(r.case) in called}
        if not records:
            return
        meetings = Deliberation.objects.filter(case__in=records, ended_at=None).order_by("case")
        rng, speech = self.life.rng, self.life.behaviour.speech
        for meeting in meetings:
            texts = speech.proposals(rng.randint(*PROPOSALS))
            rows = [Proposal(deliberation=meeting, text=text) for text in texts]
            bulk.insert(rows)
            records[meeting.case_id].ballot = [row.pk for row in rows]
