"""Ways on roads, from an extract that the user supplies: OpenStreetMap's XML, or GraphML.

A place is put onto the nearest node of the part of the network in which one gets from everywhere
to everywhere. The way there is driven straight, at walking pace; to a place that is `FAR` from all
roads there is no way, and orders there are named (`faults`). Ways are the fastest, by Dijkstra
from each place. Libraries for contraction hierarchies answer times sooner, but not how long these
ways are (docs/logistics.md, Roads).
"""

import bz2
import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError, iterparse

import numpy as np

from .hours import Hours
from .travel import EARTH_M, Place, Travel

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SPEEDS = {
    "motorway": 90, "motorway_link": 50, "trunk": 70, "trunk_link": 40, "primary": 50,
    "primary_link": 35, "secondary": 45, "secondary_link": 30, "tertiary": 35,
    "tertiary_link": 25, "unclassified": 30, "residential": 25, "living_street": 10,
    "service": 15, "track": 12, "road": 25,
}  # fmt: skip
"""Kilometres an hour that vehicles make on roads without a limit of their own."""
MADE = 0.8
"""The share of a speed limit that vehicles make in the mean."""
WALK = 5 / 3.6
FAR = 2000.0
"""Metres from the nearest road beyond which there is no way to a place."""
Edge = tuple[str, str, float | None, float, bool]
"""From, to, metres (None: straight), kilometres an hour, whether both ways."""


class NotRoadsError(ValueError):
    """A file that holds no roads; the message says what is wrong with it."""


@dataclass(frozen=True, eq=False)
class Roads:
    """A network: where its nodes are, and metres and seconds from node to node."""

    where: np.ndarray
    metres: "csr_matrix"
    seconds: "csr_matrix"

    def travel(self, places: Sequence[Place], hours: Hours | None = None) -> Travel:
        """Return the fastest ways between places.

        Parameters
        ----------
        places
            Anywhere; those off the roads get there on foot, those `FAR` from all roads not at all.
        hours
            How much faster or slower it goes in each hour.
        """
        from scipy.sparse.csgraph import dijkstra
        from scipy.spatial import cKDTree

        where = np.array([(p.lon, p.lat) for p in places], float).reshape(-1, 2)
        middle = float(np.radians(self.where[:, 1].mean()))
        apart, node = cKDTree(_flat(self.where, middle)).query(_flat(where, middle))
        apart, node = np.asarray(apart), np.asarray(node)
        n = len(places)
        seconds, metres = np.zeros((n, n)), np.zeros((n, n))
        for at in range(n):
            time, before = dijkstra(self.seconds, indices=node[at], return_predecessors=True)
            seconds[at] = time[node]
            metres[at] = _lengths(self.metres, np.asarray(before), int(node[at]))[node]
        apart = np.where(apart > FAR, np.inf, apart)
        foot = apart[:, None] + apart[None, :]
        seconds += foot / WALK
        metres += foot
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(metres, 0)
        return Travel(tuple(p.name for p in places), metres, seconds, hours, where)


def read_roads(path: Path) -> Roads:
    """Read `.graphml`, or `.osm` (also `.osm.gz`, `.osm.bz2`).

    Of OpenStreetMap's data the drivable ways are taken, with their limits and directions; turns
    that are forbidden are not known. GraphML is taken as OSMnx writes it: `x` and `y` of nodes,
    `length` in metres and `travel_time`, `speed_kph`, `maxspeed` or `highway` of edges.

    Raises
    ------
    NotRoadsError
        If the file is of another kind, is broken, or holds no roads.
    """
    openers: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}
    try:
        with openers.get(path.suffix, open)(path, "rb") as file:
            is_graphml = ".graphml" in path.suffixes or path.suffix == ".xml"
            nodes, edges = _graphml(file) if is_graphml else _osm(file)
    except (ParseError, OSError, EOFError) as wrong:
        raise NotRoadsError(f"{path.name} cannot be read: {wrong}") from wrong
    except (KeyError, ValueError) as wrong:
        raise NotRoadsError(f"{path.name} is not as it should be: {wrong}") from wrong
    roads = network(nodes, edges)
    if roads is None:
        raise NotRoadsError(f"{path.name} holds no roads")
    return roads


