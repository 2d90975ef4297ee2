"""Draws the sample's remediation campaign: `python towns/pinghu/make_remediation.py`.

1,945 mu in five blocks inside the industrial area of Xindai; block 4 signs all its enterprises
within seven days of the notice. Every line, enterprise and figure is invented. The enterprises
of the register that lie there (`make_enterprises.py`) stand on the parcel nearest to them; the
others, too small to report, are added to the register. Writes `sample/remediation.toml` and the
files it names; running it again writes the same bytes.
"""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import shapely
from shapely.affinity import rotate, scale, translate

from linli.engines.geo import hectares

HERE = Path(__file__).parent / "sample"
SEED = 1945
AS_OF = date(2026, 11, 20)
AREA = "330482102"
CENTRE = (121.0900, 30.7752)  # within the industrial area of Xindai
TURN = -14  # degrees
WIDE, HIGH = 1480.0, 876.0  # metres, before the whole is scaled to 1,945 mu
STREET = 7.0  # metres from a parcel to the side of its block
DEGREE = (95_690.0, 110_870.0)  # metres in a degree of longitude and latitude there
NEGOTIATORS = ("officer", "lingangya", "huangleishu", "fanqunzi", "longqingrong")


class Block:
    """What is invented of a block; `signed` is how many have signed by `AS_OF`."""

    def __init__(self, code, name, name_en, mu, n, signed, told, due, within, owner):
        self.code, self.name, self.name_en, self.mu, self.n = code, name, name_en, mu, n
        self.signed, self.told, self.due = signed, told, due
        self.within, self.owner = within, owner


BLOCKS = (
    Block("XD-1", "一号区块（老纺织园）", "Block 1 (old textile park)", 412, 26, 24,
          date(2026, 9, 14), date(2026, 10, 31), 44, "industry"),
    Block("XD-2", "二号区块（沿河作坊）", "Block 2 (workshops by the river)", 386, 24, 18,
          date(2026, 9, 28), date(2026, 12, 10), 50, "industry"),
    Block("XD-3", "三号区块（箱包小微园）", "Block 3 (luggage workshops)", 365, 22, 9,
          date(2026, 10, 19), date(2026, 12, 31), 31, "330482102"),
    Block("XD-4", "四号区块（铸造片）", "Block 4 (foundries)", 398, 31, 31,
          date(2026, 9, 7), date(2026, 9, 30), 7, "330482102"),
    Block("XD-5", "五号区块（仓储片）", "Block 5 (warehouses)", 384, 23, 4,
          date(2026, 11, 12), date(2027, 1, 20), 8, "industry"),
)  # fmt: skip
FIRST = [
    "嘉禾",
    "恒泰",
    "瑞丰",
    "华盛",
    "金鼎",
    "联创",
    "永固",
    "东升",
    "明达",
    "宏远",
    "锦程",
    "天成",
    "新锐",
    "百川",
    "力源",
    "顺达",
    "弘业",
    "中轩",
    "博远",
    "佳捷",
    "银通",
    "祥云",
    "富临",
    "正阳",
    "汇丰",
    "启航",
    "同舟",
    "盛源",
    "万里",
    "晨光",
]
SECOND = [
    "箱包",
    "服饰",
    "纺织",
    "五金",
    "铸造",
    "机械",
    "塑业",
    "包装",
    "木业",
    "童车",
    "电器",
    "印染",
    "橡塑",
    "仓储",
    "物流",
    "金属",
    "模具",
    "家具",
    "紧固件",
    "洁具",
]
PINYIN = {
    "嘉禾": "Jiahe", "恒泰": "Hengtai", "瑞丰": "Ruifeng", "华盛": "Huasheng", "金鼎": "Jinding",
    "联创": "Lianchuang", "永固": "Yonggu", "东升": "Dongsheng", "明达": "Mingda",
    "宏远": "Hongyuan", "锦程": "Jincheng", "天成": "Tiancheng", "新锐": "Xinrui",
    "百川": "Baichuan", "力源": "Liyuan", "顺达": "Shunda", "弘业": "Hongye", "中轩": "Zhongxuan",
    "博远": "Boyuan", "佳捷": "Jiajie", "银通": "Yintong", "祥云": "Xiangyun", "富临": "Fulin",
    "正阳": "Zhengyang", "汇丰": "Huifeng", "启航": "Qihang", "同舟": "Tongzhou",
    "盛源": "Shengyuan", "万里": "Wanli", "晨光": "Chenguang",
    "箱包": "Luggage", "服饰": "Garments", "纺织": "Textiles", "五金": "Hardware",
    "铸造": "Foundry", "机械": "Machinery", "塑业": "Plastics", "包装": "Packaging",
    "木业": "Timber", "童车": "Prams", "电器": "Electric", "印染": "Dyeing", "橡塑": "Rubber",
    "仓储": "Storage", "物流": "Logistics", "金属": "Metals", "模具": "Moulds",
    "家具": "Furniture", "紧固件": "Fasteners", "洁具": "Sanitary Ware",
}  # fmt: skip
# Industry of each trade (GB/T 4754), and what it makes.
TRADES = {
    "箱包": ("1922", "拉杆箱"), "服饰": ("1819", "夹克"), "纺织": ("1751", "化纤布"),
    "五金": ("3351", "家具五金"), "铸造": ("3391", "铸铁件"), "机械": ("3484", "机加工件"),
    "塑业": ("2929", "注塑件"), "包装": ("2231", "纸箱"), "木业": ("2110", "木制家具"),
    "童车": ("3760", "童车零件"), "电器": ("3857", "电热元件"), "印染": ("1751", "染色布"),
    "橡塑": ("2913", "橡胶密封件"), "仓储": ("5990", "仓储"), "物流": ("5430", "货运"),
    "金属": ("3311", "钢结构"), "模具": ("3525", "冲压模具"), "家具": ("2110", "实木家具"),
    "紧固件": ("3482", "螺栓"), "洁具": ("3351", "洁具配件"),
}  # fmt: skip
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SAID = (
    "上门送达征求意见书，企业主表示理解，希望了解搬迁去向。",
    "核对厂房面积与设备清单，双方签字确认。",
    "解释奖励期限，企业主要求与合伙人商量后答复。",
    "企业主提出订单未完工，希望推迟一个月腾空。",
    "带企业主看了两处标准厂房，意向东区三号楼。",
)


