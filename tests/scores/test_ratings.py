from datetime import UTC, date, datetime

import pytest

from linli import clock
from linli.cases.loop import Refused
from linli.people.models import Role
from linli.people.scope import scope
from linli.scores.models import Rating, RatingEntry, Tally
from linli.scores.periods import month_of
from linli.scores.ratings import DIMENSIONS, appeal, opinions, rate, rating_table
from linli.scores.ratings import rule_on_appeal as rule
from linli.scores.together import about, facts, progress, to_rate

GRID, ORGANISATION = Rating.Side.GRID, Rating.Side.ORGANISATION
JANUARY = date(2020, 1, 1)


def due(user, month):
    return [(one.side, one.grid, one.organisation) for one in to_rate(user, month)]


def marks(side: str, score: int = 4) -> dict[str, int]:
    return dict.fromkeys(DIMENSIONS[side], score)


@pytest.fixture
def town(small, noon):
    """The housing department handled a case in the first grid this month."""
    small.event(small.case(), "dispatch", grid=0, department=0)
    small.grid, small.housing = small.grids[0], small.departments[0]
    small.lead = small.person("lead", leads=small.grid)
    small.other_lead = small.person("other lead", leads=small.grid)
    small.head = small.person("head", small.housing, Role.HEAD)
    small.supervisor = small.person("supervisor", small.centre, Role.SUPERVISOR)
    return small


def test_either_lead_speaks_for_the_grid_and_the_last_word_counts(town):
    rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 2))
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.other_lead, marks(GRID, 5))

    assert Rating.objects.get() == rating
    assert opinions(month_of(JANUARY), GRID) == {town.housing.pk: [1.0]}


def test_every_word_is_kept(town):
    rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 2), "slow")
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 3))
    appeal(rating, town.head, "it was the pipes")
    rule(rating, town.supervisor, True, "so it was")

    entries = RatingEntry.objects.filter(rating=rating)
    assert [e.action for e in entries] == ["rate", "change", "appeal", "rule"]
    assert entries[0].data == {"scores": marks(GRID, 2), "comment": "slow"}
    assert entries[3].by == town.supervisor


def test_the_head_of_a_department_rates_the_grid(town):
    rate(ORGANISATION, town.grid, town.housing, JANUARY, town.head, marks(ORGANISATION, 3))

    assert opinions(month_of(JANUARY), ORGANISATION) == {town.grid.pk: [0.5]}


def test_nobody_speaks_for_a_side_that_is_not_theirs(town):
    with pytest.raises(Refused):
        rate(GRID, town.grid, town.housing, JANUARY, town.head, marks(GRID))
    with pytest.raises(Refused):
        rate(ORGANISATION, town.grid, town.housing, JANUARY, town.lead, marks(ORGANISATION))
    officer = town.person("officer", town.housing)
    with pytest.raises(Refused):
        rate(ORGANISATION, town.grid, town.housing, JANUARY, officer, marks(ORGANISATION))
    assert not Rating.objects.exists()


def test_a_department_that_handled_nothing_in_the_grid_is_not_rated_there(town):
    with pytest.raises(Refused):
        rate(GRID, town.grid, town.departments[1], JANUARY, town.lead, marks(GRID))


def test_a_territorial_team_is_not_rated_by_its_own_grid(town):
    with pytest.raises(Refused):
        rate(GRID, town.grid, town.teams[0], JANUARY, town.lead, marks(GRID))


@pytest.mark.parametrize(
    "scores",
    [
        {},
        marks(GRID) | {"manner": 0},
        marks(GRID) | {"manner": 6},
        marks(GRID) | {"manner": 4.5},
        marks(GRID) | {"manner": True},
        marks(GRID) | {"looks": 5},
    ],
)
def test_a_score_is_a_whole_number_from_1_to_5_for_each_dimension(town, scores):
    with pytest.raises(Refused):
        rate(GRID, town.grid, town.housing, JANUARY, town.lead, scores)
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (datetime(2019, 12, 31, 15, tzinfo=UTC), False),
        (datetime(2020, 2, 29, 15, tzinfo=UTC), True),  # 23:00 on the last day in the town
        (datetime(2020, 2, 29, 17, tzinfo=UTC), False),  # 1:00 on 1 March in the town
    ],
)
def test_ratings_are_given_until_the_end_of_the_following_month(town, moment, allowed):
    def give():
        with clock.at(moment):
            rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID))

    if allowed:
        give()
        assert Rating.objects.exists()
    else:
        with pytest.raises(Refused):
            give()


