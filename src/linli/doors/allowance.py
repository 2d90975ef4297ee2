"""How many requests somebody may make a minute, counted for all processes together.

A process counts what it lets through and adds that to the count in the database now and then:
at once where little is allowed, after every hundredth of it where it is much. So hardly a
request waits for a write, and each process lets through at most a hundredth too many.
"""

from dataclasses import dataclass
from threading import Lock

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from linli.people.limits import MINUTE, Limit, count, left, window
from linli.rest import Problem

SHARES = 100


@dataclass
class Minute:
    """What one process knows of a minute: the count of all, and what it has yet to add."""

    counted: int = 0
    own: int = 0


class Allowance:
    """What one process has let through in the present minute, by whom it was."""

    def __init__(self) -> None:
        self._until = 0
        self._minutes: dict[str, Minute] = {}
        self._lock = Lock()

    def take(self, who: str, times: int) -> None:
        """Let a request through, or raise a Problem with 429: so many have been this minute."""
        if due := self._count(who, times):
            self._add(who, times, due)
        self._see(who, times)

    async def take_later(self, who: str, times: int) -> None:
        """Do the same where a thread must not wait for the database."""
        if due := self._count(who, times):
            await sync_to_async(self._add)(who, times, due)
        self._see(who, times)

    def forget(self) -> None:
        """Forget everything, as a process does that starts anew."""
        with self._lock:
            self._until = 0
            self._minutes.clear()

    def _minute(self, who: str, times: int) -> Minute:
        _start, until = window(Limit(times, MINUTE))
        if until != self._until:
            self._until = until
            self._minutes.clear()
        return self._minutes.setdefault(who, Minute())

    def _count(self, who: str, times: int) -> int:
        """Count a request here, and return how many are due to be added to the count of all."""
        with self._lock:
            minute = self._minute(who, times)
            if minute.counted > times:
                return 0
            minute.own += 1
            if minute.own < max(times // SHARES, 1):
                return 0
            due, minute.own = minute.own, 0
            return due

    def _add(self, who: str, times: int, due: int) -> None:
        counted = count("api", who, Limit(times, MINUTE), due)
        with self._lock:
            minute = self._minute(who, times)
            minute.counted = max(minute.counted, counted)

    def _see(self, who: str, times: int) -> None:
        with self._lock:
            minute = self._minute(who, times)
            is_over = minute.counted + minute.own > times
        if is_over:
            words = _("More than %(n)d requests a minute.") % {"n": times}
            wait = left(Limit(times, MINUTE))
            raise Problem(429, words, headers={"Retry-After": str(wait)})


allowance = Allowance()