def main():
    """Write the files."""
    HERE.mkdir(exist_ok=True)
    rng = np.random.default_rng(SEED)
    shapes = draw_blocks()
    names = invented_names(rng)
    files = {"parcels": [], "holdings": [], "inventory": [], "promises": [], "offers": [],
             "negotiations": []}  # fmt: skip
    for block, shape in zip(BLOCKS, shapes, strict=True):
        fill(block, shape, names, files, rng)
    known = on_the_register(files)
    files = {"enterprises": small_ones(files, known), **files}
    write_shapes(
        "remediation-blocks.geojson",
        [({"code": b.code, "name": b.name, "name_en": b.name_en, "campaign": "xindai-park",
           "organisation": b.owner, "due_on": str(b.due), "given_mu": b.mu}, degrees(s))
         for b, s in zip(BLOCKS, shapes, strict=True)],
    )  # fmt: skip
    write_shapes("remediation-parcels.geojson", files.pop("parcels"))
    campaign = {
        "code": "xindai-park", "name": "新埭老旧工业区整治",
        "name_en": "Old industrial park of Xindai",
        "policy": "standard", "organisation": "industry", "area": AREA, "given_mu": 1945,
        "began_on": "2026-08-17", "due_on": "2027-01-31",
        "note": "示意数据：界线、企业与金额均为虚构",
        "note_en": "A sample: lines, enterprises and sums are invented",
    }  # fmt: skip
    write_rows("remediation-campaigns.csv", [campaign])
    for table, rows in files.items():
        write_rows(f"remediation-{table}.csv", rows)
    order = [("campaigns", "remediation-campaigns.csv"), ("blocks", "remediation-blocks.geojson"),
             ("parcels", "remediation-parcels.geojson"),
             *((table, f"remediation-{table}.csv") for table in files)]  # fmt: skip
    text = "# Made by make_remediation.py. Days move so that `as_of` is the day it is loaded.\n"
    text += f"as_of = {AS_OF}\n"
    for table, file in order:
        text += f'\n[[file]]\ntable = "{table}"\nfile = "{file}"\n'
    (HERE / "remediation.toml").write_text(text, "utf-8")


