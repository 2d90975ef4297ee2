"""Exact times of one route, worked out by hand: 2 minutes a kilometre on a line."""

import pytest
from small_routes import HOUR, MINUTE, line, order, town, van

from linli.engines.routes.drawing import drawn
from linli.engines.routes.hours import Hours
from linli.engines.routes.problem import DELIVERY, PICKUP, Break, Order, Visit
from linli.engines.routes.timing import timed


def steps(*names):
    return [(name, DELIVERY) for name in names]


def test_nobody_waits_on_the_road_for_what_can_be_waited_for_at_home():
    problem = town(line(0, 10), [order("10", at=[(10, 11)], service=300)])

    route = drawn(problem, van(), steps("10"))

    assert route.start == 10 * HOUR - 20 * MINUTE
    assert route.stops[0].start == 10 * HOUR and route.stops[0].wait == 0
    assert route.end == 10 * HOUR + 25 * MINUTE
    assert route.metres == 20_000


def test_the_start_is_not_so_late_that_a_stop_is():
    orders = [order("10", at=[(8.5, 9)]), order("20", at=[(12, 13)])]

    route = drawn(town(line(0, 10, 20), orders), van(), steps("10", "20"))

    assert route.stops[0].start == 9 * HOUR
    assert route.stops[1].start == 12 * HOUR


def test_of_several_windows_the_next_that_is_open_is_taken():
    problem = town(line(0, 60), [order("60", at=[(8, 9), (11, 12)])])

    timing = timed(problem, van(), steps("60"))

    assert timing.moments[0].start == 11 * HOUR
    assert timing.start == 9 * HOUR


def test_a_later_window_is_taken_where_an_earlier_one_only_makes_the_day_longer():
    orders = [order("10", at=[(8, 9), (15, 16)]), order("20", at=[(15, 16)])]

    route = drawn(town(line(0, 10, 20), orders), van(per_hour=1), steps("10", "20"))

    assert route.start == 15 * HOUR - 20 * MINUTE
    assert route.end == 16 * HOUR


def test_a_stop_that_cannot_be_in_time_is_late_and_says_how_much():
    problem = town(line(0, 60), [order("60", at=[(8, 9)])])

    route = drawn(problem, van(), steps("60"))

    assert route.stops[0].late == HOUR
    assert route.broken == ("60: delivery begins 10:00, 60 min late",)


def test_a_break_is_taken_within_its_window_and_moves_what_comes_after():
    orders = [order("10", at=[(11.5, 11.5)], service=HOUR // 2), order("40", at=[(8, 18)])]
    rest = Break((12 * HOUR, 13 * HOUR), 45 * MINUTE)

    route = drawn(town(line(0, 10, 40), orders), van(breaks=(rest,)), steps("10", "40"))

    (pause,) = route.pauses
    assert 12 * HOUR <= pause.start <= 13 * HOUR and pause.end - pause.start == 45 * MINUTE
    assert route.end == 12 * HOUR + 45 * MINUTE + (30 + 40) * 2 * MINUTE


def test_a_break_is_taken_while_one_waits_anyway():
    orders = [order("10", at=[(8.5, 8.5)]), order("20", at=[(13, 14)])]
    rest = Break((11 * HOUR, 13 * HOUR), 45 * MINUTE)

    route = drawn(town(line(0, 10, 20), orders), van(breaks=(rest,)), steps("10", "20"))

    assert not route.broken
    assert route.stops[1].start == 13 * HOUR


def test_a_break_falls_on_the_road_where_only_that_is_in_time():
    rest = Break((9 * HOUR, 9 * HOUR), 30 * MINUTE)
    problem = town(line(0, 60), [order("60", at=[(8, 10.5)])])

    timing = timed(problem, van(breaks=(rest,), shift=(8 * HOUR, 24 * HOUR)), steps("60"))

    assert timing.is_kept
    assert timing.pauses[0].start == 9 * HOUR
    assert timing.moments[0].start == 10.5 * HOUR


def test_who_is_home_before_needs_no_break():
    rest = Break((12 * HOUR, 13 * HOUR), 30 * MINUTE)

    route = drawn(town(line(0, 10), [order("10", at=[(8, 9)])]), van(breaks=(rest,)), steps("10"))

    assert not route.pauses and not route.broken


def test_a_break_comes_before_being_in_time():
    rest = Break((12 * HOUR, 13 * HOUR), 30 * MINUTE)
    long = order("10", at=[(11, 11)], service=4 * HOUR)

    route = drawn(town(line(0, 10), [long]), van(breaks=(rest,)), steps("10"))

    assert route.pauses[0].start == 12 * HOUR
    assert route.stops[0].late == 90 * MINUTE


def test_who_sets_out_after_its_window_needs_no_break():
    rest = Break((8 * HOUR, 9 * HOUR), 30 * MINUTE)
    vehicle = van(breaks=(rest,), shift=(10 * HOUR, 18 * HOUR))

    assert not drawn(town(line(0, 10), [order("10")]), vehicle, steps("10")).broken


def test_the_rush_makes_a_way_longer():
    rush = Hours([1.0] * 8 + [0.5] * 2 + [1.0] * 14)
    problem = town(line(0, 30, hours=rush), [order("30")])

    timing = timed(problem, van(is_out=True), steps("30"))

    assert timing.moments[0].start == 10 * HOUR
    assert timing.end == 11 * HOUR


def test_the_pace_of_a_vehicle_stretches_its_ways():
    timing = timed(town(line(0, 10), [order("10")]), van(pace=1.5), steps("10"))

    assert timing.end - timing.start == 60 * MINUTE


def test_loads_go_down_with_deliveries_and_up_with_pickups():
    fetched = Order("back", pickup=Visit("20"), amounts={"box": 4})
    problem = town(line(0, 10, 20), [order("10", amounts={"box": 3}), fetched])

    route = drawn(problem, van(), [("10", DELIVERY), ("back", PICKUP)])

    assert [dict(stop.load) for stop in route.stops] == [{}, {"box": 4}]
    assert route.fill == {"box": 0.4}


@pytest.mark.parametrize(
    ("vehicle", "words"),
    [
        (van(capacities={"box": 1}), "2 box aboard, room for 1"),
        (van(max_km=30), "40.0 km, more than 30"),
        (van(max_seconds=HOUR), "out for 01:20 h"),
        (van(shift=(8 * HOUR, 9 * HOUR)), "after the shift ends"),
    ],
)
def test_a_broken_limit_is_told_in_words(vehicle, words):
    problem = town(line(0, 10, 20), [order("10"), order("20")], vehicle)

    route = drawn(problem, vehicle, steps("10", "20"))

    assert any(words in each for each in route.broken)


def test_a_shipment_must_be_picked_up_first_and_whole():
    moved = Order("m", pickup=Visit("10"), delivery=Visit("20"), amounts={"box": 1})
    problem = town(line(0, 10, 20), [moved])

    assert not drawn(problem, van(), [("m", PICKUP), ("m", DELIVERY)]).broken
    assert "before it is picked up" in str(
        drawn(problem, van(), [("m", DELIVERY), ("m", PICKUP)]).broken
    )
    assert "not on one vehicle" in str(drawn(problem, van(), [("m", PICKUP)]).broken)


def test_costs_are_kilometres_hours_and_going_out():
    vehicle = van(per_km=2, per_hour=30, fixed=5)
    problem = town(line(0, 15), [order("15", service=HOUR)], vehicle)

    cost = drawn(problem, vehicle, steps("15")).cost

    assert (cost.distance, cost.time, cost.fixed) == (60, 60, 5)
