from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from linli import clock
from linli.cases import loop
from linli.cases.models import Case, Deliberation
from linli.stewards.deliberations import live_in
from linli.stewards.models import Offer
from tests.cases.conftest import MORNING, tell
from tests.small_town import SmallTown, area, person

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Tuesdays and Thursdays; two are served side by side.
LESSONS = {
    "code": "lessons", "name": "手机课堂", "name_en": "Phone lessons", "description": "教用手机",
    "venue": "邻管家驿站", "days": [2, 4], "hours": [["09:00", "11:00"]], "minutes": 30,
    "capacity": 2, "price": "免费", "audience": "老人",
}  # fmt: skip
REPAIR = LESSONS | {
    "code": "repair", "name": "家电小修", "name_en": "Repairs", "at_home": True,
    "function": "housing", "capacity": 1,
}  # fmt: skip
THURSDAY = datetime(2026, 3, 12, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def small(tmp_path):
    small = SmallTown(tmp_path / "town")
    small.services = [dict(LESSONS), dict(REPAIR)]
    return small


@pytest.fixture
def town(db, small):
    small.load()
    with clock.at(MORNING):
        yield small


@pytest.fixture
def resident(town):
    live_in(area("w1"), person("resident"))
    return person("resident")


@pytest.fixture
def lessons(town):
    return Offer.objects.get(code="lessons")


def deliberated() -> Deliberation:
    """Let a dispute at the bridge become a deliberation on Thursday evening."""
    case = tell("楼下停车天天吵", category="neighbours", reporter=person("officer"))
    loop.act(case, "triage", person("steward"), triage="neighbourhood")
    loop.act(
        case, "deliberate", person("steward"), question="停车怎么安排", venue="邻里客厅",
        meets_at=THURSDAY + timedelta(hours=10),
    )  # fmt: skip
    return Case.objects.get(pk=case.pk).deliberations.get()