def network(nodes: dict[str, tuple[float, float]], edges: Sequence[Edge]) -> Roads | None:
    """Put nodes (longitude, latitude) and edges together; None if there are no edges."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    known = [edge for edge in edges if edge[0] in nodes and edge[1] in nodes]
    if not known:
        return None
    names = list(dict.fromkeys(name for edge in known for name in edge[:2]))
    at = {name: i for i, name in enumerate(names)}
    where = np.array([nodes[name] for name in names])
    tail = np.array([at[edge[0]] for edge in known])
    head = np.array([at[edge[1]] for edge in known])
    straight = _straight(where[tail], where[head])
    metres = np.array([s if e[2] is None else e[2] for e, s in zip(known, straight, strict=True)])
    metres = np.maximum(metres, 0.1)
    seconds = metres / (np.array([edge[3] for edge in known]) / 3.6)
    is_both = np.array([edge[4] for edge in known])
    tail, head = np.concatenate([tail, head[is_both]]), np.concatenate([head, tail[is_both]])
    metres = np.concatenate([metres, metres[is_both]])
    seconds = np.concatenate([seconds, seconds[is_both]])
    # Of parallel edges the fastest: sorted so that it comes first, the others are dropped.
    order = np.lexsort((seconds, head, tail))
    tail, head, metres, seconds = tail[order], head[order], metres[order], seconds[order]
    is_first = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])] & (tail != head)
    shape = (len(names), len(names))
    cells = (tail[is_first], head[is_first])
    long = csr_matrix((metres[is_first], cells), shape)
    slow = csr_matrix((seconds[is_first], cells), shape)
    _, part = connected_components(slow, directed=True, connection="strong")
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    return Roads(where[kept], long[kept][:, kept], slow[kept][:, kept])


def _lengths(metres: "csr_matrix", before: np.ndarray, start: int) -> np.ndarray:
    """Return the metres of the fastest ways to all nodes, by doubling up the tree of ways."""
    n = len(before)
    there = before >= 0
    step = np.where(there, before, np.arange(n))
    length = np.zeros(n)
    length[there] = np.asarray(metres[before[there], np.flatnonzero(there)]).ravel()
    while not (step == step[step]).all():
        length, step = length + length[step], step[step]
    length[~there] = np.inf
    length[start] = 0
    return length


def _flat(where: np.ndarray, latitude: float) -> np.ndarray:
    """Return metres on a plane that is true at a latitude (radians)."""
    return np.asarray(np.radians(where) * EARTH_M * (np.cos(latitude), 1.0))


def _straight(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    middle = np.radians((one[:, 1] + other[:, 1]) / 2)
    step = np.radians(other - one) * EARTH_M
    return np.hypot(step[:, 0] * np.cos(middle), step[:, 1])


def _elements(file: IO[bytes], *names: str) -> Iterator[tuple[str, Element]]:
    """Tell the elements with these names, each forgotten after it was told."""
    root = None
    for event, element in iterparse(file, ("start", "end")):
        root = element if root is None else root
        name = element.tag.rpartition("}")[2]
        if event == "end" and name in names:
            yield name, element
            root.clear()


def _osm(file: IO[bytes]) -> tuple[dict[str, tuple[float, float]], list[Edge]]:
    nodes: dict[str, tuple[float, float]] = {}
    edges: list[Edge] = []
    for name, element in _elements(file, "node", "way"):
        if name == "node":
            nodes[element.attrib["id"]] = (
                float(element.attrib["lon"]),
                float(element.attrib["lat"]),
            )
            continue
        tags = {tag.attrib["k"]: tag.attrib["v"] for tag in element.iter("tag")}
        is_closed = "no" in (tags.get("motor_vehicle"), tags.get("access"))
        if tags.get("highway") not in SPEEDS or is_closed:
            continue
        refs = [nd.attrib["ref"] for nd in element.iter("nd")]
        one_way = tags.get("oneway", "yes" if tags.get("junction") == "roundabout" else "no")
        if one_way == "-1":
            refs.reverse()
        is_both = one_way not in ("yes", "1", "true", "-1")
        speed = _speed(tags)
        edges += ((a, b, None, speed, is_both) for a, b in pairwise(refs))
    return nodes, edges


def _graphml(file: IO[bytes]) -> tuple[dict[str, tuple[float, float]], list[Edge]]:
    keys: dict[str, str] = {}
    nodes: dict[str, tuple[float, float]] = {}
    edges: list[Edge] = []
    for name, element in _elements(file, "key", "node", "edge"):
        if name == "key":
            keys[element.attrib["id"]] = element.attrib.get("attr.name", "")
            continue
        tags = {
            keys.get(each.attrib.get("key", ""), ""): (each.text or "").strip()
            for each in element
        }  # fmt: skip
        if name == "node":
            nodes[element.attrib["id"]] = float(tags["x"]), float(tags["y"])
            continue
        metres = float(tags["length"]) if "length" in tags else None
        speed = _speed(tags)
        if metres and float(tags.get("travel_time") or 0) > 0:
            speed = metres / float(tags["travel_time"]) * 3.6
        is_both = element.attrib.get("directed") == "false"
        edges.append((element.attrib["source"], element.attrib["target"], metres, speed, is_both))
    return nodes, edges


def _speed(tags: dict[str, str]) -> float:
    """Return kilometres an hour: as said, as limited, or as usual on such a road."""
    if _number(tags.get("speed_kph")):
        return float(tags["speed_kph"])
    limit = _number(tags.get("maxspeed"))
    usual = float(SPEEDS.get(tags.get("highway", ""), SPEEDS["road"]))
    return limit * MADE if limit else usual


def _number(words: str | None) -> float:
    """Return the number that a text begins with; 0 if it begins with none."""
    digits = (words or "").split()[:1]
    try:
        found = float(digits[0]) if digits else 0.0
    except ValueError:
        return 0.0
    return found * 1.609344 if words and "mph" in words else found
