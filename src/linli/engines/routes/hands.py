"""Hands: processes that search at the same time as this one.

They are children that run this module and speak over pipes, so it does not matter how the calling
program was started or whether it can fork. PyVRP holds Python's lock while it searches; threads
would stand still.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, Any

from pyvrp import ProblemData

from .search import Desk, Done, Job


class Hands:
    """This process, and `number` − 1 beside it; use it in a `with` statement."""

    def __init__(self, data: ProblemData, number: int) -> None:
        self._desk = Desk(data)
        self._others = [
            subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            for _ in range(number - 1)
        ]
        for other in self._others:
            _write(other.stdin, data)

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *_: object) -> None:
        for other in self._others:
            other.kill()
            other.wait()
            for pipe in (other.stdin, other.stdout):
                if pipe is not None:
                    pipe.close()

    def do(self, jobs: Sequence[Sequence[Job]]) -> list[list[Done]]:
        """Let each hand do its jobs one after the other; the first list is this process's own."""
        for other, theirs in zip(self._others, jobs[1:], strict=True):
            _write(other.stdin, list(theirs))
        done = [[self._desk.do(job) for job in jobs[0]]]
        return done + [pickle.load(_open(other.stdout)) for other in self._others]


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _write(pipe: IO[bytes] | None, what: Any) -> None:
    pickle.dump(what, _open(pipe), pickle.HIGHEST_PROTOCOL)
    _open(pipe).flush()


def main() -> None:
    """Take the problem, then jobs until the pipe is closed."""
    desk = Desk(pickle.load(sys.stdin.buffer))
    while True:
        try:
            jobs: list[Job] = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        _write(sys.stdout.buffer, [desk.do(job) for job in jobs])


if __name__ == "__main__":
    main()
