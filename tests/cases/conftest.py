from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from linli import clock
from linli.cases.intake import Report, receive
from linli.cases.models import Case
from tests.small_town import SmallTown

# A Tuesday morning, working hours.
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BRIDGE = (121.005, 30.705)  # in grid w1 and in the service grid "market"


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    return small


@pytest.fixture
def morning():
    with clock.at(MORNING):
        yield MORNING


def tell(title: str, **told) -> Case:
    """Report something at the bridge, and return its case as it stands in the database."""
    given = {"category": "stalls", "lon": BRIDGE[0], "lat": BRIDGE[1], **told}
    receipt = receive([Report(title, **given)])[0]
    return Case.objects.get(pk=receipt.case.pk)
