"""A station is taught from what people judged, and measured on pictures it never learnt from."""

import shutil

import numpy as np
import pytest

from linli.assets.inspection import (
    fitting,
    learning,
    material,
    measuring,
    pictures,
    recording,
    teaching,
)
from linli.assets.inspection.learning import NothingToLearnFrom
from linli.assets.inspection.models import Inspection, Station, Version
from linli.assets.inspection.naming import Label
from linli.cases.refusal import Refused
from linli.clock import now
from linli.simulate.plant.boards import KINDS, drawn
from tests.assets.inspection.conftest import FINE, jpeg, user
from tests.engines.test_surface import brushed, stained

pytestmark = pytest.mark.usefixtures("morning")


def judged(said="confirmed", **rows):
    """Let people say that the machine is right, or wrong, of some parts."""
    Inspection.objects.filter(**rows).update(judgement=said, judged_at=now())


@pytest.fixture
def folder(tmp_path):
    """Good plates in a folder."""
    good = tmp_path / "good"
    good.mkdir()
    for seed in range(24):
        (good / f"plate-{seed:02}.jpg").write_bytes(jpeg(brushed(seed)))
    return good


def test_a_first_version_is_learnt_from_a_folder_and_judges_at_once(station, folder):
    (folder / "cut.jpg").write_bytes(jpeg(brushed(1))[:400])
    version, faults = fitting.from_folder(station, folder)
    assert version.state == Version.State.CURRENT and version.number == 1
    assert [fault for fault in faults if "cut.jpg" in fault]
    station.refresh_from_db()
    assert station.version == version
    assert version.samples["given"] == 24 and version.threshold > 0 and len(version.sha256) == 64
    judge = fitting.judge_of(station)
    assert judge is not None
    assert "plate-03.jpg" in judge.samples


def test_an_empty_folder_and_too_few_pictures_are_said_so(station, tmp_path):
    empty = tmp_path / "empty"
    with pytest.raises(NothingToLearnFrom, match="empty"):
        fitting.from_folder(station, empty)
    empty.mkdir()
    with pytest.raises(NothingToLearnFrom, match="empty"):
        fitting.from_folder(station, empty)
    for seed in range(3):
        (empty / f"{seed}.jpg").write_bytes(jpeg(brushed(seed)))
    (empty / "cut.jpg").write_bytes(jpeg(brushed(9))[:300])
    with pytest.raises(NothingToLearnFrom, match=r"cut\.jpg"):
        fitting.from_folder(station, empty)
    assert not Version.objects.exists()


def test_a_picture_of_other_bits_among_the_good_is_named():
    good = [pictures.Picture(brushed(seed), f"{seed}.png") for seed in range(10)]
    good[4] = pictures.Picture(brushed(4, kind=np.uint16), "deep.png")
    with pytest.raises(NothingToLearnFrom, match=r"deep.png.*uint16"):
        learning.of_good(good)


def test_what_is_held_back_follows_from_lot_and_serial_so_that_no_part_lies_on_both_sides():
    labels = [Label(f"key-{n}", "L1", str(n)) for n in range(3000)]
    held = [recording.is_held_back(label) for label in labels]
    assert 0.28 < np.mean(held) < 0.39
    assert recording.is_held_back(Label("another key", "L1", "17")) == held[17]


def test_teaching_learns_from_the_overruled_and_leaves_the_held_back_alone(line, folder):
    # Plates of a new charge are brighter at one edge: the model calls them flawed, people do not.
    def charge(seed):
        plate = brushed(seed).astype(float)
        plate[:, :30] += 70
        return np.clip(plate, 0, 255).astype(np.uint8)

    material.give(line.station, folder)
    for n in range(36):
        line.lay(charge(FINE[n]), serial=f"c{n}")
    line.good(18)
    line.flawed(18)
    line.run()
    wrong = Inspection.objects.filter(serial__startswith="c", verdict="flawed")
    assert wrong.count() >= 30
    judged("overruled", serial__startswith="c", verdict="flawed")
    judged("confirmed", serial__startswith="0", verdict="flawed")
    judged("confirmed", serial__startswith="0", verdict="good")

    version = teaching.teach(line.station, user("inspector"))
    assert version.state == Version.State.FITTING and teaching.are_wanted()
    with pytest.raises(Refused):
        teaching.teach(line.station, user("inspector"))
    fitting.serve()

    version.refresh_from_db()
    assert version.state == Version.State.CURRENT, version.trouble
    assert version.before["false_alarms"] > 0.4 > 0.2 > version.after["false_alarms"]
    assert version.after["missed"] == version.before["missed"] == 0
    assert version.before["n"] == version.after["n"] > 10
    held = Inspection.objects.filter(held_back=True)
    assert version.samples["test"] == held.exclude(judgement="none").count()
    judge = fitting.judge_of(Station.objects.get())
    learnt = {int(name[1:]) for name in judge.samples if name.startswith("#")}
    assert learnt and not learnt & set(held.values_list("pk", flat=True))
    assert not teaching.are_wanted()
    # The worker goes on with it.
    line.lay(charge(FINE[90]), serial="c90")
    line.run()
    assert Inspection.objects.get(serial="c90").verdict == "good"
    assert Inspection.objects.get(serial="c90").version == version


