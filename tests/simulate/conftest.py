from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.small_town import SmallTown

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=ZONE)


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    return small


@pytest.fixture
def demo(settings, tmp_path):
    """Let the installation be a demonstration with a folder of its own."""
    settings.DEMO = True
    settings.HOME = tmp_path / "home"
    return settings
