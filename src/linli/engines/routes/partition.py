"""Set partitioning: of all routes ever seen, those that serve everyone once at least cost."""

import time

import numpy as np
from pyvrp import Client, ProblemData, Shipment
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from .visits import Pool, Tour, Tours

MOST = 2500
"""Routes in the integer program. More take HiGHS longer than the search needs to find as much."""


def best_of(data: ProblemData, pool: Pool, below: int, seconds: float) -> Tours | None:
    """Return the routes that go together best at less than `below`, or None where none were found.

    The linear relaxation prices each route; one whose reduced cost exceeds the gap to `below`
    can be in no better solution and is left out (Desaulniers et al. 2005). Where more than `MOST`
    remain, the relaxation says too little, and nothing more is tried. What is optional may stay
    out at the price of its prize. Problems with alternatives (groups) are not tried.
    """
    ends = time.perf_counter() + seconds
    if not pool or data.num_groups:
        return None
    tours, price = _cheapest(data, pool)
    n = data.num_clients
    served: list[Client | Shipment] = [*data.clients(), *data.shipments()]
    rows = np.concatenate([_rows(n, tour) for tour in tours])
    columns = np.repeat(np.arange(len(tours)), [len(_rows(n, tour)) for tour in tours])
    skipped = np.array([at for at, each in enumerate(served) if not each.required], np.int64)
    prizes = np.array([float(served[at].prize) for at in skipped])
    price = np.concatenate([price, prizes])
    total = len(tours) + len(skipped)
    rows = np.concatenate([rows, skipped])
    columns = np.concatenate([columns, np.arange(len(tours), total)])
    cover = csr_matrix((np.ones(len(rows)), (rows, columns)), (len(served), total))
    kinds = (np.ones(len(tours)), ([k for k, _ in tours], np.arange(len(tours))))
    fleet = csr_matrix(kinds, (data.num_vehicle_types, total))
    there = np.array([t.num_available for t in data.vehicle_types()], float)
    ones = np.ones(len(served))
    relaxed = linprog(
        price, A_ub=fleet, b_ub=there, A_eq=cover, b_eq=ones, bounds=(0, None),
        method="highs", options={"time_limit": seconds},
    )  # fmt: skip
    if relaxed.status != 0 or relaxed.fun > below - 0.5:
        return None
    reduced = price - cover.T @ relaxed.eqlin.marginals - fleet.T @ relaxed.ineqlin.marginals
    kept = np.flatnonzero(reduced <= below - relaxed.fun)
    left = ends - time.perf_counter()
    if len(kept) > MOST or left <= 0:
        return None
    cheaper = LinearConstraint(csr_matrix(price[kept]), -np.inf, below - 0.5)
    found = milp(
        price[kept], integrality=np.ones(len(kept)), bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(cover[:, kept], 1, 1),
            LinearConstraint(fleet[:, kept], 0, there),
            cheaper,
        ],
        options={"time_limit": left},
    )  # fmt: skip
    if found.x is None:
        return None
    return [tours[at] for at in kept[found.x > 0.5] if at < len(tours)]


def _cheapest(data: ProblemData, pool: Pool) -> tuple[list[Tour], np.ndarray]:
    """Of routes that serve the same with the same type of vehicle, keep the cheapest."""
    best: dict[tuple[int, frozenset[int]], Tour] = {}
    for tour, price in pool.items():
        same = (tour[0], frozenset(tour[1]))
        if same not in best or price < pool[best[same]]:
            best[same] = tour
    tours = list(best.values())
    return tours, np.array([float(pool[tour]) for tour in tours])


def _rows(n: int, tour: Tour) -> np.ndarray:
    """Return what a route serves: clients, and behind them shipments."""
    visits = np.array(tour[1], np.int64)
    beyond = visits[visits >= n] - n
    return np.concatenate([visits[visits < n], n + beyond[beyond % 2 == 0] // 2])
