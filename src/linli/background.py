"""The worker beside the site: clocks ring and tallies are folded, whatever happens."""

import logging
import multiprocessing.process
import os
import threading
import time
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from linli import beside
from linli.assets.inspection import teaching
from linli.assets.maintenance import looking
from linli.assets.telemetry import worker as telemetry
from linli.cases import worker
from linli.doors import outbox, uploads
from linli.enterprises import keeping as park
from linli.indicators import alarms, forecasts, keeping
from linli.indicators.bulletins import making
from linli.logistics.delivery import planning as deliveries
from linli.programmes import gauges
from linli.programmes.remediation import watch
from linli.programmes.renewal import late
from linli.scores import backlog, kept, pulse, tallies
from linli.simulate.live import Present
from linli.topics import sweep

# A case falls overdue by time alone; so the backlog is counted now and then all the same.
RECOUNT_S = 60.0
AT_ONCE = 100  # clocks that ring before tallies are folded again: screens are waiting
PONDER_S, LIVE_S, FOLLOW_S, MEASURE_S, INSPECT_S = 15.0, 1.0, 0.2, 3.0, 0.2
SEND_S = 2.0

log = logging.getLogger(__name__)


def once() -> tuple[int, int]:
    """Do all that is due, and return how many clocks rang and how many events were folded."""
    rang, folded = 0, _fold()
    while n := worker.ring(AT_ONCE):
        rang += n
        folded += _fold()
    return rang, folded


def _fold() -> int:
    if folded := tallies.fold():
        backlog.refresh()
    return folded


def ponder() -> None:
    """Do what takes seconds and may wait, one thing after the other."""
    for task in SLOW:
        task()


def _topics() -> None:
    if sweep.is_due():
        sweep.sweep()


def _inspecting() -> tuple[Callable[[], object], ...]:
    # Networks and trees are loaded in the process that needs them, not by all that import this.
    from linli.assets.inspection import working

    return (working.serve,)


def _fitting() -> tuple[Callable[[], object], ...]:
    from linli.assets.inspection import fitting

    return (fitting.serve,)


SLOW: tuple[Callable[[], object], ...] = (
    _topics, kept.refresh, *park.TASKS, watch.look, late.open_cases,
    gauges.refresh, alarms.sweep, forecasts.refresh, making.refresh, uploads.sweep, outbox.sweep,
)  # fmt: skip
# What begins each job that `beside` does; a turn of it is all that returns, one after the other.
JOBS: dict[str, Callable[[], Sequence[Callable[[], object]]]] = {
    "ponder": lambda: SLOW,
    "indicators": lambda: (keeping.follow,),
    "live": lambda: (Present().go_on,),
    "bulletins": lambda: (making.serve,),
    "telemetry": lambda: (telemetry.beside,),
    "plant": lambda: (_simulated_plant(),),
    "inspection": _inspecting,
    "teaching": _fitting,
    "maintenance": lambda: (looking.look,),
    "deliveries": lambda: (deliveries.make_all,),
}


def _simulated_plant() -> Callable[[], object]:
    from linli.simulate.plant.going import Going

    return Going().go_on


def work(pause_s: float) -> None:
    """Go on until stopped, or until the process that started this one is gone."""
    parent, counted, told = os.getppid(), 0.0, 0.0
    errand: multiprocessing.process.BaseProcess | None = None
    lesson: multiprocessing.process.BaseProcess | None = None
    planner: multiprocessing.process.BaseProcess | None = None
    beside.start("ponder", PONDER_S, patience=10)
    beside.start("indicators", FOLLOW_S, patience=5)
    beside.start("telemetry", MEASURE_S, patience=0)
    beside.start("inspection", INSPECT_S, patience=5)
    beside.start("maintenance", PONDER_S, patience=10)
    if settings.DEMO:
        beside.start("live", LIVE_S, patience=5)
        beside.start("plant", LIVE_S, patience=5)
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
            park.fold()
            if making.are_wanted() and not (errand and errand.is_alive()):
                errand = beside.errand("bulletins", patience=2)
            if teaching.are_wanted() and not (lesson and lesson.is_alive()):
                lesson = beside.errand("teaching", patience=10)
            if deliveries.are_wanted() and not (planner and planner.is_alive()):
                planner = beside.errand("deliveries", patience=2)
        except DatabaseError:
            log.exception("the worker could not reach the database; it tries again")
        except Exception:
            # Whatever goes wrong with a figure, clocks must ring.
            log.exception("the worker stumbled; it goes on")
        close_old_connections()
        time.sleep(pause_s)


def _go_on_sending() -> None:
    while True:
        try:
            while outbox.deliver():
                pass
        except DatabaseError:
            log.exception("the outbox could not reach the database; it tries again")
        close_old_connections()
        time.sleep(SEND_S)