# --- land ------------------------------------------------------------------------------------


def degrees(shape):
    """Carry metres from the centre onto the ellipsoid."""
    shape = rotate(shape, TURN, origin=(0, 0))
    shape = scale(shape, 1 / DEGREE[0], 1 / DEGREE[1], origin=(0, 0))
    return shapely.set_precision(translate(shape, *CENTRE), 1e-7)


def mu(shape):
    """Measure a shape in metres."""
    return float(hectares(degrees(shape))) * 15


def draw_blocks():
    """Cut the whole: blocks 1 to 3 in the north, 4 and 5 in the south, to the given mu."""
    whole = sum(block.mu for block in BLOCKS)
    size = 1.0
    for _ in range(4):
        size *= np.sqrt(whole / mu(shapely.box(-WIDE * size / 2, -HIGH * size / 2,
                                               WIDE * size / 2, HIGH * size / 2)))  # fmt: skip
    west, south, east, north = (-WIDE * size / 2, -HIGH * size / 2, WIDE * size / 2,
                                HIGH * size / 2)  # fmt: skip
    north_mu = sum(block.mu for block in BLOCKS[:3])
    middle = south + (north - south) * (1 - north_mu / whole)
    upper = shapely.box(west, middle, east, north)
    lower = shapely.box(west, south, east, middle)
    first, rest = cut(upper, BLOCKS[0].mu, 70)
    second, third = cut(rest, BLOCKS[1].mu, -40)
    fourth, fifth = cut(lower, BLOCKS[3].mu, 55)
    return [first, second, third, fourth, fifth]


def cut(shape, wanted, lean):
    """Cut a shape by a line that leans so many metres to the right, `wanted` mu to its left."""
    west, south, east, north = shape.bounds
    low, high = west - 200, east + 200
    for _ in range(60):
        at = (low + high) / 2
        left = shapely.Polygon([(west - 500, south - 1), (at, south - 1), (at + lean, north + 1),
                                (west - 500, north + 1)])  # fmt: skip
        low, high = (at, high) if mu(shapely.intersection(shape, left)) < wanted else (low, at)
    return shapely.intersection(shape, left), shapely.difference(shape, left)


def parcels_of(shape, n, rng):
    """Cut a block into parcels, the largest first, with a street around each."""
    pieces = [shape]
    while len(pieces) < n:
        pieces.sort(key=lambda piece: -piece.area)
        piece = pieces.pop(0)
        west, south, east, north = piece.bounds
        share = rng.uniform(0.4, 0.6)
        if east - west > north - south:
            half = shapely.box(west - 1, south - 1, west + (east - west) * share, north + 1)
        else:
            half = shapely.box(west - 1, south - 1, east + 1, south + (north - south) * share)
        pieces += [shapely.intersection(piece, half), shapely.difference(piece, half)]
    pieces = [piece.buffer(-STREET, join_style="mitre") for piece in pieces]
    return sorted(pieces, key=lambda piece: (-round(piece.centroid.y / 90), piece.centroid.x))


# --- enterprises -----------------------------------------------------------------------------


def invented_names(rng):
    """Name enterprises, no two alike."""
    pairs = [(a, b) for a in FIRST for b in SECOND]
    rng.shuffle(pairs)
    for a, b in pairs:
        yield f"平湖市{a}{b}有限公司", f"{PINYIN[a]} {PINYIN[b]} Co., Ltd."


