"""Years of a town's life, written in a minute: a week at a time, every step in its order.

What is alive stays in memory from week to week. In each week reports and planned steps are
merged by time, so a case never knows what has not happened yet. All go through the same table
of steps as in real life, and are written together.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from operator import attrgetter
from random import Random
from typing import Any

from django.db import transaction

from linli import bulk, clock
from linli.cases import intake, loop, twins
from linli.cases.chain import Journal
from linli.cases.deadlines import CLOCKS
from linli.cases.intake import Reader
from linli.cases.models import ENDED, Case, Category, State, drawing
from linli.cases.refusal import Refused
from linli.cases.routing import Router
from linli.places.atlas import Location
from linli.simulate.behaviour import Behaviour, Record, Step
from linli.simulate.cast import Cast
from linli.simulate.rhythm import Rhythm
from linli.simulate.sayings import Speech
from linli.simulate.scenes import Album
from linli.simulate.telling import Teller, Told

WEEK = timedelta(days=7)
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
            week = _Week(self)
            for one, case, place, target in zip(told, cases, places, targets, strict=True):
                self._run(week, one.at)
                week.report(one, case, place, target)
            self._run(week, until)
            # All was worked out before the database is locked: another part writes meanwhile.
            with transaction.atomic():
                week.write(is_quiet)

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

    def __init__(self, life: Life) -> None:
        self.life, self.journal, self.router = life, Journal(), Router()
        self._known = {id(record.case): record for record in life.alive.values()}
        self._new: list[Record] = []
        self._rows: list[Any] = []
        for record in life.alive.values():
            self.journal.recall(record.case, record.assignments)
            if record.later and not any(step.action == "appeal" for step in record.plan):
                # It builds on an event of an earlier week, which is stored only now.
                record.plan = sorted([*record.plan, record.later.pop(0)], key=lambda s: s.at)
                life.wait(record)

    def report(self, told: Told, case: Case, place: Location, target: Case | int | None) -> None:
        """Take one report in: it founds a case, or follows one that is still open."""
        life = self.life
        life.written.reports += 1
        life.written.sentences.update((told.report.title, told.report.body))
        known = self._known.get(id(target))
        with clock.at(told.at):
            if known is not None and known.case.state not in ENDED:
                loop.take(self.journal, known.case, "follow", evidence=[])
                self._rows.append(intake.row_of(told.report, known.case))
                return
            reporter = told.report.reporter
            record = Record(case, told.category, told.place, reporter, variant=told.variant)
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
            if self._take(record, step) and step.action == "evaluate" and not case.satisfied:
                record.later = list(self.life.behaviour.appeal(record, step.at))
        if case.state in ENDED:
            record.plan = [step for step in record.plan if "appeal" in step.action]
            self.life.wait(record)
            return
        record.category = case.category or record.category
        if case.state != state:
            record.rated = record.rated and case.state != State.REOPENED
            record.plan = self.life.behaviour.plan(record, case.touched_at)
        self.life.wait(record)

    def _take(self, record: Record, step: Step) -> bool:
        # What the week knows of precedents a step need not ask for again.
        knows: dict[str, Any] = {"router": self.router} if step.action == "triage" else {}
        try:
            with clock.at(step.at):
                loop.take(self.journal, record.case, step.action, step.by, **step.inputs, **knows)
        except Refused:
            self.life.written.refused[step.action] += 1
            return False
        return True

    def write(self, is_quiet: bool) -> None:
        """Write everything; whoever has ended is not kept in mind."""
        if is_quiet:
            self.journal.write()
        else:
            loop.record(self.journal)
        for row in self._rows:
            row.case = row.case  # a case just stored has its key only now
        bulk.insert(self._rows)
        written, alive = self.life.written, self.life.alive
        written.events += len(self.journal.drafts)
        written.steps.update(draft.event.action for draft in self.journal.drafts)
        alive |= {record.case.pk: record for record in self._new}
        # An appeal may outlive its case.
        gone = [pk for pk, r in alive.items() if r.case.state in ENDED and not (r.later or r.plan)]
        for pk in gone:
            del alive[pk]
