"""Invents the register of the sample town: `python towns/pinghu/make_enterprises.py`.

Writes sample/enterprises.csv, enterprise-years.csv and enterprise-months.csv. Seeds are fixed, so
running it again writes the same bytes. Every enterprise is invented; that one is called like a
real one would be chance. The totals below are what the sample is to show (`TOTALS`), shared out
among the enterprises; nothing is stored that says them, so whoever asks has to count.

About the number of above-scale enterprises: a county reported 4 enterprises of the digital
economy in 2019 and 21 in the last year, and wants at least 35 and at least 40 % of all that are
above scale. 35 are 40 % of 87, so there must be fewer than 87 then; 52 in 2019 rising to 68 give
7.7 % and 30.9 %, and 35 out of 82 (68 and 14 more) would be 42.7 %.

Above scale an enterprise reports monthly, below only yearly, as in life.
"""

import csv
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from linli.enterprises.credit_code import check_digit
from linli.enterprises.industries import digital, is_digital_manufacturing

HERE = Path(__file__).parent
SAMPLE = HERE / "sample"
SEED = 20190101
YEARS = range(2019, 2026)
THIS_YEAR, LAST_MONTH = 2026, 10
ALL = 320

# By year, of the enterprises above scale; money in 10,000 yuan.
ABOVE = (52, 54, 56, 59, 62, 65, 68)
DIGITAL = (4, 6, 8, 11, 14, 17, 21)
MAKERS = (3, 4, 6, 8, 10, 13, 16)  # of the digital ones, those that make digital products
OUTPUT = (420_000, 441_000, 520_000, 581_000, 640_000, 700_000, 1_084_000)
MAKERS_SHARE = (0.0141, 0.0312, 0.0558, 0.0917, 0.1336, 0.1829, 0.2271)
VALUE_ADDED = (0.208, 0.209, 0.212, 0.213, 0.215, 0.217, 0.221)
INVESTMENT = (52_000, 56_000, 66_000, 78_000, 88_000, 98_000, 151_000)
DIGITAL_SHARE = (0.21, 0.26, 0.31, 0.37, 0.43, 0.49, 0.55)
RAISED = (4_000, 6_500, 9_800, 13_500, 17_200, 21_000, 33_600)
SETTLED = (18_000, 20_500, 26_000, 31_000, 36_500, 42_000, 76_400)
# Output of two of them, told in the words of the record.
MOTORS = (61_000, 66_000, 92_000, 124_000, 161_000, 214_000, 370_000)
GEARS = (4_480, 4_310, 4_500, 3_260, 6_150, 8_720, 10_640)

