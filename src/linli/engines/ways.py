"""Networks of ways: length on the earth, what hangs together, and where it nearly does.

Lengths are geodesic, on the WGS-84 ellipsoid. To find what lies near, coordinates are brought to
metres on a plane at the middle of the network; inside one town that is wrong by less than a
thousandth.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, atan2, cos, hypot, radians, sin, sqrt, tan

import numpy as np
from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.ops import nearest_points

A, F = 6_378_137.0, 1 / 298.257223563  # WGS-84
B = A * (1 - F)
EARTH_M = 6_371_008.8
Earth = Callable[[Point], tuple[float, float]]  # from the plane back to the earth


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the geodesic distance of two points (Vincenty 1975, inverse), in metres.

    For nearly opposite points, where it does not settle, that of a sphere.
    """
    if (lon, lat) == (other_lon, other_lat):
        return 0.0
    u1, u2 = (atan2((1 - F) * tan(radians(v)), 1) for v in (lat, other_lat))
    span = radians(other_lon - lon)
    s1, c1, s2, c2 = sin(u1), cos(u1), sin(u2), cos(u2)
    turn = span
    for _again in range(100):
        st, ct = sin(turn), cos(turn)
        sin_s = hypot(c2 * st, c1 * s2 - s1 * c2 * ct)
        if sin_s == 0:
            return 0.0
        cos_s = s1 * s2 + c1 * c2 * ct
        sigma = atan2(sin_s, cos_s)
        sin_a = c1 * c2 * st / sin_s
        cos_a2 = 1 - sin_a**2
        cos_m = cos_s - 2 * s1 * s2 / cos_a2 if cos_a2 else 0.0
        c = F / 16 * cos_a2 * (4 + F * (4 - 3 * cos_a2))
        before = turn
        turn = span + (1 - c) * F * sin_a * (
            sigma + c * sin_s * (cos_m + c * cos_s * (2 * cos_m**2 - 1))
        )
        if abs(turn - before) < 1e-12:
            break
    else:
        h = sin(radians(other_lat - lat) / 2) ** 2 + (
            cos(radians(lat)) * cos(radians(other_lat)) * sin(span / 2) ** 2
        )
        return 2 * EARTH_M * asin(sqrt(h))
    u = cos_a2 * (A**2 - B**2) / B**2
    big_a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    big_b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    delta = big_b * sin_s * (
        cos_m + big_b / 4 * (
            cos_s * (2 * cos_m**2 - 1)
            - big_b / 6 * cos_m * (4 * sin_s**2 - 3) * (4 * cos_m**2 - 3)
        )
    )  # fmt: skip
    return B * big_a * (sigma - delta)


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
    root = list(range(len(ways)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    ends = [(at, Point(line.coords[side])) for at, line in enumerate(lines) for side in (0, -1)]
    open_ends: list[tuple[int, Point]] = []
    for at, end in ends:
        near = [int(other) for other in tree.query(end.buffer(joined_m))]
        joined = [o for o in near if o != at and lines[o].distance(end) <= joined_m]
        for other in joined:
            root[find(at)] = find(other)
        if not joined:
            open_ends.append((at, end))
    pairs = tree.query(lines, predicate="intersects")
    for one, other in pairs.T.tolist():
        root[find(one)] = find(other)
    sizes: dict[int, float] = defaultdict(float)
    for at, metres_long in enumerate(lengths):
        sizes[find(at)] += metres_long
    ordered = sorted(sizes, key=lambda key: (-sizes[key], key))
    number = {key: position for position, key in enumerate(ordered)}
    part = tuple(number[find(at)] for at in range(len(ways)))
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
    edges = []
    for one in range(count):
        tree = STRtree([lines[at] for at in members[one]])
        for other in range(one + 1, count):
            best = None
            for at in members[other]:
                for near in tree.query(lines[at].buffer(link_m)):
                    mate = members[one][int(near)]
                    far = lines[at].distance(lines[mate])
                    if far <= link_m and (best is None or far < best[0]):
                        best = (far, mate, at)
            if best:
                edges.append((*best, one, other))
    root = list(range(count))

    def find(at: int) -> int:
        while root[at] != at:
            at = root[at]
        return at

    told = {
        tuple(sorted((part[a], part[b]))) for gap in known if gap.is_link for a, b in [gap.ways]
    }
    found = []
    for _far, mate, at, one, other in sorted(edges):
        if find(one) == find(other):
            continue
        root[find(one)] = find(other)
        if (one, other) in told:
            continue  # an open end says so already
        a, b = nearest_points(lines[mate], lines[at])
        start, stop = earth(a), earth(b)
        found.append(Gap(start, stop, metres(*start, *stop), (mate, at), True))
    return found
