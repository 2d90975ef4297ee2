"""Who sees an asset, who keeps it, and who knows nothing of it."""

import pytest

from linli.assets.register.models import Asset, Spare
from linli.assets.register.visibility import keeps, sees_any, works_at
from linli.people.scope import Scope
from tests.assets.plant import TREE, asset
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant")
PLANT = {code for code, *_ in TREE if code.startswith("P1")}
TOWN = {code for code, *_ in TREE} - PLANT


def seen(name: str) -> set[str]:
    return set(Scope(person(name)).of(Asset).values_list("code", flat=True))


@pytest.mark.parametrize("name", ["chief", "inspector", "engineer", "operator", "technologist"])
def test_who_belongs_to_a_plant_sees_all_of_it_and_nothing_else(name):
    assert seen(name) == PLANT


@pytest.mark.parametrize("name", ["leader", "supervisor", "administrator"])
def test_who_oversees_the_town_sees_everything(name):
    assert seen(name) == PLANT | TOWN


def test_a_department_sees_what_it_runs():
    assert seen("builder") == {"PS1", "PS1-P1", "PS1-P2"}


@pytest.mark.parametrize("name", ["resident", "officer", "head", "steward", "worker", "warden"])
def test_others_see_nothing(name):
    assert seen(name) == set()
    assert not sees_any(Scope(person(name)))


def test_who_keeps_a_machine_may_change_it():
    machine = asset("P1-L1-M01")
    may = {name for name in ("chief", "engineer", "mechanic", "administrator", "inspector",
                             "operator", "technologist", "leader", "builder", "dispatcher")
           if keeps(Scope(person(name)), machine)}  # fmt: skip
    assert may == {"chief", "engineer", "mechanic", "administrator"}
    assert keeps(Scope(person("builder")), asset("PS1-P1"))
    assert not keeps(Scope(person("engineer")), asset("PS1-P1"))


def test_who_works_at_a_machine_may_report_it():
    assert works_at(Scope(person("operator")), asset("P1-L1-M01"))
    assert works_at(Scope(person("inspector")), asset("P1"))
    assert works_at(Scope(person("builder")), asset("PS1-P2"))
    for name in ("leader", "supervisor", "resident", "builder"):
        assert not works_at(Scope(person(name)), asset("P1-L1-M01"))


def test_what_hangs_on_an_asset_is_seen_with_it():
    Spare.objects.create(code="S1", name="轴承", plant=asset("P1"))
    assert Scope(person("operator")).of(Spare).count() == 1
    assert Scope(person("supervisor")).of(Spare).count() == 1
    assert Scope(person("builder")).of(Spare).count() == 0
