"""Makes the sample of ways and of measures against rain around the lake; all of it invented.

    python towns/pinghu/make_networks.py

A design rainfall of 22.3 mm stands for an annual runoff control rate of about 75 % in the region;
a real plan takes the figure of its own place.
"""

import csv
import json
from math import cos, pi, radians, sin
from pathlib import Path
from random import Random

HERE = Path(__file__).parent / "sample"
LON, LAT = 121.0455, 30.7045
NORTH = 110_900.0
EAST = 111_320.0 * cos(radians(LAT))
RAIN = 22.3
ROADS = {"解放": "Jiefang", "新华": "Xinhua", "东湖": "East Lake", "梧桐": "Wutong",
         "当湖": "Danghu", "城南": "Chengnan", "人民": "Renmin", "建国": "Jianguo"}  # fmt: skip
LAND = (
    ("南河头老街", 6.4, 0.68, "South Bank old street"),
    ("东湖北岸", 12.8, 0.31, "North shore of the East Lake"),
    ("东湖社区", 18.5, 0.57, "East Lake community"), ("文化广场", 5.2, 0.62, "Culture square"),
    ("学校片区", 8.6, 0.55, "School quarter"), ("汽车站片区", 9.7, 0.74, "Bus station quarter"),
)  # fmt: skip
MEASURES = (("garden", "雨水花园", 60, 260, "rain garden"),
            ("sunken", "下凹绿地", 80, 420, "sunken green"),
            ("paving", "透水铺装", 20, 90, "permeable paving"),
            ("tank", "蓄水池", 150, 500, "storage tank"))  # fmt: skip


def at(east: float, north: float) -> list[float]:
    """Return a point so many metres from the middle."""
    return [round(LON + east / EAST, 6), round(LAT + north / NORTH, 6)]


def arc(radius: float, start: float, end: float, step: float = 10) -> list[list[float]]:
    """Return a line along a circle, in degrees of the compass turned left."""
    count = max(2, round(abs(end - start) / step) + 1)
    turns = [start + (end - start) * k / (count - 1) for k in range(count)]
    return [at(radius * cos(t * pi / 180), radius * sin(t * pi / 180)) for t in turns]


def ways() -> list[dict]:
    """Return the ways: a ring with two openings, spokes, streets apart, two bridges."""
    found = [
        ("环湖步道东段", "greenway", arc(420, -62, 58), "SL-01", "Lakeside path, east"),
        ("环湖步道北段", "greenway", arc(420, 58, 150), "SL-01", "Lakeside path, north"),
        # An opening of some 29 m, and one of some 51 m.
        ("环湖步道西段", "path", arc(420, 154, 236), "SL-02", "Lakeside path, west"),
        ("环湖步道南段", "path", arc(420, 243, 298), "SL-02", "Lakeside path, south"),
        (
            "湖心桥",
            "bridge",
            [at(-420, 0), at(0, 30), at(420, 0)],
            "SL-03",
            "Bridge over the middle of the lake",
        ),
    ]
    for number, (road, road_en) in enumerate(ROADS.items()):
        turn = number * 45 * pi / 180
        first = 421 if number % 3 else 455
        found.append((
            f"{road}路慢行道", "lane" if number % 2 else "shared",
            [at(first * cos(turn), first * sin(turn)),
             at(820 * cos(turn), 820 * sin(turn))], "SL-04", f"Slow lane, {road_en} Road",
        ))  # fmt: skip
        if number < 5:
            found.append((f"{road}巷步道", "path", arc(820, number * 45, number * 45 + 44), "",
                          f"Footpath, {road_en} Lane"))  # fmt: skip
    found.append(("城西步道", "path", [at(-1150, -200), at(-1120, 380)], "SL-05",
                  "Footpath in the west of town"))  # fmt: skip
    return [
        {"code": f"WAY-{k:02d}", "name": name, "name_en": name_en, "kind": kind,
         "project": project, "area": "330482001", "width": 3.5 if kind == "greenway" else 2.5,
         "line": line}
        for k, (name, kind, line, project, name_en) in enumerate(found, 1)
    ]  # fmt: skip


def main() -> None:
    """Write the files."""
    rng = Random(22)
    HERE.mkdir(exist_ok=True)
    features = []
    for way in ways():
        line = way.pop("line")
        features.append({
            "type": "Feature", "properties": way,
            "geometry": {"type": "LineString", "coordinates": line},
        })  # fmt: skip
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    (HERE / "ways.geojson").write_text(
        f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', "utf-8"
    )
    catchments, measures = [], []
    for number, (name, hectares, runoff, name_en) in enumerate(LAND, 1):
        code, turn = f"CA-{number}", number * 60 * pi / 180
        east, north, half = 560 * cos(turn), 560 * sin(turn), 50 * hectares**0.5
        ring = [at(east + dx * half, north + dy * half)
                for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]  # fmt: skip
        catchments.append({
            "code": code, "name": name, "name_en": name_en, "hectares": hectares,
            "runoff": runoff, "rain": RAIN, "area": "330482001",
            "shape": json.dumps({"type": "Polygon", "coordinates": [ring]}),
        })  # fmt: skip
        for k in range(1, rng.randrange(4, 7)):
            kind, what, low, high, what_en = rng.choice(MEASURES)
            lon, lat = at(
                east + rng.uniform(-0.8, 0.8) * half, north + rng.uniform(-0.8, 0.8) * half
            )
            measures.append({
                "code": f"{code}-{k}", "name": f"{name}{what}{k}",
                "name_en": f"{name_en}: {what_en} {k}", "kind": kind,
                "catchment": code, "volume": rng.randrange(low, high, 5),
                "built": f"2026-0{rng.randrange(1, 10)}-15" if rng.random() < 0.7 else "",
                "lon": lon, "lat": lat, "project": f"SP-0{rng.randrange(1, 7)}",
            })  # fmt: skip
    write("catchments.csv", catchments)
    write("sponge-measures.csv", measures)


def write(name: str, rows: list[dict]) -> None:
    """Write a table."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
