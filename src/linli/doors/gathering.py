"""Gather reports that arrive at the same time into one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

from linli.cases import intake
from linli.cases.intake import Receipt, Report, Unusable

MOST = 500

Receive = Callable[[Sequence[Report]], list[Receipt]]


class Gatherer:
    """Takes single reports and hands them on together.

    There is no waiting time: whatever arrives while one transaction is being written
    makes up the next one, so a lone report is not held up and a rush is not slowed down.
    The writing has a thread and a database connection of its own, because it outlives
    the request that happened to set it off.
    """

    def __init__(self, receive: Receive = intake.receive, most: int = MOST) -> None:
        self._receive = receive
        self._most = most
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._waiting: list[tuple[Report, asyncio.Future[Receipt]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, report: Report) -> Receipt:
        """Take one report in and return its receipt once it is safely stored.

        Raises
        ------
        Unusable
            If it cannot be taken in; those that came with it are not held up.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Receipt] = loop.create_future()
        self._waiting.append((report, answer))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            reports = [report for report, _answer in batch]
            outcomes = await loop.run_in_executor(self._thread, self._take, reports)
            for (_report, answer), outcome in zip(batch, outcomes, strict=True):
                if answer.done():
                    continue
                if isinstance(outcome, Exception):
                    answer.set_exception(outcome)
                else:
                    answer.set_result(outcome)

    def _take(self, reports: list[Report]) -> list[Receipt | Exception]:
        outcomes: list[Receipt | Exception | None] = [None] * len(reports)
        close_old_connections()
        try:
            good = []
            for at, report in enumerate(reports):
                try:
                    intake.check(report)
                    good.append(at)
                except Unusable as error:
                    outcomes[at] = error
            for at, receipt in zip(good, self._receive([reports[i] for i in good]), strict=True):
                outcomes[at] = receipt
        except Exception as error:  # every one who waits must hear of it
            outcomes = [outcome or error for outcome in outcomes]
        return outcomes  # type: ignore[return-value]

    def close(self) -> None:
        """Let go of the thread and its connection."""
        self._thread.submit(connections.close_all)
        self._thread.shutdown()
