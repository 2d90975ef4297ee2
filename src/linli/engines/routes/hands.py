"""Hands: processes that search at the same time as this one.

They are children that run this module and speak over pipes, so it does not matter how the calling
program was started or whether it can fork. PyVRP holds Python's lock while it searches; threads
would stand still. The problem goes to them in a file: nobody waits until they have started.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from pyvrp import ProblemData

from .search import Desk, Done, Job


class Hands:
    """This process, and `number` − 1 beside it; use it in a `with` statement.

    A hand that has died finds nothing more; the others go on.
    """

    def __init__(self, data: ProblemData, number: int) -> None:
        self._desk = Desk(data)
        self._folder = tempfile.TemporaryDirectory(prefix="routes-")
        self._others: list[subprocess.Popen[bytes]] = []
        if number > 1:
            problem = Path(self._folder.name) / "problem"
            problem.write_bytes(pickle.dumps(data, pickle.HIGHEST_PROTOCOL))
            paths = os.pathsep.join(filter(None, sys.path))
            for _ in range(number - 1):
                self._others.append(
                    subprocess.Popen(
                        [sys.executable, "-m", __name__, str(problem)],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        env={**os.environ, "PYTHONPATH": paths},
                    )
                )

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *_: object) -> None:
        for other in self._others:
            other.kill()
            other.wait()
            for pipe in (other.stdin, other.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
        self._folder.cleanup()

    def do(self, jobs: Sequence[Sequence[Job]]) -> list[list[Done]]:
        """Let each hand do its jobs one after the other; the first list is this process's own."""
        for other, theirs in zip(self._others, jobs[1:], strict=True):
            try:
                _write(other.stdin, (time.time(), list(theirs)))
            except OSError:
                continue
        done = [[self._desk.do(job) for job in jobs[0]]]
        for other, theirs in zip(self._others, jobs[1:], strict=True):
            try:
                done.append(pickle.load(_open(other.stdout)))
            except (EOFError, OSError, pickle.UnpicklingError):
                done.append([Done(False, 0, [], {}, 0, None) for _ in theirs])
        return done


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _write(pipe: IO[bytes] | None, what: Any) -> None:
    pickle.dump(what, _open(pipe), pickle.HIGHEST_PROTOCOL)
    _open(pipe).flush()


def _hurried(jobs: Sequence[Job], lost: float) -> list[Job]:
    """Shorten jobs by the time that went by before they could be begun."""
    total = sum(job.seconds for job in jobs)
    share = max(1 - max(lost, 0.0) / total, 0.05) if total > 0 else 1.0
    return [replace(job, seconds=job.seconds * share) for job in jobs]


def main(problem: str) -> None:
    """Take the problem, then jobs until the pipe is closed."""
    desk = Desk(pickle.loads(Path(problem).read_bytes()))
    while True:
        try:
            sent, jobs = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        done = [desk.do(job) for job in _hurried(jobs, time.time() - sent)]
        _write(sys.stdout.buffer, done)


if __name__ == "__main__":
    main(sys.argv[1])
