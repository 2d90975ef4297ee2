"""Invents titles and needs for the sample: `python towns/pinghu/make_standing.py`.

Reads the sample register that make_enterprises.py wrote, and writes sample/titles.csv: who is
specialised (专精特新) and who is listed. Nothing is drawn by lot: listed are those that raise
capital and, since the last year, the four largest others; specialised every second one above
scale whose research and years would allow it.
"""

import csv
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parent / "sample"
YEAR = "2025"
BOARDS = ("北京证券交易所上市", "浙江省股权交易中心挂牌")

Row = dict[str, Any]


def read(name: str) -> list[Row]:
    """Read a file of the sample."""
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: list[Row]) -> None:
    """Write a file of the sample."""
    with (SAMPLE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def titles() -> list[Row]:
    """Return who holds which title, since when, by which document."""
    above = [
        row for row in read("enterprise-years.csv")
        if row["year"] == YEAR and row["above_scale"] == "true"
    ]  # fmt: skip
    research = [row for row in above if float(row["rd"]) / float(row["sales"]) >= 0.03]
    found: list[Row] = []
    for number, row in enumerate(research[::2]):
        year, batch = 2021 + number % 5, number % 3 + 1
        found.append({
            "enterprise": row["enterprise"], "rung": "specialised",
            "since": f"{year}-{(number * 5) % 12 + 1:02d}-{number * 7 % 27 + 1:02d}",
            "document": f"专精特新中小企业{year}年第{batch}批",
        })  # fmt: skip
    for number, row in enumerate(r for r in above if r["capital_raised"]):
        found.append({
            "enterprise": row["enterprise"], "rung": "listed",
            "since": f"{2014 + number}-{number * 3 % 12 + 1:02d}-18", "document": "",
        })  # fmt: skip
    # Four more in the last year: six and four are ten, two thirds more than the year before.
    largest = sorted(above, key=lambda row: -float(row["output"] or 0))
    fresh = [row for row in largest if not row["capital_raised"]][:4]
    for number, row in enumerate(fresh):
        found.append({
            "enterprise": row["enterprise"], "rung": "listed",
            "since": f"{YEAR}-{number * 3 + 2:02d}-18", "document": BOARDS[number % 2],
        })  # fmt: skip
    return found


# Industry → what its enterprises look for, and the industry that makes it.
NEEDS = {
    "3812": (("电机端盖铝压铸件", "3392"), ("深沟球轴承", "3451"), ("耐高温漆包线", "3831")),
    "3453": (("高强度螺栓", "3482"), ("离心泵铝压铸件", "3392")),
    "3491": (("霍尔传感器", "3983"), ("运动控制器", "4011")),
    "3962": (("液晶模组", "3974"), ("柔性电路板", "3982")),
    "1819": (("包装纸箱", "2231"),), "2110": (("水性涂料", "2641"),),
}  # fmt: skip

NEEDS_EN = {
    "电机端盖铝压铸件": "Die-cast aluminium motor end covers",
    "深沟球轴承": "Deep groove ball bearings", "耐高温漆包线": "Heat-resistant enamelled wire",
    "高强度螺栓": "High-strength bolts", "离心泵铝压铸件": "Aluminium castings for pumps",
    "霍尔传感器": "Hall sensors", "运动控制器": "Motion controllers", "液晶模组": "LCD modules",
    "柔性电路板": "Flexible circuit boards", "包装纸箱": "Packing cartons",
    "水性涂料": "Water-based coatings",
}  # fmt: skip


def needs() -> list[Row]:
    """Return who looks for what: the first two enterprises of each industry."""
    found: list[Row] = []
    for industry, wanted in NEEDS.items():
        firms = [row for row in read("enterprises.csv") if row["industry"] == industry][:2]
        found += [
            {"enterprise": firm["code"], "name": name, "name_en": NEEDS_EN[name],
             "industry": kind}
            for firm in firms
            for name, kind in wanted
        ]  # fmt: skip
    return found


def main() -> None:
    write("titles.csv", titles())
    write("needs.csv", needs())


if __name__ == "__main__":
    main()
