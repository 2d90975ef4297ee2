"""The town lives on by its clock: what a demonstration's worker does every second.

Everything is read from the database and goes through the doors that people use: reports come in
at `receive`, steps are taken by `act`, which asks whether this person may. Before each step the
case is locked and compared with what was known of it: where a visitor acted since, the plan is
dropped and a new one is made. Nothing is done for a demo account; see `desks`.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from secrets import randbits
from time import perf_counter

from django.db import transaction
from django.db.models import Q

from linli import clock
from linli.cases import intake, loop
from linli.cases.actors import Actor
from linli.cases.calendar import calendar
from linli.cases.models import OPEN, WORKING, Case, Category, Event, Report, State
from linli.cases.refusal import Refused
from linli.people.models import Leave, Role, User
from linli.people.scope import Scope
from linli.places.atlas import Location, atlas
from linli.places.models import COMMUNITY
from linli.scores.periods import Period, local_day
from linli.simulate.behaviour import Record, Step, in_order
from linli.simulate.desks import Desks
from linli.simulate.history import Life
from linli.simulate.ratings import rate_month
from linli.simulate.rhythm import Weather
from linli.simulate.scenes import Album
from linli.simulate.telling import Told
from linli.simulate.wishes import Wishes

BUDGET_S = 0.3  # how long it may work at a stretch: the site wants to write as well
AT_A_TIME = 50  # cases read together, so that a stretch ends in time
GAP = timedelta(hours=12)  # a longer sleep is skipped: all plans are made anew from here on
AGAIN = timedelta(minutes=15)  # until what was left to a visitor is looked at again
AT_ONCE = 20  # reports taken in together
WEEKS, FEWEST = 8, 24.0  # how much comes in a day is taken from so many weeks; at least so much
A_DAY_H = 8.0
AHEAD = timedelta(days=60)  # leaves are known so far ahead
ASSIGNEES = frozenset({Actor.ASSIGNEE, Actor.ASSIGNEE_LEAD})
# What somebody may still have to do with; an appeal is ruled on after the end as well.
ALIVE = Q(state__in=sorted(OPEN)) | Q(appealed="asked")


class Present:
    """A town that lives on from what its database says."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._until: datetime | None = None
        self._turns = count()
        self._beginning: Iterator[None] | None = None
        self.steps = self.reports = 0

    def go_on(self, budget_s: float = BUDGET_S) -> None:
        """Let happen what is due by the town's clock, as far as it fits into `budget_s`.

        To learn how the town stands takes several calls where much is open.
        """
        moment, ends = clock.now(), perf_counter() + budget_s
        if self._until is None or not timedelta(0) <= moment - self._until <= GAP:
            self._until, self._beginning = moment, self._begin(moment)
        elif moment == self._until and self._beginning is None:
            return
        if self._beginning is not None:
            for _some in self._beginning:
                if perf_counter() >= ends:
                    return
            self._beginning = None
        if not self._notice(moment, ends):
            return
        self._tell(moment)
        self._act(moment, ends)
        self._until = moment

    def _begin(self, moment: datetime) -> Iterator[None]:
        """Read how the town stands, and plan what comes next from there, a little at a time."""
        self._desks = Desks()
        yield
        seed, areas = self._seed or randbits(32), atlas().areas.values()
        grids = frozenset(a.pk for a in areas if a.is_grid and a.layer == COMMUNITY)
        self._rng = Random(seed)
        self._life = Life(seed, Album(), grids, spared=frozenset(self._desks.accounts))
        yield
        self._life.rhythm.draw_points()
        yield
        cast = self._life.cast
        if not Leave.objects.filter(since__gt=moment + GAP).exists():
            cast.send_on_leave(moment, moment + AHEAD, self._rng)
        cast.know_leaves()
        self._life.rhythm.pace(_reports_a_day(moment))
        self._wishes = Wishes(self._life.rhythm, self._life.teller, self._rng)
        self._records: dict[int, Record] = {}
        self._told: dict[int, Told] = {}
        self._queue: list[tuple[datetime, int, Record]] = []
        self._asked: list[Told] = []
        self._to_come: deque[Told] = deque()
        self._day: date | None = None
        self._seen = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        for _desk in self._desks.look_at_all():
            yield
        alive = list(Case.objects.filter(ALIVE).order_by("id").values_list("pk", flat=True))
        yield
        for first in range(0, len(alive), AT_A_TIME):
            for pk, record in self._read(alive[first : first + AT_A_TIME]).items():
                self._records[pk] = record
                self._plan(record, record.case.touched_at, moment)
            yield

    # --- what others did ----------------------------------------------------------------------

    def _notice(self, moment: datetime, ends: float) -> bool:
        """Learn of what others did, and tell whether that is all of it."""
        while self._notice_some(moment) == AT_A_TIME:
            if perf_counter() >= ends:
                return False
        return True

    def _notice_some(self, moment: datetime) -> int:
        """Learn of new cases, and of steps that others took; return how many were looked at."""
        events = Event.objects.filter(pk__gt=self._seen).order_by("id")
        rows = list(events.values_list("pk", "case_id", "seq", "by_id")[:AT_A_TIME])
        acted: set[int] = set()
        rang: set[int] = set()
        for pk, case, seq, by in rows:
            self._seen = pk
            known = self._records.get(case)
            if known is None or known.case.steps < seq:
                # A clock that rang changes nobody's plans.
                (rang if known is not None and by is None else acted).add(case)
        for pk, record in self._read(rang - acted).items():
            known = self._records[pk]
            was, known.case = known.case.state, record.case
            if known.case.state != was:
                acted.add(pk)
        self._learn(acted, moment)
        return len(rows)

    def _learn(self, pks: Iterable[int], moment: datetime) -> None:
        """Read cases as they stand now, and plan what is done with them."""
        for pk, record in self._read(pks).items():
            if (known := self._records.get(pk)) is not None:
                known.turn = -1  # what was planned for it is void
            self._records[pk] = record
            self._plan(record, moment)

    def _read(self, pks: Iterable[int]) -> dict[int, Record]:
        """Read open cases; those that have ended meanwhile are forgotten."""
        pks = set(pks)
        if not pks:
            return {}
        rows = Case.objects.filter(ALIVE, pk__in=pks)
        cases = rows.select_related("category").prefetch_related("assignments").in_bulk()
        told = Report.objects.filter(case__in=pks, reporter__isnull=False).order_by("-id")
        reporters = {row.case_id: row.reporter for row in told.select_related("reporter")}
        for pk in pks - cases.keys():
            if (gone := self._records.pop(pk, None)) is not None:
                gone.turn = -1
        return {pk: self._record(case, reporters.get(pk)) for pk, case in cases.items()}

    def _record(self, case: Case, reporter: User | None) -> Record:
        """Put together what is known of a case beyond its row; the rest is drawn."""
        rhythm, known = self._life.rhythm, self._told.get(case.pk) or self._records.get(case.pk)
        category = case.category or (known and known.category) or self._any_category()
        place = known.place if known else rhythm.place(category)
        if case.community_grid_id is not None:
            place = Location(case.area_id, case.community_grid_id, case.service_grid_id)
        return Record(
            case, category, place, reporter, list(case.assignments.all()),
            variant=known.variant if known else case.pk,
        )  # fmt: skip

    def _any_category(self) -> Category:
        return self._rng.choice(self._life.rhythm.categories)

    # --- reports ------------------------------------------------------------------------------

    def _tell(self, moment: datetime) -> None:
        """Take in what people have reported until now, and what empty desks asked for."""
        self._come(local_day(moment), moment)
        due = self._asked
        self._asked = []
        while self._to_come and self._to_come[0].at <= moment and len(due) < AT_ONCE:
            due.append(self._to_come.popleft())
        if not due:
            return
        receipts = intake.receive([told.report for told in due])
        self._told |= {r.case.pk: told for r, told in zip(receipts, due, strict=True)}
        self.reports += len(due)

    def _come(self, day: date, moment: datetime) -> None:
        """Draw the reports of a day when it begins."""
        if day == self._day:
            return
        assert self._until is not None
        rainy = Weather(day.replace(month=1, day=1), day, Random(str(day.year))).rainy
        self._to_come.extend(
            told for told in self._life.teller.day(day, day in rainy) if told.at > self._until
        )
        if self._day is not None and self._day.month != day.month:
            rate_month(self._life.cast, self._day, self._rng, Period(self._day, self._day).ends)
        self._day = day

    # --- steps --------------------------------------------------------------------------------

    def _plan(self, record: Record, since: datetime, moment: datetime | None = None) -> None:
        """Plan the steps of a case from `since` on; those of a visitor are the visitor's.

        What should have happened before `moment` happens in the working day after it instead.
        """
        spared = self._desks.accounts
        behaviour = self._life.behaviour
        plan = behaviour.plan(record, since)
        if record.case.appealed == "asked":
            plan = in_order([*plan, *behaviour.rule_on_appeal(record, since)])
        plan = [step for step in plan if step.by is None or step.by.pk not in spared]
        if moment is not None and plan and plan[0].at < moment:
            add, hours = calendar().add, calendar().hours_between(plan[0].at, moment)
            hours += self._rng.uniform(0, A_DAY_H)
            plan = [replace(step, at=add(step.at, hours)) for step in plan]
        record.plan = plan
        self._wait(record)

    def _wait(self, record: Record, at: datetime | None = None) -> None:
        """Let a case wait for its next step."""
        record.turn = next(self._turns)
        if record.plan:
            heapq.heappush(self._queue, (at or record.plan[0].at, record.turn, record))

    def _act(self, moment: datetime, ends: float) -> None:
        """Take the steps that are due, oldest first."""
        self._help(moment)
        while self._queue and self._queue[0][0] <= moment and perf_counter() < ends:
            _at, turn, record = heapq.heappop(self._queue)
            if turn != record.turn:
                continue  # it was planned anew since
            if self._desks.keeps(record.case.pk, record.plan[0].action):
                self._wait(record, moment + AGAIN)
            else:
                self._take(record, moment)

    def _take(self, record: Record, moment: datetime) -> None:
        """Take the next step of a case, if the case still is as it was known."""
        step, known = record.plan.pop(0), record.case
        with transaction.atomic():
            rows = Case.objects.select_for_update(of=("self",)).filter(pk=known.pk)
            is_known = rows.values_list("steps", flat=True).get() == known.steps
            taken = self._try(record, step) if is_known else None
        if taken is not None:
            self.steps += 1
            record.case = taken
        if not is_known or record.case.state != known.state or step.action == "appeal":
            self._learn([known.pk], moment)
        else:
            self._wait(record)
        if taken is not None and step.inputs.get("satisfied") is False:
            self._find_unfair(known.pk, moment)

    def _try(self, record: Record, step: Step) -> Case | None:
        """Let the planned person act, or who may instead; None where nobody may."""
        if step.action == "evaluate" and step.by is None:
            told = Report.objects.filter(case=record.case, reporter=None).order_by("id").first()
            if told is not None:
                with suppress(Refused):
                    return loop.act_with_receipt(told, step.action, **step.inputs)
            return None
        for by in self._hands(record, step):
            with suppress(Refused):
                return loop.act(record.case, step.action, by, **step.inputs)
        return None

    def _hands(self, record: Record, step: Step) -> Iterator[User | None]:
        """Yield who might take a step: whoever was planned, the one in charge, the head."""
        yield step.by
        leading = next((a for a in record.assignments if a.active and a.leads), None)
        if leading is None or not loop.ACTIONS[step.action].who & ASSIGNEES:
            return
        if leading.person is not None and leading.person_id not in self._desks.accounts:
            yield leading.person
        if (head := self._life.cast.head(leading.organisation_id, step.at)) is not None:
            yield head

    def _find_unfair(self, pk: int, moment: datetime) -> None:
        """Let the head of whoever was rated badly think about an appeal."""
        if (record := self._records.get(pk)) is not None:
            appeal = next(self._life.behaviour.appeal(record, moment), None)
            record.plan = in_order([*record.plan, *([appeal] if appeal else [])])
            self._wait(record)

    # --- visitors -----------------------------------------------------------------------------

    def _help(self, moment: datetime) -> None:
        """Look at one desk; where nearly nothing waits, let something come."""
        user = self._desks.look()
        if user is None:
            return
        sight = Scope(user)
        is_reporter = not sight.works_for_town
        if is_reporter or sight.has(Role.SUPERVISOR):
            # They judge what others have done: let that be done soon.
            self._hasten(moment, user if is_reporter else None)
        if (told := self._wishes.grant(user, moment)) is not None:
            self._asked.append(told)

    def _hasten(self, moment: datetime, reporter: User | None) -> None:
        """Let the case that is furthest on its way to being resolved go on now."""
        on_the_way = [
            record for record in self._records.values()
            if record.case.state in WORKING and record.plan and record.plan[0].at > moment
            and (reporter is None or record.reporter == reporter)
            and not self._desks.keeps(record.case.pk, record.plan[0].action)
        ]  # fmt: skip
        if not on_the_way:
            return
        record = min(on_the_way, key=lambda r: (r.case.state != State.ACCEPTED, len(r.plan)))
        sooner = record.plan[0].at - moment
        record.plan = [replace(step, at=step.at - sooner) for step in record.plan]
        self._wait(record)


def _reports_a_day(moment: datetime) -> float:
    """Return how many reports came in on a day of the last weeks."""
    since = moment - timedelta(weeks=WEEKS)
    return max(FEWEST, Report.objects.filter(created__gte=since).count() / (7 * WEEKS))
