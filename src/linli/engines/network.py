"""Network plans: what must wait for what, when it can be done, and what may not be late.

Days are whole numbers on one scale; links are finish–start: a task begins no sooner than the end
of each it waits for, plus a lag. Forward pass, backward pass, slack (critical path method).
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """A task: it begins no sooner than day `earliest`, and takes `days`."""

    earliest: int
    days: int


@dataclass(frozen=True)
class Placed:
    """When a task can begin and end, and by how many days it may be late for nothing else."""

    start: int
    end: int
    slack: int

    @property
    def is_critical(self) -> bool:
        return self.slack == 0


class Circle(ValueError):
    """Tasks that wait for each other in a circle; `keys` are those that can never begin."""

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(" → ".join(keys))
        self.keys = list(keys)


def order(keys: Sequence[str], links: Sequence[tuple[str, str, int]]) -> list[str]:
    """Return the keys so that each comes after all it waits for.

    Parameters
    ----------
    links
        (task, what it waits for, lag in days); links to unknown keys are left aside.

    Raises
    ------
    Circle
        If some wait for each other.
    """
    known = set(keys)
    waits: dict[str, int] = dict.fromkeys(keys, 0)
    followers: dict[str, list[str]] = defaultdict(list)
    for task, before, _lag in links:
        if task in known and before in known:
            waits[task] += 1
            followers[before].append(task)
    ready = deque(key for key in keys if not waits[key])
    found: list[str] = []
    while ready:
        key = ready.popleft()
        found.append(key)
        for task in followers[key]:
            waits[task] -= 1
            if not waits[task]:
                ready.append(task)
    if len(found) < len(keys):
        raise Circle([key for key in keys if waits[key]])
    return found


def plan(tasks: Mapping[str, Task], links: Sequence[tuple[str, str, int]]) -> dict[str, Placed]:
    """Place all tasks; the critical ones are those that push the last end.

    Raises
    ------
    Circle
        If some wait for each other.
    """
    before: dict[str, list[tuple[str, int]]] = defaultdict(list)
    after: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for task, earlier, lag in links:
        if task in tasks and earlier in tasks:
            before[task].append((earlier, lag))
            after[earlier].append((task, lag))
    sequence = order(list(tasks), links)
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for key in sequence:
        waits = [ends[earlier] + lag for earlier, lag in before[key]]
        starts[key] = max([tasks[key].earliest, *waits])
        ends[key] = starts[key] + tasks[key].days
    last = max(ends.values(), default=0)
    latest: dict[str, int] = {}
    for key in reversed(sequence):
        latest[key] = min(
            [last, *(latest[task] - tasks[task].days - lag for task, lag in after[key])]
        )
    return {key: Placed(starts[key], ends[key], latest[key] - ends[key]) for key in tasks}
