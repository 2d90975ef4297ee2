"""How long things take from one stage of a ladder to the next, those still under way included."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linli.programmes.ladders import Ladder


@dataclass(frozen=True)
class Passage:
    """The way of one thing from one stage to a later one.

    `days` from when it first came onto the one until it first came onto the other; where it has
    not arrived (`arrived` is false), until it was given up, or until today.
    """

    days: int
    arrived: bool


def along(
    ladder: Ladder, steps: Iterable[tuple[int, str, date]], today: date
) -> dict[str, list[Passage]]:
    """Return, for each stage of the way but the first, the ways to it from the stage before.

    A step back does not unmake what came before: the clock runs from the first arrival, so that
    a way gone twice counts as the long way it was. Whoever passed over a stage came onto it with
    the step that passed it.

    Parameters
    ----------
    steps
        Key of the thing, stage, day; for each thing in order.
    """
    positions = {stage.code: stage.position for stage in ladder.stages}
    size = len(ladder.way)
    arrivals: dict[int, list[date | None]] = {}
    dropped: dict[int, list[date]] = {}
    for key, stage, on in steps:
        own = arrivals.setdefault(key, [None] * size)
        position = positions.get(stage, -1)
        if position < 0:
            dropped.setdefault(key, []).append(on)
            continue
        for at in range(position, -1, -1):
            if own[at] is not None:
                break
            own[at] = on
    found: dict[str, list[Passage]] = {stage.code: [] for stage in ladder.way[1:]}
    for key, own in arrivals.items():
        for at in range(size - 1):
            began, arrived = own[at], own[at + 1]
            if began is None:
                break
            given_up = [on for on in dropped.get(key, ()) if on >= began]
            if given_up and (arrived is None or given_up[0] < arrived):
                passage = Passage((given_up[0] - began).days, False)
            elif arrived is not None:
                passage = Passage((arrived - began).days, True)
            else:
                passage = Passage((today - began).days, False)
            found[ladder.way[at + 1].code].append(passage)
    return found
