"""What people do with a case next: by state, who, when and with what words.

Each function plans the steps from one state on, in order; the last of them leads out of it.
What the plan cannot know (a clock that rings, a reporter who sends it back) makes a new one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from linli.cases.calendar import calendar
from linli.cases.models import ENDED, Assignment, Case, Category, State, Triage
from linli.people.models import Role, Side, User
from linli.places.atlas import Location, atlas
from linli.simulate.cast import Cast
from linli.simulate.sayings import Speech
from linli.simulate.scenes import Album

# How often things happen that do not happen to every case.
RETURNED, JOINED, EXTENDED, ASSIGNED, NOTED = 0.035, 0.035, 0.05, 0.18, 0.08
URGED, SUPERVISED, SENT_BACK, APPEALED, UPHELD = 0.05, 0.012, 0.04, 0.2, 0.35
CANCELLED, GRANTED, ACKNOWLEDGED = 0.02, 0.75, 0.6
LOOKED, DELIBERATED = 0.25, 0.12
RATED, RATED_BY_CODE, CONTENT = 0.7, 0.28, 0.9
TO_VERIFY_H = 0.5  # three supervisors share a pile that none of them lets grow
A_WEEK, HOUSEHOLDS = timedelta(days=7), (6, 28)
# Shares of the time allowed that people take, as the median and spread of a lognormal.
TO_ACCEPT, TO_RESOLVE = (0.32, 0.7), (0.42, 0.62)


@dataclass(frozen=True)
class Step:
    """One planned step: when, which, by whom, with what."""

    at: datetime
    action: str
    by: User | None
    inputs: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Record:
    """One case that is alive, what is known of it beyond its row, and what is planned."""

    case: Case
    category: Category
    place: Location
    reporter: User | None
    assignments: list[Assignment] = field(default_factory=list)
    plan: list[Step] = field(default_factory=list)
    later: list[Step] = field(default_factory=list)
    rated: bool = False
    variant: int = 0  # which of the pictures of its kind shows it
    is_named: bool = True  # whether somebody can be asked about it
    ballot: list[int] = field(default_factory=list)  # the proposals its neighbours vote on
    turn: int = -1  # which of its entries in the queue is the one in force

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more happens to it; an appeal is ruled on after the end as well."""
        return self.case.state in ENDED and not self.later


