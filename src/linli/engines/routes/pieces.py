"""A large problem in pieces: routes that lie beside one another, to be searched by themselves."""

from collections.abc import Sequence

import numpy as np
from pyvrp import ProblemData

Visits = list[tuple[int, tuple[int, ...]]]


def pieces(data: ProblemData, visits: Visits, size: int, turn: float) -> list[Visits]:
    """Part a solution into pieces of about `size` clients, by the direction in which routes lie.

    `turn`, from 0 to 1, says where the first piece begins; another turn cuts elsewhere.
    """
    where = np.array([_middle(data, each) for _, each in visits])
    depot = np.array([[d.x, d.y] for d in (data.location(x.location) for x in data.depots())]).mean(0)
    off = where - depot
    angle = (np.arctan2(off[:, 1], off[:, 0]) / (2 * np.pi) - turn) % 1
    order = np.argsort(angle, kind="stable")
    total = sum(len(each) for _, each in visits)
    number = max(round(total / size), 1)
    wanted, parts, here, count = total / number, [], [], 0
    for at in order:
        here.append(visits[at])
        count += len(visits[at][1])
        if count >= wanted * (len(parts) + 1) and len(parts) < number - 1:
            parts.append(here)
            here = []
    return [part for part in [*parts, here] if part]


def _middle(data: ProblemData, clients: Sequence[int]) -> tuple[float, float]:
    places = [data.location(data.client(c).location) for c in clients]
    return float(np.mean([p.x for p in places])), float(np.mean([p.y for p in places]))


def piece_data(data: ProblemData, clients: Sequence[int]) -> ProblemData:
    """Return the problem of some clients alone."""
    return data.replace(clients=[data.client(c) for c in clients])
