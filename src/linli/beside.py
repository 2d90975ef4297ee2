"""Jobs beside the worker, each in a process of its own: what takes long, or lives its own life.

Clocks and tallies do not wait for them, nor for their interpreter. A process that is started
afresh imports this module before Django is there, so nothing else is imported up here.
"""

import logging
import multiprocessing
import multiprocessing.process
import os
import signal
from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)


def start(name: str, pause_s: float, patience: int) -> None:
    """Start the job of that name in `background.JOBS`; it ends with the process that asked.

    Parameters
    ----------
    pause_s
        Seconds between two turns.
    patience
        By how much it lets others go first (`nice`).
    """
    spawn = multiprocessing.get_context("spawn")
    spawn.Process(target=_go_on, args=(name, pause_s, patience), daemon=True).start()


def errand(name: str, patience: int) -> multiprocessing.process.BaseProcess:
    """Start one turn of the job of that name, for what somebody waits for; return its process."""
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_go_once, args=(name, patience), daemon=True)
    process.start()
    return process


def _go_once(name: str, patience: int) -> None:
    _end_at_once()
    import django

    django.setup()

    from linli import background

    os.nice(patience)
    take_turn(name, background.JOBS[name]())


def _go_on(name: str, pause_s: float, patience: int) -> None:
    _end_at_once()
    import django

    django.setup()
    from django.db import close_old_connections

    from linli import background

    os.nice(patience)
    parent, tasks = multiprocessing.parent_process(), background.JOBS[name]()
    assert parent is not None
    while parent.is_alive():
        take_turn(name, tasks)
        close_old_connections()
        parent.join(pause_s)  # wakes at once when nobody is left to work for


def _end_at_once() -> None:
    """Let Ctrl-C end a patient process without a traceback that would wait for its turn.

    What it was writing is rolled back, as when its parent ends it.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def take_turn(name: str, tasks: Sequence[Callable[[], object]]) -> None:
    """Do each task once; one that fails keeps no other from being done."""
    for task in tasks:
        try:
            task()
        except Exception:
            log.exception("%s stumbled over %s; it goes on", name, task)
