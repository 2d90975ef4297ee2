"""Draws the sample town Pinghu: `python towns/pinghu/make_town.py`.

Needs Linli installed (numpy and shapely come with it), nothing else. Reads the two files in
`source/` and writes town.toml's companions: areas.geojson, organisations.csv, people.csv.
Seeds are fixed, so running it again writes the same bytes.

What is real: the county's boundary, and the names and official codes of its towns, villages
and communities. What is invented: every line inside the boundary, every grid, every person.
Town seats are near their real positions and town areas near their real sizes.
"""

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely import Geometry

from linli.engines.geo import to_wgs84

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import drawing  # noqa: E402
from naming import People, pinyin  # noqa: E402

SEED = 330482
COUNTY = "330482"
PLANE = drawing.Plane(121.10, 30.70)


@dataclass(frozen=True)
class Town:
    """A town as it is drawn: where its seat is and what lies around it."""

    name: str
    seat: tuple[float, float]  # WGS-84, near the real one
    km2: float  # near the real one
    streets: tuple[float, int]  # radius of the built-up core in metres, number of grids
    industry: tuple[tuple[float, float, float], ...]  # longitude, latitude, radius in metres
    fields: int


TOWNS = {
    "330482001": Town("当湖街道", (121.016, 30.694), 62, (2300, 5), ((121.045, 30.712, 1100),), 2),
    "330482002": Town(
        "钟埭街道",
        (121.003, 30.738),
        60,
        (1200, 2),
        ((120.985, 30.722, 1300), (121.027, 30.742, 1000)),
        2,
    ),
    "330482003": Town("曹桥街道", (120.978, 30.668), 46, (700, 1), ((120.990, 30.683, 800),), 2),
    "330482101": Town(
        "乍浦镇",
        (121.083, 30.603),
        58,
        (1300, 3),
        ((121.105, 30.612, 1300), (121.058, 30.590, 900)),
        2,
    ),
    "330482102": Town("新埭镇", (121.068, 30.792), 80, (900, 1), ((121.090, 30.775, 1100),), 3),
    "330482103": Town("新仓镇", (121.160, 30.710), 60, (800, 1), ((121.143, 30.697, 900),), 3),
    "330482106": Town("广陈镇", (121.140, 30.757), 62, (600, 1), ((121.152, 30.744, 600),), 3),
    "330482107": Town("林埭镇", (121.063, 30.652), 58, (600, 1), ((121.077, 30.664, 600),), 3),
    "330482108": Town(
        "独山港镇",
        (121.205, 30.672),
        105,
        (1000, 2),
        ((121.180, 30.640, 1600), (121.245, 30.690, 1100)),
        4,
    ),
}

# The main waterways, by eye: half width in metres, WGS-84 waypoints.
WATERS = (
    (60, ((120.93, 30.705), (120.965, 30.700), (120.995, 30.694), (121.030, 30.692))),  # 平湖塘
    (75, ((121.030, 30.692), (121.060, 30.722), (121.085, 30.752), (121.20, 30.850))),  # 上海塘
    (55, ((121.030, 30.692), (121.038, 30.660), (121.060, 30.630), (121.080, 30.606))),  # 乍浦塘
    (55, ((121.030, 30.692), (121.090, 30.702), (121.150, 30.716), (121.30, 30.735))),  # 广陈塘
    (50, ((120.94, 30.650), (120.985, 30.660), (121.038, 30.660))),  # 盐平塘
    (50, ((121.000, 30.86), (121.012, 30.79), (121.020, 30.735), (121.030, 30.692))),  # 嘉善塘
    (45, ((121.090, 30.702), (121.125, 30.675), (121.165, 30.655), (121.23, 30.665))),
    (45, ((121.150, 30.716), (121.140, 30.757), (121.135, 30.800), (121.115, 30.86))),
)
LAKE = (121.030, 30.691, 620)  # 东湖

LANDS = {
    "street": ("S", "街区", "Streets"),
    "industry": ("I", "工业区块", "Industry"),
    "field": ("F", "田园片区", "Fields"),
    "water": ("W", "水域", "Water"),
}
NUMERALS = "一二三四五六"