def test_a_test_picture_that_was_also_given_to_learn_from_does_not_teach(line, folder):
    line.good(12)
    line.run()
    judged("confirmed", verdict="good")
    held = Inspection.objects.filter(held_back=True).first()
    shutil.copy(pictures.path(held.picture), folder / "the-same.jpg")
    material.give(line.station, folder)
    found = material.gathered(line.station, fitting.judge_of(line.station))
    assert "the-same.jpg" not in found.names
    assert found.left_out == 1 and len(found.test_good) >= 1


def test_a_version_that_is_worse_is_kept_but_not_switched_to_and_says_so(line, folder, tmp_path):
    line.good(20)
    line.flawed(20)
    line.run()
    judged("confirmed")
    # Somebody gives flawed plates as good ones: the new version no longer sees stains.
    for path in folder.iterdir():
        path.unlink()
    for seed in range(40):
        (folder / f"{seed}.jpg").write_bytes(jpeg(stained(seed + 500)))
    before = line.station.version
    Inspection.objects.filter(held_back=False).update(judgement="none")

    version, _faults = fitting.from_folder(line.station, folder)

    assert version.state == Version.State.WORSE
    assert "→" in version.trouble
    assert version.after["missed"] > version.before["missed"]
    line.station.refresh_from_db()
    assert line.station.version == before


def test_without_judged_pictures_nothing_is_switched_to_by_itself(line, folder):
    version, _faults = fitting.from_folder(line.station, folder)
    assert version.state == Version.State.READY and version.trouble
    line.station.refresh_from_db()
    assert line.station.version.number == 1


def test_a_version_that_cannot_be_learnt_says_why(station):
    version = fitting.learn(teaching.ask(station))
    assert version.state == Version.State.FAILED and "10" in version.trouble
    station.refresh_from_db()
    assert station.version is None


def test_only_those_of_the_station_teach_it(line):
    line.good(1)
    line.run()
    judged("confirmed")
    for name in ("operator", "engineer", "officer", "resident"):
        with pytest.raises(Refused):
            teaching.teach(line.station, user(name))
    assert teaching.samples(line.station).all == 1


def test_figures_are_worse_only_by_more_than_a_little():
    good = {"n": 40, "auroc": 0.98, "false_alarms": 0.05, "missed": 0.10}
    assert not measuring.why_worse(good, good | {"auroc": 0.978})
    assert not measuring.why_worse(good, good | {"missed": 0.05, "false_alarms": 0.08})
    assert "missed" in measuring.why_worse(good, good | {"missed": 0.2})
    assert "auroc" in measuring.why_worse(good, good | {"auroc": 0.9})
    assert "map" in measuring.why_worse({"pairs": 9, "map": 0.98}, {"pairs": 9, "map": 0.9})
    assert measuring.why_worse(good, {})


def test_boards_are_learnt_from_labelled_pairs_and_judged_with_kinds(station, tmp_path, kinds):
    import cv2

    from linli.assets.inspection.models import FlawKind
    from linli.assets.inspection.working import Bench

    for number, name in KINDS.items():
        FlawKind.objects.create(code=name, name=name, number=number)
    station.method = Station.Method.BOARD
    station.save()
    pairs = tmp_path / "pairs"
    pairs.mkdir()
    for seed in range(60):
        one = drawn(seed)
        cv2.imwrite(str(pairs / f"b{seed:02}_temp.png"), one.template)
        cv2.imwrite(str(pairs / f"b{seed:02}_test.png"), one.part)
        lines = [" ".join(map(str, row)) for row in one.boxes.tolist()]
        (pairs / f"b{seed:02}.txt").write_text("\n".join(lines) + "\n")
    (pairs / "b03.txt").write_text("1 2 3\n")

    version, faults = fitting.from_folder(station, pairs)

    assert version.state == Version.State.CURRENT, version.trouble
    assert any("b03.txt" in fault and "1 2 3" in fault for fault in faults)
    assert version.after["pairs"] == 8 and version.after["map"] > 0.8
    station.refresh_from_db()
    one = drawn(33)
    path = tmp_path / "camera" / "L1_9.png"
    path.write_bytes(cv2.imencode(".png", one.part)[1].tobytes())
    bench = Bench(station)
    bench.turn()
    [part] = Inspection.objects.all()
    assert part.verdict == "flawed", part.detail
    found = {flaw.kind.code for flaw in part.flaws.all() if flaw.kind}
    assert len(found) >= 5
    assert part.case is not None
