"""Plans made anew under way: what is done stays, and drivers are told as little as can be."""

import numpy as np
import pytest
from small_routes import HOUR, MINUTE, line, order, plane, quick, stops, town, van, with_orders

from linli.engines.routes.changes import (
    Cancelled,
    Delay,
    Down,
    NewOrder,
    Position,
    Served,
)
from linli.engines.routes.drawing import planned
from linli.engines.routes.problem import DELIVERY, PICKUP, Break, Order, Visit
from linli.engines.routes.replan import replan
from linli.engines.routes.travel import Place

NINE = 9 * HOUR
WAYS = line(0, 10, 20, 30, 40)
"""From 8:00 with ten minutes of work at each: 8:20 at 10, 8:50 at 20, 9:20 at 30."""


def on_the_way(*vehicles, service=10 * MINUTE, amounts=None, **more):
    """Return a problem and its plan along the line, begun at 8."""
    vehicles = vehicles or (van(is_out=True),)
    orders = [
        order(name, at=[(8, 18)], service=service, amounts=amounts or {})
        for name in ("10", "20", "30")
    ]
    problem = town(WAYS, orders, *vehicles, **more)
    told = {vehicles[0].name: [(name, DELIVERY) for name in ("10", "20", "30")]}
    return problem, planned(problem, told)


def anew(plan, problem, now, *changes, seconds=0.2, **more):
    return replan(plan, problem, now, changes, seconds=seconds, **more)


def test_what_is_done_and_driven_to_stays_as_it_was():
    problem, plan = on_the_way()

    new = anew(plan, problem, NINE, Cancelled("30"))

    assert stops(new.plan) == ["10", "20"]
    assert new.plan.routes[0].stops == plan.routes[0].stops[:2]
    assert [(d.order, d.kind) for d in new.differences] == []


def test_without_news_nothing_changes():
    problem, plan = on_the_way()

    new = anew(plan, problem, NINE)

    assert new.plan.routes == plan.routes
    assert new.unchanged == 1 and not new.differences


def test_a_delay_shifts_all_that_comes_after_and_no_more():
    problem, plan = on_the_way()

    new = anew(plan, problem, int(8.9 * HOUR), Delay("van", 15 * MINUTE))

    before, after = plan.routes[0].stops, new.plan.routes[0].stops
    assert after[0].start == before[0].start
    assert [s.start for s in after[1:]] == [s.start + 15 * MINUTE for s in before[1:]]
    assert {d.kind for d in new.differences} == {"retimed"}


def test_a_new_visit_goes_where_it_is_on_the_way():
    problem, plan = on_the_way()

    new = anew(plan, problem, NINE, NewOrder(order("40", "new", amounts={})))

    assert stops(new.plan) == ["10", "20", "30", "new"]
    assert [(d.order, d.kind) for d in new.differences] == [("new", "added")]
    assert new.unchanged == 1
    assert new.problem == with_orders(problem, order("40", "new", amounts={}))


def test_a_new_delivery_is_fetched_from_the_depot():
    problem, plan = on_the_way(van(is_out=False), amounts={"box": 1})

    new = anew(plan, problem, NINE, NewOrder(order("40", "new")))

    told = [(stop.order, stop.what, stop.place) for stop in new.plan.routes[0].stops]
    assert told[-2:] == [("new", PICKUP, "0"), ("new", DELIVERY, "40")]
    assert new.plan.is_feasible


def test_a_vehicle_that_should_have_left_long_ago_has_not_been_loaded():
    vehicles = (van("late"), van("near", "30"))
    problem, plan = on_the_way(*vehicles, amounts={"box": 1})

    new = anew(plan, problem, NINE, Delay("late", 2 * HOUR), stability=0)

    assert new.plan.vehicle_of("30") == "near"


def test_goods_aboard_stay_on_their_vehicle():
    vehicles = (van("far", fixed=0), van("near", "30"))
    problem, plan = on_the_way(*vehicles, amounts={"box": 1})

    new = anew(plan, problem, NINE, Delay("far", 20 * MINUTE), stability=0)

    assert new.plan.vehicle_of("30") == "far"


def test_work_without_goods_goes_to_whoever_is_there():
    problem, plan = on_the_way(van("far"), van("near", "40"))

    new = anew(plan, problem, NINE, Down("far"))

    assert new.plan.vehicle_of("30") == "near"
    assert stops(new.plan, "far") == ["10", "20"]
    assert [(d.order, d.kind) for d in new.differences] == [("30", "moved")]
    assert [v.name for v in new.problem.vehicles] == ["near"]


def test_goods_on_a_vehicle_that_is_down_are_fetched_from_it():
    problem, plan = on_the_way(van("far"), van("near", "40"), amounts={"box": 1})

    new = anew(plan, problem, NINE, Down("far", Place("20", 121.2, 30.7)))

    told = [(stop.order, stop.what, stop.place) for stop in new.plan.route_of("near").stops]
    assert told == [("30", PICKUP, "20"), ("30", DELIVERY, "30")]


def test_a_vehicle_whose_position_is_known_goes_on_from_there():
    problem, plan = on_the_way(van(is_out=True, end=None))

    new = anew(plan, problem, NINE, Position("van", Place("40", 121.4, 30.7)))

    assert new.plan.routes[0].stops[-1].order == "30"
    assert new.plan.routes[0].stops[-1].start == NINE + 20 * MINUTE
    assert new.plan.metres == 20_000 + 20_000 + 10_000