# code, name, name_en, functions
DEPARTMENTS = (
    ("enforcement", "综合行政执法局", "Comprehensive Enforcement Bureau", "urban-management"),
    ("housing", "住房和城乡建设局", "Housing and Construction Bureau", "housing"),
    ("transport", "交通运输局", "Transport Bureau", "transport"),
    ("environment", "生态环境分局", "Ecology and Environment Branch", "environment"),
    ("health", "卫生健康局", "Health Bureau", "health"),
    ("education", "教育局", "Education Bureau", "education"),
    ("labour", "人力资源和社会保障局", "Labour and Social Security Bureau", "labour"),
    ("commerce", "商务局", "Commerce Bureau", "commerce"),
    ("market", "市场监督管理局", "Market Regulation Bureau", "market"),
    ("land", "自然资源和规划局", "Natural Resources and Planning Bureau", "land"),
    ("water", "水利局", "Water Bureau", "water"),
    ("agriculture", "农业农村局", "Agriculture and Rural Affairs Bureau", "agriculture"),
    ("emergency", "应急管理局", "Emergency Management Bureau", "emergency"),
    ("police", "公安局", "Police Bureau", "police"),
    ("civil-affairs", "民政局", "Civil Affairs Bureau", "civil-affairs"),
    ("industry", "经济和信息化局", "Economy and Information Bureau", "industry"),
    ("sanitation", "环境卫生管理中心", "Sanitation Centre", "sanitation"),
    ("utilities", "公用事业管理中心", "Public Utilities Centre", "utilities maintenance"),
    ("data", "数据局", "Data Bureau", "data"),
    ("tourism", "文化和广电旅游体育局", "Culture and Tourism Bureau", "tourism"),
)
# The sample plant: the industrial grid it lies in, then code, name, name_en, functions.
PLANT_GRID = "330482002I01"
PLANT = (
    ("P1", "示范工厂", "Demonstration Plant", ""),
    ("P1-quality", "示范工厂质量部", "Plant Quality", "quality"),
    ("P1-maintenance", "示范工厂设备部", "Plant Maintenance", "maintenance"),
    ("P1-process", "示范工厂工艺部", "Plant Process Engineering", "process"),
    ("P1-L1", "示范工厂一号线班组", "Line 1 Crew", ""),
)
# The sample farm, in a grid of fields; its crew works the greenhouses.
FARM_GRID = "330482001F01"
FARM = (
    ("F1", "示范农场", "Demonstration Farm", ""),
    ("F1-growers", "示范农场种植部", "Farm Growers", "agriculture"),
    ("F1-crew", "示范农场大棚班组", "Greenhouse Crew", ""),
)
# Sea-side chemistry is watched on the spot.
ENVIRONMENT_STATIONS = ("330482101", "330482108")


@dataclass
class Place:
    """One area before it is written."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    layer: str | None = None
    grid: bool = False
    aliases: list[str] = field(default_factory=list)
    land: str | None = None
    seat: str | None = None


def main() -> None:
    """Write the folder's files."""
    rng = np.random.default_rng(SEED)
    communities = read_communities()
    county = read_county()
    towns = draw_towns(county)
    places, homes, uses = [], {}, {}
    for code, region in towns.items():
        places += draw_community_layer(code, region, communities[code], homes, rng)
    for place, cell in draw_service_layer(towns, rng):
        places.append(place)
        uses[place.code] = cell

    home_faces, use_faces = drawing.weave([in_degrees(homes), in_degrees(uses)])
    faces = {**home_faces, **use_faces}
    for place in places:
        if place.layer == "community" and place.parent and not place.grid:
            faces[place.code] = [f for c in grids_below(place, places) for f in faces[c]]
    areas = [
        Place(
            COUNTY,
            "平湖市",
            "Pinghu",
            "county",
            None,
            aliases=["平湖"],
            seat=seat_of(TOWNS["330482001"].seat, home_faces),
        )
    ]
    faces[COUNTY] = [face for share in home_faces.values() for face in share]
    for code, town in TOWNS.items():
        stem = town.name.removesuffix("街道").removesuffix("镇")
        suffix = "Subdistrict" if town.name.endswith("街道") else "Town"
        faces[code] = [f for c, share in home_faces.items() if c.startswith(code) for f in share]
        own = {c: share for c, share in home_faces.items() if c.startswith(code)}
        areas.append(
            Place(
                code,
                town.name,
                f"{pinyin(stem)} {suffix}",
                "town",
                COUNTY,
                aliases=[stem],
                seat=seat_of(town.seat, own),
            )
        )
    areas += places
    geometry = {place.code: drawing.joined(faces[place.code]) for place in areas}
    drawing.write_areas(
        HERE / "areas.geojson",
        [drawing.feature(geometry[place.code], **vars(place)) for place in areas],
    )
    organisations = make_organisations(areas)
    drawing.write_rows(HERE / "organisations.csv", organisations)
    drawing.write_rows(HERE / "people.csv", make_people(areas, geometry))


