"""What time it is: the wall clock, unless a replay, a test or a demonstration has set another.

A demonstration's town has a clock of its own, which runs faster than the wall's and may be
paused. All processes follow one small file in the installation's folder. A change takes effect
a moment after it was written, when everybody has read it; so time never goes backwards.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.utils import timezone

SLOWEST, FASTEST = 1.0, 600.0
LOOK_EVERY_S = 0.5  # how long another process may go on by what it read before
SETTLES_S = 0.6  # after so long a change is known to all

_set: ContextVar[datetime | None] = ContextVar("linli_clock", default=None)


def now() -> datetime:
    """Return the present moment, timezone-aware."""
    return _set.get() or (_town.now() if settings.DEMO else timezone.now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`.

    Raises
    ------
    ValueError
        If `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the town's clock runs: at the wall's second `real` it shows the second `shown`.

    From then on it passes `speed` seconds in one, or none while `paused`; `before` is how many
    it passed until then.
    """

    real: float
    shown: float
    speed: float = 1.0
    paused: bool = False
    before: float = 1.0

    @property
    def rate(self) -> float:
        """Seconds of the town in one of the wall."""
        return 0.0 if self.paused else self.speed

    def at(self, wall: float) -> float:
        """Return the second it shows when the wall's clock says `wall`."""
        passed = wall - self.real
        return self.shown + passed * (self.rate if passed >= 0 else self.before)


class _TownClock:
    """The clock in the file, looked at now and then."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Know nothing of what was shown before."""
        self._home: object = None
        self._looked = self._shown = 0.0
        self._mark: tuple[int, int] | None = None
        self._pace: Pace | None = None

    def now(self) -> datetime:
        with self._lock:
            self._look()
            wall = time.time()
            second = self._pace.at(wall) if self._pace else wall
            # The wall's clock may be set back while we run; the town's only stands still then.
            self._shown = max(self._shown, second)
            return datetime.fromtimestamp(self._shown, UTC)

    def pace(self) -> Pace | None:
        with self._lock:
            self._look(at_once=True)
            return self._pace

    def follow(self, pace: Pace) -> None:
        """Put `pace` in force everywhere."""
        path = _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f"{path.name}.{os.getpid()}")
        written.write_text(json.dumps(asdict(pace)), "utf-8")
        written.replace(path)
        with self._lock:
            self._look(at_once=True)

    def _look(self, at_once: bool = False) -> None:
        moment = time.monotonic()
        if self._home != settings.HOME:
            self.forget()
            self._home = settings.HOME
        elif moment - self._looked < LOOK_EVERY_S and not at_once:
            return
        self._looked, path = moment, _file()
        try:
            found = path.stat()
        except FileNotFoundError:
            self._mark = self._pace = None
            return
        mark = (found.st_mtime_ns, found.st_ino)
        if mark != self._mark:
            self._mark = mark
            with suppress(ValueError, TypeError):  # not one of ours: go on as before
                self._pace = Pace(**json.loads(path.read_text("utf-8")))


_town = _TownClock()


def _file() -> Path:
    return Path(settings.HOME) / "clock.json"


def pace() -> Pace | None:
    """Return how the town's clock runs; None where it is the wall's."""
    return _town.pace() if settings.DEMO else None


def lasting(seconds: float) -> timedelta:
    """Return how much of the town's time passes in `seconds` of the wall's.

    For what is awaited from a process, which works by the wall's clock: how long may nothing have
    been heard of it. Never less than `seconds`, so that a paused town finds nobody gone.
    """
    known = pace()
    return timedelta(seconds=seconds * max(known.rate if known else 1.0, 1.0))


def start(moment: datetime, speed: float) -> None:
    """Let the town's clock show `moment` now and run from there, whatever it showed before."""
    _town.forget()
    _change(Pace(time.time(), moment.timestamp(), _within(speed), before=0.0))


def follow_the_wall() -> None:
    """Let the town's time be the wall's again."""
    _file().unlink(missing_ok=True)
    _town.forget()


def run(speed: float) -> None:
    """Let the town's clock run at `speed`, between `SLOWEST` and `FASTEST`."""
    _change(_next(_within(speed), paused=False))


def skip(moment: datetime) -> None:
    """Let the town's clock pass over the time until `moment`; never back."""
    pace_then = _next(known.speed if (known := pace()) else 1.0, paused=False)
    _change(replace(pace_then, shown=max(pace_then.shown, moment.timestamp())))


def pause() -> None:
    """Let the town's clock stand still."""
    known = pace()
    _change(_next(known.speed if known else 1.0, paused=True))


def resume() -> None:
    """Let the town's clock run on as fast as before."""
    known = pace()
    _change(_next(known.speed if known else 1.0, paused=False))


def _within(speed: float) -> float:
    return min(max(speed, SLOWEST), FASTEST)


def _next(speed: float, paused: bool) -> Pace:
    known, settled = pace(), time.time() + SETTLES_S
    shown = known.at(settled) if known else settled
    return Pace(settled, shown, speed, paused, known.rate if known else 1.0)


def _change(to: Pace) -> None:
    if not settings.DEMO:
        raise RuntimeError("only a demonstration has a clock of its own")
    _town.follow(to)
