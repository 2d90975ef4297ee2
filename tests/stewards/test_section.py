"""The service list comes from packs, is checked whole, and is not torn from those who booked."""

import pytest

from linli.sections import Faulty
from linli.stewards.bookings import book
from linli.stewards.models import Offer
from tests.small_town import area, person
from tests.stewards.conftest import LESSONS, THURSDAY


def refusals(small):
    with pytest.raises(Faulty) as refused:
        small.load()
    return " ".join(str(fault) for fault in refused.value.faults)


def test_a_loaded_pack_has_its_services(town):
    offer = Offer.objects.get(code="lessons")

    assert (offer.days, offer.hours, offer.capacity) == ([2, 4], [["09:00", "11:00"]], 2)
    assert not town.load().changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"function": "wizardry"}, "has the function “wizardry”"),
        ({"organisation": "nobody"}, "“nobody” is not known"),
        ({"function": "housing", "organisation": "housing"}, "not both"),
        ({"days": [8]}, "key “days”"),
        ({"days": [1, 1]}, "stands here twice"),
        ({"hours": [["09:00", "09:10"]]}, "long enough"),
        ({"hours": [["14:00", "15:00"], ["09:00", "10:00"]]}, "must come after"),
        ({"hours": [["9", "10"]]}, "hours"),
        ({"minutes": 5}, "minutes"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_a_service_is_said_with_its_line(db, small, changed, said):
    small.services = [LESSONS | changed]

    refused = refusals(small)

    assert said in refused
    assert "packs/village.toml, line" in refused
    assert not Offer.objects.exists()


def test_a_service_people_have_booked_is_not_left_out(town, lessons):
    book(lessons, area("w1"), THURSDAY, person("resident"))
    town.services = town.services[1:]

    assert "1 booking to come" in refusals(town)


def test_a_service_nobody_booked_is_taken_away(town):
    town.services = town.services[:1]

    town.load()

    assert list(Offer.objects.values_list("code", flat=True)) == ["lessons"]
