"""League tables are kept, say when they are old, and are computed anew by the worker."""

from datetime import date, timedelta

import pytest
from tests.scores.conftest import JANUARY

from linli import clock
from linli.people.models import Role
from linli.places.models import Town
from linli.places.town import forget
from linli.scores import kept, tallies
from linli.scores.leagues import DEPARTMENTS, GRIDS, league
from linli.scores.models import KeptLeague, Placing, Rating
from linli.scores.periods import month_of, parse, shifted
from linli.scores.ratings import DIMENSIONS, rate

MONTH = parse("2020-01")


@pytest.fixture
def town(small, noon):
    for department, late in ((0, 1), (1, 6), (2, 12)):
        small.resolved(20, late=late, department=department)
    tallies.fold()
    return small


def lines(row):
    return kept.standings(row, list(row.placings.order_by("rank")))


def test_a_kept_table_says_what_the_computed_one_says(town):
    row = kept.kept(DEPARTMENTS, MONTH)

    computed = league(DEPARTMENTS, MONTH)
    assert [s.as_dict() for s in lines(row)] == [s.as_dict() for s in computed.standings]
    assert row.weights == computed.weights


def test_it_is_computed_once(town, django_assert_num_queries):
    first = kept.kept(DEPARTMENTS, MONTH)

    with django_assert_num_queries(1):
        assert kept.kept(DEPARTMENTS, MONTH) == first


def test_what_is_folded_marks_the_tables_of_its_days_and_no_others(town):
    january, december = kept.kept(DEPARTMENTS, MONTH), kept.kept(DEPARTMENTS, parse("2019-12"))
    year = kept.kept(DEPARTMENTS, parse("2020"))
    assert not KeptLeague.objects.filter(stale=True).exists()

    town.resolved(1)
    tallies.fold()

    assert set(KeptLeague.objects.filter(stale=True)) == {january, year}
    assert december.pk


def test_a_rating_marks_the_tables_of_its_month(town):
    town.event(town.case(), "dispatch", grid=0, department=0)
    tallies.fold()
    kept.keep(GRIDS, MONTH)
    kept.keep(GRIDS, parse("2020-02"))
    head = town.person("head", town.departments[0], Role.HEAD)

    rate(Rating.Side.ORGANISATION, town.grids[0], town.departments[0], date(2020, 1, 1), head,
         dict.fromkeys(DIMENSIONS[Rating.Side.ORGANISATION], 4))  # fmt: skip

    assert [row.first for row in KeptLeague.objects.filter(stale=True)] == [MONTH.first]


def test_the_worker_computes_what_is_stale_and_leaves_the_rest(town):
    while kept.refresh():
        pass
    made = dict(KeptLeague.objects.values_list("pk", "made_at"))
    assert kept.refresh() == 0
    town.resolved(5, late=5, department=0)

    with clock.at(JANUARY + kept.PRESENT_EVERY):
        tallies.fold()
        while kept.refresh():
            pass
        again = dict(KeptLeague.objects.values_list("pk", "made_at"))

    anew = {pk for pk in made if again[pk] != made[pk]}
    touched = KeptLeague.objects.filter(first__lte=MONTH.last, last__gte=MONTH.first)
    assert anew == set(touched.values_list("pk", flat=True))
    assert not KeptLeague.objects.filter(stale=True).exists()


def test_another_version_of_the_town_has_tables_of_its_own(town):
    row = kept.kept(DEPARTMENTS, MONTH)
    Town.objects.update(version=2)
    forget()

    again = kept.kept(DEPARTMENTS, MONTH)

    assert (again.pk, again.version) == (row.pk, 2)


def test_a_rank_is_held_against_the_period_before_and_scores_make_a_year(town):
    with clock.at(JANUARY + timedelta(days=31)):
        town.resolved(20, late=15, department=0, at=JANUARY + timedelta(days=31))
        town.resolved(20, late=1, department=2, at=JANUARY + timedelta(days=31))
        tallies.fold()
        before = kept.kept(DEPARTMENTS, MONTH)
        row = kept.kept(DEPARTMENTS, parse("2020-02"))

    units = [town.departments[0].pk, town.departments[2].pk]
    ranks = kept.ranks_before(row, units)
    assert ranks == dict(before.placings.filter(unit__in=units).values_list("unit", "rank"))
    months = kept.months_before(row, units)
    assert [day.month for day, _score in months[units[0]]] == [1, 2]
    assert Placing.objects.get(league=row, unit=units[0]).rank > ranks[units[0]]


@pytest.mark.parametrize(
    ("text", "by", "other"),
    [("2020-01", -1, "2019-12"), ("2020-12", 1, "2021-01"), ("2020Q1", -1, "2019Q4"),
     ("2020", 1, "2021"), ("2020-02", 13, "2021-03"),
     ("2020-01-05..2020-01-11", 1, "2020-01-12..2020-01-18")],
)  # fmt: skip
def test_the_period_before_and_after(small, text, by, other):
    assert shifted(parse(text), by) == parse(other)
    assert month_of(date(2020, 2, 3)) == parse("2020-02")