SEASON = (0.92, 0.62, 1.02, 1.0, 1.02, 1.06, 0.98, 0.97, 1.06, 1.02, 1.1, 1.23)
BRANDS = {
    "瑞": "Rui", "晟": "Sheng", "恒": "Heng", "鼎": "Ding", "泽": "Ze", "嘉": "Jia", "宏": "Hong",
    "锦": "Jin", "凯": "Kai", "诺": "Nuo", "辰": "Chen", "博": "Bo", "源": "Yuan", "联": "Lian",
    "汇": "Hui", "旭": "Xu", "森": "Sen", "盈": "Ying", "科": "Ke", "禾": "He", "越": "Yue",
    "澜": "Lan", "屹": "Yi", "峻": "Jun", "芯": "Xin", "翎": "Ling", "拓": "Tuo", "皓": "Hao",
}  # fmt: skip
# Industry: what its enterprises are called, in English, and what they make.
TRADITIONAL = {
    "1819": ("服饰", "Garments", "夹克 大衣"), "1829": ("针织", "Knitwear", "针织衫"),
    "1922": ("箱包", "Luggage", "拉杆箱 双肩包"), "2110": ("家具", "Furniture", "实木家具"),
    "2221": ("纸业", "Paper", "特种纸"), "2231": ("包装", "Packaging", "纸箱"),
    "2641": ("涂料", "Coatings", "水性涂料"), "2770": ("医用材料", "Medical Materials", "敷料"),
    "2926": ("塑业", "Plastics", "周转箱"), "2929": ("塑料制品", "Plastic Products", "注塑件"),
    "3311": ("钢构", "Steel Structures", "钢结构"),
    "3360": ("表面处理", "Surface Treatment", "电镀"),
    "3392": ("压铸", "Die Casting", "铝压铸件 电机端盖"), "3441": ("泵业", "Pumps", "离心泵"),
    "3451": ("轴承", "Bearings", "深沟球轴承"), "3482": ("紧固件", "Fasteners", "高强度螺栓"),
    "3484": ("机械", "Machinery", "机加工件 转轴"), "3525": ("模具", "Moulds", "冲压模具"),
    "3670": ("汽车零部件", "Auto Parts", "座椅骨架 线束"), "3812": ("电机", "Motors", "永磁电机"),
    "3831": ("线缆", "Cables", "漆包线"), "3857": ("电器配件", "Appliance Parts", "电热元件"),
    "3872": ("照明", "Lighting", "户外灯具"), "3841": ("电池", "Batteries", "锂电池组"),
}  # fmt: skip
MAKING = {
    "3976": ("光电", "Optoelectronics", "光学镜头 光电模组"),
    "3982": ("电路", "Circuits", "柔性电路板"),
    "3983": ("传感", "Sensing", "霍尔传感器"), "3962": ("智能车载", "Smart Mobility", "车载显示屏"),
    "3491": ("机器人", "Robotics", "协作机器人"), "4011": ("自动化", "Automation", "控制器"),
    "3974": ("显示", "Displays", "液晶模组"), "3985": ("电子材料", "Electronic Materials", "铜箔"),
    "3972": ("半导体", "Semiconductors", "功率器件"),
    "3969": ("智能科技", "Smart Devices", "智能门锁"),
    "3825": ("光伏", "Photovoltaics", "光伏支架"), "3912": ("数码", "Digital Parts", "硬盘支架"),
    "3824": ("电子", "Electronics", "逆变器 变频器"),
}  # fmt: skip
SERVING = {
    "6513": ("软件", "Software", "工业软件"),
    "6531": ("信息技术", "Information Technology", "系统集成"),
    "6532": ("物联", "Internet of Things", "设备联网"), "6450": ("数据", "Data", "数据服务"),
    "6520": ("微电子", "Microelectronics", "芯片设计"),
    "6431": ("云工", "Cloud Works", "产业互联网平台"),
}  # fmt: skip
OTHERS = {
    "5430": ("物流", "Logistics", "货运"), "7320": ("工程技术", "Engineering", "试验检测"),
    "5193": ("电子商务", "E-Commerce", "网上批发"), "8121": ("维修", "Repair", "设备维修"),
}  # fmt: skip

PRODUCTS_EN = {
    "夹克": "Jackets", "大衣": "Coats", "针织衫": "Knitwear", "拉杆箱": "Trolley cases",
    "双肩包": "Backpacks", "实木家具": "Solid wood furniture", "特种纸": "Speciality paper",
    "纸箱": "Cartons", "水性涂料": "Water-based coatings", "敷料": "Dressings",
    "周转箱": "Crates", "注塑件": "Injection-moulded parts", "钢结构": "Steel structures",
    "电镀": "Electroplating", "铝压铸件": "Aluminium die castings",
    "电机端盖": "Motor end covers", "离心泵": "Centrifugal pumps",
    "深沟球轴承": "Deep groove ball bearings", "高强度螺栓": "High-strength bolts",
    "机加工件": "Machined parts", "转轴": "Shafts", "冲压模具": "Stamping dies",
    "座椅骨架": "Seat frames", "线束": "Wiring harnesses", "永磁电机": "Permanent-magnet motors",
    "漆包线": "Enamelled wire", "电热元件": "Heating elements", "户外灯具": "Outdoor lamps",
    "锂电池组": "Lithium battery packs", "光学镜头": "Optical lenses",
    "光电模组": "Optoelectronic modules", "柔性电路板": "Flexible circuit boards",
    "霍尔传感器": "Hall sensors", "车载显示屏": "Car displays",
    "协作机器人": "Collaborative robots", "控制器": "Controllers", "液晶模组": "LCD modules",
    "铜箔": "Copper foil", "功率器件": "Power devices", "智能门锁": "Smart locks",
    "光伏支架": "Solar mounts", "硬盘支架": "Disk brackets", "逆变器": "Inverters",
    "变频器": "Frequency converters", "工业软件": "Industrial software",
    "系统集成": "System integration", "设备联网": "Connecting of machines",
    "数据服务": "Data services", "芯片设计": "Chip design",
    "产业互联网平台": "Industrial internet platform", "货运": "Freight",
    "试验检测": "Testing", "网上批发": "Online wholesale", "设备维修": "Repair of machines",
    "新能源汽车驱动电机": "Drive motors for electric cars", "定子": "Stators", "转子": "Rotors",
    "减速机": "Reduction gears", "变速箱齿轮": "Gears for gearboxes",
}  # fmt: skip


