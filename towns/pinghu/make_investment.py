"""Makes the sample of the investment projects: invented companies and sums.

    python towns/pinghu/make_investment.py

Of what is agreed in signed projects, 55 % is for the digital economy, as a county reported it.
Days are as of `AS_OF` and move when they are loaded.
"""

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).parent / "sample"
AS_OF = date(2026, 11, 20)
COUNT, DIGITAL = 72, 0.55
MILLION = 1_000_000
INCUBATORS = (
    ("INC-SH", "平湖（上海）科创飞地", "Pinghu incubator in Shanghai", "上海市张江",
     "Zhangjiang, Shanghai"),
    ("INC-HZ", "平湖（杭州）数字飞地", "Pinghu incubator in Hangzhou", "杭州市滨江",
     "Binjiang, Hangzhou"),
    ("INC-SZ", "平湖（深圳）创新中心", "Pinghu incubator in Shenzhen", "深圳市南山",
     "Nanshan, Shenzhen"),
)  # fmt: skip
# What is to be made, in which industry, whether it is of the digital economy; both in English too.
KINDS = (
    ("智能传感器", "智能传感", True, "smart sensors", "Sensing"),
    ("工业机器人减速器", "高端装备", False, "gears for industrial robots", "Advanced equipment"),
    ("车规级芯片封测", "集成电路", True, "packaging of automotive chips", "Integrated circuits"),
    ("新能源汽车电驱", "汽车零部件", False, "electric drives for cars", "Automotive parts"),
    ("光学镜头模组", "光电信息", True, "optical lens modules", "Optoelectronics"),
    ("精密模具", "高端装备", False, "precision moulds", "Advanced equipment"),
    ("工业互联网平台", "软件信息", True, "industrial internet platform", "Software"),
    ("服务器整机", "电子信息", True, "servers", "Electronics"),
    ("生物医用材料", "生命健康", False, "biomedical materials", "Life sciences"),
    ("显示驱动模组", "光电信息", True, "display driver modules", "Optoelectronics"),
    ("智能仓储装备", "高端装备", False, "smart storage equipment", "Advanced equipment"),
    ("功能性新材料", "新材料", False, "functional materials", "New materials"),
)
NAMES = {
    "澜川": "Lanchuan", "启岳": "Qiyue", "恒屿": "Hengyu", "墨禾": "Mohe", "臻衡": "Zhenheng",
    "沐棠": "Mutang", "砺新": "Lixin", "云岫": "Yunxiu", "博澜": "Bolan", "晟远": "Shengyuan",
    "拓岚": "Tuolan", "凌洲": "Lingzhou", "瑞桉": "Rui'an", "鸿瀚": "Honghan",
    "知行合": "Zhixinghe", "致微": "Zhiwei", "星垣": "Xingyuan", "嘉霖": "Jialin",
    "东翎": "Dongling", "锦序": "Jinxu", "海朔": "Haishuo", "泓毅": "Hongyi", "安澍": "Anshu",
    "景行": "Jingxing",
}  # fmt: skip
TAILS = (
    ("科技有限公司", "Technology Co., Ltd."), ("智能制造有限公司", "Smart Manufacturing Co., Ltd."),
    ("电子股份有限公司", "Electronics Co., Ltd."), ("新材料有限公司", "New Materials Co., Ltd."),
)  # fmt: skip
ORIGINS = (("office", 5), ("referral", 4), ("fair", 3), ("fund", 2), ("incubator", 5),
           ("expansion", 3), ("own", 2))  # fmt: skip
AREAS = ("330482001", "330482002", "330482101", "330482102", "330482108", "330482106")
# The new plant of the maker of motors that the sample register tells of.
PLANT = {"code": "INV-027", "name": "恒驱新能源汽车电驱新厂区项目", "origin": "expansion",
         "name_en": "Hengqu: new plant for the drives of electric cars",
         "company": "浙江恒驱电机股份有限公司", "company_en": "Zhejiang Hengqu Motors Co., Ltd.",
         "area": "330482101"}  # fmt: skip
DAYS = ("led", "negotiated", "signed", "landed", "started", "produced")
# Usual days to the next stage, and how many go on at all.
ONWARD = ((35, 0.86), (80, 0.74), (60, 0.95), (45, 0.95), (380, 0.97))


def main() -> None:
    """Write the files."""
    rng = Random(2026)
    rows = []
    for number in range(1, COUNT + 1):
        product, industry, digital, product_en, industry_en = KINDS[number % len(KINDS)]
        origin = rng.choices([o for o, _w in ORIGINS], [w for _o, w in ORIGINS])[0]
        brand, brand_en = list(NAMES.items())[number % len(NAMES)]
        tail, tail_en = TAILS[number % 4]
        row = {
            "code": f"INV-{number:03d}", "name": f"{brand}{product}项目",
            "name_en": f"{brand_en}: {product_en}", "company": f"{brand}{tail}",
            "company_en": f"{brand_en} {tail_en}", "industry": industry,
            "industry_en": industry_en,
            "digital": "是" if digital else "否", "origin": origin,
            "incubator": rng.choice(INCUBATORS)[0] if origin == "incubator" else "",
            "owner": "commerce" if number % 3 else "industry", "area": rng.choice(AREAS),
            "amount": rng.choice((60, 100, 150, 220, 300, 500, 800, 1200)) * MILLION,
        }  # fmt: skip
        day = AS_OF - timedelta(days=rng.randrange(12, 900))
        rents = rng.random() < 0.3
        row["led"] = day
        for at, (usual, share) in enumerate(ONWARD):
            if at == 2 and rents:
                continue
            if at == 3 and rents:
                usual, share = 40, 0.95
            took = max(4, round(rng.lognormvariate(0, 0.45) * usual))
            if rng.random() > share:
                if day + timedelta(days=took) <= AS_OF and at < 2:
                    row["dropped"] = day + timedelta(days=took)
                    row["reason"] = rng.choice(("企业改投外地", "融资未到位", "用地条件不符"))
                break
            day += timedelta(days=took)
            if day > AS_OF:
                break
            row[DAYS[at + 1]] = day
        rows.append(row)
    balance(rows)
    next(row for row in rows if row["code"] == PLANT["code"]).update(PLANT)
    for row in rows:
        share = 1.0 if row.get("produced") else rng.uniform(0.25, 0.8)
        row["paid_in"] = (
            round(row["amount"] * share / MILLION) * MILLION if row.get("started") else 0
        )
    write("projects.csv", [*rows[0], *DAYS[1:], "dropped", "reason"], rows)
    write("incubators.csv", ["code", "name", "name_en", "place", "place_en", "since"],
          [{"code": c, "name": n, "name_en": e, "place": p, "place_en": q,
            "since": date(2023, 3, 1)} for c, n, e, p, q in INCUBATORS])  # fmt: skip


def balance(rows: list[dict]) -> None:
    """Change what the last signed digital project agrees, so that the share is `DIGITAL`."""
    signed = [row for row in rows if row.get("signed")]
    digital = [row for row in signed if row["digital"] == "是"]
    other = sum(row["amount"] for row in signed if row["digital"] != "是")
    wanted = round(other * DIGITAL / (1 - DIGITAL))
    gap = wanted - sum(row["amount"] for row in digital)
    each = gap // len(digital)
    for row in digital:
        row["amount"] += each
    digital[-1]["amount"] += gap - each * len(digital)
    assert all(row["amount"] > 0 for row in digital)


def write(name: str, columns: list[str], rows: list[dict]) -> None:
    """Write a table."""
    columns = list(dict.fromkeys(columns))
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
