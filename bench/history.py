"""Two years of a town for the benches: cases that came, were handled, went wrong, or still wait.

    python bench/history.py HOME [--cases 60000] [--open 0.15]

Taken through intake and loop like everything else, so that every page finds what it shows.
The texts are put together at random; `linli simulate` makes a life that reads like one.
"""

import argparse
import gc
import os
import random
import sys
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
WEEKS = 104
WHAT = ["路灯不亮", "垃圾没人清", "井盖破损", "占道经营", "夜里施工吵", "水管漏水", "积水很深",
        "停车位不够", "绿化带枯死", "楼道堆杂物", "广告牌松动", "河道有异味", "路面坑洼",
        "油烟扰民", "车辆乱停", "下水道堵塞", "树枝压电线", "健身器材坏了"]  # fmt: skip
WHERE = ["小区门口", "菜场旁边", "学校对面", "公交站后面", "桥头", "河边步道", "工业区东侧",
         "老街中段", "卫生院门前", "停车场入口"]  # fmt: skip
HOW = ["已经好几天了", "昨天晚上开始的", "反映过一次没有处理",
       "老人小孩走路很危险", "希望尽快安排人来看看", "早高峰的时候最严重",
       "下雨天更加厉害", "周围邻居都有意见"]  # fmt: skip


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def reports(count: int, since, draw: random.Random, resident) -> list:
    """Make a week of reports."""
    from linli.cases.intake import Report
    from linli.cases.models import Category, Source
    from linli.places.models import Area

    grids = list(Area.objects.filter(is_grid=True, layer="community").defer("wkb"))
    codes = list(Category.objects.filter(retired=False).values_list("code", flat=True))
    signs = [chr(code) for code in range(0x4E00, 0x9FA0)]
    made = []
    for at in sorted(draw.random() for _ in range(count)):
        grid = grids[min(int(draw.paretovariate(0.6)) - 1, len(grids) - 1)]
        place = draw.random()
        made.append(
            Report(
                f"{grid.name}{draw.choice(WHERE)}{draw.choice(WHAT)}",
                f"{draw.choice(HOW)}，{draw.choice(HOW)}。{''.join(draw.choices(signs, k=24))}",
                source=draw.choice(Source.values[:5]),
                created=since + timedelta(days=7) * at,
                category=draw.choice(codes) if draw.random() < 0.9 else None,
                reporter=resident if draw.random() < 0.005 else None,
                lon=grid.lon if place < 0.7 else None,
                lat=grid.lat if place < 0.7 else None,
                area=grid.code if 0.7 <= place < 0.98 else None,
            )
        )
    return made


def live(upto, draw: random.Random, still_open: float) -> None:
    """Take what lies open further, as far as people came until then."""
    from django.db import transaction

    from linli import clock
    from linli.cases import loop, worker
    from linli.cases.chain import Journal
    from linli.cases.models import Case, State
    from linli.people.models import Organisation

    organisations = list(Organisation.objects.filter(kind="department"))
    with clock.at(upto):
        worker.tick(when_due=True)
    for turn, (state, steps) in enumerate(
        (
            (State.DISPATCHED, (("accept", {}),)),
            (
                State.RETURNED,
                (("rule", {"organisation": None, "reason": "按职责清单由你单位办理"}),),
            ),
            (State.ACCEPTED, (("resolve", {"reply": "已到现场处理完毕，并安排专人巡查。"}),)),
            (State.RESOLVED, (("verify", {}), ("evaluate", {"satisfied": True}))),
            (State.VERIFIED, (("close", {}),)),
            (State.REOPENED, (("accept", {}),)),
        )
    ):
        with transaction.atomic(), clock.at(upto):
            cases = list(Case.objects.filter(state=state).select_related("category"))
            journal = Journal()
            # A part of every week's cases is left to wait until the end.
            cases = [
                case
                for case in cases
                if (case.pk * 7 + turn * 150) % 1000 >= still_open * 200 and draw.random() < 0.7
            ]
            journal.know(cases)
            for case in cases:
                chosen = steps
                if state == State.DISPATCHED and draw.random() < 0.02:
                    chosen = (("return", {"reason": "不属于本单位职责范围"}),)
                if state == State.RESOLVED and draw.random() < 0.05:
                    chosen = (("evaluate", {"satisfied": False}),)
                for name, given in chosen:
                    given = dict(given)
                    if "organisation" in given:
                        given["organisation"] = draw.choice(organisations)
                    try:
                        loop.take(journal, case, name, None, **given)
                    except loop.Refused:
                        break
            loop.record(journal)


def build(cases: int, still_open: float, seed: int = 1) -> None:
    """Fill the installation of this process."""
    from django.core.management import call_command

    from linli import clock
    from linli.cases.intake import receive
    from linli.packs.loader import load
    from linli.people.models import User
    from linli.scores import tallies

    call_command("migrate", verbosity=0)
    load(ROOT / "towns/pinghu")
    gc.set_threshold(100_000)
    draw = random.Random(seed)
    resident = User.objects.get(username="resident")
    now = clock.now()
    for week in range(WEEKS):
        since = now - timedelta(days=7) * (WEEKS - week)
        receive(reports(cases // WEEKS, since, draw, resident))
        live(since + timedelta(days=7), draw, still_open)
        if week % 10 == 9:
            say(f"week {week + 1} of {WEEKS}")
    tallies.fold()


def main() -> None:
    """Build an installation."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--cases", type=int, default=60_000)
    parser.add_argument("--open", type=float, default=0.15, help="share that still waits")
    parser.add_argument("--database", help="URL of an empty database")
    given = parser.parse_args()
    os.environ["LINLI_HOME"] = str(given.home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
    if given.database:
        os.environ["DATABASE_URL"] = given.database
    import django

    django.setup()
    started = time.perf_counter()
    build(given.cases, given.open)
    say(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