def credit_code(rng):
    """Invent a credit code with its check digit (GB 32100-2015)."""
    first = "91330482MA" + "".join(rng.choice(list(CHARACTERS), 7))
    total = sum(CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + CHARACTERS[-total % 31]


def fill(block, shape, names, files, rng):
    """Put parcels and enterprises on a block, and let them climb."""
    pieces = parcels_of(shape, block.n - 2, rng)
    codes = [f"{block.code}-{at:02d}" for at in range(1, len(pieces) + 1)]
    for code, piece in zip(codes, pieces, strict=True):
        size = mu(piece)
        # Papers are rounded, and one in nine is a little off.
        paper = size * (1 + (rng.uniform(-0.06, 0.06) if rng.random() < 1 / 9 else 0))
        files["parcels"].append(
            ({"code": code, "block": block.code, "use": "工业用地", "given_mu": round(paper, 1)},
             degrees(piece))
        )  # fmt: skip
    shared = rng.choice(len(pieces), 2, replace=False)
    places = [(at, 0.5 if at in shared else 1.0) for at in [*range(len(pieces)), *shared]]
    days = signing_days(block, rng)
    for number, (at, share) in enumerate(places, 1):
        code = f"{block.code}-{number:02d}"
        settle(block, f"H{code}", codes[at], mu(pieces[at]) * share, days[number - 1], names,
               files, rng)  # fmt: skip


def signing_days(block, rng):
    """Say on which day after the notice each signs; None for who has not."""
    if block.code == "XD-4":
        counts = (4, 7, 3, 6, 5, 4, 2)  # the seven days of block 4
        days = [day for day, n in enumerate(counts) for _ in range(n)]
    else:
        drawn = rng.gamma(1.6, block.within / 4.2, block.signed)
        days = [int(min(day, block.within - 1)) for day in drawn]
        if block.signed > 5:
            days[0], days[1] = 6, 6  # the bonus of the first seven days draws near
    found = [*days, *([None] * (block.n - block.signed))]
    rng.shuffle(found)
    return found


def settle(block, code, parcel, land, day, names, files, rng):
    """Invent one enterprise: what it has, and how far it is."""
    name, name_en = next(names)
    disposition = rng.choice(["vacate", "enforce", "upgrade"], p=[0.68, 0.12, 0.2])
    if block.code == "XD-4":
        disposition = rng.choice(["vacate", "enforce"], p=[0.9, 0.1])
    signed = None if day is None else block.told + timedelta(days=day)
    talked = stage_days(block, signed, rng)
    row = {
        "code": code, "name": name, "name_en": name_en, "parcel": parcel,
        "credit_code": credit_code(rng), "disposition": disposition, "land_mu": round(land, 2),
        "negotiator": NEGOTIATORS[int(rng.integers(len(NEGOTIATORS)))],
        "surveyed_on": block.told - timedelta(days=int(rng.integers(6, 18))),
        "notified_on": block.told, "negotiated_on": talked, "signed_on": signed,
        "vacated_on": None, "demolished_on": None, "redeveloped_on": None,
    }  # fmt: skip
    if signed and disposition != "upgrade":
        vacated = signed + timedelta(days=int(rng.integers(14, 40)))
        if vacated <= AS_OF:
            row["vacated_on"] = vacated
            down = vacated + timedelta(days=int(rng.integers(8, 28)))
            row["demolished_on"] = down if down <= AS_OF else None
    elif signed and rng.random() < 0.35:
        done = signed + timedelta(days=int(rng.integers(25, 50)))
        row["redeveloped_on"] = done if done <= AS_OF else None
    files["holdings"].append({k: "" if v is None else v for k, v in row.items()})
    inventory(code, land, files, rng)
    say(block, row, files, rng)


def stage_days(block, signed, rng):
    """Return the day of the talks: before the signing, and not so long ago that it has stalled."""
    if signed:
        return max(block.told, signed - timedelta(days=int(rng.integers(0, 4))))
    if block.code == "XD-1":
        return block.told + timedelta(days=5)  # the two that hold out
    if block.code == "XD-5":
        return None if rng.random() < 0.6 else AS_OF - timedelta(days=int(rng.integers(0, 5)))
    stalled = rng.random() < (0.34 if block.code == "XD-2" else 0.08)
    return AS_OF - timedelta(days=int(rng.integers(24, 30) if stalled else rng.integers(2, 19)))


def inventory(code, land, files, rng):
    """List buildings and machines."""
    built = land * 2000 / 3 * rng.uniform(0.45, 0.75)
    main = rng.choice(["building-frame", "building-brick", "building-steel"], p=[0.35, 0.35, 0.3])
    lines = [(main, round(built * 0.86, 1)), ("building-simple", round(built * 0.14, 1)),
             ("equipment-light", int(rng.integers(4, 40)))]  # fmt: skip
    if rng.random() < 0.55:
        lines.append(("equipment-heavy", int(rng.integers(1, 9))))
    files["inventory"] += [
        {"code": f"{code}-{at}", "holding": code, "price": price, "quantity": quantity}
        for at, (price, quantity) in enumerate(lines, 1)
    ]


def say(block, row, files, rng):
    """Offer sheets, note talks, and let some negotiators promise something."""
    code, by = row["code"], row["negotiator"]
    day = row["negotiated_on"] or row["notified_on"]

    def tier(when):
        ends = (7, 15, 30, 9999)
        return next(at for at, end in enumerate(ends) if (when - block.told).days < end)

    if row["negotiated_on"]:
        files["offers"].append({"holding": code, "on": day, "by": by})
        if row["signed_on"] and tier(row["signed_on"]) != tier(day):
            files["offers"].append({"holding": code, "on": row["signed_on"], "by": by})
        for at in range(int(rng.integers(1, 4))):
            files["negotiations"].append({
                "holding": code, "on": min(day + timedelta(days=at), AS_OF),
                "way": rng.choice(["visit", "meeting", "call"]),
                "text": SAID[int(rng.integers(len(SAID)))], "by": by,
            })  # fmt: skip
    if not row["negotiated_on"] or row["disposition"] != "vacate":
        return
    if rng.random() < (0.35 if block.code == "XD-5" else 0.88):
        files["promises"].append(
            {"holding": code, "item": "优先选租标准厂房", "amount": "",
             "wording": "东区标准厂房优先选租一层", "on": day, "by": by}
        )  # fmt: skip
    if rng.random() < 0.05:
        files["promises"].append({"holding": code, "item": "行车拆装补助",
                                  "amount": int(rng.integers(2, 7)) * 10000, "wording": "",
                                  "on": day, "by": by})  # fmt: skip


def on_the_register(files):
    """Let the enterprises of the register stand where they lie; return their codes."""
    with (HERE / "enterprises.csv").open(encoding="utf-8", newline="") as file:
        there = [row for row in csv.DictReader(file) if row["area"].startswith(AREA)]
    places = {p["code"]: shape.centroid for p, shape in files["parcels"]}
    free = {row["code"]: row for row in files["holdings"]}
    for firm in there:
        at = shapely.Point(float(firm["lon"]), float(firm["lat"]))
        code = min(free, key=lambda code: (places[free[code]["parcel"]].distance(at), code))
        free.pop(code).update({key: firm[of] for key, of in (
            ("name", "name"), ("name_en", "name_en"), ("credit_code", "code"))})  # fmt: skip
    return {firm["code"] for firm in there}


def small_ones(files, known):
    """Return the rows of the register for those that are not on it."""
    rng = np.random.default_rng(SEED + 1)
    places = {p["code"]: shape.centroid for p, shape in files["parcels"]}
    found = []
    for row in files["holdings"]:
        if row["credit_code"] in known:
            continue
        at = places[row["parcel"]]
        trade = next(t for t in TRADES if t in row["name"])
        industry, products = TRADES[trade]
        founded = date(2001, 1, 1) + timedelta(days=int(rng.integers(0, 7300)))
        found.append({
            "code": row["credit_code"], "name": row["name"], "name_en": row["name_en"],
            "industry": industry, "size": "small" if row["land_mu"] > 15 else "micro",
            "status": "operating", "area": f"{AREA}I01", "parcel": row["parcel"],
            "lon": round(at.x, 6), "lat": round(at.y, 6), "land_mu": row["land_mu"],
            "founded": founded, "products": products,
        })  # fmt: skip
    return found


# --- files -----------------------------------------------------------------------------------


def write_rows(name, rows):
    """Write a CSV file."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_shapes(name, features):
    """Write a GeoJSON file, one feature a line."""
    lines = [
        json.dumps({"type": "Feature", "properties": properties,
                    "geometry": json.loads(shapely.to_geojson(shape))}, ensure_ascii=False)
        for properties, shape in features
    ]  # fmt: skip
    body = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / name).write_text(body, "utf-8")


if __name__ == "__main__":
    main()
