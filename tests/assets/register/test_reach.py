"""Who works for a plant has no office in the town, though its organisation lies in an area."""

import pytest

from linli.enterprises.models import Enterprise
from linli.people.models import Role, User
from linli.people.scope import Scope
from linli.scores.models import Tally
from linli.web.navigation import menu
from tests.enterprises.rows import enterprise
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant")
STAFF = ("chief", "inspector", "engineer", "operator", "technologist")


@pytest.mark.parametrize("name", STAFF)
def test_people_of_a_plant_reach_nothing_of_the_town(name):
    enterprise(1, area="works")
    sight = Scope(person(name))

    assert not sight.works_for_town and sight.paths(*Role) == [] and not sight.has(*Role)
    assert not sight.of(Enterprise).exists()
    assert set(sight.of(User)) <= {person(other) for other in STAFF}
    assert not sight.of(Tally).exists()


def test_their_menu_holds_their_plant_and_what_everybody_has():
    names = [entry.url for entry, _here in menu(Scope(person("inspector")), "home")]

    assert {"home", "cases", "report", "inspection"} <= set(names)
    assert not {"enterprises", "remediation", "indicators", "leagues", "cockpit"} & set(names)
    assert names.index("inspection") < names.index("report")
