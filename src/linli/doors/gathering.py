"""Gather reports that arrive at the same time into one transaction."""

import asyncio
from collections.abc import Callable, Sequence

from asgiref.sync import sync_to_async

from linli.cases import intake
from linli.cases.intake import Receipt, Report

MOST = 500

Receive = Callable[[Sequence[Report]], list[Receipt]]


class Gatherer:
    """Takes single reports and hands them on together.

    There is no waiting time: whatever arrives while one transaction is being written
    makes up the next one, so a lone report is not held up and a rush is not slowed down.
    """

    def __init__(self, receive: Receive = intake.receive, most: int = MOST) -> None:
        self._receive = sync_to_async(receive)
        self._most = most
        self._waiting: list[tuple[Report, asyncio.Future[Receipt]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, report: Report) -> Receipt:
        """Take one report in and return its receipt once it is safely stored."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((report, answer))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                receipts = await self._receive([report for report, _answer in batch])
            except Exception as error:  # every one of them must hear of it
                for _report, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_report, answer), receipt in zip(batch, receipts, strict=True):
                if not answer.done():
                    answer.set_result(receipt)
