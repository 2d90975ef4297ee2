"""Two halves of a town are written at once: a minute for two years.

The halves are towns that share no grid, so neither needs to know of the other. Each takes every
second key, and what it draws comes from a seed of its own: the same seed gives the same town,
however fast either half happens to be.
"""

import gc
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from multiprocessing.queues import Queue
from random import Random
from typing import Any

from django.db import connection, connections
from django.db.models import Model

from linli import bulk
from linli.cases.learnt import category_model
from linli.cases.models import (
    Assignment,
    Case,
    Event,
    Evidence,
    Notice,
    Proposal,
    Report,
    Ruling,
)
from linli.people.scope import remembered
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY
from linli.scores import backlog, tallies
from linli.scores.periods import Period, local_day
from linli.simulate.cast import Cast
from linli.simulate.history import TOLD_FOR, WEEK, Life, Written
from linli.simulate.ratings import rate_month
from linli.simulate.rhythm import Weather
from linli.simulate.scenes import Album
from linli.simulate.telling import Told

PARTS = 2
SWEPT_EVERY = 8  # weeks
KEYED = (Case, Report, Event, Assignment, Ruling, Evidence, Notice, Proposal)


def halves() -> list[frozenset[int]]:
    """Divide the community grids by the towns they lie in, about equally."""
    towns: dict[int, list[int]] = {}
    for area in atlas().areas.values():
        if area.is_grid and area.layer == COMMUNITY:
            above = atlas().ancestors(area.pk)
            towns.setdefault(above[-2] if len(above) > 1 else above[-1], []).append(area.pk)
    parts: list[list[int]] = [[] for _ in range(PARTS)]
    for _town, grids in sorted(towns.items(), key=lambda one: (-len(one[1]), one[0])):
        min(parts, key=len).extend(grids)
    return [frozenset(part) for part in parts if part]


def simulate(
    reports: int,
    days: int,
    seed: int,
    ending: datetime,
    progress: Callable[[int], None] = lambda reports: None,
) -> Written:
    """Write a history of the loaded town that ends at a moment.

    Parameters
    ----------
    reports
        About how many come in altogether.
    days
        How long it is.
    progress
        Told the number of reports done now and then.
    """
    album, rng = Album(), Random(seed)
    first, last = local_day(ending - timedelta(days=days)), local_day(ending)
    weather = Weather(first, last, rng)
    cast = Cast(Random(seed))
    cast.send_on_leave(Period(first, first).begins, ending + TOLD_FOR, rng)
    album.paint_all()
    category_model()  # learnt once, before the halves part
    parts, grids = halves(), sum(map(len, halves()))
    taken: dict[type[Model], int] = {model: bulk.last_key(model) for model in KEYED}

    def write(number: int, say: Callable[[int], None]) -> Written:
        share = round(reports * len(parts[number]) / grids)
        keys = bulk.Keys(dict(taken), number, len(parts))
        with remembered(), bulk.keyed(keys), bulk.hurried(), _swept():
            life = Life(seed, album, parts[number], number)
            return _write(life, share, (first, last), weather, ending, say)

    written = Written()
    for one in _at_once(write, len(parts), progress):
        written += one
    bulk.go_on_after(KEYED)
    for month in _months(first, last):
        written.ratings += rate_month(cast, month, rng, Period(month, month).ends)
    tallies.fold()
    backlog.refresh()
    return written


def _write(
    life: Life,
    reports: int,
    span: tuple[date, date],
    weather: Weather,
    ending: datetime,
    say: Callable[[int], None],
) -> Written:
    first, last = span
    dates = [first + timedelta(n) for n in range((last - first).days + 1)]
    life.rhythm.scale(reports, dates, weather)
    life.cast.know_leaves()
    week: list[Told] = []
    weeks = 0
    since = Period(first, first).begins
    for day in dates:
        week += [told for told in life.teller.day(day, day in weather.rainy) if told.at < ending]
        until = min(Period(day, day).ends, ending)
        # What is still fresh is not left lying until its week is over.
        is_fresh = until > ending - TOLD_FOR
        if is_fresh or until - since >= WEEK:
            life.live(week, until, is_quiet=until < ending - TOLD_FOR)
            say(len(week))
            week, since = [], until
            if (weeks := weeks + 1) % SWEPT_EVERY == 0:
                gc.collect()
    return life.written


def _at_once(
    write: Callable[[int, Callable[[int], None]], Written],
    parts: int,
    progress: Callable[[int], None],
) -> list[Written]:
    """Run the parts each in a process of its own."""
    # Another process sees nothing of a transaction that is open here.
    is_alone = parts == 1 or connection.in_atomic_block
    if is_alone or "fork" not in multiprocessing.get_all_start_methods():
        return [write(number, progress) for number in range(parts)]
    # Forked, a half has the learnt models and the atlas at once; connections are its own.
    context = multiprocessing.get_context("fork")
    said: Queue[Any] = context.Queue()

    def run(number: int) -> None:
        connections.close_all()
        try:
            said.put(write(number, said.put))
        except BaseException as fault:
            said.put(f"{type(fault).__name__}: {fault}")
            raise
        finally:
            connections.close_all()

    connections.close_all()
    processes = [context.Process(target=run, args=(number,)) for number in range(parts)]
    for process in processes:
        process.start()
    written: list[Written] = []
    while len(written) < parts:
        one = said.get()
        if isinstance(one, str):
            for process in processes:
                process.terminate()
            raise RuntimeError(one)
        if isinstance(one, Written):
            written.append(one)
        else:
            progress(one)
    for process in processes:
        process.join()
    return written


@contextmanager
def _swept() -> Iterator[None]:
    """Look for garbage only now and then: most of what a week makes is let go of by itself."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def _months(first: date, last: date) -> list[date]:
    """Return a day of each month that has ended between two days."""
    months = []
    day = first.replace(day=1)
    while (day.year, day.month) < (last.year, last.month):
        months.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return months
