"""An enterprise in one view, and enterprise service in the cockpit."""

from datetime import date

import pytest
from django.db.models import Q
from django.utils.timezone import localtime

from linli.clock import now
from linli.enterprises import keeping
from linli.enterprises.elsewhere import told_of
from linli.enterprises.models import Enterprise
from linli.enterprises.overview import overview
from linli.enterprises.panel import service
from linli.enterprises.visiting import plan, record
from linli.people.scope import Scope
from linli.places.models import Area
from linli.programmes.models import Investment, Ladder
from tests.enterprises.ladders import CULTIVATION, RUNGS
from tests.enterprises.rows import code, enterprise, write
from tests.enterprises.test_per_mu import PER_MU
from tests.small_town import person


@pytest.fixture
def park(town):
    town.categories.append(dict(CULTIVATION))
    town.sections["rung"] = [dict(rung) for rung in RUNGS]
    town.sections["per_mu"] = [{**PER_MU, "least": 1}]
    town.load()
    for number in range(1, 6):
        enterprise(number, land_mu=10.0, founded=date(2010, 1, 1), products=["电机轴承"])
        for year in (2023, 2024):
            write("enterprise-years", {
                "enterprise": code(number), "year": year, "output": 400.0, "staff": 30,
                "above_scale": True, "value_added": 50.0, "energy": 5.0,
                "tax": 100.0 + (10.0 * number if year == 2024 else 0.0),
            })  # fmt: skip
    write("enterprise-needs", {"enterprise": code(1), "name": "电机轴承"})
    keeping.refresh()
    return town


def firm(number):
    return Enterprise.objects.get(code=code(number))


def test_one_view_has_stage_class_lift_and_matches(park):
    told = overview(Scope(person("leader")), firm(4))
    assert told["standing"].rung.code == "above"
    # Benchmarks of 2023: tax 100 on 10 mu is 10, value added 50 for 5 is 10. The fourth pays 140:
    # 60 x 1.4 + 40 x 1 = 124, second of five; the first has 60 x 1.5 + 40 = 130 (150 of tax is the
    # cap exactly). Of five one is A, one C and one D; so it is B, and 6.01 points short of A at
    # 130.01. Tax alone gives at most 90 of the 90.01 it would take. Value added for energy would
    # have to give 46.01, so be 11.5025: 57.6 of value added (15.2 % more), or 50 / 11.5025 = 4.346
    # of energy (13.1 % less), which is the smaller change.
    assert (told["score"].grade, told["score"].points) == ("B", 124.0)
    assert (told["aim"].grade, told["aim"].missing) == ("A", 6.01)
    assert told["way"]["needed"].startswith("4.3")
    assert [need.name for need, _best in overview(Scope(person("leader")), firm(1))["needs"]] == [
        "电机轴承"
    ]


def test_who_could_supply_is_told_of_it_where_it_is_among_the_first(park):
    # Four make the very same; of equals the smaller code stands first, and three are told.
    found = [overview(Scope(person("leader")), firm(number))["sought"] for number in (2, 3, 4, 5)]
    assert [len(one) for one in found] == [1, 1, 1, 0]


def test_another_room_tells_of_a_project_of_its_name(park):
    row, ladder = firm(1), Ladder.objects.first()
    if ladder is None:
        ladder = Ladder.objects.create(code="investment", name="招商", pack="village")
    Investment.objects.create(code="p1", name="新厂区", company=row.name, ladder=ladder)
    Investment.objects.create(code="p2", name="别家", company="别家", ladder=ladder)
    (told,) = told_of(Scope(person("leader")), row)
    assert (told.name, told.address) == ("新厂区", "/investment/projects/p1/")
    assert told_of(Scope(person("resident")), row) == []


def test_the_cockpit_counts_visits_and_the_ladder_within_reach(park):
    write("enterprises", {"code": code(5), "area": "w1"})
    (visit,) = plan([firm(1)], person("officer"), localtime(now()).date(), person("builder"))
    record(visit, person("officer"))
    town = Area.objects.get(parent=None)
    told = service([town.path], Q())
    # 1 of 5 was visited: 20 %. All five are above scale by the flag.
    assert (told["all"], told["visited"], told["percent"]) == (5, 1, 20)
    counts = {line.rung.code: line.count for line, _length in told["ladder"]}
    assert counts == {"special": 0, "above": 5, "small": 0, "micro": 0}
    west = service([Area.objects.get(code="w1").path], Q())
    assert (west["all"], west["visited"]) == (1, 0)
    assert service(["/nowhere/"], Q(pk__in=[])) == {}
