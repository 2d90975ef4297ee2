"""The worker beside the site: clocks ring and tallies are folded, whatever happens."""

import logging
import os
import threading
import time

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from linli import pondering
from linli.cases import worker
from linli.doors import outbox, uploads
from linli.scores import backlog, kept, pulse, tallies
from linli.simulate.live import Present
from linli.topics import sweep

# A case falls overdue by time alone; so the backlog is counted now and then all the same.
RECOUNT_S = 60.0
LIVE_S = 1.0
SEND_S = 2.0

log = logging.getLogger(__name__)


def once() -> tuple[int, int]:
    """Do all that is due, and return how many clocks rang and how many events were folded."""
    rang, folded = worker.tick(), tallies.fold()
    if rang or folded:
        backlog.refresh()
    return rang, folded


def ponder() -> None:
    """Do what takes seconds and may wait: look for hot topics, compute leagues anew."""
    if sweep.is_due():
        sweep.sweep()
    kept.refresh()
    uploads.sweep()
    outbox.sweep()


def work(pause_s: float) -> None:
    """Go on until stopped, or until the process that started this one is gone."""
    parent, counted, told, lived = os.getppid(), 0.0, 0.0, 0.0
    present = Present() if settings.DEMO else None
    pondering.start()
    # A receiver that does not answer must hold up nothing else.
    threading.Thread(target=_go_on_sending, daemon=True).start()
    while os.getppid() == parent:
        try:
            once()
            if time.monotonic() - told > pulse.EVERY_S:
                pulse.beat()
                told = time.monotonic()
            if time.monotonic() - counted > RECOUNT_S:
                backlog.refresh()
                counted = time.monotonic()
            if present is not None and time.monotonic() - lived > LIVE_S:
                _live(present)
                lived = time.monotonic()
        except DatabaseError:
            log.exception("the worker could not reach the database; it tries again")
        close_old_connections()
        time.sleep(pause_s)


def _live(present: Present) -> None:
    try:
        present.go_on()
    except DatabaseError:
        raise
    except Exception:
        # Whatever goes wrong in a simulated life, the clocks of its visitors must ring.
        log.exception("the simulated town stumbled; it goes on")


def _go_on_sending() -> None:
    while True:
        try:
            while outbox.deliver():
                pass
        except DatabaseError:
            log.exception("the outbox could not reach the database; it tries again")
        close_old_connections()
        time.sleep(SEND_S)
