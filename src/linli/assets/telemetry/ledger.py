"""Points in PostgreSQL instead of on the shelves, where the installation says so.

`LINLI_TELEMETRY=postgres`, with the database of the town in PostgreSQL. One table partitioned by
month, written by COPY; what the journal holds is folded into it. `high` and `rolled` of a place (a
group of tags on a day) say which segment was folded last, and up to which one its means were made.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from linli.assets.telemetry import shelves
from linli.assets.telemetry.journal import Batch
from linli.assets.telemetry.models import Tag
from linli.assets.telemetry.shelves import DAY, GROUP, HOUR, MINUTE

TABLES = """
CREATE TABLE IF NOT EXISTS telemetry_point (
    tag integer NOT NULL, time timestamptz NOT NULL, value double precision NOT NULL,
    seq bigint NOT NULL, PRIMARY KEY (tag, time)
) PARTITION BY RANGE (time);
CREATE TABLE IF NOT EXISTS telemetry_place (
    part integer, day integer, high bigint NOT NULL, rolled bigint NOT NULL DEFAULT -1,
    PRIMARY KEY (part, day)
);
CREATE TABLE IF NOT EXISTS telemetry_mean (
    level integer, tag integer, time timestamptz, mean double precision, low double precision,
    high double precision, count bigint, last double precision, PRIMARY KEY (level, tag, time)
);
"""
MOMENT_MS = "(extract(epoch FROM time) * 1000)::bigint"
MEAN_COLUMNS = "mean, low, high, count, last"
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in MEAN_COLUMNS.split(", "))
# A day's minutes from its points, and its hours from its minutes.
MINUTES = f"""
INSERT INTO telemetry_mean (level, tag, time, {MEAN_COLUMNS})
SELECT {MINUTE}, tag, date_trunc('minute', time), avg(value), min(value), max(value), count(*),
    (array_agg(value ORDER BY time DESC))[1]
FROM telemetry_point WHERE tag >= %s AND tag < %s AND time >= %s AND time < %s GROUP BY 2, 3
ON CONFLICT (level, tag, time) DO UPDATE SET {REPLACED}
"""
HOURS = f"""
INSERT INTO telemetry_mean (level, tag, time, {MEAN_COLUMNS})
SELECT {HOUR}, tag, date_trunc('hour', time), sum(mean * count) / sum(count), min(low), max(high),
    sum(count), (array_agg(last ORDER BY time DESC))[1]
