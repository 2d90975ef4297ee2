"""Makes the sample of the asset register: `python towns/pinghu/make_assets.py`.

A demonstration plant with one line of twelve machines and a camera station, a drainage pump
station with two pumps, and a bridge. Everything is invented. How the machines ran is not said here:
the simulated plant tells that. Days and moments are as of `AS_OF`
and move when they are loaded. Writes `sample/assets.toml` and the files it names; running it
again writes the same bytes.
"""

import csv
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).parent / "sample"
AS_OF = date(2026, 11, 20)
ZONE = timezone(timedelta(hours=8))
AT = (120.98992, 30.72261)  # within the industrial grid of Zhongdai

# code, kind, name, name_en, maker, type
MACHINES = (
    ("M01", "press", "一号冲压机", "Press 1", "沃力机械", "WP-160"),
    ("M02", "press", "二号冲压机", "Press 2", "沃力机械", "WP-160"),
    ("M03", "lathe", "一号数控车床", "Lathe 1", "宁达数控", "ND-46"),
    ("M04", "lathe", "二号数控车床", "Lathe 2", "宁达数控", "ND-46"),
    ("M05", "mill", "一号加工中心", "Milling machine 1", "宁达数控", "ND-V850"),
    ("M06", "mill", "二号加工中心", "Milling machine 2", "宁达数控", "ND-V850"),
    ("M07", "grinder", "外圆磨床", "Grinder", "江磨", "JM-1320"),
    ("M08", "washer", "清洗机", "Washer", "洁源", "JY-60"),
    ("M09", "oven", "回火炉", "Tempering oven", "恒炉", "HL-3"),
    ("M10", "robot", "上下料机器人", "Loading robot", "智臂", "ZB-20"),
    ("M11", "conveyor", "输送线", "Conveyor", "顺达", "SD-30"),
    ("M12", "compressor", "空压机", "Compressor", "风源", "FY-75"),
)
PARTS = (
    ("M01", "B1", "bearing", "曲轴轴承", "Crankshaft bearing", "22217"),
    ("M02", "B1", "bearing", "曲轴轴承", "Crankshaft bearing", "22217"),
    ("M03", "S1", "spindle", "主轴", "Spindle", "NDS-46"),
    ("M03", "B1", "bearing", "主轴前轴承", "Front spindle bearing", "7014C"),
    ("M04", "S1", "spindle", "主轴", "Spindle", "NDS-46"),
    ("M05", "S1", "spindle", "主轴", "Spindle", "NDS-850"),
    ("M06", "S1", "spindle", "主轴", "Spindle", "NDS-850"),
    ("M07", "B1", "bearing", "砂轮架轴承", "Wheelhead bearing", "7014C"),
    ("M08", "P1", "pump", "循环泵", "Circulation pump", "CDL-8"),
    ("M10", "G1", "part", "一轴减速器", "Gear of axis 1", "RV-40E"),
    ("M11", "D1", "motor", "驱动电机", "Drive motor", "YE3-112"),
    ("M12", "D1", "motor", "主电机", "Main motor", "YE3-280"),
)
SPARES = (
    # code, name, name_en, fits, stock, minimum, lead_days, price
    ("P1-S01", "轴承 22217", "Bearing 22217", "P1-L1-M01-B1 P1-L1-M02-B1", 2, 2, 10, 860),
    ("P1-S02", "轴承 7014C", "Bearing 7014C", "P1-L1-M03-B1 P1-L1-M07-B1", 1, 2, 14, 1250),
    ("P1-S03", "车床主轴单元", "Lathe spindle unit", "P1-L1-M03-S1 P1-L1-M04-S1", 1, 1, 35, 28600),
    (
        "P1-S04",
        "加工中心主轴单元",
        "Milling spindle unit",
        "P1-L1-M05-S1 P1-L1-M06-S1",
        0,
        1,
        45,
        46800,
    ),
    ("P1-S05", "减速器 RV-40E", "Gear RV-40E", "P1-L1-M10-G1", 1, 1, 30, 9800),
    ("P1-S06", "循环泵", "Circulation pump", "P1-L1-M08-P1", 1, 1, 12, 3400),
    ("P1-S07", "电机 YE3-112", "Motor YE3-112", "P1-L1-M11-D1", 1, 1, 8, 1900),
    ("P1-S08", "液压密封件", "Hydraulic seals", "press", 6, 4, 7, 180),
    ("P1-S09", "空压机滤芯", "Compressor filter", "compressor", 3, 4, 5, 240),
    ("P1-S10", "热电偶", "Thermocouple", "oven", 4, 2, 6, 160),
    ("P1-S11", "砂轮", "Grinding wheel", "grinder", 5, 3, 9, 420),
    ("P1-S12", "镜头防护玻璃", "Lens cover", "camera", 3, 2, 5, 95),
)
SHIFTS = (
    ("P1-early", "早班", "Early shift", "1 2 3 4 5 6", "06:00", "14:00"),
    ("P1-late", "中班", "Late shift", "1 2 3 4 5 6", "14:00", "22:00"),
    ("P1-night", "夜班", "Night shift", "1 2 3 4 5 6", "22:00", "06:00"),
)
CREWS = (
    ("P1-maintenance", "mechanic", {"P1-early": 3, "P1-late": 2, "P1-night": 1}),
    ("P1-maintenance", "electrician", {"P1-early": 2, "P1-late": 1, "P1-night": 1}),
    ("P1-maintenance", "hydraulics", {"P1-early": 1, "P1-late": 1}),
    ("P1-maintenance", "robotics", {"P1-early": 1}),
    ("P1-quality", "metrology", {"P1-early": 1, "P1-late": 1}),
)
HISTORY = (
    ("P1-L1-M01", 212, "maintained", "更换液压油和滤芯", "油样铁屑偏多", 150, "tuminsheng"),
    ("P1-L1-M02", 148, "replaced", "更换曲轴轴承", "外圈剥落，游隙超差", 420, "engineer"),
    ("P1-L1-M03", 96, "repaired", "重紧主轴拉刀机构", "拉力低于规定值", 90, "tuminsheng"),
    ("P1-L1-M05", 61, "inspected", "主轴振动复测", "2.8 mm/s，继续观察", 40, "engineer"),
    ("P1-L1-M07", 45, "replaced", "更换砂轮并动平衡", "", 110, "tuminsheng"),
    ("P1-L1-M09", 33, "inspected", "炉温均匀性测试", "九点温差 6 °C，合格", 180, "engineer"),
    ("P1-L1-M10", 27, "maintained", "补充一轴减速器润滑脂", "", 60, "tuminsheng"),
    ("P1-L1-M12", 12, "replaced", "更换空气滤芯", "压差 6.2 kPa", 30, "tuminsheng"),
    ("P1-L1-CAM", 8, "maintained", "清洁镜头并重新标定光源", "", 25, "inspector"),
    ("PS1-P1", 75, "inspected", "汛后检查叶轮和机封", "机封轻微渗漏", 120, ""),
    ("BR1", 190, "inspected", "桥梁定期检查", "支座完好，伸缩缝积泥已清", 240, ""),
)  # fmt: skip
FIELDS_AT = (121.07601, 30.71657)  # within the first fields of Danghu
# Greenhouse, its name, and the stages it went through: crop, stage, since how many days.
HOUSES = (
    ("F1-G01", "一号大棚", "Greenhouse 1",
     (("strawberry", "planting", 78), ("strawberry", "leaf", 58), ("strawberry", "flowering", 26))),
    ("F1-G02", "二号大棚", "Greenhouse 2",
     (("strawberry", "planting", 86), ("strawberry", "leaf", 66), ("strawberry", "flowering", 35),
      ("strawberry", "fruiting", 4))),
    ("F1-G03", "三号大棚", "Greenhouse 3",
     (("tomato", "seedling", 82), ("tomato", "leaf", 46), ("tomato", "flowering", 12))),
    ("F1-G04", "四号大棚", "Greenhouse 4",
     (("rice-seedlings", "emergence", 170), ("rice-seedlings", "seedling", 164), ("", "", 149))),
)  # fmt: skip
ASSETS = [
    *("code", "name", "name_en", "level", "kind", "parent", "organisation", "area", "lon", "lat"),
    *("maker", "type", "serial", "commissioned"),
]


