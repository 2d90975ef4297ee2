"""Time the import of a register of 10,000 enterprises, 5 % of its rows bad; print JSON.

`python bench/register.py [--rows 10000]` makes an Excel file, loads the sample town into an
installation of its own, foresees the file as the page of the import does, and takes it in.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOWN = ROOT / "towns" / "pinghu"
BAD = 0.05
HEADINGS = [
    "统一社会信用代码",
    "企业名称",
    "行业代码",
    "企业规模",
    "园区",
    "用地（亩）",
    "成立日期",
]


def rows(count: int, areas: list[str]) -> tuple[list[list[object]], set[int]]:
    """Make rows of a register, and say which (counted from the heading as 1) are bad."""
    from linli.enterprises.credit_code import check_digit

    rng = random.Random(1)
    found: list[list[object]] = []
    bad: set[int] = set()
    for n in range(count):
        first = f"91330482MA9{n:06d}"
        code = first + check_digit(first)
        row = [code, f"平湖{n}号制造有限公司", rng.choice(("3812", "C3951", "1819", "6513")),
               rng.choice(("小型", "微型", "中型")), rng.choice(areas),
               round(rng.uniform(2, 90), 1),
               f"20{rng.randint(10, 24)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}"]  # fmt: skip
        if rng.random() < BAD:
            bad.add(n + 2)
            at, wrong = rng.choice((
                (0, code[:-1] + ("A" if code[-1] != "A" else "B")), (0, code[:17]), (1, ""),
                (2, "9999"), (3, "巨型"), (4, "无此园区"), (5, "许多"), (6, "去年"),
            ))  # fmt: skip
            row[at] = wrong
        found.append(row)
    return found, bad


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000)
    count = asked.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as home:
        os.environ["LINLI_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        sys.path.insert(0, str(ROOT / "src"))
        import django

        django.setup()
        print(json.dumps(measure(count, Path(home)), ensure_ascii=False))


def measure(count: int, home: Path) -> dict[str, object]:
    """Return seconds and counts."""
    from django.core.management import call_command
    from openpyxl import Workbook

    from linli.doors import importing
    from linli.doors.reading import read
    from linli.packs.loader import load
    from linli.people.models import User
    from linli.people.scope import scope
    from linli.places.atlas import atlas
    from linli.tables import declared

    call_command("migrate", verbosity=0)
    load(TOWN)
    areas = [area.code for area in atlas().areas.values() if area.land == "industry"]
    made, bad = rows(count, areas)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业名录")
    sheet.append(HEADINGS)
    for row in made:
        sheet.append(row)
    path = home / "register.xlsx"
    book.save(path)
    table = declared()["enterprises"]
    sight = scope(User.objects.get(username="administrator"))
    known = importing.headings(table)

    began, cpu = time.perf_counter(), time.process_time()
    found = read(path, known=known)
    mapped = importing.propose(table, found.columns)
    seen = importing.foresee(table, sight, found, mapped)
    preview, preview_cpu = time.perf_counter() - began, time.process_time() - cpu

    refused = {line.number for line in seen.lines if line.fate == importing.REFUSED}
    explained = {fault.row for line in seen.lines for fault in line.faults if fault.message}
    again = read(path, known=known)
    began = time.perf_counter()
    importing.take(table, sight, again, mapped)
    taken = time.perf_counter() - began
    return {
        "rows": count,
        "bad": len(bad),
        "refused": len(refused),
        "each_bad_row_refused_and_explained": refused == bad and bad <= explained,
        "preview_s": round(preview, 2),
        "preview_cpu_s": round(preview_cpu, 2),
        "take_s": round(taken, 2),
        "in_the_register": table.model._default_manager.count(),
    }


if __name__ == "__main__":
    main()
