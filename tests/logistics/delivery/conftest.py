import pytest

from linli.logistics.delivery.models import Depot, Vehicle
from linli.people.models import Organisation
from tests.assets.conftest import morning  # noqa: F401
from tests.assets.plant import PlantTown
from tests.web.conftest import plain_static_files  # noqa: F401


@pytest.fixture
def depot(db, tmp_path, morning) -> Depot:  # noqa: F811
    """The depot of the small town's plant, with one van from eight to five."""
    PlantTown(tmp_path / "town").load()
    made = Depot.objects.create(
        code="D1", name="成品库", name_en="Finished goods", lon=121.012, lat=30.715,
        owner=Organisation.objects.get(code="p1"),
    )  # fmt: skip
    Vehicle.objects.create(
        code="van-1", name="一号车", name_en="Van 1", depot=made, capacities={"kg": 900},
        shift_from="08:00", shift_until="17:00", energy="diesel", per_100km=9,
    )  # fmt: skip
    return made