@dataclass
class Firm:
    """An enterprise as it is invented. `span` are the years in which it is above scale."""

    code: str
    name: str
    name_en: str
    industry: str
    products: str
    weight: float
    span: tuple[int, int] | None
    founded: str
    area: str = ""
    lon: float = 0.0
    lat: float = 0.0
    land: float = 0.0
    parcel: str = ""
    note: str = ""
    size: str = "small"
    listed: bool = False
    output: dict[int, float] = field(default_factory=dict)
    now: float = 1.1  # this year against the last

    def is_above(self, year: int) -> bool:
        return self.span is not None and self.span[0] <= year <= self.span[1]

    @property
    def is_industrial(self) -> bool:
        return "06" <= self.industry[:2] <= "46"


class Maker:
    """Draws everything by lot, from one seed."""

    def __init__(self) -> None:
        self.rng = random.Random(SEED)
        self.names: set[str] = set()
        self.codes: set[str] = set()
        self.parcels: dict[str, int] = {}
        areas = json.loads((HERE / "areas.geojson").read_text("utf-8"))["features"]
        self.parks = [
            (f["properties"]["code"], shapely.from_geojson(json.dumps(f["geometry"])))
            for f in areas
            if f["properties"]["land"] == "industry"
        ]
        self.streets = [
            (f["properties"]["code"], shapely.from_geojson(json.dumps(f["geometry"])))
            for f in areas
            if f["properties"]["land"] == "street" and f["properties"]["code"] < "330482003"
        ]

    def firm(
        self, kinds: dict[str, tuple[str, str, str]], weight: float,
        span: tuple[int, int] | None, industry: str = "", name: tuple[str, str] | None = None,
    ) -> Firm:  # fmt: skip
        rng = self.rng
        industry = industry or rng.choice(sorted(kinds))
        word, english, products = kinds[industry]
        while name is None or name[0] in self.names:
            one, two = rng.sample(sorted(BRANDS), 2)
            name = (f"平湖{one}{two}{word}有限公司",
                    f"Pinghu {BRANDS[one]}{BRANDS[two].lower()} {english} Co., Ltd.")  # fmt: skip
        self.names.add(name[0])
        since = span[0] if span else rng.randint(2008, 2022)
        born = min(since - rng.randint(2, 9), 2022) if span else since
        founded = f"{born}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        made = Firm(self.code(), *name, industry, products, weight, span, founded)
        self.place(made)
        return made

    def code(self) -> str:
        while True:
            first = f"91330482MA{self.rng.choice('2B')}{self.rng.randrange(10**6):06d}"
            if first not in self.codes:
                self.codes.add(first)
                return first + check_digit(first)

    def place(self, firm: Firm) -> None:
        rng = self.rng
        firm.area, shape = rng.choice(self.parks if firm.is_industrial else self.streets)
        west, south, east, north = shape.bounds
        while True:
            lon, lat = rng.uniform(west, east), rng.uniform(south, north)
            if shape.contains(shapely.Point(lon, lat)):
                break
        firm.lon, firm.lat = round(lon, 6), round(lat, 6)
        self.parcels[firm.area] = self.parcels.get(firm.area, 0) + 1
        firm.parcel = f"{firm.area}-{self.parcels[firm.area]:03d}"

    def spread(self, total: float, firms: list[Firm]) -> list[float]:
        """Share a total out by weight, to one place after the point, leaving nothing over."""
        weights = [firm.weight * self.rng.uniform(0.9, 1.1) for firm in firms]
        shares = [round(total * weight / sum(weights), 1) for weight in weights]
        shares[0] = round(shares[0] + total - sum(shares), 1)
        return shares


