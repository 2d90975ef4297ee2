import pytest

from tests.small_town import SmallTown
from tests.web.conftest import enter, plain_static_files, steady_town

__all__ = ["enter", "plain_static_files", "steady_town"]


@pytest.fixture
def town(db, tmp_path):
    """The small town; its housing office keeps the register."""
    town = SmallTown(tmp_path / "town")
    town.row("housing")[6] = "housing sanitation industry"
    return town


@pytest.fixture
def loaded(town):
    town.load()
    return town
