import pytest

from tests.assets.conftest import morning  # noqa: F401
from tests.assets.plant import PlantTown
from tests.logistics.chain.events import Told
from tests.web.conftest import plain_static_files  # noqa: F401


@pytest.fixture
def plant(db, tmp_path) -> PlantTown:
    """The small town with its plant."""
    town = PlantTown(tmp_path / "town")
    town.load()
    return town


@pytest.fixture
def told(plant) -> Told:
    """What the plant tells of its lots."""
    return Told()
