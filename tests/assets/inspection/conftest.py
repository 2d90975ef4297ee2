"""A camera at the end of line 1 that looks at brushed plates, with a model of good ones."""

import shutil
from pathlib import Path

import cv2
import pytest

from linli.assets.inspection import learning, pictures
from linli.assets.inspection.judges import fingerprint
from linli.assets.inspection.models import FlawKind, Product, Station, Version
from linli.assets.inspection.pictures import Picture
from linli.assets.inspection.working import Bench, quieten
from linli.clock import now
from linli.people.models import User
from tests.assets.plant import asset
from tests.engines.test_surface import brushed, stained

GOOD = 30
# The least number of scores above the threshold a few good samples promise would be a nuisance
# in tests about something else; these seeds are known to look good.
FINE = range(1000, 1400)


def jpeg(image, quality=97) -> bytes:
    """Return a picture as a camera writes it."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


@pytest.fixture(scope="session")
def plates(tmp_path_factory) -> Path:
    """The files of a version that has learnt what good plates look like."""
    quieten()
    good = [Picture(brushed(seed), f"good-{seed}.png") for seed in range(GOOD)]
    folder = tmp_path_factory.mktemp("plates") / "version"
    learning.of_good(good).save(folder)
    return folder


@pytest.fixture
def kinds(plant) -> dict[str, FlawKind]:
    """Two kinds of flaws that any product may have."""
    rows = [("stain", "污渍", "stain"), ("scratch", "划痕", "scratch")]
    return {
        code: FlawKind.objects.create(code=code, name=name, name_en=en) for code, name, en in rows
    }


@pytest.fixture
def station(plant, tmp_path) -> Station:
    """A station with a folder and no model yet."""
    product = Product.objects.create(code="plate", name="面板", name_en="Plate", hold_above=1)
    (tmp_path / "camera").mkdir()
    return Station.objects.create(
        code="end-1", name="末检", name_en="End check", asset=asset("P1-L1-CAM"), product=product,
        method=Station.Method.SURFACE, feed=Station.Feed.FOLDER, address=str(tmp_path / "camera"),
    )  # fmt: skip


@pytest.fixture
def taught(station, plates) -> Station:
    """The station with its first version."""
    folder = f"versions/{station.code}/1"
    shutil.copytree(plates, pictures.home() / folder)
    station.version = Version.objects.create(
        station=station, number=1, state=Version.State.CURRENT, asked_at=now(), fitted_at=now(),
        folder=folder, sha256=fingerprint(plates),
    )  # fmt: skip
    station.save()
    return station


class Line:
    """Lets parts pass the station."""

    def __init__(self, station: Station) -> None:
        self.station, self.bench, self.number = station, Bench(station), 0

    def lay(self, image, lot="L1", serial="", name="") -> Path:
        """Lay the picture of a part into the folder of the station."""
        self.number += 1
        name = name or f"{lot}_{serial or f'{self.number:04}'}.jpg"
        path = Path(self.station.address) / name
        path.write_bytes(image if isinstance(image, bytes) else jpeg(image))
        return path

    def good(self, n=1, **told) -> None:
        """Let good parts pass."""
        for _nth in range(n):
            self.lay(brushed(FINE[self.number]), **told)

    def flawed(self, n=1, **told) -> None:
        """Let parts with a stain pass."""
        for _nth in range(n):
            self.lay(stained(FINE[self.number]), **told)

    def run(self) -> int:
        """Let the worker judge all that waits."""
        done = 0
        while n := self.bench.turn():
            done += n
        return done


@pytest.fixture
def line(taught) -> Line:
    """The taught station, ready to judge."""
    return Line(taught)


def user(name: str) -> User:
    """Return a person of the town by their username."""
    return User.objects.get(username=name)
