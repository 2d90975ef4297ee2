"""The second line of the plant makes boards, each looked at against one golden template."""

import numpy as np
import pytest

from linli import clock
from linli.assets.inspection import fitting
from linli.assets.inspection.models import Flaw, Inspection, Station, Verdict, Version
from linli.assets.inspection.working import Bench
from linli.assets.register import tree
from linli.assets.register.models import Asset
from linli.simulate.plant import beginning, photographing
from linli.simulate.plant.board_camera import NUMBERS, BoardCamera
from linli.simulate.plant.spots import BOARDS, PLATES

from .conftest import TUESDAY

# What is written here other tests ask of both kinds of database.
pytestmark = pytest.mark.one_database


@pytest.fixture
def begun(plant):
    """The plant with a second camera, and six days behind it."""
    line = Asset(code="P1-L2", level="line", kind="line", parent=Asset.objects.get(code="P1"),
                 name="控制板产线")  # fmt: skip
    tree.save(line)
    tree.save(Asset(code="P1-L2-CAM", level="machine", kind="camera", parent=line, name="检测站"))
    with clock.at(TUESDAY):
        beginning.begin(1, TUESDAY, 6)
    return Station.objects.get(code=BOARDS.code)


def test_each_line_has_its_station_its_past_and_asks_to_be_taught(begun):
    plates = Station.objects.get(code=PLATES.code)
    assert (plates.method, begun.method) == ("surface", "board")
    assert (plates.asset.code, begun.asset.code) == ("P1-L1-CAM", "P1-L2-CAM")
    for station in (plates, begun):
        assert Inspection.objects.filter(station=station).count() > 300
        assert station.versions.get().state == Version.State.FITTING
    flaws = Flaw.objects.filter(inspection__station=begun, by=None)
    assert flaws.exists() and all(flaw.kind.product.code == "motor-board" for flaw in flaws)


def test_what_the_station_learns_tells_flawed_boards_from_good_ones_by_kind(begun):
    Version.objects.exclude(station=begun).delete()
    fitting.serve()
    begun.refresh_from_db()
    assert begun.version is not None, begun.versions.get().trouble
    Inspection.objects.all().delete()
    camera, bench, kinds = BoardCamera(1, 900), Bench(begun), list(NUMBERS)
    truth = {}
    for n in range(24):
        flaws = (kinds[n // 2 % len(kinds)],) if n % 2 else ()
        camera.lot_of = lambda _wear, flaws=flaws: (flaws, "")
        truth[camera.serial()] = flaws
        photographing.lay(BOARDS.folder, camera, Line(), TUESDAY)
    while bench.turn():
        pass
    rows = {row.serial: row for row in Inspection.objects.prefetch_related("flaws__kind")}
    assert rows.keys() == truth.keys()
    right = sum((row.verdict == Verdict.FLAWED) == bool(truth[serial])
                for serial, row in rows.items())  # fmt: skip
    assert right >= 23
    named = [{flaw.kind.code for flaw in rows[serial].flaws.all()} == set(flaws)
             for serial, flaws in truth.items() if flaws]  # fmt: skip
    assert sum(named) >= 10


class Line:
    """A line in which nothing is worn."""

    def wear(self):
        return {}


def test_the_same_seed_draws_the_same_boards():
    first, again, other = (BoardCamera(1, n) for n in (5, 5, 6))
    one, same = (camera.draw(("open",), "", 5) for camera in (first, again))
    assert np.array_equal(one.picture, same.picture) and one.flaws == same.flaws
    assert np.array_equal(first.golden, other.golden)