# --- the map -----------------------------------------------------------------------------


def read_county() -> Geometry:
    """Read the boundary, bring it from GCJ-02 to WGS-84 and on to metres."""
    shape = shapely.from_geojson((HERE / "source" / "boundary.geojson").read_text("utf-8"))

    def projected(lonlat):
        return PLANE.metres(np.stack(to_wgs84(lonlat[:, 0], lonlat[:, 1], "gcj02"), axis=1))

    return shapely.transform(shape, projected)


def read_communities() -> dict[str, list[tuple[str, str]]]:
    """Read the official list: town → (code, official name) of its villages and communities."""
    below = defaultdict(list)
    with (HERE / "source" / "divisions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            below[row["town_code"]].append((row["code"], row["name"]))
    return dict(below)


def in_metres(lon: float, lat: float) -> tuple[float, float]:
    """Place one WGS-84 point on the plane."""
    x, y = PLANE.metres(np.array([[lon, lat]]))[0]
    return float(x), float(y)


def in_degrees(cells: dict[str, Geometry]) -> dict[str, Geometry]:
    """Bring drawn cells back to WGS-84."""
    return {code: shapely.transform(cell, PLANE.degrees) for code, cell in cells.items()}


def draw_towns(county: Geometry) -> dict[str, Geometry]:
    """Cut the county around the towns' seats into cells near their real sizes."""
    seats = np.array([in_metres(*town.seat) for town in TOWNS.values()])
    cut = drawing.balanced_cells(county, seats, [t.km2 for t in TOWNS.values()], 200, still=True)
    return dict(zip(TOWNS, cut, strict=True))


def draw_community_layer(code, region, communities, homes, rng) -> list[Place]:
    """Cut a town into villages and communities, and each of these into 2 to 6 grids."""
    # Communities (居委会) lie small around the seat, villages wide around them.
    sites, shares = [], []
    villages = drawing.scattered(region, len(communities), rng)
    for (_, name), scattered in zip(communities, villages, strict=True):
        urban = "社区" in name
        near = np.array(in_metres(*TOWNS[code].seat)) + rng.normal(0, 600, 2)
        sites.append(near if urban else scattered)
        shares.append(rng.uniform(0.15, 0.3) if urban else rng.uniform(0.8, 1.2))
    cut = drawing.balanced_cells(region, np.array(sites), shares)

    places = []
    for (official, name), cell in zip(communities, cut, strict=True):
        short = short_name(name)
        word = "Community" if short.endswith("社区") else "Village"
        name_en = f"{pinyin(short.removesuffix('社区').removesuffix('村'))} {word}"
        count = int(rng.integers(3, 7) if word == "Community" else rng.integers(2, 6))
        grids = drawing.balanced_cells(cell, drawing.scattered(cell, count, rng), [1] * count, 30)
        codes = [f"{official}{n:02d}" for n in range(1, count + 1)]
        places.append(
            Place(
                official,
                short,
                name_en,
                "community",
                code,
                "community",
                aliases=aliases_of(name, short),
                seat=codes[0],
            )
        )
        for n, (grid, shape) in enumerate(zip(codes, grids, strict=True), 1):
            homes[grid] = shape
            places.append(
                Place(
                    grid,
                    f"{short}第{NUMERALS[n - 1]}网格",
                    f"{name_en} Grid {n}",
                    "grid",
                    official,
                    "community",
                    True,
                    [f"{short}{n}网格", f"{short}第{n}网格"],
                )
            )
    return places


def short_name(name: str) -> str:
    """Give the everyday name of a village or community: 三北村村民委员会 → 三北村."""
    for ending in ("村民委员会", "居民委员会", "居委会"):
        name = name.removesuffix(ending)
    return name


def aliases_of(name: str, short: str) -> list[str]:
    """Give the other forms people write."""
    committee = "村委会" if short.endswith("村") else "居委会"
    return list(dict.fromkeys([name, short + committee]))


def draw_service_layer(towns: dict[str, Geometry], rng):
    """Cut each town by what its land is for; yields a place and its cell in metres."""
    courses = [
        shapely.LineString([in_metres(*point) for point in points]).buffer(width)
        for width, points in WATERS
    ]
    lake = drawing.blob(*in_metres(*LAKE[:2]), LAKE[2], rng, squash=1.2)
    water = shapely.union_all([*courses, lake])
    for code, town in TOWNS.items():
        rest = towns[code]
        taken = {"water": [shapely.intersection(rest, water)]}
        rest = shapely.difference(rest, water)

        radius, count = town.streets
        core = shapely.intersection(drawing.blob(*in_metres(*town.seat), radius, rng), rest)
        taken["street"] = parted(core, count, rng)
        rest = shapely.difference(rest, core)

        taken["industry"] = []
        for lon, lat, size in town.industry:
            block = drawing.blob(*in_metres(lon, lat), size, rng, squash=1.25)
            taken["industry"].append(shapely.intersection(block, rest))
            rest = shapely.difference(rest, block)
        taken["field"] = parted(rest, town.fields, rng)

        stem = town.name.removesuffix("街道").removesuffix("镇")
        for land, (letter, label, label_en) in LANDS.items():
            for n, cell in enumerate(taken[land], 1):
                if cell.is_empty:
                    continue
                number = f"第{NUMERALS[n - 1]}" if len(taken[land]) > 1 else ""
                number_en = f" {n}" if len(taken[land]) > 1 else ""
                yield (
                    Place(
                        f"{code}{letter}{n:02d}",
                        f"{stem}{number}{label}",
                        f"{pinyin(stem)} {label_en}{number_en}",
                        "grid",
                        code,
                        "service",
                        True,
                        land=land,
                    ),
                    cell,
                )


def parted(region: Geometry, count: int, rng) -> list[Geometry]:
    """Cut a region into `count` parts of like size."""
    if count == 1:
        return [region]
    return drawing.balanced_cells(region, drawing.scattered(region, count, rng), [1] * count, 40)


def grids_below(place: Place, places: list[Place]) -> list[str]:
    """List the grids of a community."""
    return [p.code for p in places if p.parent == place.code and p.grid]


def seat_of(point: tuple[float, float], faces: dict[str, list[Geometry]]) -> str:
    """Find the community grid that holds a town's seat, or lies nearest to it."""
    spot = shapely.Point(point)
    return min(faces, key=lambda code: (min(shapely.distance(faces[code], spot)), code))


# --- organisations and people ------------------------------------------------------------


def organisation(code, name, name_en, kind, area, parent="", functions="") -> dict[str, str]:
    """Make one row of organisations.csv."""
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "kind": kind,
        "area": area,
        "parent": parent,
        "functions": functions,
    }


