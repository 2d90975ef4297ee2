"""Measure how fast points find their grids: `python bench/locate.py [--town DIR] [--points N]`.

The last line of stdout is one JSON object; the rest goes to stderr. Both sides do the same
work: every point to one grid in each layer, ties to the smaller code. Each is run `--rounds`
times, in turns, and its best time counts. Every answer is compared.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely

from linli.engines.geo import GridIndex

TOWN = Path(__file__).resolve().parents[1] / "towns" / "pinghu"


def main() -> None:
    parser = argparse.ArgumentParser(description="points located per second, against shapely")
    parser.add_argument("--town", type=Path, default=TOWN, help="folder with areas.geojson")
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    layers = read_layers(options.town / "areas.geojson")
    begun = time.perf_counter()
    index = GridIndex(layers)
    build_s = time.perf_counter() - begun
    say(f"built in {build_s:.2f} s: " + ", ".join(f"{k} {len(v)}" for k, v in layers.items()))

    lon, lat = scattered(layers, options.points, np.random.default_rng(options.seed))

    plain = {
        name: shapely.STRtree([grids[code] for code in sorted(grids)])
        for name, grids in layers.items()
    }
    ours, theirs = [], []
    for turn in range(options.rounds):
        begun = time.perf_counter()
        found = index.locate(lon, lat)
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        expected = {name: locate_plainly(tree, lon, lat) for name, tree in plain.items()}
        theirs.append(time.perf_counter() - begun)
        say(f"round {turn + 1}: Linli {ours[-1]:.3f} s, shapely {theirs[-1]:.3f} s")
    differing = sum(int((found[name] != expected[name]).sum()) for name in layers)

    seconds = min(ours)
    report = {
        "points_per_s": round(options.points / seconds),
        "ratio_to_shapely": round(min(theirs) / seconds, 2),
        "seconds": round(seconds, 4),
        "shapely_seconds": round(min(theirs), 4),
        "build_s": round(build_s, 3),
        "points": options.points,
        "layers": {name: len(grids) for name, grids in layers.items()},
        "located": {name: round(float((at >= 0).mean()), 4) for name, at in found.items()},
        "differing": differing,
    }
    print(json.dumps(report))


def read_layers(path: Path) -> dict[str, dict[str, shapely.Geometry]]:
    """Read the leaf grids of each layer."""
    layers: dict[str, dict[str, shapely.Geometry]] = defaultdict(dict)
    for feature in json.loads(path.read_text("utf-8"))["features"]:
        area = feature["properties"]
        if area["grid"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            layers[area["layer"]][area["code"]] = shape
    return dict(layers)


def scattered(
    layers: dict[str, dict[str, shapely.Geometry]], count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Throw random points on the town's land; one in twenty may fall beside it."""
    land = shapely.union_all([shape for grids in layers.values() for shape in grids.values()])
    shapely.prepare(land)
    west, south, east, north = land.bounds
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < count:
        tried = rng.uniform((west, south), (east, north), (count, 2))
        on_land = shapely.intersects_xy(land, tried)
        kept.append(tried[on_land | (rng.random(count) < 0.03)])
    lon, lat = np.concatenate(kept)[:count].T
    return lon.copy(), lat.copy()


def locate_plainly(tree: shapely.STRtree, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Do the same work with nothing but shapely: one query, then one grid for each point."""
    point, grid = tree.query(shapely.points(lon, lat), predicate="intersects")
    found = np.full(len(lon), len(tree))
    np.minimum.at(found, point, grid)
    found[found == len(tree)] = -1
    return found


def say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
