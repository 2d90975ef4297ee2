from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from linli import clock
from tests.assets.plant import PlantTown

# A Tuesday morning, working hours.
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def plant(db, tmp_path) -> PlantTown:
    """The small town with its plant, pump station and bridge."""
    town = PlantTown(tmp_path / "town")
    town.load_with_assets()
    return town


@pytest.fixture
def morning():
    with clock.at(MORNING):
        yield MORNING


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Let pages be drawn without the manifest that `collectstatic` makes."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
