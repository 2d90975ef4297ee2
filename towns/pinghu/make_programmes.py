"""Makes the sample of the programmes: invented projects in the sample area around the lake.

    python towns/pinghu/make_programmes.py

The frame (186 hectares, one framework, four guidances, seven actions) is as a county reported it;
projects, sums and days are invented. Days are as of `AS_OF` and move when they are loaded.
"""

import csv
import json
from datetime import date, timedelta
from math import cos, pi, radians, sin, sqrt
from pathlib import Path
from random import Random

HERE = Path(__file__).parent / "sample"
AS_OF = date(2026, 11, 20)
HECTARES = 186
LON, LAT = 121.0455, 30.7045  # the water between the communities of East Lake and South Bank
NORTH = 110_900.0  # metres a degree there
EAST = 111_320.0 * cos(radians(LAT))
AREAS = ("330482001021", "330482001005", "330482001211")

PROJECTS = {
    "lively-street": ("commerce", [
        ("南河头历史街区修缮", "South Bank historic street"),
        ("夜经济集市", "Night market"),
        ("沿街立面整治", "Street fronts"),
        ("老粮仓文创改造", "Old granary for makers"),
        ("农贸市场提升", "Food market"),
        ("架空线入地", "Cables below ground"),
    ]),
    "slow-traffic": ("transport", [
        ("环湖步道北段贯通", "Lakeside path, north"),
        ("环湖步道南段贯通", "Lakeside path, south"),
        ("东湖慢行桥", "Footbridge over the East Lake"),
        ("解放路自行车道", "Cycle lane, Jiefang Road"),
        ("校园上学步道", "Way to school on foot"),
        ("滨水驿站五处", "Five waterside shelters"),
    ]),
    "sponge-city": ("water", [
        ("湖滨雨水花园", "Rain gardens at the lake"),
        ("老街透水铺装", "Permeable paving, old street"),
        ("学校蓄水池", "Storage basin at the school"),
        ("停车场下凹绿地", "Sunken green, car parks"),
        ("公建屋顶绿化", "Green roofs on public buildings"),
        ("排口生态净化", "Outlets made clean"),
    ]),
    "future-community": ("housing", [
        ("东湖社区邻里中心", "Neighbourhood centre, East Lake"),
        ("南河头适老化改造", "Homes for the old, South Bank"),
        ("老旧小区加装电梯一期", "Lifts for old houses, first"),
        ("老旧小区加装电梯二期", "Lifts for old houses, second"),
        ("社区托育点", "Day nursery"),
        ("智慧停车楼", "Parking house"),
    ]),
    "gateway": ("land", [
        ("东方路门户节点", "Gateway, Dongfang Road"),
        ("汽车站片区更新", "Quarter of the bus station"),
        ("桥头公园", "Park at the bridge"),
        ("入城绿廊", "Green way into town"),
        ("导视系统", "Signs"),
    ]),
    "cultural-mark": ("tourism", [
        ("湖心书院", "Academy in the lake"),
        ("非遗展示馆", "House of crafts"),
        ("报本塔灯光", "Light for the pagoda"),
        ("城市音乐角", "Music corner"),
        ("乡贤馆修缮", "House of the worthies"),
        ("水上演艺码头", "Stage on the water"),
    ]),
    "digital-platform": ("data", [
        ("数字治理平台一期", "Governance platform, first"),
        ("数字治理平台二期", "Governance platform, second"),
        ("感知设备布点", "Sensors"),
        ("一张图底座", "One map"),
        ("市民随手报接入", "Reports from citizens"),
    ]),
}  # fmt: skip
STEPS = (
    ("立项批复", "Approved", 0.12), ("方案审定", "Design settled", 0.3),
    ("施工许可", "Permit to build", 0.42), ("主体完工", "Main works done", 0.82),
    ("竣工验收", "Accepted", 1.0),
)  # fmt: skip
# What waits for what, beside the order inside an action; with days between.
LINKS = {
    "SL-02": ["SL-01"], "SL-03": ["SL-01+15"], "SL-06": ["SL-03"], "FU-04": ["FU-03+30"],
    "SP-02": ["LI-06"], "LI-03": ["LI-01"], "LI-02": ["LI-01"], "DI-02": ["DI-01+20"],
    "DI-05": ["DI-04"], "CU-06": ["SL-03"], "GA-04": ["GA-01"], "DI-04": ["DI-03"],
}  # fmt: skip


