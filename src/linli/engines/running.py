"""How well machines run: MTBF, MTTR, availability, performance, quality and OEE.

After ISO 22400-2 (KPIs for manufacturing operations): availability is the actual production
time by the planned busy time, performance (there: effectiveness) the ideal time for what was made
by the actual production time, quality the good quantity by the produced one, and OEE their product.
Mean operating time between failures and mean time to repair count failures alone.

Times are seconds on one line, such as seconds since 1970. Nothing here knows what a clock is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

Span = tuple[float, float]

# Why a machine stood still. What was planned is no loss of availability: it was not to run then.
FAILURE, PLANNED, SETUP, SHORTAGE = "failure", "planned", "setup", "shortage"


@dataclass(frozen=True)
class Stop:
    """A time in which a machine stood still; `until` is None while it still does."""

    since: float
    until: float | None
    cause: str


@dataclass(frozen=True)
class Made:
    """What was made from one moment to another; `ideal_s` is the ideal time for one piece."""

    since: float
    until: float
    made: float
    good: float
    ideal_s: float


@dataclass(frozen=True)
class Running:
    """Sums of a machine over a period, from which every ratio follows; sums can be added.

    Attributes
    ----------
    planned_s
        Time it was to run: its shifts, without stops that were planned.
    running_s
        Of that, the time it ran.
    producing_s
        Of the running time, that of which it is known what was made.
    failed_s
        Of the planned time, that in which it stood because of failures.
    failures
        How many failures began in the period.
    repaired, repair_s
        How many failures ended in the period, and how long those lasted from beginning to end.
    ideal_s
        Ideal time for all that was made.
    setup_s, shortage_s
        Of the planned time, what setting up and nothing to work on took.
    """

    planned_s: float = 0.0
    running_s: float = 0.0
    producing_s: float = 0.0
    failed_s: float = 0.0
    failures: int = 0
    repaired: int = 0
    repair_s: float = 0.0
    made: float = 0.0
    good: float = 0.0
    ideal_s: float = 0.0
    setup_s: float = 0.0
    shortage_s: float = 0.0

    def __add__(self, other: "Running") -> "Running":
        names = self.__dataclass_fields__
        return Running(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def availability(self) -> float | None:
        """Share of the planned time in which it ran; None where nothing was planned."""
        return self.running_s / self.planned_s if self.planned_s > 0 else None

    @property
    def performance(self) -> float | None:
        """Ideal time for what was made, by the time it ran then; above 1 the ideal is too slow.

        None where it is not known what was made: a pump makes nothing, and is not slow for that.
        """
        return self.ideal_s / self.producing_s if self.producing_s > 0 else None

    @property
    def quality(self) -> float | None:
        """Share of good pieces; None where nothing was made."""
        return self.good / self.made if self.made > 0 else None

    @property
    def oee(self) -> float | None:
        """Availability × performance × quality; None where one of them is not known."""
        if self.availability is None or self.performance is None or self.quality is None:
            return None
        return self.availability * self.performance * self.quality

    @property
    def mtbf_s(self) -> float | None:
        """Mean running time for one failure; None where none began."""
        return self.running_s / self.failures if self.failures else None

    @property
    def mttr_s(self) -> float | None:
        """Mean time from the beginning to the end of a failure; None where none ended."""
        return self.repair_s / self.repaired if self.repaired else None


def union(spans: Iterable[Span]) -> list[Span]:
    """Return spans without overlap, in order; empty ones are left out."""
    found: list[Span] = []
    for since, until in sorted(span for span in spans if span[1] > span[0]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def minus(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Return what of `spans` lies in none of `taken`; both in order and without overlap."""
    found = []
    for since, until in spans:
        for a, b in taken:
            if b <= since or a >= until:
                continue
            if a > since:
                found.append((since, a))
            since = max(since, b)
            if since >= until:
                break
        if since < until:
            found.append((since, until))
    return found


def both(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return what lies in spans of both; both in order and without overlap."""
    return union(
        (max(a, c), min(b, d)) for a, b in spans for c, d in others if max(a, c) < min(b, d)
    )


def length(spans: Iterable[Span]) -> float:
    """Return the seconds in spans without overlap."""
    return sum(until - since for since, until in spans)


def running(
    since: float,
    until: float,
    shifts: Sequence[Span],
    stops: Sequence[Stop],
    outputs: Sequence[Made],
    now: float | None = None,
) -> Running:
    """Sum up how one machine ran in a period.

    Parameters
    ----------
    shifts
        When it was to run, in any order.
    stops
        When it stood still. They may overlap: a moment counts once, and of several causes the
        planned one first, then failure, setting up, nothing to work on. An open one lasts until
        `now`. Failures that overlap are one.
    outputs
        What was made. One that reaches over an end of the period counts by the share of its time
        inside.
    now
        Nothing after it has happened yet; the end of the period by default.

    Raises
    ------
    ValueError
        If the period ends before it begins, or a cause is unknown.
    """
    if until < since:
        raise ValueError("the period ends before it begins")
    end = min(until, now) if now is not None else until
    causes: dict[str, list[Span]] = {PLANNED: [], FAILURE: [], SETUP: [], SHORTAGE: []}
    for stop in stops:
        if stop.cause not in causes:
            raise ValueError(f"unknown cause of a stop: {stop.cause!r}")
        causes[stop.cause].append((stop.since, end if stop.until is None else stop.until))
    period = [(since, end)] if end > since else []
    planned = minus(both(union(shifts), period), union(causes[PLANNED]))
    left, lost = planned, {}
    for cause in (FAILURE, SETUP, SHORTAGE):
        taken = union(causes[cause])
        lost[cause] = length(both(left, taken))
        left = minus(left, taken)
    broken = union((s.since, inf if s.until is None else s.until) for s in stops
                   if s.cause == FAILURE)  # fmt: skip
    ended = [(a, b) for a, b in broken if since <= b < end]
    made = good = ideal = 0.0
    for output in outputs:
        inside = min(output.until, end) - max(output.since, since)
        if inside <= 0 or output.until <= output.since:
            continue
        share = inside / (output.until - output.since)
        made += share * output.made
        good += share * output.good
        ideal += share * output.made * output.ideal_s
    return Running(
        planned_s=length(planned),
        running_s=length(left),
        producing_s=length(both(left, union((one.since, one.until) for one in outputs))),
        failed_s=lost[FAILURE],
        failures=sum(since <= a < end for a, _b in broken),
        repaired=len(ended),
        repair_s=length(ended),
        made=made, good=good, ideal_s=ideal,
        setup_s=lost[SETUP], shortage_s=lost[SHORTAGE],
    )  # fmt: skip
