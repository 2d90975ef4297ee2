"""How long indicators take: all of them from cold, and after one row of any kind changed.

    python bench/indicators.py [--enterprises N] [--months N] [--changes N] [--database URL]

Fills the tables of a town: enterprises in its grids, what each tells of every month, 2,000
investment projects, some cases, figures entered by hand; and defines 50 indicators over them.
`cold_s` reads all rows, counts, works out what is made of others and writes every value. Then one
row at a time is changed by the writer that people use: `one_row` says for each kind of row how
long the values take to follow (milliseconds, the middle and the worst of `--changes`; `cpu_…` is
the time of the process alone, for a machine that does other things beside; `changed` is how many
values were others). `again_s` is reading it all anew; `equal` says that this changed nothing, so
that what followed row by row is what a fresh start computes.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PROJECTS, CASES = 2000, 500
FIRST = (2021, 1)
INDUSTRIES = ("1819", "2231", "3360", "3812", "3963", "3982", "6513", "3451")


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def month(n: int) -> date:
    """Return the first day of the n-th month."""
    whole = FIRST[0] * 12 + FIRST[1] - 1 + n
    return date(whole // 12, whole % 12 + 1, 1)


def fill(enterprises: int, months: int) -> None:
    """Write the register, the projects and the cases."""
    from linli import bulk
    from linli.cases.intake import Report, receive
    from linli.cases.models import Category, Source
    from linli.clock import now
    from linli.enterprises.credit_code import check_digit
    from linli.enterprises.models import Enterprise, MonthFigures
    from linli.places.atlas import atlas
    from linli.programmes.investment.models import Investment
    from linli.programmes.ladders import Ladder

    draw, at = random.Random(4), now()
    grids = sorted(a.pk for a in atlas().areas.values() if a.is_grid and a.layer == "community")
    grids = draw.sample(grids, min(60, len(grids)))
    firms = []
    for n in range(enterprises):
        first = f"91330482MA9{n:06d}"
        firms.append(Enterprise(
            code=first + check_digit(first), name=f"企业{n}", area_id=draw.choice(grids),
            industry=draw.choice(INDUSTRIES), size=draw.choice(("small", "micro")), touched_at=at,
        ))  # fmt: skip
    bulk.insert(firms)
    sizes = [draw.lognormvariate(5, 1) for _firm in firms]
    names = ["enterprise_id", "month", "output", "tax", "energy", "fixed_investment", "touched_at"]
    for n in range(months):
        rows, season = [], 1 + 0.2 * ((n % 12) / 12)
        for firm, size in zip(firms, sizes, strict=True):
            output = size * season * (1 + n / 100) * draw.uniform(0.8, 1.2)
            rows.append([firm.pk, month(n), output, output * 0.05, output * 0.1,
                         output * draw.random(), at])  # fmt: skip
        bulk.insert_values(MonthFigures, names, rows)
    ladder = Ladder.objects.get(code="investment")
    bulk.insert([
        Investment(
            code=f"I-{n:05d}", name=f"项目{n}", ladder=ladder, area_id=draw.choice(grids),
            digital=n % 3 == 0, amount=10**8, paid_in=10**7, stage="signed",
            stage_since=month(n % months), signed=month(n % months),
        )
        for n in range(PROJECTS)
    ])  # fmt: skip
    category = Category.objects.filter(triage="public").first()
    codes = {a.pk: a.code for a in atlas().areas.values()}
    for start in range(0, CASES, 100):
        receive([
            Report(f"路灯不亮 {n}", category=category.code, area=codes[draw.choice(grids)],
                   source=Source.API, external_id=f"b{n}")
            for n in range(start, start + 100)
        ])  # fmt: skip


def define(count: int) -> None:
    """Write definitions over all of it: sums and counts, shares, growth, totals, a composite."""
    from linli.indicators.grammar import IndicatorEntry
    from linli.indicators.models import Indicator

    over = {"of": "enterprise-months", "at": "month", "area": "enterprise.area"}
    wheres = [
        [], [{"column": "enterprise.core_digital", "value": True}],
        [{"column": "enterprise.industry", "op": "starts", "value": "39"}],
        [{"column": "output", "op": ">=", "value": 200.0}],
    ]  # fmt: skip
    units = {"output": "wan-yuan", "tax": "wan-yuan", "energy": "tce",
             "fixed_investment": "wan-yuan"}  # fmt: skip
    made: list[dict[str, Any]] = [
        {"code": f"{column.replace('_', '-')}-{n}", "unit": unit,
         "sum": {**over, "column": column, "where": where}}
        for column, unit in units.items() for n, where in enumerate(wheres)
    ]  # fmt: skip
    sums = [one["code"] for one in made]
    projects = {"of": "projects", "at": "signed", "area": "area"}
    made += [
        {"code": "firms", "unit": "enterprises", "count": {"of": "enterprises", "area": "area"}},
        {"code": "signed", "unit": "projects", "count": projects},
        {"code": "signed-so-far", "unit": "projects", "count": {**projects, "up_to": True}},
        {"code": "agreed", "unit": "yi-yuan", "sum": {**projects, "column": "amount"}},
        {"code": "paid-in", "unit": "yi-yuan", "sum": {**projects, "column": "paid_in"}},
        {"code": "cases", "unit": "cases",
         "count": {"of": "cases", "at": "reported_at", "area": "area"}},
        {"code": "told", "unit": "wan-yuan", "entered": {"by_area": True}},
        {"code": "told-share", "unit": "percent",
         "share": {"part": "told", "whole": "output-0"}},
        {"code": "composite", "unit": "percent",
         "index": {"parts": [{"of": code} for code in ("output-0", "tax-0", "agreed")]}},
        {"code": "money", "unit": "yi-yuan",
         "total": {"parts": [{"of": "agreed"}, {"of": "output-0"}]}},
    ]  # fmt: skip
    made += [{"code": f"growth-{code}", "unit": "percent", "growth": {"of": code}}
             for code in sums]  # fmt: skip
    made += [
        {"code": f"share-{code}", "unit": "percent",
         "share": {"part": code, "whole": sums[n - n % 4]}}
        for n, code in enumerate(sums) if n % 4
    ]  # fmt: skip
    for place, one in enumerate(made[:count]):
        entry = IndicatorEntry.model_validate(
            {"name": one["code"], "every": "month", "function": "industry", **one}
        )
        Indicator.objects.create(
            code=entry.code, name=entry.name, pack="bench", unit=entry.unit, every=entry.every,
            function=entry.function, place=place, definition=entry.model_dump(mode="json"),
        )  # fmt: skip


def changes(months: int) -> dict[str, Callable[[random.Random], None]]:
    """Return the kinds of rows, each with how one of them is changed."""
    from linli.cases.intake import Report, receive
    from linli.cases.models import Source
    from linli.enterprises.models import Enterprise, MonthFigures
    from linli.people.models import User
    from linli.people.scope import scope
    from linli.places.atlas import atlas
    from linli.programmes.investment.models import Investment
    from linli.tables import declared, touched

    by = User.objects.get(username="administrator")
    sight = scope(by)
    firms = list(Enterprise.objects.values_list("code", flat=True))
    homes = sorted(set(Enterprise.objects.values_list("area", flat=True)))
    projects = list(Investment.objects.values_list("code", flat=True))
    areas = {area.pk: area.code for area in atlas().areas.values()}

    def write(table: str, **row: Any) -> None:
        writer = declared()[table].writer
        assert writer is not None
        (outcome,) = writer.check(sight, [row])
        assert isinstance(outcome, str), outcome
        writer.write(sight, [row])

    def figure(draw: random.Random) -> None:
        write("enterprise-months", enterprise=draw.choice(firms),
              month=f"{month(draw.randrange(months)):%Y-%m}", output=draw.uniform(1e3, 2e3),
              tax=draw.uniform(50, 90))  # fmt: skip

    def gone(draw: random.Random) -> None:
        row = MonthFigures.objects.filter(enterprise__code=draw.choice(firms)).last()
        assert row is not None
        key = row.pk
        row.delete()
        touched("enterprise-months", rows=[key])

    def industry(draw: random.Random) -> None:
        firm = Enterprise.objects.get(code=draw.choice(firms))
        others = [code for code in INDUSTRIES if code[:2] != firm.industry[:2]]
        write("enterprises", code=firm.code, industry=draw.choice(others))

    def moved(draw: random.Random) -> None:
        firm = Enterprise.objects.get(code=draw.choice(firms))
        others = [areas[key] for key in homes if key != firm.area_id]
        write("enterprises", code=firm.code, area=draw.choice(others))

    def project(draw: random.Random) -> None:
        write("projects", code=draw.choice(projects), paid_in=draw.randrange(10**8))

    def case(draw: random.Random) -> None:
        words = draw.choice(("积水", "乱停车", "井盖松动", "占道经营"))
        receive([Report(words, area=areas[draw.choice(homes)], source=Source.API,
                        external_id=f"c{draw.random()}")])  # fmt: skip

    def entered(draw: random.Random) -> None:
        write("indicator-figures", indicator="told", source="统计局",
              period=f"{month(draw.randrange(months)):%Y-%m}", area=areas[draw.choice(homes)],
              value=round(draw.uniform(1, 1e4), 2))  # fmt: skip

    return {"figure of an enterprise": figure, "row that goes": gone,
            "industry of an enterprise": industry, "area of an enterprise": moved,
            "project": project, "case": case, "entered by hand": entered}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--indicators", type=int, default=50)
    parser.add_argument("--changes", type=int, default=15)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    os.environ["LINLI_HOME"] = tempfile.mkdtemp(prefix="linli-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
    if given.database:
        os.environ["DATABASE_URL"] = given.database
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    from linli.indicators import keeping
    from linli.indicators.models import Indicator, Target, Value
    from linli.packs.loader import load
    from linli.places import town

    load(ROOT / "towns" / "pinghu")
    Target.objects.all().delete()
    Indicator.objects.all().delete()
    say(f"writing {given.enterprises * given.months:,} rows …")
    with transaction.atomic():
        fill(given.enterprises, given.months)
        define(given.indicators)
        town.changed()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def timed(work: Callable[[], int]) -> tuple[float, float, int]:
        began, worked = time.perf_counter(), time.process_time()
        changed = work()
        return time.perf_counter() - began, time.process_time() - worked, changed

    say("from cold …")
    cold, cold_cpu, cells = timed(keeping.follow)
    told = {}
    for kind, change in changes(given.months).items():
        draw, each = random.Random(5), []
        for _ in range(given.changes):
            writing, writing_cpu, _none = timed(lambda: change(draw) or 0)  # noqa: B023
            took, cpu, changed = timed(keeping.fold)
            if kind == "entered by hand":  # what is built on it is stored with it
                took, cpu = took + writing, cpu + writing_cpu
            each.append((1000 * took, 1000 * cpu, changed))
        wall, cpu_ms, changed = zip(*each, strict=True)
        told[kind] = {
            "ms": round(statistics.median(wall), 1), "worst_ms": round(max(wall), 1),
            "cpu_ms": round(statistics.median(cpu_ms), 1), "cpu_worst_ms": round(max(cpu_ms), 1),
            "changed": max(changed),
        }  # fmt: skip
        say(f"{kind}: {told[kind]}")

    def kept() -> dict[tuple[Any, ...], tuple[float, int]]:
        rows = Value.objects.values_list("indicator", "area", "period", "value", "n")
        return {row[:3]: (round(row[3], 6), row[4]) for row in rows}

    before = kept()
    again, again_cpu, _changed = timed(keeping.refresh_all)
    print(
        json.dumps(
            {
                "database": connection.vendor, "enterprises": given.enterprises,
                "rows": given.enterprises * given.months,
                "indicators": Indicator.objects.count(), "cells": cells,
                "cold_s": round(cold, 2), "cold_cpu_s": round(cold_cpu, 2),
                "again_s": round(again, 2), "again_cpu_s": round(again_cpu, 2),
                "one_row": told, "one_row_worst_ms": max(one["worst_ms"] for one in told.values()),
                "equal": before == kept(),
            },
            ensure_ascii=False,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