def test_a_stop_that_was_done_late_is_told_as_it_was():
    problem, plan = on_the_way()

    new = anew(plan, problem, NINE, Served("10", DELIVERY, int(8.5 * HOUR), int(8.9 * HOUR)))

    first = new.plan.routes[0].stops[0]
    assert (first.start, first.end) == (int(8.5 * HOUR), int(8.9 * HOUR))


def test_what_can_no_longer_be_in_time_is_served_late_and_named():
    orders = [order("10", at=[(8, 9)]), order("20", at=[(8, 9)], amounts={})]
    problem = town(WAYS, orders, van(is_out=True))
    plan = planned(problem, {"van": [("10", DELIVERY), ("20", DELIVERY)]})

    new = anew(plan, problem, int(8.4 * HOUR), Delay("van", HOUR))

    assert stops(new.plan) == ["10", "20"]
    assert not new.plan.is_feasible and "late" in new.plan.routes[0].broken[0]


def test_a_break_that_was_taken_is_not_taken_again():
    rest = Break((8 * HOUR, 9 * HOUR), 20 * MINUTE)
    problem, plan = on_the_way(van(is_out=True, breaks=(rest,)))

    new = anew(plan, problem, int(9.2 * HOUR))

    assert new.plan.routes[0].pauses == plan.routes[0].pauses
    assert len(plan.routes[0].pauses) == 1 and new.plan.is_feasible


def test_a_vehicle_that_has_not_left_may_be_loaded_otherwise():
    problem, plan = on_the_way(van(end=None), amounts={"box": 1})

    new = anew(plan, problem, 7 * HOUR, NewOrder(order("40", "new")), Cancelled("10"))

    assert stops(new.plan) == ["20", "30", "new"]


def test_a_shipment_half_done_is_brought_by_who_has_it():
    moved = Order("m", pickup=Visit("10", 600), delivery=Visit("30"), amounts={"box": 1})
    problem = town(WAYS, [moved], van(is_out=True), van("other", "30"))
    plan = planned(problem, {"van": [("m", PICKUP), ("m", DELIVERY)]})

    new = anew(plan, problem, int(8.4 * HOUR), stability=0)

    assert [(s.order, s.what) for s in new.plan.route_of("van").stops] == [
        ("m", PICKUP),
        ("m", DELIVERY),
    ]


def test_news_of_what_is_not_there_is_named_and_the_rest_is_done():
    problem, plan = on_the_way()

    new = anew(
        plan, problem, NINE, Delay("ship", 60), Cancelled("x"), NewOrder(order("10")),
        NewOrder(order("nowhere", amounts={})),
    )  # fmt: skip

    assert sorted(f.code for f in new.plan.faults) == [
        "same-name", "unknown-order", "unknown-place", "unknown-vehicle",
    ]  # fmt: skip
    assert stops(new.plan) == ["10", "20", "30"]


def test_plans_made_anew_can_be_made_anew():
    problem, plan = on_the_way(van(is_out=True, end=None))

    first = anew(plan, problem, int(8.4 * HOUR), Delay("van", 5 * MINUTE))
    second = anew(first.plan, first.problem, NINE, NewOrder(order("40", "new", amounts={})))

    assert stops(second.plan) == ["10", "20", "30", "new"]
    assert second.plan.routes[0].stops[:2] == first.plan.routes[0].stops[:2]


def day(seed: int = 1, number: int = 40):
    rng = np.random.default_rng(seed)
    ways = plane(rng.uniform(-12, 12, (number + 2, 2)))
    orders = []
    for at in range(1, number + 1):
        begin = rng.uniform(8, 14)
        orders.append(order(str(at), at=[(begin, begin + 4)], service=600, amounts={}))
    vehicles = tuple(van(f"v{i}", per_hour=20.0, fixed=30.0) for i in range(8))
    return town(ways, orders, *vehicles), order(str(number + 1), "new", amounts={})


def test_one_order_more_leaves_most_stops_as_they_were():
    problem, new_order = day()
    plan = quick(problem, 1.0)

    new = anew(plan, problem, 10 * HOUR, NewOrder(new_order), seconds=0.5)

    assert new.plan.is_feasible and new.plan.vehicle_of("new")
    assert new.unchanged >= 0.8


def test_a_greater_stability_changes_less():
    problem, _ = day()
    hasty = planned(
        problem, {f"v{i}": [(str(at), DELIVERY) for at in range(i + 1, 41, 8)] for i in range(8)}
    )

    free = anew(hasty, problem, 7 * HOUR, seconds=0.6, stability=0)
    firm = anew(hasty, problem, 7 * HOUR, seconds=0.6, stability=50)

    assert firm.unchanged > free.unchanged
    assert free.plan.cost.total < firm.plan.cost.total


def test_neither_time_nor_stability_can_be_below_zero():
    problem, plan = on_the_way()
    with pytest.raises(ValueError, match="below zero"):
        replan(plan, problem, NINE, [], seconds=-1)
    with pytest.raises(ValueError, match="below zero"):
        replan(plan, problem, NINE, [], stability=-1)
