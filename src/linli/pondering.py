"""The slow worker: what takes seconds and may wait, in a process of its own.

Clocks and tallies do not wait for it, nor for its interpreter. A process that is started
afresh imports this module before Django is there, so nothing else is imported up here.
"""

import logging
import multiprocessing
import os
import time

PAUSE_S = 15.0

log = logging.getLogger(__name__)


def start() -> None:
    """Start it; it ends with the process that started it."""
    multiprocessing.get_context("spawn").Process(target=_go_on, daemon=True).start()


def _go_on() -> None:
    import django

    django.setup()
    from django.db import DatabaseError, close_old_connections

    from linli import background

    os.nice(10)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            background.ponder()
        except DatabaseError:
            log.exception("the slow worker could not reach the database; it tries again")
        close_old_connections()
        time.sleep(PAUSE_S)