def spans(counts: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return from when to when each is above scale, so that so many are in each year."""
    found: list[tuple[int, int]] = []
    for year, count in zip(YEARS, counts, strict=True):
        open_ones = sum(first <= year <= last for first, last in found)
        found += [(year, 9999)] * max(count - open_ones, 0)
        for _ in range(open_ones - count):
            at = next(i for i, (_first, last) in enumerate(found) if last == 9999)
            found[at] = (found[at][0], year - 1)
    return found


def invent(maker: Maker) -> list[Firm]:
    rng = maker.rng
    motors = maker.firm(
        TRADITIONAL, 1, (2019, 9999), "3812",
        ("浙江恒驱电机股份有限公司", "Zhejiang Hengqu Motors Co., Ltd."),
    )  # fmt: skip
    motors.products, motors.size, motors.listed = "新能源汽车驱动电机 定子 转子", "large", True
    motors.output, motors.now = dict(zip(YEARS, map(float, MOTORS), strict=True)), 1.07
    motors.weight, motors.land = 5, 286.0
    motors.note = "新厂区待开工；海外订单受阻；本地配套不足。"
    gears = maker.firm(
        {"3453": ("传动", "Transmissions", "减速机 变速箱齿轮")}, 1, (2019, 9999), "3453",
        ("平湖捷驰传动科技有限公司", "Pinghu Jiechi Transmission Technology Co., Ltd."),
    )  # fmt: skip
    gears.output, gears.now = dict(zip(YEARS, map(float, GEARS), strict=True)), 1.18
    gears.founded, gears.note = "2006-05-18", "2022年由服装厂转型为减速机、变速箱齿轮制造企业。"
    makers = [maker.firm(MAKING, rng.uniform(0.6, 2.0), span) for span in spans(MAKERS)]
    serving = tuple(d - m for d, m in zip(DIGITAL, MAKERS, strict=True))
    services = [maker.firm(SERVING, rng.uniform(0.6, 1.6), span) for span in spans(serving)]
    rest = tuple(a - d - 2 for a, d in zip(ABOVE, DIGITAL, strict=True))
    # One goes and another comes in 2022, and one goes in 2025.
    old = spans(rest)
    old[5] = (2019, 2021)
    old.append((2022, 9999))
    others = [maker.firm(TRADITIONAL, rng.uniform(0.4, 2.2), span) for span in old]
    for firm in (*makers[:3], services[0], others[3]):
        firm.listed = True
    above = [motors, gears, *makers, *services, *others]
    near = [maker.firm(MAKING, 1, None) for _ in range(12)]
    near += [maker.firm(SERVING, 1, None) for _ in range(5)]
    near += [maker.firm(TRADITIONAL, 1, None) for _ in range(22)]
    small = [
        maker.firm(rng.choices((TRADITIONAL, MAKING, SERVING, OTHERS), (70, 9, 7, 14))[0], 1, None)
        for _ in range(ALL - len(above) - len(near))
    ]
    for firm in near:
        _grow(rng, firm, rng.uniform(1_150, 1_960))
        firm.size = "small"
    for firm in small:
        _grow(rng, firm, rng.choice((rng.uniform(60, 400), rng.uniform(300, 1_300))))
        firm.size = "micro" if firm.output[2025] < 300 else "small"
    for at, year in enumerate(YEARS):
        _share_output(maker, at, year, above, [motors, gears], makers)
    for firm in above:
        last = max(y for y in firm.output)
        _below(rng, firm)
        if firm is not motors:
            firm.size = "medium" if firm.output[last] > 14_000 else "small"
    for firm in (*makers, *services):
        firm.now = rng.uniform(1.12, 1.45)
    for firm in others:
        firm.now = rng.uniform(0.94, 1.12)
    return [*above, *near, *small]


def _grow(rng: random.Random, firm: Firm, last: float) -> None:
    born = int(firm.founded[:4])
    rate = rng.uniform(1.02, 1.22 if digital(firm.industry) else 1.1)
    for year in YEARS:
        if year >= born:
            firm.output[year] = round(last / rate ** (2025 - year) * rng.uniform(0.94, 1.06), 1)


def _share_output(
    maker: Maker, at: int, year: int, above: list[Firm], told: list[Firm], makers: list[Firm]
) -> None:
    digital_ones = [f for f in makers if f.is_above(year)]
    total, theirs = OUTPUT[at], round(OUTPUT[at] * MAKERS_SHARE[at], 1)
    rest = [
        f for f in above
        if f.is_above(year) and f.is_industrial and f not in told and f not in makers
    ]  # fmt: skip
    left = total - theirs - sum(f.output[year] for f in told)
    for firms, amount in ((digital_ones, theirs), (rest, left)):
        for firm, share in zip(firms, maker.spread(amount, firms), strict=True):
            firm.output[year] = share
    for firm in above:
        if firm.is_above(year) and not firm.is_industrial:
            firm.output[year] = round(2_300 * firm.weight * 1.12**at + 900, 1)


def _below(rng: random.Random, firm: Firm) -> None:
    """Give an enterprise that is above scale later what it had before, or after."""
    assert firm.span is not None
    born = int(firm.founded[:4])
    first = firm.output[firm.span[0]]
    for year in YEARS:
        if year in firm.output or year < born:
            continue
        if year < firm.span[0]:
            firm.output[year] = round(min(first, 1_950) * 0.86 ** (firm.span[0] - year), 1)
        else:
            firm.output[year] = round(rng.uniform(1_200, 1_800), 1)


Row = dict[str, Any]


def figures(maker: Maker, firms: list[Firm]) -> tuple[list[Row], list[Row]]:
    """Return the rows of all years and of all months."""
    rng, months, years = maker.rng, [], []
    ways = {firm.code: _ways(rng, firm) for firm in firms}
    for at, year in enumerate(YEARS):
        above = [f for f in firms if f.is_above(year)]
        industrial = [f for f in above if f.is_industrial]
        investing = dict(zip((f.code for f in industrial), _invested(maker, at, industrial),
                             strict=True))  # fmt: skip
        listed = [f for f in above if f.listed]
        raised = dict(zip((f.code for f in listed), maker.spread(RAISED[at], listed), strict=True))
        # By what each invests: capital that arrives is what plants are built with.
        settled = _whole(_scaled({f.code: investing[f.code][0] for f in industrial}, SETTLED[at]),
                         SETTLED[at])  # fmt: skip
        added = _scaled({f.code: f.output[year] * rng.uniform(0.9, 1.1) for f in industrial},
                        OUTPUT[at] * VALUE_ADDED[at])  # fmt: skip
        for firm in firms:
            if year not in firm.output:
                continue
            row = _year(rng, firm, year, ways[firm.code])
            if firm.is_above(year):
                row |= {"above_scale": "true"}
                if firm.is_industrial:
                    row["value_added"] = added[firm.code]
                    row["fixed_investment"], row["digital_investment"] = investing[firm.code]
                    row["capital_settled"] = settled[firm.code]
                if firm.code in raised:
                    row["capital_raised"] = raised[firm.code]
                months += _months(rng, firm, year, row, range(1, 13))
            years.append(row)
    for firm in firms:
        if firm.is_above(THIS_YEAR):
            last = next(r for r in reversed(years) if r["enterprise"] == firm.code)
            row = {n: (v * firm.now if isinstance(v, float) else v) for n, v in last.items()}
            months += _months(rng, firm, THIS_YEAR, row, range(1, LAST_MONTH + 1))
    return years, months


def _scaled(parts: dict[str, float], total: float) -> dict[str, float]:
    by = total / sum(parts.values())
    return {code: round(part * by, 1) for code, part in parts.items()}


def _whole(parts: dict[str, float], total: float) -> dict[str, float]:
    """Give the first what rounding left over."""
    first = next(iter(parts))
    parts[first] = round(parts[first] + total - sum(parts.values()), 1)
    return parts


def _invested(maker: Maker, at: int, firms: list[Firm]) -> list[tuple[float, float]]:
    fixed = maker.spread(INVESTMENT[at], firms)
    wanted = INVESTMENT[at] * DIGITAL_SHARE[at]
    # Those who make digital products put in most of it; the others what is left, by size.
    theirs = [is_digital_manufacturing(f.industry) for f in firms]
    first = sum(f * 0.86 for f, is_digital in zip(fixed, theirs, strict=True) if is_digital)
    others = sum(f for f, is_digital in zip(fixed, theirs, strict=True) if not is_digital)
    share = max(wanted - first, 0) / others
    scale = min(wanted / first, 1.0) if first else 0.0
    return [
        (f, round(f * (0.86 * scale if is_digital else share), 1))
        for f, is_digital in zip(fixed, theirs, strict=True)
    ]


def _ways(rng: random.Random, firm: Firm) -> dict[str, float]:
    """Return what an enterprise needs and yields for 10,000 yuan of output."""
    heavy = firm.industry[:2] in ("22", "26", "33")
    clean = bool(digital(firm.industry))
    return {
        "sales": rng.uniform(0.94, 1.02),
        "value_added": rng.uniform(0.17, 0.27),
        "profit": rng.uniform(0.09, 0.16) if clean else rng.uniform(0.015, 0.09),
        "tax": rng.uniform(0.045, 0.08) if clean else rng.uniform(0.018, 0.055),
        "exports": rng.uniform(0.1, 0.5) if rng.random() < 0.45 else 0.0,
        "energy": rng.uniform(0.09, 0.22) if heavy else rng.uniform(0.012, 0.07),
        "electricity": rng.uniform(0.012, 0.05),
        "emissions": rng.uniform(0.0006, 0.0022) if heavy else rng.uniform(0.00003, 0.0003),
        "rd": rng.uniform(0.03, 0.075) if clean else rng.uniform(0.002, 0.035),
        "staff": rng.uniform(0.007, 0.014) if firm.industry[:2] in ("18", "19")
                 else rng.uniform(0.0035, 0.008),
        "mu": rng.uniform(180, 720),
    }  # fmt: skip


def _year(rng: random.Random, firm: Firm, year: int, ways: dict[str, float]) -> Row:
    output = firm.output[year]
    if not firm.land:
        most = max(firm.output.values())
        firm.land = round(max(most / ways["mu"], 1.2), 1) if firm.is_industrial else 0.0
    row: Row = {"enterprise": firm.code, "year": year, "above_scale": "false"}
    row["output"] = output if firm.is_industrial else ""
    for name, way in ways.items():
        if name in ("staff", "mu"):
            continue
        row[name] = round(output * way * rng.uniform(0.96, 1.04), 3 if name == "emissions" else 1)
    row["staff"] = max(round(output * ways["staff"] + 4), 3)
    row["researchers"] = round(row["staff"] * (0.24 if digital(firm.industry) else 0.06))
    row["fixed_investment"] = row["digital_investment"] = row["capital_raised"] = ""
    row["capital_settled"] = ""
    row["land_mu"] = firm.land or ""
    return row


EVEN = ("output", "sales", "value_added", "profit", "tax", "exports", "energy", "electricity",
        "emissions", "rd", "fixed_investment", "digital_investment")  # fmt: skip


def _months(rng: random.Random, firm: Firm, year: int, row: Row, which: range) -> list[Row]:
    """Share a year out among its months; the last of a whole year makes the sum come out."""
    noise = [rng.uniform(0.95, 1.05) for _ in range(12)]
    parts = [a * b for a, b in zip(SEASON, noise, strict=True)]
    found: list[Row] = []
    for month in which:
        made: Row = {"enterprise": firm.code, "month": f"{year}-{month:02d}"}
        for name in EVEN:
            if row[name] == "":
                made[name] = ""
                continue
            places = 4 if name == "emissions" else 2
            made[name] = round(row[name] * parts[month - 1] / sum(parts), places)
            if month == 12:
                before = sum(known[name] for known in found)
                made[name] = max(round(row[name] - before, places), 0.0)
        made["staff"] = row["staff"] + rng.randint(-2, 2)
        found.append(made)
    for made in found:
        if made["fixed_investment"] != "":
            made["digital_investment"] = min(made["digital_investment"], made["fixed_investment"])
    return found


def write(name: str, rows: list[Row]) -> None:
    """Write a file of the sample."""
    with (SAMPLE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def main() -> None:
    SAMPLE.mkdir(exist_ok=True)
    maker = Maker()
    firms = invent(maker)
    years, months = figures(maker, firms)
    register = [
        {
            "code": f.code, "name": f.name, "name_en": f.name_en, "industry": f.industry,
            "size": f.size, "status": "operating", "area": f.area, "parcel": f.parcel,
            "lon": f.lon, "lat": f.lat, "land_mu": f.land or "", "founded": f.founded,
            "products": f.products, "products_en": json.dumps(
                [PRODUCTS_EN[one] for one in f.products.split()]) if f.products else "",
            "note": f.note,
        }
        for f in firms
    ]  # fmt: skip
    write("enterprises.csv", register)
    write("enterprise-years.csv", years)
    write("enterprise-months.csv", months)


if __name__ == "__main__":
    main()
