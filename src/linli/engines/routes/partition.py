"""Set partitioning: of all routes ever seen, those that serve every client once at least cost."""

from typing import Any

import numpy as np
from pyvrp import ProblemData
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

Pool = dict[tuple[int, tuple[int, ...]], int]  # vehicle type and clients in their order → cost
MOST = 3000


def best_of(data: ProblemData, pool: Pool, below: int, seconds: float) -> Any:
    """Return routes that go together at less than `below`, or None where none were found.

    The linear relaxation prices each route; one whose reduced cost exceeds the gap to `below`
    can be in no better solution and is left out (Desaulniers et al. 2005).
    """
    best: dict[tuple[int, frozenset[int]], tuple[int, tuple[int, tuple[int, ...]]]] = {}
    for key, cost in pool.items():
        group = (key[0], frozenset(key[1]))
        if group not in best or cost < best[group][0]:
            best[group] = (cost, key)
    keys = [key for _, key in best.values()]
    cost = np.array([c for c, _ in best.values()], float)
    n, types = data.num_clients, data.num_vehicle_types
    rows = np.concatenate([np.array(k[1], np.int64) for k in keys])
    columns = np.repeat(np.arange(len(keys)), [len(k[1]) for k in keys])
    cover = csr_matrix((np.ones(len(rows)), (rows, columns)), (n, len(keys)))
    fleet = csr_matrix((np.ones(len(keys)), ([k[0] for k in keys], np.arange(len(keys)))), (types, len(keys)))
    there = np.array([data.vehicle_type(t).num_available for t in range(types)], float)
    relaxed = linprog(
        cost, A_ub=fleet, b_ub=there, A_eq=cover, b_eq=np.ones(n), bounds=(0, None),
        method="highs", options={"time_limit": seconds},
    )  # fmt: skip
    if relaxed.status != 0 or relaxed.fun > below - 0.5:
        return None
    reduced = cost - cover.T @ relaxed.eqlin.marginals - fleet.T @ relaxed.ineqlin.marginals
    kept = np.flatnonzero(reduced <= below - relaxed.fun)
    kept = kept[np.argsort(reduced[kept], kind="stable")[:MOST]]
    cheaper = LinearConstraint(csr_matrix(cost[kept]), -np.inf, below - 0.5)
    found = milp(
        cost[kept], integrality=np.ones(len(kept)), bounds=Bounds(0, 1),
        constraints=[LinearConstraint(cover[:, kept], 1, 1), LinearConstraint(fleet[:, kept], 0, there), cheaper],
        options={"time_limit": seconds},
    )  # fmt: skip
    if found.x is None:
        return None
    return [keys[at] for at in kept[found.x > 0.5]]