def make_organisations(areas: list[Place]) -> list[dict[str, str]]:
    """List the government, the centre, departments, stations, towns and committees."""
    rows = [
        organisation("government", "平湖市人民政府", "Pinghu Government", "territorial", COUNTY),
        organisation(
            "centre",
            "平湖市社会治理中心",
            "Pinghu Governance Centre",
            "platform",
            COUNTY,
            "government",
        ),
    ]
    rows += [
        organisation(code, f"平湖市{name}", name_en, "department", COUNTY, "government", functions)
        for code, name, name_en, functions in DEPARTMENTS
    ]
    for town in (area for area in areas if area.kind == "town"):
        government = "办事处" if town.name.endswith("街道") else "人民政府"
        rows.append(
            organisation(
                town.code,
                town.name + government,
                f"{town.name_en} Government",
                "territorial",
                town.code,
                "government",
            )
        )
        stem, stem_en = town.aliases[0], town.name_en.split()[0]
        rows.append(
            organisation(
                f"{town.code}-enforcement",
                f"{stem}综合行政执法中队",
                f"{stem_en} Enforcement Station",
                "station",
                town.code,
                "enforcement",
                "urban-management",
            )
        )
        if town.code in ENVIRONMENT_STATIONS:
            rows.append(
                organisation(
                    f"{town.code}-environment",
                    f"{stem}生态环境所",
                    f"{stem_en} Environment Station",
                    "station",
                    town.code,
                    "environment",
                    "environment",
                )
            )
    rows += [
        organisation(
            area.code,
            area.aliases[0],
            f"{area.name_en} Committee",
            "territorial",
            area.code,
            str(area.parent),
        )
        for area in areas
        if area.kind == "community"
    ]
    rows += [
        organisation(
            code, name, name_en, "plant", PLANT_GRID, "" if code == "P1" else "P1", functions
        )
        for code, name, name_en, functions in PLANT
    ]
    rows += [
        organisation(
            code, name, name_en, "plant", FARM_GRID, "" if code == "F1" else "F1", functions
        )
        for code, name, name_en, functions in FARM
    ]
    return rows


