"""A station whose camera speaks RTSP: its line breaks, comes back, and the worker goes on."""

import time

import cv2
import numpy as np
import pytest

from linli.assets.inspection import cameras, pictures
from linli.assets.inspection.models import Inspection, Station
from linli.assets.inspection.working import Floor
from tests.assets.inspection.conftest import FINE
from tests.assets.inspection.rtsp_camera import RtspCamera
from tests.assets.telemetry.broker import free_port
from tests.engines.test_surface import brushed

# A camera on the network; its parts are kept as those of any station.
pytestmark = pytest.mark.one_database

PATIENCE_S = 40.0


@pytest.fixture
def camera():
    made = RtspCamera(free_port(), brushed(FINE[0]))
    yield made
    made.switch_off()


def test_a_camera_over_rtsp_that_is_lost_is_said_so_and_comes_back_by_itself(
    taught, camera, monkeypatch
):
    monkeypatch.setattr(cameras, "SILENT_MS", 1500)
    taught.feed, taught.address = Station.Feed.CAMERA, camera.address
    taught.every_s, taught.trigger = 0.5, Station.Trigger.INTERVAL
    taught.save()
    floor = Floor()

    def until(is_so):
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < end, Station.objects.get().trouble
            floor.turn()
            time.sleep(0.05)

    parts = Inspection.objects.order_by("pk")
    try:
        until(lambda: parts.count() >= 2)
        # What came over the wire is what stood before the lens.
        kept = cv2.imread(str(pictures.path(parts[0].picture)), cv2.IMREAD_GRAYSCALE)
        assert np.corrcoef(kept.ravel(), camera.shown.ravel())[0, 1] > 0.9

        camera.switch_off()
        until(lambda: Station.objects.get().trouble)

        camera.shown = (brushed(FINE[0]) * 0.15).astype(np.uint8)
        camera.switch_on()
        until(lambda: parts.filter(reason="dark").exists())
        assert Station.objects.get().trouble == ""
    finally:
        floor.close()
