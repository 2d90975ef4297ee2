"""The small town with a plant, whose simulated machines are in the register."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.assets.plant import PlantTown

TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def plant(db, tmp_path):
    town = PlantTown(tmp_path / "town")
    town.load_with_assets()
    return town
