"""The worker beside the site: clocks ring and tallies are folded, whatever happens."""

import logging
import os
import time

from django.db import DatabaseError, close_old_connections

from linli.cases import worker
from linli.scores import tallies

log = logging.getLogger(__name__)


def once() -> tuple[int, int]:
    """Do all that is due, and return how many clocks rang and how many events were folded."""
    return worker.tick(), tallies.fold()


def work(pause_s: float) -> None:
    """Go on until stopped, or until the process that started this one is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            once()
        except DatabaseError:
            log.exception("the worker could not reach the database; it tries again")
        close_old_connections()
        time.sleep(pause_s)
