"""The worker beside the site: clocks ring and tallies are folded, whatever happens."""

import logging
import os
import time

from django.db import DatabaseError, close_old_connections

from linli.cases import worker
from linli.scores import backlog, tallies

# A case falls overdue by time alone; so the backlog is counted now and then all the same.
RECOUNT_S = 60.0

log = logging.getLogger(__name__)


def once() -> tuple[int, int]:
    """Do all that is due, and return how many clocks rang and how many events were folded."""
    rang, folded = worker.tick(), tallies.fold()
    if rang or folded:
        backlog.refresh()
    return rang, folded


def work(pause_s: float) -> None:
    """Go on until stopped, or until the process that started this one is gone."""
    parent, counted = os.getppid(), 0.0
    while os.getppid() == parent:
        try:
            once()
            if time.monotonic() - counted > RECOUNT_S:
                backlog.refresh()
                counted = time.monotonic()
        except DatabaseError:
            log.exception("the worker could not reach the database; it tries again")
        close_old_connections()
        time.sleep(pause_s)
