"""What is written is read, once, whatever happened in between."""

import os
import sqlite3
import threading
from datetime import timedelta

import numpy as np
import pytest

from linli.assets.telemetry import files, folding, journal, recent, shelves, store
from linli.assets.telemetry.models import Reading, Refusal, Tag
from linli.assets.telemetry.points import Points, moment
from linli.doors.reading import Unreadable

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def seconds(start, count):
    return moment(start) + np.arange(count) * np.timedelta64(1, "s")


def fold():
    journal.turn(1)
    for segment in journal.segments()[:-1]:
        shelves.put(segment, journal.Batch.of([f.batch for f in journal.read(segment)]))
        journal.drop(segment)


def test_points_are_read_as_they_were_written(press, noon):
    start = noon - timedelta(seconds=100)
    times = seconds(start, 100)
    taken = store.write(
        Points.table(times, {"press.temp": np.arange(100.0), "press.load": times.astype(float)})
    )

    series = store.read(["press.load", "press.temp"], start, noon)

    assert taken.stored == 200 and not taken.refused
    assert (series.times == times).all()
    assert (series.of("press.temp") == np.arange(100.0)).all()


def test_a_point_written_again_is_one_point_with_the_last_value(press, noon):
    times = seconds(noon - timedelta(seconds=10), 10)
    for value in (1.0, 2.0, 3.0):
        store.write(Points.series({"press.temp": (times, np.full(10, value))}))
        if value < 3:
            fold()

    series = store.read(["press.temp"], noon - timedelta(hours=1), noon)

    assert series.values[:, 0].tolist() == [3.0] * 10


def test_folding_twice_and_merging_change_nothing(press, noon):
    start = noon - timedelta(seconds=600)
    for part in range(10):
        times = seconds(start + timedelta(seconds=60 * part), 60)
        store.write(Points.series({"press.temp": (times, np.arange(60.0))}))
        journal.turn(1)
        segment = journal.segments()[-2]
        batch = journal.Batch.of([f.batch for f in journal.read(segment)])
        shelves.put(segment, batch)
        shelves.put(segment, batch)
    before = store.read(["press.temp"], start, noon)
    for segment in journal.segments()[:-1]:
        journal.drop(segment)
    (_group, _day, place), *rest = shelves.each_partition()
    shelves.merge(place, shelves.run_to_merge(place))
    after = store.read(["press.temp"], start, noon)

    assert not rest and len(shelves.files(place)) == 1
    assert len(before) == len(after) == 600
    assert (before.values == after.values).all()


def test_a_batch_that_cannot_be_stored_whole_is_not_stored(press, noon):
    times = seconds(noon - timedelta(seconds=10), 10)
    store.write(Points.series({"press.temp": (times, np.ones(10))}))
    with sqlite3.connect(journal.folder() / journal.FILE) as file:
        file.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON newest BEGIN"
            " SELECT RAISE(ABORT, 'disk full'); END"
        )

    with pytest.raises(OSError, match="disk full"):
        store.write(Points.series({"press.load": (times, np.ones(10))}))

    series = store.read(["press.temp", "press.load"], noon - timedelta(hours=1), noon)
    assert np.isfinite(series.values).sum() == 10


def test_the_newest_point_is_known_without_reading_any(press, noon):
    times = seconds(noon - timedelta(seconds=10), 10)
    store.write(Points.series({"press.temp": (times, np.arange(10.0))}))
    store.write(Points.series({"press.temp": (times[:3], np.full(3, 99.0))}))

    newest = store.newest(["press.temp", "press.load"])

    assert set(newest) == {"press.temp"}
    assert newest["press.temp"].value == 9.0
    assert newest["press.temp"].at == noon - SECOND


def test_a_stretch_has_the_mean_the_least_and_the_greatest(press, noon):
    start = noon - timedelta(minutes=10)
    store.write(Points.series({"press.temp": (seconds(start, 600), np.arange(600.0) % 60)}))

    spread = store.spread("press.temp", start, noon, timedelta(minutes=1))

    assert spread.counts.tolist() == [60] * 10
    assert spread.means.tolist() == [29.5] * 10
    assert spread.lows.tolist() == [0] * 10 and spread.highs.tolist() == [59] * 10


def test_bad_points_are_counted_by_reason_and_hold_up_no_good_one(press, noon):
    day = np.timedelta64(1, "D")
    now = moment(noon)
    given = {
        "press.temp": ([now, now, now + day, now - 30 * day], [20, 900, 20, 20]),
        "press.load": ([now, now], [np.nan, np.inf]),
        "press.door": ([now, now - np.timedelta64(1, "s")], [1, 0.5]),
        "nobody": ([now], [1]),
    }
    taken = store.write(Points.series(given))

    assert taken.stored == 2
    assert taken.refused == {
        "unknown": 1, "nan": 2, "type": 1, "range": 1, "future": 1, "late": 1,
    }  # fmt: skip
    row = Refusal.objects.get(reason="range")
    assert (row.tag.code, row.count, row.first[:3]) == ("press.temp", 1, "900")
    assert Refusal.objects.get(reason="unknown").name == "nobody"


