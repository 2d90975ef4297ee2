"""Parts pass a station: each is judged once, and nothing that goes wrong with one stops another."""

import os
import time
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from linli import clock
from linli.assets.inspection import inbox, pictures, recording, retention
from linli.assets.inspection.models import Hour, Inspection, Lot, Verdict
from linli.assets.inspection.naming import labelled
from linli.assets.inspection.working import Bench, Floor
from tests.assets.inspection.conftest import FINE, jpeg
from tests.engines.test_surface import brushed, stained

pytestmark = pytest.mark.usefixtures("morning")


def test_a_good_and_a_flawed_part_are_told_apart_with_place_and_likeness(line):
    line.good(serial="1")
    line.lay(stained(FINE[1], at=(30, 120)), serial="2")

    assert line.run() == 2

    good, flawed = Inspection.objects.order_by("serial")
    assert (good.verdict, good.lot.code, good.serial) == (Verdict.GOOD, "L1", "1")
    assert good.score < good.threshold < flawed.score
    [flaw] = flawed.flaws.all()
    left, top, right, bottom = flaw.box
    assert left <= 120 <= right and top <= 30 <= bottom
    assert flaw.kind is None and flaw.score == pytest.approx(flawed.score, abs=0.01)
    worst = flawed.likes[0]
    assert worst["sample"].startswith("good-") and len(worst["there"]) == 4
    assert flawed.version == line.station.version and flawed.seconds > 0