def test_an_upheld_appeal_takes_a_rating_out_of_the_table(town):
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 1))
    appeal(rating, town.head, "not our road")
    (before,) = rating_table(month_of(JANUARY), GRID)
    assert (before.n, before.mean) == (1, 1.0)

    rule(rating, town.supervisor, True, "it is the county's road")

    (after,) = rating_table(month_of(JANUARY), GRID)
    assert (after.unit, after.n, after.set_aside, after.mean) == (town.housing, 0, 1, None)
    assert opinions(month_of(JANUARY), GRID) == {}


def test_a_refused_appeal_leaves_the_rating_and_is_the_last_word(town):
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 1))
    appeal(rating, town.head, "unfair")
    rule(rating, town.supervisor, False, "fair enough")

    assert opinions(month_of(JANUARY), GRID) == {town.housing.pk: [0.0]}
    with pytest.raises(Refused):
        appeal(rating, town.head, "still unfair")
    with pytest.raises(Refused):
        rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 2))


def test_only_the_rated_side_appeals_and_gives_a_reason(town):
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 1))

    with pytest.raises(Refused):
        appeal(rating, town.lead, "changed my mind")
    with pytest.raises(Refused):
        appeal(rating, town.head, " ")


def test_nobody_rules_on_a_rating_of_their_own_side_or_outside_their_area(town):
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 1))
    appeal(rating, town.head, "unfair")
    own = town.person("own", town.housing, Role.DISPATCHER)
    south = town.person("south", town.teams[1], Role.SUPERVISOR)

    for person in (town.head, own, south):
        with pytest.raises(Refused):
            rule(rating, person, True, "because")
    with pytest.raises(Refused):
        rule(rating, town.supervisor, True, "")


def test_each_is_told_whom_they_may_rate(town):
    month = month_of(JANUARY)

    assert due(town.lead, month) == [(GRID, town.grid, town.housing)]
    assert due(town.head, month) == [
        (ORGANISATION, town.grid, town.housing),
        (ORGANISATION, town.services[0], town.housing),
    ]
    assert due(town.supervisor, month) == []


def test_a_rating_is_seen_by_its_two_sides_and_those_who_rule_there(town):
    rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID))
    stranger = town.person("stranger", town.departments[1], Role.HEAD)
    officer = town.person("officer", town.housing)
    south = town.person("south", town.teams[1], Role.SUPERVISOR)

    for person in (town.lead, town.other_lead, town.head, town.supervisor):
        assert scope(person).of(Rating).count() == 1
        assert scope(person).of(RatingEntry).count() == 1
    for person in (stranger, officer, south):
        assert not scope(person).of(Rating).exists()
        assert not scope(person).of(RatingEntry).exists()


def test_tallies_are_open_to_all_staff_and_to_no_resident(town):
    Tally.objects.create(day=JANUARY, kind="town")

    assert scope(town.person("officer", town.housing)).of(Tally).exists()
    assert scope(town.lead).of(Tally).exists()
    assert not scope(town.person("resident")).of(Tally).exists()


def test_the_facts_of_a_month_stand_beside_a_rating(town):
    case = town.case()
    town.event(case, "resolve", late=False)
    town.event(case, "reopen")
    town.event(case, "resolve", late=True)
    town.event(town.case(), "resolve", late=False, at=datetime(2020, 2, 10, 4, tzinfo=UTC))

    told = facts(month_of(JANUARY), frozenset({town.grid.pk}), frozenset())
    seen = told[town.grid.pk, town.housing.pk]

    assert (seen.cases, seen.on_time, seen.late, seen.rework) == (2, 0, 1, 1)
    assert to_rate(town.lead, month_of(JANUARY))[0].facts == seen


def test_the_rated_side_reads_what_was_said_and_the_town_who_has_spoken(town):
    month = month_of(JANUARY)
    assert [have for _side, have, _could in progress(month)] == [0, 0]
    rating = rate(GRID, town.grid, town.housing, JANUARY, town.lead, marks(GRID, 2), "slow")

    assert about(town.head, month) == [rating]
    assert about(town.lead, month) == []
    assert progress(month) == [("grid", 1, 2), ("organisation", 0, 1)]