class Behaviour:
    """Plans what people do."""

    def __init__(self, cast: Cast, speech: Speech, album: Album, rng: Random) -> None:
        self.cast, self.speech, self.album, self._rng = cast, speech, album, rng

    def plan(self, record: Record, moment: datetime) -> list[Step]:
        """Plan the steps of a case from the state it is in."""
        planner = PLANS.get(State(record.case.state))
        return list(planner(self, record, moment)) if planner else []

    def _hours(self, start: datetime, hours: float) -> datetime:
        return calendar().add(start, max(hours, 0.02))

    def _share(self, of: tuple[float, float], speed: float = 1.0) -> float:
        return of[0] * speed * self._rng.lognormvariate(0, of[1])

    def _chance(self, probability: float) -> bool:
        return self._rng.random() < probability

    def _leading(self, record: Record) -> Assignment:
        return next(a for a in record.assignments if a.active and a.leads)

    def _supporting(self, record: Record) -> Assignment | None:
        sides = (Side.TERRITORIAL, Side.FUNCTIONAL)
        return next(
            (a for a in record.assignments if a.active and not a.leads and a.side in sides), None
        )

    def _place(self, record: Record) -> str:
        area = atlas().areas.get(record.case.area_id or 0)
        return area.name if area else ""

    def reported(self, record: Record, moment: datetime) -> Iterator[Step]:
        """Somebody looks at what did not sort itself."""
        role = Role.STEWARD if self._chance(0.7) else Role.DISPATCHER
        by = self.cast.over(role, record.case, moment)
        by = by or self.cast.over(Role.DISPATCHER, record.case, moment)
        at = self._hours(moment, self._rng.expovariate(1 / 1.5))
        if by is not None and self._chance(CANCELLED):
            dispatcher = self.cast.over(Role.DISPATCHER, record.case, moment)
            reason = self.speech.reason("cancelled")
            yield Step(at, "cancel", dispatcher, {"reason": reason})
            return
        triage = record.category.triage or self._rng.choice(list(Triage))
        inputs: dict[str, Any] = {"triage": triage, "category": record.category}
        if record.case.community_grid_id is None:
            inputs["area"] = atlas().areas[record.place.community_grid or 0]
        yield Step(at, "triage", by, inputs)

    def triaged(self, record: Record, moment: datetime) -> Iterator[Step]:
        """A steward settles it with the neighbours, or a dispatcher finds who is competent."""
        case = record.case
        if case.triage == Triage.PUBLIC:
            by = self.cast.over(Role.DISPATCHER, case, moment)
            yield Step(self._hours(moment, 1), "dispatch", by)
            return
        by = self.cast.over(Role.STEWARD, case, moment)
        by = by or self.cast.over(Role.DISPATCHER, case, moment)
        hours = record.category.resolve_hours * self._share(TO_RESOLVE)
        at = self._hours(moment, hours)
        if case.triage == Triage.NEIGHBOURHOOD and by is not None and self._chance(DELIBERATED):
            called = self._hours(moment + A_WEEK, self._rng.uniform(1, 6))
            meets = called + A_WEEK + timedelta(hours=self._rng.randrange(48))
            yield Step(called, "deliberate", by, {
                "question": self.speech.question(case.title), "meets_at": meets,
                "venue": self.speech.meeting("venues"),
            })  # fmt: skip
            met = self._hours(meets, self._rng.uniform(0.2, 2))
            yield Step(met, "minute", by, {
                "minutes": self.speech.meeting("minutes"),
                "households": self._rng.randint(*HOUSEHOLDS),
            })  # fmt: skip
            at = self._hours(met, self._rng.uniform(2, 16))
        yield Step(at, "settle", by, {"reply": self.speech.settled()})

    def votes(self, record: Record, households: int) -> dict[str, dict[str, int]]:
        """Let the households that are there vote on the proposals."""
        told = {}
        for key in record.ballot:
            favour = self._rng.randint(0, households)
            against = self._rng.randint(0, households - favour)
            told[str(key)] = {
                "favour": favour, "against": against, "abstain": households - favour - against
            }  # fmt: skip
        return told

    def dispatched(self, record: Record, moment: datetime) -> Iterator[Step]:
        """The supporting side acknowledges, the leading one accepts or returns it."""
        case, leading = record.case, self._leading(record)
        speed = self.cast.speed[leading.organisation_id]
        hours = record.category.accept_hours * self._share(TO_ACCEPT, speed)
        support = self._supporting(record)
        if support is not None and self._chance(ACKNOWLEDGED):
            by = self.cast.worker(support.organisation_id, moment)
            if by is not None:
                yield Step(self._hours(moment, hours * self._rng.random()), "acknowledge", by)
        at = self._hours(moment, hours)
        head = self.cast.head(leading.organisation_id, moment)
        may_return = case.state == State.DISPATCHED and not case.was_returned
        if may_return and head is not None and self._chance(RETURNED):
            yield Step(at, "return", head, {"reason": self.speech.reason("return")})
            return
        yield Step(at, "accept", self.cast.worker(leading.organisation_id, at))

    def reopened(self, record: Record, moment: datetime) -> Iterator[Step]:
        """Whoever had it has it again."""
        yield from (self.dispatched if record.case.lead_side else self.triaged)(record, moment)

    def returned(self, record: Record, moment: datetime) -> Iterator[Step]:
        """A dispatcher rules."""
        leading = self._leading(record)
        other = self.cast.other(leading.organisation_id, leading.side, record.case)
        organisation = other or self.cast.organisations[leading.organisation_id]
        by = self.cast.over(Role.DISPATCHER, record.case, moment)
        at = self._hours(moment, self._rng.expovariate(1 / 3))
        reason = self.speech.reason("rule")
        yield Step(at, "rule", by, {"organisation": organisation, "reason": reason})

    def accepted(self, record: Record, moment: datetime) -> Iterator[Step]:
        """It is worked on; on the way people ask, urge, help and wait."""
        case, leading = record.case, self._leading(record)
        organisation = leading.organisation_id
        speed = self.cast.speed[organisation]
        hours = record.category.resolve_hours * self._share(TO_RESOLVE, speed)
        worker = self.cast.worker(organisation, moment)
        head = self.cast.head(organisation, moment)
        if head is not None and worker is not None and self._chance(ASSIGNED):
            at = self._hours(moment, hours * 0.02)
            yield Step(at, "assign", head, {"person": worker})
        if case.pk and record.is_named and self._chance(LOOKED):
            yield Step(self._hours(moment, hours * 0.1), "look", worker)
        if self._chance(NOTED):
            at = self._hours(moment, hours * 0.15)
            yield Step(at, "note", worker, {"text": self.speech.reason("note")})
        if head is not None and self._chance(JOINED):
            yield from self._joint(record, head, moment, hours)
        if self._chance(SUPERVISED):
            leader = self.cast.over(Role.LEADER, case, moment)
            at = self._hours(moment, hours * 0.5)
            yield Step(at, "supervise", leader, {"reason": self.speech.reason("supervise")})
        if self._chance(URGED * min(3, hours / record.category.resolve_hours)):
            at = self._hours(moment, hours * 0.7)
            yield Step(at, "urge", record.reporter, {"reason": self.speech.reason("urge")})
        if self._chance(EXTENDED) and case.overdue_at is None and case.resolve_due:
            ask = self._hours(moment, min(hours, record.category.resolve_hours) * 0.4)
            if ask < case.resolve_due:
                yield from self._extension(record, worker, ask)
                hours += record.category.resolve_hours * 0.4
        care = self.cast.care[organisation]
        reply = self.speech.reply(
            self.cast.organisations[organisation].name, self._place(record), self._chance(care)
        )
        inputs: dict[str, Any] = {"reply": reply}
        if "photo" in record.category.evidence:
            inputs["evidence"] = [self.album.photo(record.category, record.variant, is_after=True)]
        yield Step(self._hours(moment, hours), "resolve", worker, inputs)

    def _joint(self, record: Record, head: User, moment: datetime, hours: float) -> Iterator[Step]:
        taken = {a.organisation_id for a in record.assignments if a.active}
        other = self.cast.other(next(iter(taken)), Side.FUNCTIONAL, record.case)
        if other is None or other.pk in taken:
            return
        helper = self.cast.worker(other.pk, moment)
        if helper is None:
            return
        reason = self.speech.reason("join")
        at = self._hours(moment, hours * 0.1)
        yield Step(at, "join", head, {"organisation": other, "reason": reason})
        reply = self.speech.reason("signed_off")
        yield Step(self._hours(moment, hours * 0.6), "sign_off", helper, {"reply": reply})

    def _extension(self, record: Record, worker: User | None, ask: datetime) -> Iterator[Step]:
        reason = self.speech.reason("extension")
        days = self._rng.choice((2, 3, 5))
        yield Step(ask, "ask_extension", worker, {"days": days, "reason": reason})
        by = self.cast.over(Role.DISPATCHER, record.case, ask)
        at = self._hours(ask, self._rng.uniform(0.5, 6))
        if self._chance(GRANTED):
            yield Step(at, "grant_extension", by)
        else:
            yield Step(at, "refuse_extension", by, {"reason": self.speech.reason("refused")})

    def resolved(self, record: Record, moment: datetime) -> Iterator[Step]:
        """A supervisor looks at the evidence, the reporter at the result."""
        by = self.cast.over(Role.SUPERVISOR, record.case, moment)
        at = self._hours(moment, 0.1 + self._rng.expovariate(1 / TO_VERIFY_H))
        yield from self._rating(record, moment)
        if record.case.reopenings == 0 and self._chance(SENT_BACK):
            yield Step(at, "reopen", by, {"reason": self.speech.reason("sent_back")})
        else:
            yield Step(at, "verify", by, {"comment": self.speech.reason("verify")})

    def verified(self, record: Record, moment: datetime) -> Iterator[Step]:
        """The reporter may still rate it; with silence it closes by its clock."""
        yield from self._rating(record, moment)

    def _rating(self, record: Record, moment: datetime) -> Iterator[Step]:
        if record.rated or record.case.satisfied is not None:
            return
        record.rated = True
        if not self._chance(RATED if record.reporter else RATED_BY_CODE):
            return
        organisation = record.case.functional_id or 0
        late = 0.25 if record.case.overdue_at else 0.0
        is_content = self._chance(CONTENT * self.cast.care.get(organisation, 0.95) - late)
        comment = self.speech.reason("satisfied" if is_content else "unsatisfied")
        at = self._hours(moment, self._rng.uniform(0.5, 20))
        inputs = {"satisfied": is_content, "comment": comment}
        yield Step(at, "evaluate", record.reporter, inputs)

    def appeal(self, record: Record, moment: datetime) -> Iterator[Step]:
        """The head may find a bad rating unfair; a supervisor rules on that."""
        if not record.case.lead_side or not self._chance(APPEALED):
            return
        head = self.cast.head(self._leading(record).organisation_id, moment)
        if head is None:
            return
        at = self._hours(moment, self._rng.uniform(2, 12))
        yield Step(at, "appeal", head, {"reason": self.speech.reason("appeal")})
        yield from self.rule_on_appeal(record, at)

    def rule_on_appeal(self, record: Record, moment: datetime) -> Iterator[Step]:
        """A supervisor says whether the rating counts."""
        by = self.cast.over(Role.SUPERVISOR, record.case, moment)
        upheld = self._chance(UPHELD)
        reason = self.speech.reason("upheld" if upheld else "kept")
        at = self._hours(moment, self._rng.uniform(4, 20))
        yield Step(at, "rule_on_appeal", by, {"upheld": upheld, "reason": reason})


PLANS: dict[State, Callable[[Behaviour, Record, datetime], Iterator[Step]]] = {
    State.REPORTED: Behaviour.reported,
    State.TRIAGED: Behaviour.triaged,
    State.DISPATCHED: Behaviour.dispatched,
    State.REOPENED: Behaviour.reopened,
    State.RETURNED: Behaviour.returned,
    State.ACCEPTED: Behaviour.accepted,
    State.RESOLVED: Behaviour.resolved,
    State.VERIFIED: Behaviour.verified,
}


def in_order(steps: list[Step]) -> list[Step]:
    """Return steps as they follow each other."""
    return sorted(steps, key=lambda step: step.at)
