"""How long indicators take: all of them from cold, and after one row of millions changed.

    python bench/indicators.py [--enterprises N] [--months N] [--indicators N] [--database URL]

Makes a register of its own in a table of its own: enterprises in the grids of the sample town
and what each tells of every month. `cold_s` reads all rows, counts, works out shares and growth
and writes every value; `one_row_ms` is the middle of some changes of one row each, from the
writer's mark to the values kept; `again_s` is reading it all with nothing changed. `equal` says
that in the end the values are those a fresh start computes; `…_cpu_…` is the time of the process
alone, for a machine that does other things beside.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def declare():
    """Declare the table, over a model of its own."""
    from django.apps.registry import Apps
    from django.db import connection, models

    from linli import tables
    from linli.tables import Column, Kind, Table

    class Month(models.Model):
        enterprise = models.IntegerField()
        area = models.CharField(max_length=40)
        industry = models.CharField(max_length=4)
        digital = models.BooleanField()
        above = models.BooleanField()
        month = models.CharField(max_length=7)
        output = models.FloatField()
        tax = models.FloatField()
        energy = models.FloatField()
        invested = models.FloatField()

        class Meta:
            apps = Apps()
            app_label = "bench"
            db_table = "bench_month"

    is_pg = connection.vendor == "postgresql"
    key = "bigserial primary key" if is_pg else "integer primary key autoincrement"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_month")
        cursor.execute(
            f"CREATE TABLE bench_month (id {key}, enterprise integer, area varchar(40), "
            "industry varchar(4), digital bool, above bool, month varchar(7), "
            "output double precision, tax double precision, energy double precision, "
            "invested double precision)"
        )
    number = (Kind.NUMBER, "wan-yuan")
    tables.declare(
        Table("bench-months", "Months", Month, "id", (
            Column("id", "Number", Kind.WHOLE),
            Column("enterprise", "Enterprise", Kind.WHOLE),
            Column("area", "Area", Kind.KEY, of="areas"),
            Column("industry", "Industry"), Column("digital", "Digital", Kind.FLAG),
            Column("above", "Above", Kind.FLAG), Column("month", "Month"),
            *(Column(name, name, number[0], unit=number[1])
              for name in ("output", "tax", "energy", "invested")),
        ))
    )  # fmt: skip
    return Month


def fill(model, enterprises: int, months: int) -> None:
    """Write the register."""
    from django.db import connection

    from linli import bulk
    from linli.indicators import spans
    from linli.places.atlas import atlas

    draw = random.Random(4)
    grids = sorted(a.code for a in atlas().areas.values() if a.is_grid and a.layer == "community")
    grids = draw.sample(grids, min(60, len(grids)))
    firms = [
        (n, draw.choice(grids), f"{draw.randint(13, 43)}{draw.randint(10, 99)}",
         draw.random() < 0.2, draw.random() < 0.4, draw.lognormvariate(5, 1))
        for n in range(enterprises)
    ]  # fmt: skip
    first = spans.number("2021-01", spans.MONTH)
    names = ["enterprise", "area", "industry", "digital", "above", "month", "output", "tax",
             "energy", "invested"]  # fmt: skip
    for month in range(months):
        name, season = spans.name(first + month, spans.MONTH), 1 + 0.2 * ((month % 12) / 12)
        rows = []
        for n, area, industry, digital, above, size in firms:
            output = size * season * (1 + month / 100) * draw.uniform(0.8, 1.2)
            rows.append([n, area, industry, digital, above, name, output, output * 0.05,
                         output * 0.1, output * draw.random()])  # fmt: skip
        bulk.insert_values(model, names, rows)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX bench_of_month ON bench_month (month)")
        cursor.execute("ANALYZE bench_month")


def define(count: int) -> None:
    """Write definitions: two in five are sums or counts, the others shares and growth of them."""
    from linli.indicators.grammar import IndicatorEntry
    from linli.indicators.models import Indicator

    over = {"of": "bench-months", "at": "month", "area": "area"}
    wheres = [
        [], [{"column": "digital", "value": True}], [{"column": "above", "value": True}],
        [{"column": "industry", "op": "starts", "value": "39"}],
        [{"column": "output", "op": ">=", "value": 200.0}],
    ]  # fmt: skip
    made = []
    for column in ("output", "tax", "energy", "invested"):
        for n, where in enumerate(wheres):
            made.append({"code": f"{column}-{n}", "unit": "wan-yuan",
                         "sum": {**over, "column": column, "where": where}})  # fmt: skip
    base = [one["code"] for one in made]
    for n, code in enumerate(base):
        made.append({"code": f"growth-{code}", "unit": "percent", "growth": {"of": code}})
        if n % 5:
            whole = base[n - n % 5]
            made.append(
                {"code": f"share-{code}", "unit": "percent",
                 "share": {"part": code, "whole": whole}}
            )  # fmt: skip
    while len(made) < count:
        n = len(made)
        made.append(
            {"code": f"count-{n}", "unit": "enterprises",
             "count": {**over, "where": [{"column": "output", "op": ">", "value": 10.0 * n}]}}
        )  # fmt: skip
    for place, one in enumerate(made[:count]):
        entry = IndicatorEntry.model_validate(
            {"name": one["code"], "every": "month", "function": "industry", **one}
        )
        Indicator.objects.create(
            code=entry.code, name=entry.name, pack="bench", unit=entry.unit, every=entry.every,
            function=entry.function, place=place, definition=entry.model_dump(mode="json"),
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--indicators", type=int, default=50)
    parser.add_argument("--changes", type=int, default=15)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    home = tempfile.mkdtemp(prefix="linli-bench-")
    os.environ["LINLI_HOME"] = home
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
    if given.database:
        os.environ["DATABASE_URL"] = given.database
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    from linli import tables
    from linli.indicators import keeping
    from linli.indicators.models import Indicator, Target, Value
    from linli.packs.loader import load

    load(ROOT / "towns" / "pinghu")
    Target.objects.all().delete()
    Indicator.objects.all().delete()
    model = declare()
    say(f"writing {given.enterprises * given.months:,} rows …")
    with transaction.atomic():
        fill(model, given.enterprises, given.months)
        define(given.indicators)

    say("from cold …")
    began = time.perf_counter()
    worked = time.process_time()
    keeping.refresh_all()
    cold, cold_cpu = time.perf_counter() - began, time.process_time() - worked
    cells = Value.objects.count()

    say("one row at a time …")
    draw, took, cpu = random.Random(5), [], []
    keys = draw.sample(range(1, given.enterprises * given.months + 1), given.changes)
    for key in keys:
        row = model.objects.get(pk=key)
        with transaction.atomic():
            model.objects.filter(pk=key).update(output=row.output + 1000, tax=row.tax + 50)
            tables.touched("bench-months", [str(key)], [row.month])
        began, worked = time.perf_counter(), time.process_time()
        changed = keeping.fold()
        took.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
        assert changed

    def kept():
        rows = Value.objects.values_list("indicator", "area", "period", "value", "n")
        return {row[:3]: (round(row[3], 6), row[4]) for row in rows}

    before = kept()
    began = time.perf_counter()
    keeping.refresh_all()
    again = time.perf_counter() - began
    print(
        json.dumps(
            {
                "enterprises": given.enterprises,
                "rows": given.enterprises * given.months,
                "indicators": given.indicators,
                "cells": cells,
                "cold_s": round(cold, 2),
                "cold_cpu_s": round(cold_cpu, 2),
                "one_row_cpu_ms": round(1000 * statistics.median(cpu), 1),
                "one_row_ms": round(1000 * statistics.median(took), 1),
                "one_row_worst_ms": round(1000 * max(took), 1),
                "again_s": round(again, 2),
                "equal": before == kept(),
            }
        )
    )


if __name__ == "__main__":
    main()