def test_what_a_killed_process_had_written_is_there(press, noon):
    times = seconds(noon - timedelta(seconds=10), 10)
    store.newest(["press.temp"])  # the child asks the database nothing
    child = os.fork()
    if child == 0:
        store.write(Points.series({"press.temp": (times, np.ones(10))}))
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    recent.points()

    assert len(store.read(["press.temp"], noon - timedelta(hours=1), noon)) == 10


def test_days_that_are_over_are_down_sampled_and_then_let_go(press, noon):
    start = noon - timedelta(days=3)
    times = seconds(start, 7200)
    values = np.arange(7200.0)
    store.write(
        Points.table(times, {"press.temp": values % 100, "press.load": values}), history=True
    )
    Tag.objects.filter(code="press.load").update(raw_days=2)
    journal.turn(1)
    Reading.objects.create(name="rules", segment=99)
    before = store.spread("press.load", start, noon, timedelta(hours=1))
    assert folding.fold() == 1
    folding.tidy(noon)

    minutes = store.read(["press.load"], start, noon)
    points = store.read(["press.temp"], start, noon)
    after = store.spread("press.load", start, noon, timedelta(hours=1))
    by_minute = store.read(["press.load"], start, noon, every=timedelta(minutes=5), how="high")

    assert len(minutes) == 120 and minutes.values[0, 0] == pytest.approx(29.5)
    assert len(points) == 7200
    assert after.means.tolist() == pytest.approx(before.means.tolist())
    assert after.lows.tolist() == before.lows.tolist() == [0, 3600]
    assert by_minute.values[0, 0] == 299


def test_late_points_of_a_day_that_is_over_are_down_sampled_too(press, noon):
    start = noon - timedelta(days=2)
    Reading.objects.create(name="rules", segment=99)
    for value in (1.0, 3.0):
        times = seconds(start + timedelta(seconds=value), 1)
        store.write(Points.series({"press.temp": (times, [value])}))
        folding.fold(is_time=True)
        folding.tidy(noon)

    hours = store.spread("press.temp", start, noon, timedelta(hours=1))

    assert hours.counts.tolist() == [2] and hours.means.tolist() == [2.0]


def test_files_are_taken_in_long_and_wide(press, noon, tmp_path):
    (tmp_path / "long.csv").write_text(
        "时间,测点,数值\n2026-03-02 19:00:00,press.temp,20.5\n2026-03-02T11:00:01Z,press.load,7\n"
        "2026-03-02T11:00:02Z,press.temp,warm\n2026-03-02T11:00:03Z,other,1\n", "gb18030",
    )  # fmt: skip
    (tmp_path / "wide.csv").write_text(
        "time,press.temp,press.load\n2026-03-02T11:10:00Z,1,2\n2026-03-02T11:10:01Z,,4\n"
    )

    long, wide = (files.take(tmp_path / name) for name in ("long.csv", "wide.csv"))
    target = tmp_path / "out.parquet"
    given = files.give(["press.temp", "press.load"], noon - timedelta(hours=2), noon, target)
    again = files.take(target)

    assert (long.stored, long.refused) == (2, {"nan": 1, "unknown": 1})
    assert wide.stored == 3 and given == 5 and again.stored == 5
    series = store.read(["press.temp", "press.load"], noon - timedelta(hours=2), noon)
    assert np.isfinite(series.values).sum() == 5
    assert series.times[0] == moment(noon - timedelta(hours=1))


@pytest.mark.parametrize(
    "content", ["", "a,b\n1,2\n", "time,press.temp\nyesterday,2\n", "time\n2026-01-01\n"]
)
def test_a_file_that_cannot_be_read_says_why(press, noon, tmp_path, content):
    path = tmp_path / "bad.csv"
    path.write_text(content)

    with pytest.raises(Unreadable, match=r"bad\.csv"):
        files.take(path)


def test_a_month_that_is_written_anew_while_it_is_read_is_read_as_it_was():
    # Each month holds one value only, and another number of rows than the one before it: pages of
    # one read by the footer of another fail or give two values.
    path, ends = journal.folder() / "hour" / "g00000" / "2026-03.parquet", threading.Event()

    def month(value):
        rows = 30_000 + value * 997 % 9_000
        tags = np.repeat(np.arange(4, dtype=np.int32), rows)
        shelves.write(path, {"tag": tags, "mean": np.full(len(tags), float(value))})

    def write_on():
        for value in range(1, 10_000):
            month(value)
            if ends.is_set():
                return

    month(0)
    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for _ in range(400):
            found = shelves.ask([path], "SELECT tag, mean FROM {} WHERE tag IN (1, 3)", [])
            assert len(found["mean"]) and np.ptp(found["mean"]) == 0
    finally:
        ends.set()
        writer.join()
