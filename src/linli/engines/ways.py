"""Networks of ways: length on the earth, what hangs together, and where it nearly does.

Lengths are geodesic, on the WGS-84 ellipsoid. To find what lies near, coordinates are brought to
metres on a plane at the middle of the network; inside one town that is wrong by less than a
thousandth.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import cos, radians

import numpy as np
from geographiclib.geodesic import Geodesic
from scipy.cluster.hierarchy import DisjointSet
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.ops import nearest_points

EARTH_M = 6_371_008.8
Earth = Callable[[Point], tuple[float, float]]  # from the plane back to the earth


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the geodesic distance of two points, in metres."""
    found = Geodesic.WGS84.Inverse(lat, lon, other_lat, other_lon, Geodesic.DISTANCE)
    return float(found["s12"])


def length(line: Sequence[tuple[float, float]]) -> float:
    """Return the length of a line of (longitude, latitude), in metres."""
    return sum(metres(*a[:2], *b[:2]) for a, b in pairwise(line))


@dataclass(frozen=True)
class Gap:
    """Where two parts of the network nearly meet: from a place on one way to one on another.

    `is_link` tells whether closing it would join two parts that are apart so far.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    metres: float
    ways: tuple[int, int]
    is_link: bool


@dataclass(frozen=True)
class Network:
    """What a network is like.

    Attributes
    ----------
    lengths
        Of each way, metres.
    part
        To which connected part each way belongs; part 0 is the longest.
    parts
        The length of each part, metres, the longest first.
    gaps
        Open ends near another way, and the shortest links between parts; nearest first.
    """

    lengths: tuple[float, ...]
    part: tuple[int, ...]
    parts: tuple[float, ...]
    gaps: tuple[Gap, ...]

    @property
    def total(self) -> float:
        return sum(self.lengths)

    @property
    def continuity(self) -> float | None:
        """The share of the length one can go without leaving the network: that of the longest part.

        1 for a whole network; None where there is none.
        """
        return self.parts[0] / self.total if self.total else None

    @property
    def reach(self) -> float | None:
        """The chance that two places drawn at random on the network lie in one part."""
        return sum((part / self.total) ** 2 for part in self.parts) if self.total else None


def network(
    ways: Sequence[Sequence[tuple[float, float]]], joined_m: float = 3.0, near_m: float = 60.0,
    link_m: float = 400.0,
) -> Network:  # fmt: skip
    """Study ways, each a line of (longitude, latitude) with two points or more.

    Parameters
    ----------
    joined_m
        An end so close to another way is joined to it: drawing is no more exact.
    near_m
        An open end is a gap if another way is so close, though not joined.
    link_m
        Between parts that are apart, the shortest link is told if it is no longer than this.
    """
    if not ways:
        return Network((), (), (), ())
    lengths = tuple(length(way) for way in ways)
    middle = np.mean([point[:2] for way in ways for point in way], axis=0)
    east, north = EARTH_M * radians(1) * cos(radians(middle[1])), EARTH_M * radians(1)

    def plane(point: Sequence[float]) -> tuple[float, float]:
        return ((point[0] - middle[0]) * east, (point[1] - middle[1]) * north)

    def earth(point: Point) -> tuple[float, float]:
        return (
            round(float(point.x / east + middle[0]), 7),
            round(float(point.y / north + middle[1]), 7),
        )

    lines = [LineString([plane(point) for point in way]) for way in ways]
    tree = STRtree(lines)
    parts = DisjointSet(range(len(ways)))
    ends = [(at, Point(line.coords[side])) for at, line in enumerate(lines) for side in (0, -1)]
    open_ends: list[tuple[int, Point]] = []
    for at, end in ends:
        near = [int(other) for other in tree.query(end.buffer(joined_m))]
        joined = [o for o in near if o != at and lines[o].distance(end) <= joined_m]
        for other in joined:
            parts.merge(at, other)
        if not joined:
            open_ends.append((at, end))
    pairs = tree.query(lines, predicate="intersects")
    for one, other in pairs.T.tolist():
        parts.merge(one, other)
    sizes: dict[int, float] = defaultdict(float)
    for at, metres_long in enumerate(lengths):
        sizes[parts[at]] += metres_long
    ordered = sorted(sizes, key=lambda key: (-sizes[key], key))
    number = {key: position for position, key in enumerate(ordered)}
    part = tuple(number[parts[at]] for at in range(len(ways)))
    gaps = _open(open_ends, lines, tree, part, near_m, earth)
    gaps += _links(lines, part, len(ordered), link_m, earth, gaps)
    return Network(
        lengths, part, tuple(sizes[key] for key in ordered),
        tuple(sorted(gaps, key=lambda gap: gap.metres)),
    )  # fmt: skip


def _open(
    open_ends: Sequence[tuple[int, Point]],
    lines: Sequence[LineString],
    tree: STRtree,
    part: Sequence[int],
    near_m: float,
    earth: Earth,
) -> list[Gap]:
    """Find what lies near an open end."""
    found: list[Gap] = []
    seen: set[tuple[int, int]] = set()
    for at, end in open_ends:
        around = [int(o) for o in tree.query(end.buffer(near_m)) if int(o) != at]
        near = [(lines[o].distance(end), o) for o in around]
        near = [(far, o) for far, o in near if far <= near_m]
        if not near:
            continue
        _far, other = min(near)
        pair = (min(at, other), max(at, other))
        if pair in seen:
            continue
        seen.add(pair)
        there = nearest_points(end, lines[other])[1]
        start, stop = earth(end), earth(there)
        found.append(Gap(start, stop, metres(*start, *stop), pair, part[at] != part[other]))
    return found


def _links(
    lines: Sequence[LineString],
    part: Sequence[int],
    count: int,
    link_m: float,
    earth: Earth,
    known: Sequence[Gap],
) -> list[Gap]:
    """Find the shortest links that would join the parts into one, as far as they are short."""
    if count < 2:
        return []
    members: dict[int, list[int]] = defaultdict(list)
    for at, own in enumerate(part):
        members[own].append(at)
    trees = [STRtree([lines[at] for at in members[one]]) for one in range(count)]
    edges = []
    for one, other in combinations(range(count), 2):
        near = [
            (lines[at].distance(lines[members[one][mate]]), members[one][mate], at)
            for at in members[other]
            for mate in trees[one].query(lines[at], predicate="dwithin", distance=link_m).tolist()
        ]
        if near:
            edges.append((*min(near), one, other))
    joined = DisjointSet(range(count))
    told = {
        tuple(sorted((part[a], part[b]))) for gap in known if gap.is_link for a, b in [gap.ways]
    }
    found = []
    for _far, mate, at, one, other in sorted(edges):
        if not joined.merge(one, other):
            continue
        if (one, other) in told:
            continue  # an open end says so already
        a, b = nearest_points(lines[mate], lines[at])
        start, stop = earth(a), earth(b)
        found.append(Gap(start, stop, metres(*start, *stop), (mate, at), True))
    return found
