from datetime import time

import pytest

from linli.assets.maintenance.models import Upkeep
from linli.assets.register.models import Asset, CrewSkill, Shift, Skill, Spare
from linli.people.models import Organisation
from tests.assets.maintenance.fleet import Fleet


@pytest.fixture
def fleet(plant, morning) -> Fleet:
    """Presses of the plant; nothing of them is written yet."""
    return Fleet(morning)


@pytest.fixture
def presses(fleet) -> Upkeep:
    """Six presses that have failed twice each, and how they are kept."""
    for number in range(1, 7):
        fleet.lived(f"P1-L1-M1{number}", [fleet.life(), fleet.life()], 100)
    return Upkeep.objects.get(code="presses")


@pytest.fixture
def workshop(fleet):
    """Three shifts a day, mechanics and a hydraulics fitter by day, spares that fit presses."""
    top = Asset.objects.get(code="P1")
    everyday = list(range(1, 8))
    day = Shift.objects.create(code="P1-day", plant=top, name="早班", days=everyday,
                               begins=time(6), ends=time(14))  # fmt: skip
    Shift.objects.create(code="P1-late", plant=top, name="中班", days=everyday,
                         begins=time(14), ends=time(22))  # fmt: skip
    keepers = Organisation.objects.get(code="p1-maintenance")
    for code, people in (("mechanic", 2), ("hydraulics", 1)):
        CrewSkill.objects.create(
            organisation=keepers, skill=Skill.objects.get(code=code), shift=day, people=people
        )
    return Spare.objects.create(
        code="SEAL", plant=top, name="密封件", name_en="Seals", fits=["press"], stock=2, lead_days=5
    )


@pytest.fixture
def plain_files(settings):
    """Let static files be named as they are."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