def place(rng: Random, reach: float = 0.62) -> tuple[float, float]:
    """Draw a point well inside the area."""
    radius = sqrt(HECTARES * 10_000 / pi) * reach * sqrt(rng.random())
    angle = 2 * pi * rng.random()
    return (
        round(LON + radius * cos(angle) / EAST, 6),
        round(LAT + radius * sin(angle) / NORTH, 6),
    )


def outline() -> dict:
    """Return a shore-like ring of exactly `HECTARES`, as a plane around its middle measures it."""
    radii = [1 + 0.16 * sin(3 * 2 * pi * k / 24 + 0.7) + 0.07 * cos(5 * 2 * pi * k / 24)
             for k in range(24)]  # fmt: skip
    points = [(r * cos(2 * pi * k / 24), r * sin(2 * pi * k / 24)) for k, r in enumerate(radii)]
    twice = sum(
        x * v - u * y for (x, y), (u, v) in zip(points, points[1:] + points[:1], strict=True)
    )
    scale = sqrt(HECTARES * 10_000 / (twice / 2))
    ring = [[round(LON + scale * x / EAST, 6), round(LAT + scale * y / NORTH, 6)]
            for x, y in points]  # fmt: skip
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def main() -> None:
    """Write the files."""
    rng = Random(186)
    HERE.mkdir(exist_ok=True)
    nodes: list[dict] = [{
        "code": "lake", "name": "环湖样板区", "name_en": "Sample area around the lake",
        "level": "framework", "owner": "housing", "area": "330482001",
        "shape": json.dumps(outline()),
    }]  # fmt: skip
    milestones: list[dict] = []
    ends: dict[str, date] = {}
    for action, (owner, names) in PROJECTS.items():
        for number, (name, name_en) in enumerate(names, 1):
            code = f"{action[:2].upper()}-{number:02d}"
            waits = LINKS.get(code, [])
            start = AS_OF + timedelta(days=rng.randrange(-560, 60))
            for wait in waits:
                before, _, lag = wait.partition("+")
                start = max(start, ends[before] + timedelta(days=int(lag or 0)))
            days = rng.randrange(150, 460)
            ends[code] = end = start + timedelta(days=days)
            pace = max(0.85, rng.gauss(1.06, 0.09))
            lon, lat = place(rng)
            budget = rng.choice((2.4, 3.8, 5.6, 8.5, 12, 18, 26, 42, 65)) * 1_000_000
            done: list[date] = []
            for at, (step, step_en, share) in enumerate(STEPS, 1):
                due = start + timedelta(days=round(days * share))
                real = start + timedelta(days=round(days * share * pace + rng.gauss(3, 6)))
                is_done = real <= AS_OF and len(done) == at - 1 and due <= AS_OF + timedelta(20)
                if is_done:
                    done.append(max(real, done[-1] if done else start))
                milestones.append({
                    "code": f"{code}-{at}", "programme": code, "number": at, "name": step,
                    "name_en": step_en, "due": due, "done": done[-1] if is_done else "",
                })  # fmt: skip
            share = STEPS[len(done) - 1][2] if done else 0
            nodes.append({
                "code": code, "name": name, "name_en": name_en, "level": "project",
                "parent": action, "owner": owner, "partners": "330482001",
                "area": rng.choice(AREAS), "lon": lon, "lat": lat, "starts": start, "ends": end,
                "began": start if start <= AS_OF else "",
                "finished": done[-1] if len(done) == len(STEPS) else "",
                "budget": round(budget), "spent": round(budget * share * rng.uniform(0.8, 1.02)),
                "after": " ".join(waits),
            })  # fmt: skip
    columns = list(nodes[1])
    columns.insert(10, "shape")
    write("programmes.csv", columns, nodes)
    write("milestones.csv", list(milestones[0]), milestones)


def write(name: str, columns: list[str], rows: list[dict]) -> None:
    """Write a table."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