FROM telemetry_mean WHERE level = {MINUTE} AND tag >= %s AND tag < %s AND time >= %s AND time < %s
GROUP BY 2, 3
ON CONFLICT (level, tag, time) DO UPDATE SET {REPLACED}
"""


def is_used() -> bool:
    """Tell whether points are kept in PostgreSQL."""
    return bool(settings.TELEMETRY == "postgres" and connection.vendor == "postgresql")


def _at(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


@cache
def _made(database: str) -> None:
    with connection.cursor() as cursor:
        # Two processes that begin at once would both make them.
        cursor.execute("SELECT pg_advisory_xact_lock(7416)")
        cursor.execute(TABLES)


def _ready() -> None:
    if not connection.in_atomic_block:
        with transaction.atomic():
            _made(str(connection.settings_dict["NAME"]))
    else:  # what is made here may be undone
        _made.__wrapped__("")


def _ask(sql: str, values: Sequence[Any], kinds: Sequence[Any]) -> list[np.ndarray]:
    _ready()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [np.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds)]


def put(segment: int, batch: Batch) -> None:
    """Fold a segment of the journal; doing it again changes nothing."""
    if not len(batch):
        return
    _ready()
    batch = batch.where(shelves.last_written(batch.ids, batch.times))
    places = {(int(tag) // GROUP, int(at) // DAY) for tag, at in zip(batch.ids, batch.times,
                                                                      strict=True)}  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        for month in {str(_at(day * DAY))[:7] for _group, day in places}:
            _partition(cursor, month)
        cursor.execute("CREATE TEMPORARY TABLE telemetry_new (tag integer, time timestamptz, "
                       "value double precision) ON COMMIT DROP")  # fmt: skip
        with cursor.copy("COPY telemetry_new FROM STDIN") as copy:
            for tag, at, value in zip(batch.ids.tolist(), batch.times.tolist(),
                                      batch.values.tolist(), strict=True):  # fmt: skip
                copy.write_row((tag, _at(at), value))
        cursor.execute(
            "INSERT INTO telemetry_point SELECT tag, time, value, %s FROM telemetry_new "
            "ON CONFLICT (tag, time) DO UPDATE SET value = excluded.value, seq = excluded.seq "
            "WHERE excluded.seq >= telemetry_point.seq", [segment],
        )  # fmt: skip
        cursor.execute("DROP TABLE telemetry_new")
        cursor.executemany(
            "INSERT INTO telemetry_place (part, day, high) VALUES (%s, %s, %s) ON CONFLICT "
            "(part, day) DO UPDATE SET high = greatest(telemetry_place.high, excluded.high)",
            [(group, day, segment) for group, day in sorted(places)],
        )  # fmt: skip


def _partition(cursor: Any, month: str) -> None:
    year, number = int(month[:4]), int(month[5:])
    after = f"{year + number // 12}-{number % 12 + 1:02d}"
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS telemetry_point_{year}_{number:02d} PARTITION OF "
        f"telemetry_point FOR VALUES FROM ('{month}-01 00:00:00+00') TO ('{after}-01 00:00:00+00')"
    )


def raw(ids: np.ndarray, days: Sequence[int], since: int, until: int) -> tuple[Batch, np.ndarray]:
    """Return the points of tags in [since, until) on some days, and which segment each is of."""
    tags, at, values, seq = _ask(
        f"SELECT tag, {MOMENT_MS}, value, seq FROM telemetry_point WHERE tag = ANY(%s) "
        "AND time >= %s AND time < %s", [ids.tolist(), _at(since), _at(until)],
        (np.int32, np.int64, np.float64, np.int64),
    )  # fmt: skip
    chosen = np.isin(at // DAY, list(days))
    return Batch(tags[chosen], at[chosen], values[chosen]), seq[chosen]


def rolled(ids: np.ndarray, days: Sequence[int]) -> set[int]:
    """Return the days whose means hold all that was folded."""
    groups = sorted({int(tag) // GROUP for tag in ids})
    day, is_whole = _ask(
        "SELECT day, bool_and(rolled >= high) FROM telemetry_place WHERE part = ANY(%s) "
        "AND day = ANY(%s) GROUP BY day HAVING count(*) = %s", [groups, list(days), len(groups)],
        (np.int64, bool),
    )  # fmt: skip
    return set(day[is_whole].tolist())


def means(level: int, ids: np.ndarray, since: int, until: int) -> list[np.ndarray]:
    """Return means of tags: tags, times, means, lows, highs, counts, lasts."""
    return _ask(
        f"SELECT tag, {MOMENT_MS}, {MEAN_COLUMNS} FROM telemetry_mean WHERE level = %s "
        "AND tag = ANY(%s) AND time >= %s AND time < %s",
        [level, ids.tolist(), _at(since // level * level), _at(until)],
        (np.int32, np.int64, *(np.float64,) * 5),
    )  # fmt: skip


def tidy(today: int) -> None:
    """Down-sample days that are over, and let go what is kept no longer."""
    parts, days, highs = _ask(
        "SELECT part, day, high FROM telemetry_place WHERE rolled < high AND day < %s", [today],
        (np.int64, np.int64, np.int64),
    )  # fmt: skip
    for part, day, high in zip(parts.tolist(), days.tolist(), highs.tolist(), strict=True):
        reach = [part * GROUP, (part + 1) * GROUP, _at(day * DAY), _at((day + 1) * DAY)]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MINUTES, reach)
            cursor.execute(HOURS, reach)
            cursor.execute("UPDATE telemetry_place SET rolled = %s WHERE part = %s AND day = %s",
                           [high, part, day])  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        for days_kept in set(Tag.objects.values_list("raw_days", flat=True)):
            tags = list(Tag.objects.filter(raw_days=days_kept).values_list("id", flat=True))
            cursor.execute("DELETE FROM telemetry_point WHERE tag = ANY(%s) AND time < %s",
                           [tags, _at((today - days_kept) * DAY)])  # fmt: skip
        for days_kept in set(Tag.objects.values_list("minute_days", flat=True)):
            tags = list(Tag.objects.filter(minute_days=days_kept).values_list("id", flat=True))
            cursor.execute(
                "DELETE FROM telemetry_mean WHERE level = %s AND tag = ANY(%s) AND time < %s",
                [MINUTE, tags, _at((today - days_kept) * DAY)],
            )
