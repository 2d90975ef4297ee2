"""What happens in a plant is counted for the town, and for none of its grids."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from linli.cases import loop
from linli.cases.models import OPEN, Case, Event
from linli.clock import now
from linli.scores import backlog, tallies
from linli.scores.figures import Figure
from linli.scores.models import Backlog, Tally
from linli.scores.periods import Period
from linli.web.map.measures import MEASURES, by_grid, cases_behind
from tests.assets.register.test_routing import found
from tests.small_town import area, person

pytestmark = pytest.mark.usefixtures("plant", "morning")

COUNTED = ("received", "located", "dispatched", "resolved", "cancelled")


def figure(kind="town", grid=None):
    today = now().date()
    subjects = (area(grid).pk,) if grid else ()
    return Figure(COUNTED, Period(today, today + timedelta(days=1)), (kind,), subjects)


def test_a_case_of_the_plant_counts_for_no_grid_and_one_of_the_town_beside_it_does(plant):
    machine = found("P1-L1-M01")
    loop.act(machine, "cancel", person("dispatcher"), reason="误报")
    pump = found("PS1-P1")  # the town's own
    tallies.fold()

    town = figure()
    # Taken in, located, dispatched: both; cancelled: the plant's.
    assert town.value() == 7
    assert set(town.cases()) == {machine, pump}
    assert not tallies.faults()
    for kind, grid in (("community", pump.community_grid), ("service", pump.service_grid)):
        its = figure(kind, grid.code)
        assert its.value() == 3
        assert list(its.cases()) == [pump]
    for kind in ("community", "service"):
        assert list(figure(kind).cases()) == [pump]


def test_it_is_no_grids_though_its_report_is_folded_before_its_dispatch():
    found("P1-L1-M01")
    for _event in Event.objects.all():
        tallies.fold(limit=1)

    assert not Tally.objects.filter(kind__in=("community", "service")).exists()
    assert Tally.objects.filter(kind="town").exists()
    assert not tallies.faults()
    tallies.rebuild()
    assert not Tally.objects.filter(kind__in=("community", "service")).exists()


def test_what_lies_open_in_a_plant_lies_open_in_the_town_and_in_no_grid():
    found("P1-L1-M01")
    backlog.refresh()

    assert Backlog.objects.get(kind="town").dispatched == 1
    assert not Backlog.objects.exclude(kind="town").exists()


def test_an_installation_that_had_counted_them_for_grids_counts_anew_by_itself():
    found("P1-L1-M01")
    tallies.fold()
    right = set(Tally.objects.values_list("kind", "subject", "received"))
    Tally.objects.create(day=now().date(), kind="community", subject=area("w1").pk, received=1)

    import_module("linli.scores.migrations.0005_plants_apart").count_anew(apps, None)
    tallies.fold()

    assert set(Tally.objects.values_list("kind", "subject", "received")) == right
    assert not tallies.faults()


def test_the_map_lists_for_a_grid_what_it_counts_there_and_no_case_of_the_plant():
    machine = found("P1-L1-M01")
    grid, category = machine.community_grid, machine.category
    assert grid is not None and machine.state in OPEN
    for chosen in (frozenset(), frozenset({category.pk})):
        behind = cases_behind(MEASURES["open"], "community", [grid.pk], now().date(), chosen)
        assert not Case.objects.filter(behind).exists()
        backlog.refresh()
        assert by_grid(MEASURES["open"], "community", now().date(), chosen) == {}
    pump = found("PS1-P1")
    backlog.refresh()
    behind = cases_behind(
        MEASURES["open"], "community", [pump.community_grid.pk], now().date(), frozenset()
    )
    assert list(Case.objects.filter(behind)) == [pump]
    told = by_grid(MEASURES["open"], "community", now().date(), frozenset())
    assert told == {pump.community_grid.pk: (1, 0)}
