"""How long every page of enterprise service takes with a large park; print JSON.

    python bench/park.py [--enterprises 10000] [--months 60] [--repeat 9] [--home DIR]

Loads the sample town into an installation of its own and fills its register: enterprises with
figures of months and years, products and needs in words, titles, visits made and planned, some
difficulties. Then it does what the worker does, and asks for every page as the leader, as the
department that keeps the register, as a grid worker and as an enterprise's own account. Times are
those of Django's handler with middleware, database and template, without a network. `keep_s` is
how long the worker needs from nothing, `one_figure_ms` after one figure of one enterprise has
changed, `equal` whether what is kept then is what a full computation gives.
`--home` keeps the installation, and uses one that was kept before.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from walk.measuring import ALLOWED_MS, Page, entered, say

ROOT = Path(__file__).parents[1]
TOWN = ROOT / "towns" / "pinghu"
YEARS = range(2020, 2026)
KINDS = ("1819", "1922", "2231", "2641", "2929", "3311", "3392", "3451", "3453", "3482", "3491",
         "3670", "3812", "3831", "3872", "3973", "3982", "4011", "6513", "5949")  # fmt: skip
WARES = ("轴承", "电机", "端盖", "漆包线", "减速机", "齿轮", "螺栓", "传感器", "控制器", "电路板",
         "模组", "纸箱", "涂料", "铝压铸件", "不锈钢管", "注塑件", "模具", "密封圈", "弹簧",
         "阀门", "水泵", "电缆", "面料", "拉链", "箱包", "童车", "卫浴配件", "光纤", "显示屏",
         "电池")  # fmt: skip
ADJECTIVES = ("精密", "高强度", "耐高温", "深沟球", "伺服", "微型", "工业", "汽车", "柔性", "防水",
              "高速", "低噪声", "节能", "不锈", "数控")  # fmt: skip


def fill(count: int, months: int) -> None:
    """Write the register and what hangs on it."""
    from django.db.models import OuterRef, Subquery

    from linli import bulk, clock
    from linli.enterprises.credit_code import check_digit
    from linli.enterprises.ladder.models import Rung, Title
    from linli.enterprises.matching.models import Need, Product
    from linli.enterprises.models import Enterprise, MonthFigures, Visit, YearFigures
    from linli.people.models import User
    from linli.places.atlas import atlas

    draw, at = random.Random(7), clock.now()
    areas = [area.pk for area in atlas().areas.values() if area.land == "industry"]

    def code(n: int) -> str:
        first = f"91330482MA8{n:06d}"
        return first + check_digit(first)

    def ware() -> str:
        return draw.choice(ADJECTIVES) + draw.choice(WARES)

    bulk.insert([
        Enterprise(code=code(n), name=f"平湖第{n}{ware()}有限公司", name_en=f"Pinghu Works {n}",
                   industry=draw.choice(KINDS), size=draw.choice(("micro", "small", "medium")),
                   area_id=draw.choice(areas), land_mu=round(draw.uniform(2, 90), 1),
                   founded=date(draw.randint(1995, 2023), draw.randint(1, 12), 1),
                   products=[ware(), ware()], touched_at=at)
        for n in range(count)
    ])  # fmt: skip
    keys = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    size = {key: draw.lognormvariate(7, 1.1) for key in keys}
    year_rows, month_rows = [], []
    for key in keys:
        for year in YEARS:
            output = size[key] * 1.08 ** (year - 2020) * draw.uniform(0.8, 1.25)
            year_rows.append([
                key, year, output > 2000, output, output * draw.uniform(0.9, 1.05), output * 0.22,
                output * draw.uniform(-0.02, 0.12), output * 0.04, output * 0.2,
                output * draw.uniform(0, 0.06), int(output / 40) + 3, output * 0.03,
                output * draw.uniform(0.01, 0.05), at,
            ])  # fmt: skip
        for m in range(months):
            output = size[key] / 12 * 1.006**m * draw.uniform(0.7, 1.3)
            month_rows.append(
                [key, date(2021 + m // 12, m % 12 + 1, 1), output, output * 0.05, output * 0.2, at]
            )
    bulk.insert_values(YearFigures, [
        "enterprise_id", "year", "above_scale", "output", "sales", "value_added", "profit", "tax",
        "energy", "rd", "staff", "fixed_investment", "emissions", "touched_at",
    ], year_rows)  # fmt: skip
    bulk.insert_values(
        MonthFigures, ["enterprise_id", "month", "output", "tax", "energy", "touched_at"],
        month_rows,
    )  # fmt: skip
    granted = Rung.objects.filter(known_by=Rung.TITLE).order_by("position").first()
    bulk.insert([
        Title(enterprise_id=key, rung=granted, since=date(2023, 5, 1), at=at)
        for key in draw.sample(keys, count // 40)
    ])  # fmt: skip
    bulk.insert([
        Product(enterprise_id=key, name=ware(), industry=draw.choice(KINDS), at=at)
        for key in draw.sample(keys, count // 2)
    ])  # fmt: skip
    bulk.insert([
        Need(enterprise_id=key, name=ware(), industry=draw.choice(KINDS), at=at)
        for key in draw.sample(keys, count // 5)
    ])  # fmt: skip
    visitors = list(User.objects.filter(memberships__isnull=False).distinct()[:40])
    today = at.date()
    bulk.insert([
        Visit(enterprise_id=draw.choice(keys), visitor=draw.choice(visitors), planned_on=day,
              state="done", visited_at=at - timedelta(days=ago), met="总经理", research="稳定",
              planned_by=visitors[0])
        for ago, day in ((n % 700, today - timedelta(days=n % 700)) for n in range(2 * count))
    ])  # fmt: skip
    bulk.insert([
        Visit(enterprise_id=draw.choice(keys), visitor=draw.choice(visitors), state="planned",
              planned_on=today + timedelta(days=n % 30), planned_by=visitors[0])
        for n in range(count // 20)
    ])  # fmt: skip
    last = Visit.objects.filter(enterprise=OuterRef("pk"), state="done").order_by("-visited_at")
    Enterprise.objects.update(visited_at=Subquery(last.values("visited_at")[:1]))
    _difficulties(keys[: max(count // 30, 3)])


def _difficulties(keys: list[int]) -> None:
    from linli.enterprises import visiting
    from linli.enterprises.models import Delegate, Enterprise
    from linli.enterprises.visiting import Request
    from linli.people.models import User

    speaks = User.objects.filter(username="enterprise").first()
    for row in Enterprise.objects.filter(pk__in=keys).select_related("area"):
        if speaks:
            Delegate.objects.get_or_create(
                user=speaks, defaults={"enterprise": row, "since": row.touched_at}
            )
        visiting.raise_difficulties(row, [Request("缺少高级工程师", "", "enterprise-talent")])


def work() -> None:
    """Do what the worker does beside the site, until nothing is left to do."""
    from linli.enterprises import keeping

    keeping.refresh()


def everything() -> None:
    """Let all be worked out anew, from nothing."""
    from linli.enterprises.ladder.models import Standing
    from linli.enterprises.marks import LADDER, MATCHES, SCORES, mark
    from linli.enterprises.matching.models import Supply
    from linli.enterprises.per_mu.models import Score

    for kept in (Standing, Supply, Score):
        kept.objects.all().delete()
    for of in (LADDER, SCORES, MATCHES):
        mark(of)


def one_figure(n: int) -> float:
    """Change the sales of an enterprise as its department does; return seconds until kept."""
    from linli.enterprises import keeping
    from linli.enterprises.models import YearFigures
    from linli.people.models import User
    from linli.people.scope import Scope
    from linli.tables import declared

    row = YearFigures.objects.filter(year=YEARS[-1]).select_related("enterprise")[97 * n + 5]
    told = {"enterprise": row.enterprise.code, "year": row.year, "sales": 1900.0 + 40 * n}
    began = time.perf_counter()
    writer = declared()["enterprise-years"].writer
    assert writer
    writer.write(Scope(User.objects.get(username="administrator")), [told])
    keeping.fold()
    return time.perf_counter() - began


def equal() -> bool:
    """Tell whether what is kept now is what working all of it out anew gives."""
    from linli.enterprises.ladder.models import Standing

    def told() -> list[tuple[Any, ...]]:
        names = ("enterprise", "at", "next", "is_new", "lacking", "progress", "values")
        return list(Standing.objects.order_by("enterprise").values_list(*names))

    kept = told()
    everything()
    work()
    return kept == told()


def pages() -> list[tuple[str, str]]:
    """Return the name and address of all that is measured."""
    from linli.enterprises.ladder.models import Rung
    from linli.enterprises.matching.models import Need
    from linli.enterprises.models import Delegate, Enterprise, Visit
    from linli.enterprises.per_mu.models import Score

    one = Enterprise.objects.filter(delegates__isnull=False).first() or Enterprise.objects.first()
    assert one
    scored = Score.objects.filter(rank__gt=5).select_related("enterprise").order_by("-year")[3:6]
    own = list(Delegate.objects.values_list("enterprise__code", flat=True))
    firms = [*own, *(row.enterprise.code for row in scored)]
    rungs = [rung.code for rung in Rung.objects.all()]
    found = [("enterprises", f"/enterprises/{query}") for query in (
        "", "?page=300", "?q=轴承", "?q=Works+77", f"?q={one.code}", "?industry=C", "?industry=38",
        f"?area={one.area.code}", "?size=small", "?above=2025", "?digital=on", "?stale=on",
        "?industry=C&above=2025&digital=on&stale=on",
    )]  # fmt: skip
    found += [("enterprise", f"/enterprises/{code}/") for code in firms]
    found += [("visits", "/enterprises/visits/")]
    found += [
        ("visit", f"/enterprises/visits/{pk}/")
        for pk in (
            Visit.objects.filter(state="planned").first().pk,  # type: ignore[union-attr]
            Visit.objects.filter(state="done").first().pk,  # type: ignore[union-attr]
        )
    ]
    found += [("ladder", "/ladder/"), ("ladder", "/ladder/?lack=3"), ("ladder", "/ladder/?lack=0")]
    found += [("ladder", f"/ladder/?on={code}") for code in rungs]
    found += [("ladder", f"/ladder/?to={code}&lack=3&page=2") for code in rungs[1:]]
    found += [("climber", f"/ladder/{code}/") for code in firms]
    groups = Score.objects.order_by().values_list("year", "group").distinct()[:4]
    found += [("per-mu", "/per-mu/"), ("per-mu", "/per-mu/?year=2024")]
    found += [("per-mu", f"/per-mu/?year={year}&group={group}") for year, group in groups]
    found += [("score", f"/per-mu/{code}/") for code in firms]
    found += [("matching", "/matching/"), ("matching", "/matching/?page=20")]
    found += [("need", f"/matching/{pk}/") for pk in Need.objects.values_list("pk", flat=True)[:4]]
    return found


def measure(repeat: int) -> dict[str, Any]:
    """Open each page for each role, and return figures by page."""
    from linli.people.models import Membership, User

    keeper = Membership.objects.filter(organisation__code="industry").first()
    names = ["leader", keeper.user.username if keeper else "administrator", "worker", "enterprise"]
    found: dict[str, Page] = defaultdict(Page)
    for user in User.objects.filter(username__in=names):
        client = entered(user)
        for name, path in pages():
            found[name].open(client, name, path, user.username, repeat)
        say(f"{user.username}: done")
    return {name: page.figures() for name, page in found.items() if page.times}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--enterprises", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ["LINLI_HOME"] = str(given.home or folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        os.environ.setdefault("LINLI_HOSTS", "testserver localhost")
        sys.path.insert(0, str(ROOT / "src"))
        import django

        django.setup()
        print(json.dumps(run(given), ensure_ascii=False))


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Fill, work and measure in the installation of this process."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction

    from linli.enterprises.models import Enterprise, MonthFigures
    from linli.packs.loader import load

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load(TOWN)
    if not Enterprise.objects.exists():
        say("the register is being filled …")
        with transaction.atomic():
            fill(given.enterprises, given.months)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    everything()
    began = time.perf_counter()
    work()
    kept = time.perf_counter() - began
    changed = [one_figure(n) for n in range(7)]
    is_equal = equal()
    found = measure(given.repeat)
    for name, page in sorted(found.items(), key=lambda one: -one[1]["p95_ms"]):
        say(
            f"{name:12} p50 {page['p50_ms']:7.1f}  p95 {page['p95_ms']:7.1f}  "
            f"cpu {page['p95_cpu_ms']:7.1f}  {page['queries']:3} queries  {page['worst']}"
        )
    return {
        "enterprises": Enterprise.objects.count(),
        "months": MonthFigures.objects.count(),
        "keep_s": round(kept, 2),
        "one_figure_ms": round(1000 * statistics.median(changed), 1),
        "equal": is_equal,
        "pages": found,
        "over": sorted(name for name, page in found.items() if page["p95_ms"] > ALLOWED_MS),
    }


if __name__ == "__main__":
    main()