def test_picture_and_heat_are_kept_small_and_the_original_goes(line):
    path = line.lay(stained(FINE[0]))
    line.run()

    [part] = Inspection.objects.all()
    assert not path.exists()
    kept = cv2.imread(str(pictures.path(part.picture)), cv2.IMREAD_GRAYSCALE)
    assert kept.shape == (120, 160)
    assert np.abs(kept.astype(int) - stained(FINE[0])).mean() < 4
    heat = cv2.imread(str(pictures.path(part.heat)), cv2.IMREAD_GRAYSCALE)
    assert heat.shape == (16, 16)
    assert heat.max() > pictures.AT_THRESHOLD > heat.min()
    drawn = cv2.imdecode(np.frombuffer(pictures.with_heat(part), np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape == (120, 160, 3) and drawn[60, 80, 2] > drawn[60, 80, 1]


def test_a_picture_handed_in_twice_counts_once(line):
    line.good(serial="7", name="L1_7.jpg")
    line.run()
    line.number = 0
    line.good(serial="7", name="L1_7.jpg")
    assert line.run() == 0
    assert Inspection.objects.count() == 1
    assert not list(Path(line.station.address).glob("*.jpg"))
    # Another picture of the same name is another part.
    line.good(serial="7", name="L1_7.jpg")
    assert line.run() == 1


def test_half_written_files_wait_and_broken_ones_are_set_aside(line):
    whole = jpeg(brushed(FINE[0]))
    half = line.lay(whole[: len(whole) // 2], name="L1_half.jpg")
    empty = line.lay(b"", name="L1_empty.jpg")
    other = line.lay(b"not a picture at all", name="L1_text.png")
    line.good()
    assert line.run() == 1  # the rest may still be written to

    old = time.time() - 60
    for path in (half, empty, other):
        os.utime(path, (old, old))
    line.good()
    assert line.run() == 4

    broken = Path(line.station.address) / "broken"
    assert sorted(path.name for path in broken.glob("*.jpg")) == ["L1_empty.jpg", "L1_half.jpg"]
    assert "L1_half.jpg" in (broken / "L1_half.jpg.txt").read_text()
    reasons = Inspection.objects.filter(verdict="unusable").values_list("reason", flat=True)
    assert set(reasons) == {"broken"} and len(reasons) == 3
    half.write_bytes(whole)  # sent again, whole
    assert line.run() == 1


def test_what_cannot_be_judged_is_unusable_with_a_reason_and_never_flawed(line):
    line.lay(cv2.GaussianBlur(brushed(FINE[0]), (0, 0), 3), serial="1")
    line.lay((brushed(FINE[1]) * 0.15).astype(np.uint8), serial="2")
    line.lay(np.full((120, 160), 120, np.uint8), serial="3")
    line.run()
    found = dict(Inspection.objects.values_list("serial", "reason"))
    assert found == {"1": "blurred", "2": "dark", "3": "empty"}
    assert set(Inspection.objects.values_list("verdict", flat=True)) == {"unusable"}
    assert Inspection.objects.filter(score=None).count() == 3


def test_hours_and_lots_count_what_passed_them(line):
    line.good(5)
    line.flawed(1)
    line.good(2, lot="L2")
    line.lay(np.full((120, 160), 120, np.uint8), lot="L2")
    line.run()
    line.flawed(1, lot="L2")
    line.run()

    hour = Hour.objects.get()
    assert (hour.parts, hour.flawed, hour.unusable, hour.flaws) == (10, 2, 1, 2)
    assert hour.kinds == {"": 2} and hour.reasons == {"empty": 1}
    lots = dict(Lot.objects.values_list("code", "parts"))
    assert lots == {"L1": 6, "L2": 4}
    assert dict(Lot.objects.values_list("code", "flawed")) == {"L1": 1, "L2": 1}


def test_lot_and_serial_come_from_the_name_a_sidecar_or_the_station(line):
    own = line.station
    assert labelled(own, "A_17_0042.jpg", b"x").lot == "A_17"
    assert labelled(own, "A_17_0042.jpg", b"x").serial == "0042"
    own.pattern = r"(?P<serial>\d+)-(?P<lot>[A-Z]+)"
    found = labelled(own, "0042-QX.png", b"x")
    assert (found.lot, found.serial) == ("QX", "0042")
    told = labelled(own, "0042-QX.png", b"x", {"lot": "Z9", "at": "2026-03-10T08:00:00+08:00"})
    assert (told.lot, told.serial) == ("Z9", "0042")
    assert told.at.isoformat() == "2026-03-10T08:00:00+08:00"
    own.pattern, own.lot_now = "(", "now"  # a pattern that is none stops nothing
    assert labelled(own, "0042-QX.png", b"x").lot == "now"
    # Nothing lies in the time to come, and no time without a zone counts.
    assert labelled(own, "a.png", b"", {"at": "2199-01-01T00:00:00Z"}).at == clock.now()
    assert labelled(own, "a.png", b"", {"at": "2026-03-10 08:00"}).at is None


def test_a_sidecar_tells_of_a_picture_and_goes_with_it(line):
    path = line.lay(brushed(FINE[0]), name="frame.jpg")
    path.with_suffix(".json").write_text('{"lot": "S1", "serial": "9"}')
    line.run()
    part = Inspection.objects.get()
    assert (part.lot.code, part.serial) == ("S1", "9")
    assert not path.with_suffix(".json").exists()


def test_a_station_without_a_model_says_so_and_its_pictures_wait(station):
    path = Path(station.address) / "L1_1.jpg"
    path.write_bytes(jpeg(brushed(1)))
    assert Bench(station).turn() == 0
    station.refresh_from_db()
    assert "模型" in station.trouble and station.seen_at == clock.now()
    assert path.exists()


def test_a_folder_that_is_gone_is_told_and_stops_no_other_station(line, plant):
    good = line.station
    bad = type(good).objects.get(pk=good.pk)
    bad.pk, bad.code, bad.address = None, "aaa", "/nowhere/at/all"
    bad.save()
    line.good()
    floor = Floor()
    try:
        assert floor.turn() == 1
    finally:
        floor.close()
    bad.refresh_from_db()
    assert "/nowhere/at/all" in bad.trouble


def test_a_version_whose_files_were_changed_judges_nothing(line):
    (pictures.home() / line.station.version.folder / "gate.json").write_text("{}")
    line.good()
    assert line.run() == 0
    line.station.refresh_from_db()
    assert "1" in line.station.trouble and line.station.trouble


def test_a_station_is_looked_after_by_one_worker_at_a_time(line):
    one, other = Floor(), Floor()
    line.good(2)
    try:
        assert one.turn() == 2
        line.good(2)
        assert other.turn() == 0
        one.close()
        assert other.turn() == 2
    finally:
        other.close()


def test_pictures_are_thinned_out_but_not_those_people_judged(line):
    line.good(4)
    line.flawed(2)
    line.run()
    own = line.station
    own.keep_good_days, own.keep_flawed_days, own.keep_good_every = 10, 100, 2
    judged = Inspection.objects.filter(verdict="flawed").first()
    Inspection.objects.filter(pk=judged.pk).update(judgement="confirmed")

    assert retention.thin(own) == 0
    with clock.at(clock.now() + timedelta(days=11)):
        assert retention.thin(own) == 2  # every second good one stays
        assert retention.thin(own) == 0
    with clock.at(clock.now() + timedelta(days=101)):
        assert retention.thin(own) == 1
    assert Inspection.objects.count() == 6
    judged.refresh_from_db()
    assert judged.picture and pictures.path(judged.picture).exists()
    files = list((pictures.home() / "pictures").rglob("*.jpg"))
    assert len(files) == Inspection.objects.exclude(picture="").count() == 3


def test_a_worker_that_dies_before_it_clears_up_doubles_nothing(line):
    line.good(2)
    line.flawed(1)
    bench = line.bench
    bench.refresh()
    found, _broken = inbox.arrivals(line.station, 16)
    recording.record(line.station, line.station.version, bench._judged(found))
    # Here it dies: recorded, but files still there and nobody told.
    assert len(list(Path(line.station.address).glob("*.jpg"))) == 3
    assert Inspection.objects.filter(verdict="flawed", case=None).count() == 1

    after = Bench(line.station)
    after.turn()

    assert Inspection.objects.count() == 3 and Hour.objects.get().parts == 3
    assert not list(Path(line.station.address).glob("*.jpg"))
    assert Inspection.objects.filter(verdict="flawed", case=None).count() == 0