def make_people(areas: list[Place], geometry: dict[str, Geometry]) -> list[dict[str, str]]:
    """Invent the staff, the two leads of every grid, and a few residents."""
    people = People(SEED)
    rows: list[dict[str, str]] = []

    def add(organisation, roles, lead_of=(), side="", known: tuple[str, str] | None = None):
        username, name, name_en = people.invent() if known is None else (*known, "")
        rows.append(
            {
                "username": username,
                "name": name,
                "name_en": name_en or people.spelt(name),
                "organisation": organisation,
                "roles": roles,
                "lead_of": " ".join(lead_of),
                "lead_side": side if lead_of else "",
            }
        )

    below = defaultdict(list)
    for area in areas:
        below[area.parent].append(area)
    service_heads = community_of_service_grids(areas, geometry)
    first = below["330482001"][0]
    first_grids = [grid.code for grid in below[first.code]]

    add("", "resident", known=("resident", "林晓荷"))
    add(first.code, "worker", first_grids[:1], "community", known=("worker", "陆春燕"))
    add(first.code, "steward", known=("steward", "沈荷清"))
    add("330482001-enforcement", "officer", known=("officer", "徐志刚"))
    add("330482001-enforcement", "head", known=("head", "顾海波"))
    add("centre", "dispatcher", known=("dispatcher", "俞静文"))
    add("centre", "supervisor", known=("supervisor", "金正平"))
    add("government", "leader head", [COUNTY], "town", known=("leader", "方立新"))
    add("centre", "administrator", known=("administrator", "钱宇凡"))

    add("government", "officer")
    add("centre", "head")
    for roles in ("dispatcher", "dispatcher", "supervisor", "supervisor", "officer"):
        add("centre", roles)
    for code, *_ in DEPARTMENTS:
        add(code, "head")
        add(code, "officer")
        add(code, "officer")
    for town in below[COUNTY]:
        communities = [area for area in below[town.code] if area.kind == "community"]
        uses = [area.code for area in below[town.code] if area.layer == "service"]
        add(town.code, "head", [town.code], "town")
        add(town.code, "dispatcher officer")
        add(f"{town.code}-enforcement", "head", uses, "town")
        add(f"{town.code}-enforcement", "officer")
        if town.code in ENVIRONMENT_STATIONS:
            add(f"{town.code}-environment", "head")
            add(f"{town.code}-environment", "officer")
        # A liaison of the town (驻村干部) answers for up to three communities and all their grids.
        for start in range(0, len(communities), 3):
            charge = [
                code
                for community in communities[start : start + 3]
                for code in (community.code, *(grid.code for grid in below[community.code]))
            ]
            add(town.code, "officer", charge, "town")
        for position, community in enumerate(communities):
            # The first community's head also answers for the town from the community's side.
            charge = [town.code] if position == 0 else []
            add(
                community.code,
                "head",
                [*charge, community.code, *service_heads[community.code]],
                "community",
            )
            for number, grid in enumerate(below[community.code]):
                if grid.code not in first_grids[:1]:
                    roles = "worker steward" if number == 1 else "worker"
                    add(community.code, roles, [grid.code], "community")
    for _ in range(12):
        add("", "resident")
    # Speak for the two enterprises of which the sample register tells.
    add("", "resident", known=("enterprise", "周凯亮"))
    add("", "resident", known=("enterprise2", "曹建平"))
    add("P1", "head", known=("chief", "盛永康"))
    add("P1", "officer")
    add("P1-quality", "head")
    add("P1-quality", "officer", known=("inspector", "金明兰"))
    add("P1-maintenance", "head")
    add("P1-maintenance", "officer", known=("engineer", "俞远清"))
    add("P1-maintenance", "worker")
    add("P1-process", "head")
    add("P1-process", "officer", known=("process", "费思齐"))
    add("P1-L1", "head")
    add("P1-L1", "worker", known=("operator", "屠大勇"))
    add("F1", "head officer")
    add("F1-growers", "head officer", known=("grower", "姚永康"))
    add("F1-crew", "head")
    add("F1-crew", "worker", known=("farmer", "陆大勇"))
    return rows


def community_of_service_grids(areas: list[Place], geometry: dict[str, Geometry]):
    """Say for each community which service grids its head answers for: those centred in it."""
    communities = [area for area in areas if area.kind == "community"]
    tree = shapely.STRtree([geometry[area.code] for area in communities])
    charge = defaultdict(list)
    for area in areas:
        if area.layer == "service":
            middle = shapely.point_on_surface(geometry[area.code])
            within = sorted(tree.query(middle, predicate="intersects"))
            charge[communities[within[0]].code].append(area.code)
    return charge


if __name__ == "__main__":
    main()
