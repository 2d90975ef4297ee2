"""Who works for a plant finds on their own page where to go on, though no case waits."""

from datetime import timedelta

import pytest

from linli.assets.maintenance import findings
from linli.assets.maintenance.models import WorkOrder
from linli.clock import now
from tests.assets.inspection import parts
from tests.assets.plant import asset
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant", "morning")


@pytest.fixture
def home(client):
    def shown(name):
        client.force_login(person(name))
        return client.get("/", headers={"accept-language": "en"}).content.decode()

    return shown


def test_an_inspector_is_led_to_the_parts_to_judge_and_else_to_the_line(home):
    station = parts.station()
    assert "watch the line" in home("inspector")
    parts.parts(station, "gff", now() - timedelta(hours=1))
    page = home("inspector")
    assert "2 parts to judge" in page
    assert 'href="/inspection/line-1-end/?judged=waiting"' in page
    assert "to judge" not in home("engineer") and "to judge" not in home("worker")


def test_an_engineer_is_led_to_the_windows_to_book_and_else_to_the_machines(home):
    assert "No machine has to be opened" in home("engineer")
    machine = asset("P1-L1-M01")
    order = WorkOrder.objects.create(
        asset=machine, upkeep=findings.upkeep_of(machine), opened_at=now(), due=now(), hours=2
    )
    page = home("engineer")
    assert "1 window to book" in page and 'href="/maintenance/plan/?plant=P1"' in page
    WorkOrder.objects.filter(pk=order.pk).update(state=WorkOrder.State.AGREED)
    assert "All windows are booked" in home("engineer")
    assert "window" not in home("inspector").partition("<main")[2]
