"""Invents what the scheme `beautiful-town` needs: `python towns/pinghu/make_beautiful_town.py`.

Writes sample/beautiful-town-figures.csv, what departments measure outside (the whole town and its
nine towns, two years), and sample/beautiful-town-assessments.csv, what they and the reviewers
judged. Whole figures are set by hand, so that Pinghu stands a little under the threshold; those of
its towns lie around them by a fixed pattern. Nothing is drawn by lot.
"""

import csv
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parent / "sample"
SCHEME, YEARS = "beautiful-town", (2024, 2025)
TOWNS = {
    "330482001": "当湖街道", "330482002": "钟埭街道", "330482003": "曹桥街道",
    "330482101": "乍浦镇", "330482102": "新埭镇", "330482103": "新仓镇", "330482106": "广陈镇",
    "330482107": "林埭镇", "330482108": "独山港镇",
}  # fmt: skip
# Which towns do well at what: added to the figure of the whole, in parts of `spread`.
PATTERN = (3, 2, -1, 1, 0, -2, 1, -3, -1)

# Indicator → source, both years of the whole town, spread, decimals; a count is shared out.
FIGURES: dict[str, tuple[str, tuple[float, float], float, int]] = {
    "bt-sewage": ("市水利局《{year}年农村生活污水治理年报》", (86.4, 91.0), 1.9, 1),
    "bt-green": ("市综合行政执法局《{year}年园林绿化普查》", (37.8, 38.9), 0.8, 1),
    "bt-sorting": ("市环境卫生管理中心垃圾分类台账（{year}年12月）", (90.1, 93.2), 1.6, 1),
    "bt-health": ("市卫生健康局《{year}年卫生健康统计》", (94.8, 96.5), 1.2, 1),
    "bt-care": ("市民政局养老服务设施名册（{year}年末）", (12, 13), 0, 0),
    "bt-events": ("市文化和广电旅游体育局活动台账（{year}年）", (126, 142), 9, 0),
}
# A town has centres and events of its own; they are judged by the same steps, so not shared out.
CENTRES = (14, 12, 10, 11, 10, 8, 9, 7, 10)

# Item → who assesses, most points, (self, review) of the whole in both years, evidence, remark.
Pair = tuple[float, float]
ITEMS: dict[str, tuple[str, float, tuple[Pair, Pair], str, str]] = {
    "upkeep": ("daiyongmo", 4, ((3.4, 3.2), (3.6, 3.5)),
               "{place}背街小巷管护责任到人，{year}年巡查台账第1—12册；整改前后照片见案卷。",
               "抽查6处，5处保持良好，1处出入口有堆物，酌减。"),
    "lakes": ("wenpengxiu", 5, ((4.3, 4.0), (4.6, 4.4)),
              "{place}河道保洁巡查记录{year}年全年，水质监测断面无劣Ⅴ类；岸线贯通图附后。",
              "现场核查水面整洁，一段岸线仍不可达，酌减。"),
    "circle": ("yutao", 6, ((5.2, 4.9), (5.5, 5.3)),
               "{place}菜场、幼托、健身、便利店覆盖图（{year}年版），缺项清单已列入下年计划。",
               "覆盖图属实，老小区幼托仍有缺口。"),
    "parks": ("gaoningzi", 5, ((4.2, 4.1), (4.5, 0.0)),
              "{place}公园绿地和慢行绿道里程表，{year}年新打通断点2处。",
              "里程与现场一致，断点清单完整。"),
    "platform": ("lingangya", 7, ((6.0, 5.4), (6.5, 6.2)),
                 "{place}老旧厂区改造地块清单（{year}年），亩均评价结果用于差别化政策。",
                 "改造进度属实，个别地块尚未签约，酌减。"),
    "heritage": ("lujie", 6, ((5.4, 5.3), (5.6, 5.6)),
                 "{place}名录内点位{year}年巡查表，全部有管护人。",
                 "点位保存完好，同意自评。"),
    "style": ("chenjiahe", 5, ((4.1, 3.9), (4.5, 4.4)),
              "{place}风貌样板区建设进度表和沿线立面整治验收材料（{year}年）。",
              "验收材料齐全，一段立面待收尾。"),
    "self-rule": ("tangxiaoyang", 5, ((4.2, 4.0), (4.5, 4.4)),
                  "{place}邻管家议事记录{year}年全年，网格双组长履职抽查表。",
                  "议事记录完整，抽查2个网格履职到位。"),
}  # fmt: skip
# The reviewer of what housing assesses is the supervisor; of the rest, housing.
REVIEWER = {"circle": "supervisor", "parks": "supervisor"}
# Left open for those who try the demonstration: who assesses this, and who reviews that.
OPEN = {("330482001", "upkeep", "self"), ("330482001", "upkeep", "review")}

Row = dict[str, Any]


def write(name: str, rows: list[Row]) -> None:
    """Write a file of the sample."""
    with (SAMPLE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def figures() -> list[Row]:
    """Return what departments measured."""
    found: list[Row] = []
    for place, (indicator, (source, whole, spread, decimals)) in enumerate(FIGURES.items()):
        for year, value in zip(YEARS, whole, strict=True):
            told = {"indicator": indicator, "period": year, "source": source.format(year=year)}
            found.append({**told, "area": "", "value": value})
            for number, code in enumerate(TOWNS):
                if indicator == "bt-care":
                    own: float = CENTRES[number] - (year == YEARS[0])
                else:
                    off = PATTERN[(number + 2 * place) % len(PATTERN)]
                    own = round(min(value + off * spread, 99.0 if decimals else 999), decimals)
                found.append({**told, "area": code, "value": own})
    return found


def assessments() -> list[Row]:
    """Return what was judged: by those who do the work, then by those who review it."""
    found: list[Row] = []
    for year, places in ((YEARS[0], {"": "全市"}), (YEARS[1], {"": "全市"} | TOWNS)):
        for order, (item, (by, most, whole, evidence, remark)) in enumerate(ITEMS.items()):
            own, review = whole[YEARS.index(year)]
            for number, (code, name) in enumerate(places.items()):
                off = PATTERN[(number + order) % len(PATTERN)] / 10 if code else 0.0
                told = {"scheme": SCHEME, "item": item, "area": code, "period": year}
                pairs = [("self", own, evidence.format(place=name, year=year), by)]
                if review:
                    reviewer = REVIEWER.get(item, "shilanzhen")
                    pairs.append(("review", review, remark, reviewer))
                for side, points, text, who in pairs:
                    if (code, item, side) in OPEN:
                        continue
                    given = round(min(max(points + off, 0), most), 1)
                    found.append({**told, "side": side, "points": given, "evidence": text,
                                  "by": who})  # fmt: skip
    return found


if __name__ == "__main__":
    write("beautiful-town-figures.csv", figures())
    write("beautiful-town-assessments.csv", assessments())
