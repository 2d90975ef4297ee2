"""A large problem in pieces: routes that lie beside one another, to be searched by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvrp import Client, Depot, ProblemData, Shipment, ShipmentStep, VehicleType

from .visits import Tour, Tours, place_of, used

NEAR = 20


@dataclass(frozen=True)
class Piece:
    """Some routes, and what they serve; `vehicles` of each type may be used."""

    tours: Tours
    visits: tuple[int, ...]
    vehicles: tuple[int, ...]


def nearest(data: ProblemData) -> np.ndarray:
    """Find the `NEAR` visits that lie nearest to each in place and time.

    Near is what one vehicle can do one after the other at little distance, waiting or lateness,
    as in the granular neighbourhood of Vidal et al. (2013).

    Returns
    -------
    Numbers of visits, shape (visits, NEAR or fewer).
    """
    clients, shipments = data.clients(), data.shipments()
    steps = [s for each in shipments for s in (each.pickup, each.delivery)]
    everywhere: list[Client | ShipmentStep] = [*clients, *steps]
    where = np.array([v.location for v in everywhere])
    early = np.array([float(v.tw_early) for v in everywhere])
    late = np.array([float(v.tw_late) for v in everywhere])
    service = np.array([float(v.service_duration) for v in everywhere])
    metres = np.asarray(data.distance_matrix(0), float)[np.ix_(where, where)]
    seconds = np.asarray(data.duration_matrix(0), float)[np.ix_(where, where)]
    there = seconds + service[:, None]
    wait = np.maximum(early[None, :] - there - late[:, None], 0)
    lateness = np.maximum(early[:, None] + there - late[None, :], 0)
    apart = metres + 0.2 * wait + lateness
    apart = np.minimum(apart, apart.T)
    np.fill_diagonal(apart, np.inf)
    number = min(NEAR, len(everywhere) - 1)
    found: np.ndarray = np.argpartition(apart, number - 1, axis=1)[:, :number]
    return found


def pieces(
    data: ProblemData, tours: Sequence[Tour], near: np.ndarray, size: int, rng: np.random.Generator
) -> list[Piece]:
    """Part a solution into pieces of about `size` visits.

    A piece grows from a route by that with the most neighbours in it. The next begins at the
    route with the fewest neighbours still free, so that few odd routes remain. Spare vehicles
    are shared out.
    """
    of = np.full(len(near), -1)
    for at, (_, each) in enumerate(tours):
        of[list(each)] = at
    start, end = np.repeat(of, near.shape[1]), of[near.ravel()]
    is_between = (start >= 0) & (end >= 0) & (start != end)
    ties = np.zeros((len(tours), len(tours)))
    np.add.at(ties, (start[is_between], end[is_between]), 1)
    ties += ties.T
    total = sum(len(each) for _, each in tours)
    wanted = total / max(round(total / size), 1)
    free = np.ones(len(tours), bool)
    parts: list[list[int]] = []
    first = int(rng.integers(len(tours)))
    done = 0
    while free.any():
        part = [first]
        free[first] = False
        done += len(tours[first][1])
        pull = ties[first].copy()
        while free.any() and done < wanted * (len(parts) + 1) - 0.5:
            mean = np.array(
                [max(len(each), 1) for (_, each), is_ in zip(tours, free, strict=True) if is_]
            )
            at = int(np.flatnonzero(free)[int(np.argmax(pull[free] / mean))])
            part.append(at)
            free[at] = False
            done += len(tours[at][1])
            pull += ties[at]
        parts.append(part)
        if free.any():
            rest = np.flatnonzero(free)
            first = int(
                rest[int(np.argmin(ties[np.ix_(rest, rest)].sum(1) + rng.random(len(rest))))]
            )
    spare = np.array([t.num_available for t in data.vehicle_types()]) - used(data, tours)
    found = []
    for at, part in enumerate(parts):
        mine = [tours[r] for r in part]
        share = spare // len(parts) + (at < spare % len(parts))
        vehicles = np.array(used(data, mine)) + share
        visits = tuple(sorted(v for _, each in mine for v in each))
        found.append(Piece(mine, visits, tuple(map(int, vehicles))))
    return found


@dataclass(frozen=True)
class Part:
    """A problem cut out of another: positions in the whole of its visits and vehicle types."""

    data: ProblemData
    visits: tuple[int, ...]
    kinds: tuple[int, ...]

    def inside(self, tours: Sequence[Tour]) -> Tours:
        """Return routes of the whole as routes of the part."""
        visit = {name: at for at, name in enumerate(self.visits)}
        kind = {name: at for at, name in enumerate(self.kinds)}
        return [(kind[k], tuple(visit[v] for v in each)) for k, each in tours]

    def outside(self, tour: Tour) -> Tour:
        """Return a route of the part as one of the whole."""
        return self.kinds[tour[0]], tuple(self.visits[v] for v in tour[1])


def cut(data: ProblemData, visits: Sequence[int], vehicles: Sequence[int]) -> Part:
    """Cut out the problem of some visits and vehicles, with no more places than they need.

    The matrices of a small part lie in the processor's cache; those of the whole do not.
    """
    n = data.num_clients
    clients = [data.client(v) for v in visits if v < n]
    shipments = [data.shipment((v - n) // 2) for v in visits if v >= n and (v - n) % 2 == 0]
    kinds = [k for k, number in enumerate(vehicles) if number > 0]
    depots = data.depots()
    places = [d.location for d in depots] + [place_of(data, v) for v in visits]
    kept = sorted(set(places))
    at = {place: i for i, place in enumerate(kept)}
    types = [data.vehicle_type(k) for k in kinds]
    profiles = sorted({t.profile for t in types})

    def typed(kind: VehicleType, number: int) -> VehicleType:
        return kind.replace(num_available=number, profile=profiles.index(kind.profile))

    for client in clients:
        assert client.group is None, "a part holds no groups"
    return Part(
        ProblemData(
            [data.location(place) for place in kept],
            [_moved(client, at) for client in clients],
            [
                Depot(at[d.location], d.tw_early, d.tw_late, d.service_duration, name=d.name)
                for d in depots
            ],
            [typed(t, vehicles[k]) for k, t in zip(kinds, types, strict=True)],
            [_block(data.distance_matrix(p), kept) for p in profiles],
            [_block(data.duration_matrix(p), kept) for p in profiles],
            shipments=[_shifted(shipment, at) for shipment in shipments],
        ),
        tuple(visits),
        tuple(kinds),
    )


def _block(matrix: Any, kept: Sequence[int]) -> Any:
    return np.ascontiguousarray(matrix[np.ix_(kept, kept)])


def _moved(client: Client, at: dict[int, int]) -> Client:
    return Client(
        at[client.location], client.delivery, client.pickup, client.service_duration,
        client.tw_early, client.tw_late, client.release_time, client.prize, client.required,
        name=client.name,
    )  # fmt: skip


def _shifted(shipment: Shipment, at: dict[int, int]) -> Shipment:
    pickup, delivery = shipment.pickup, shipment.delivery
    return Shipment(
        at[pickup.location], at[delivery.location],
        pickup.tw_early, pickup.tw_late, pickup.service_duration,
        delivery.tw_early, delivery.tw_late, delivery.service_duration,
        shipment.amount, shipment.prize, shipment.required, name=shipment.name,
    )  # fmt: skip