def moment(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)


def write(name: str, columns: list[str], rows: list[tuple]) -> None:
    """Write one file of the sample."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(columns)
        lines.writerows(rows)


def assets() -> list[tuple]:
    """Return the tree, from the top down."""
    rows = [
        ("P1", "示范工厂", "Demonstration Plant", "plant", "plant", "", "P1", "330482002I01", *AT,
         "", "", "", "2019-05-06"),
        ("P1-L1", "一号产线", "Line 1", "line", "line", "P1", "P1-L1", "", "", "", "", "", "",
         "2019-05-06"),
    ]  # fmt: skip
    for at, (code, kind, name, name_en, maker, type_) in enumerate(MACHINES):
        rows.append(
            (f"P1-L1-{code}", name, name_en, "machine", kind, "P1-L1", "", "", "", "", maker,
             type_, f"{type_}-{19040 + 7 * at}", f"2019-0{4 + at % 3}-1{at % 10}")
        )  # fmt: skip
    rows.append(
        ("P1-L1-CAM", "视觉检测站", "Camera station", "machine", "camera", "P1-L1", "P1-quality",
         "", "", "", "明视", "MS-12C", "MS-12C-2207", "2022-07-01")
    )  # fmt: skip
    rows += [
        ("P1-L2", "控制板产线", "Board line", "line", "line", "P1", "P1-L1", "", "", "", "", "", "",
         "2023-03-20"),
        ("P1-L2-CAM", "控制板检测站", "Board camera", "machine", "camera", "P1-L2", "P1-quality",
         "", "", "", "明视", "MS-20B", "MS-20B-2303", "2023-03-20"),
    ]  # fmt: skip
    for machine, part, kind, name, name_en, type_ in PARTS:
        rows.append(
            (f"P1-L1-{machine}-{part}", name, name_en, "part", kind, f"P1-L1-{machine}", "", "",
             "", "", "", type_, "", "")
        )  # fmt: skip
    rows += [
        ("PS1", "东湖排涝泵站", "East Lake pump station", "structure", "pump-station", "",
         "water", "", 121.0412, 30.6869, "", "", "", "2008-04-20"),
        ("PS1-P1", "一号排涝泵", "Drainage pump 1", "machine", "pump", "PS1", "", "", "", "",
         "浙泵", "900ZLB-125", "08-117", "2008-04-20"),
        ("PS1-P2", "二号排涝泵", "Drainage pump 2", "machine", "pump", "PS1", "", "", "", "",
         "浙泵", "900ZLB-125", "08-118", "2008-04-20"),
        ("BR1", "解放桥", "Jiefang Bridge", "structure", "bridge", "", "utilities", "",
         121.0231, 30.6968, "", "", "", "1996-10-01"),
        ("F1", "示范农场", "Demonstration Farm", "plant", "farm-base", "", "F1", "330482001F01",
         *FIELDS_AT, "", "", "", "2021-03-01"),
    ]  # fmt: skip
    rows += [
        (code, name, name_en, "structure", "greenhouse", "F1", "F1-crew", "", "", "", "", "", "",
         "2021-09-01")
        for code, name, name_en, _stages in HOUSES
    ]  # fmt: skip
    return rows


def main() -> None:
    """Write all files of the sample."""
    write("assets.csv", ASSETS, assets())
    write("asset-spares.csv",
          ["code", "name", "name_en", "fits", "stock", "minimum", "lead_days", "price_yuan",
           "plant"],
          [(*row, "P1") for row in SPARES])  # fmt: skip
    write("asset-shifts.csv", ["code", "name", "name_en", "days", "begins", "ends", "plant"],
          [(*row, "P1") for row in SHIFTS])  # fmt: skip
    write("asset-crews.csv", ["organisation", "skill", "shift", "people"],
          [(crew, skill, shift, people) for crew, skill, per in CREWS
           for shift, people in per.items()])  # fmt: skip
    write("asset-history.csv", ["asset", "at", "what", "done", "found", "minutes", "by"],
          [(asset, moment(AS_OF - timedelta(days=back), 9.5).isoformat(), *rest)
           for asset, back, *rest in HISTORY])  # fmt: skip
    write("crop-stages.csv", ["asset", "crop", "stage", "since"],
          [(code, crop, stage, moment(AS_OF - timedelta(days=back), 7.0).isoformat())
           for code, *_names, stages in HOUSES for crop, stage, back in stages])  # fmt: skip
    tables = (
        ("assets", "assets"), ("spares", "asset-spares"), ("shifts", "asset-shifts"),
        ("crew-skills", "asset-crews"),
        ("asset-history", "asset-history"), ("crop-stages", "crop-stages"),
    )  # fmt: skip
    told = "".join(f'\n[[file]]\ntable = "{t}"\nfile = "{f}.csv"\n' for t, f in tables)
    (HERE / "assets.toml").write_text(
        "# Made by make_assets.py. Days and moments move so that `as_of` is the day it is loaded.\n"
        f"as_of = {AS_OF}\n{told}",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
