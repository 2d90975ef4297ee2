from datetime import date

import pytest

from linli.cases.models import Case
from linli.scores.figures import Figure, cases_behind
from linli.scores.leagues import MEASURES, league, why
from linli.scores.models import Rating
from linli.scores.periods import Period, parse
from linli.scores.tallies import fold


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020Q4", date(2020, 10, 1), date(2020, 12, 31)),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-01-05..2020-02-10", date(2020, 1, 5), date(2020, 2, 10)),
    ],
)
def test_a_period_is_read_and_written_the_same_way(text, first, last):
    assert parse(text) == Period(first, last)
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["", "2020-13", "2020Q5", "20", "2020-02-10..2020-02-01", "x..y"])
def test_what_is_no_period_is_named_in_the_message(text):
    with pytest.raises(ValueError, match=r"2020-01-05\.\.2020-02-10") as refused:
        parse(text)
    assert f"“{text}”" in str(refused.value)


def test_the_grid_that_resolves_on_time_leads_the_grids(small):
    small.resolved(40, late=2, grid=0)
    small.resolved(40, late=10, grid=1)
    small.resolved(40, late=20, grid=2)
    fold()

    table = league("grids", "2020-01")

    assert [s.unit for s in table.standings] == small.grids[:3]
    assert [s.rank for s in table.standings] == [1, 2, 3]
    first = table.standings[0].parts["on_time"]
    assert first.n == 40
    assert first.raw == pytest.approx(38 / 40)
    assert first.overall < first.adjusted < first.raw  # shrunk toward the town


def test_a_department_with_hard_cases_rises(small):
    # The water department resolves 70 % of its mostly hard cases on time, housing 70 % of
    # its easy ones; the others show that hard is hard: 9 in 10 against 5 in 10.
    for department in (0, 1):
        small.resolved(60, late=6, department=department, category=0)
        small.resolved(60, late=30, department=department, category=1)
    small.resolved(100, late=30, department=2, category=1)
    fold()

    table = league("departments", "2020-01")
    water = next(s for s in table.standings if s.unit == small.departments[2])

    assert water.rank == 1
    assert water.parts["on_time"].raw == pytest.approx(0.7)
    assert water.parts["on_time"].expected < 0.65
    reasons = {(r.measure, r.kind): r for r in why(water)}
    assert reasons["on_time", "mix"].points > 0


def test_an_area_is_the_sum_of_its_grids(small):
    small.resolved(10, late=1, grid=0)
    small.resolved(10, late=3, grid=1)
    small.resolved(10, late=5, grid=2)
    fold()

    table = league("grids", "2020-01", area_kind="community")

    by_area = {s.unit: s for s in table.standings}
    assert set(by_area) == {small.north, small.south}
    assert by_area[small.north].counts["on_time"] == 16
    assert by_area[small.north].parts["on_time"].n == 20
    assert set(by_area[small.north].subjects) == {g.pk for g in small.grids[:2]}


def test_only_what_lies_in_the_area_is_compared(small):
    for grid in range(4):
        small.resolved(5, grid=grid)
    fold()

    table = league("grids", "2020-01", within=small.south)

    assert {s.unit for s in table.standings} == set(small.grids[2:])


def test_the_service_layer_has_its_own_league(small):
    small.resolved(20, late=1, service=1)
    small.resolved(20, late=9, service=0)
    fold()

    table = league("grids", "2020-01", layer="service")

    assert [s.unit for s in table.standings] == [small.services[1], small.services[0]]


def test_departments_answer_only_for_what_they_led(small):
    small.resolved(20, department=0, lead="functional")
    small.resolved(20, late=20, department=1, lead="territorial")
    fold()

    assert [s.unit for s in league("departments", "2020-01").standings] == [small.departments[0]]
    assert [s.unit for s in league("teams", "2020-01").standings] == [small.teams[0]]


def test_what_happened_outside_the_period_does_not_count(small):
    small.resolved(5)
    fold()

    assert league("grids", "2020-02").standings == []
    assert len(league("grids", "2020Q1").standings) == 1


def test_a_measure_nobody_has_data_for_drops_out_and_is_named(small):
    small.resolved(10, late=3)
    fold()

    table = league("grids", "2020-01")

    assert set(table.weights) == {"on_time", "rework"}
    assert sum(table.weights.values()) == pytest.approx(1)
    assert {"satisfaction", "response", "self_found", "ratings"} == set(table.dropped)


def test_contributions_add_up_to_the_score_and_reasons_to_its_distance_from_the_town(small):
    small.resolved(30, late=3, grid=0)
    small.resolved(12, late=6, grid=1, category=1)
    small.event(small.case(), "report", grid=1, source="patrol")
    small.event(small.case(), "report", grid=0)
    fold()

    for standing in league("grids", "2020-01").standings:
        average = sum(100 * p.weight * p.overall for p in standing.parts.values())
        assert sum(p.contribution for p in standing.parts.values()) == pytest.approx(standing.score)
        assert sum(r.points for r in why(standing)) == pytest.approx(standing.score - average)
        assert standing.low < standing.score < standing.high


def test_each_figure_of_a_league_leads_to_its_cases(small):
    small.resolved(7, late=2, grid=0)
    small.resolved(5, late=5, grid=1)
    fold()
    table = league("grids", "2020-01")
    standing = next(s for s in table.standings if s.unit == small.grids[0])

    late = table.figure(standing, "overdue")

    assert late.value() == standing.counts["overdue"] == 2
    cases = cases_behind(late)
    assert cases.count() == 2
    assert set(cases) < set(Case.objects.all())
    assert table.figure(standing, *MEASURES["on_time"].of).value() == 7


def test_a_figure_can_be_asked_for_one_category(small):
    small.resolved(3, category=0)
    small.resolved(2, category=None)
    fold()
    january = parse("2020-01")

    assert Figure(("resolved",), january, category=0).value() == 2
    assert Figure(("resolved",), january, category=0).cases().count() == 2
    assert Figure(("resolved",), january, category=small.categories[0].pk).value() == 3


def test_rework_of_last_months_cases_never_makes_a_rate_below_zero(small):
    for _ in range(3):
        small.event(small.case(), "reopen")
    small.resolved(1)
    fold()

    (standing,) = league("grids", "2020-01").standings

    assert standing.parts["rework"].raw == 0


def test_what_the_other_side_thinks_counts_as_well(small):
    small.resolved(30, late=3, grid=0)
    small.resolved(30, late=3, grid=1)
    head = small.person("head", small.departments[0], "head")
    for grid, score in ((0, 2), (1, 5)):
        Rating.objects.create(
            month=date(2020, 1, 1), side="organisation", grid=small.grids[grid],
            organisation=small.departments[0], scores={"finding": score}, by=head,
            at="2020-02-01T00:00Z",
        )  # fmt: skip
    fold()

    table = league("grids", "2020-01")

    assert "ratings" in table.weights
    assert table.standings[0].unit == small.grids[1]
    assert table.standings[0].parts["ratings"].raw == 1.0
    assert table.standings[1].parts["ratings"].raw == 0.25


def test_a_league_is_read_without_counting_cases(small, django_assert_num_queries):
    for grid in range(4):
        small.resolved(5, late=1, grid=grid)
    fold()

    with django_assert_num_queries(3):  # areas, sums of tallies, ratings
        league("grids", "2020-01")
