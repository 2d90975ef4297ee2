"""Plans: cases that can be solved by hand, all small ones by trying everything, and invariants."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_routes import (
    HOUR,
    MINUTE,
    least_cost,
    line,
    order,
    plane,
    quick,
    stops,
    town,
    van,
)

from linli.engines.routes.hours import Hours
from linli.engines.routes.plan import Plan
from linli.engines.routes.problem import Break, Order, Visit
from linli.engines.routes.solve import solve


def test_stops_on_a_line_are_visited_out_and_home():
    plan = quick(town(line(0, 5, 10, 15), [order("10"), order("15"), order("5")]))

    assert plan.metres == 30_000 and plan.cost.total == 30
    assert stops(plan) in (["5", "10", "15"], ["15", "10", "5"]) or plan.metres == 30_000


def test_a_window_turns_the_way_round():
    orders = [order("5", at=[(12, 18)]), order("15", at=[(8, 9)])]

    assert stops(quick(town(line(0, 5, 15), orders))) == ["15", "5"]


def test_of_two_windows_the_one_that_suits_is_used():
    orders = [order("10", at=[(8, 9), (15, 16)]), order("20", at=[(15, 16)])]

    plan = quick(town(line(0, 10, 20), orders, van(per_hour=100)))

    assert plan.is_feasible and plan.metres == 40_000
    assert stops(plan)[0] in ("10", "20") and plan.routes[0].start >= 14 * HOUR


def test_full_vehicles_make_room_for_others():
    orders = [order("10", f"o{i}", amounts={"box": 4}) for i in range(4)]

    plan = quick(town(line(0, 10), orders, van("a"), van("b"), van("c")))

    assert sorted(len(route.stops) for route in plan.routes) == [2, 2]
    assert all(route.fill["box"] == 0.8 for route in plan.routes)


def test_every_unit_counts():
    orders = [order("10", f"o{i}", amounts={"kg": 0.5, "m3": 0.4}) for i in range(4)]
    vehicles = [van(name, capacities={"kg": 5, "m3": 0.8}) for name in "ab"]

    plan = quick(town(line(0, 10), orders, *vehicles))

    assert plan.is_feasible and sorted(len(route.stops) for route in plan.routes) == [2, 2]


def test_a_shipment_goes_from_pickup_to_delivery_on_one_vehicle():
    moved = Order("m", pickup=Visit("20"), delivery=Visit("10"), amounts={"box": 8})

    plan = quick(town(line(0, 10, 20), [moved, order("10", amounts={"box": 8})]))

    told = [(stop.order, stop.what) for stop in plan.routes[0].stops]
    assert told == [("10", "delivery"), ("m", "pickup"), ("m", "delivery")]
    assert plan.metres == 40_000


def test_a_pickup_comes_home():
    fetched = Order("back", pickup=Visit("10"), amounts={"box": 10})

    plan = quick(town(line(0, 10, 20), [fetched, order("20", amounts={"box": 10})]))

    assert stops(plan) == ["20", "back"]


def test_only_who_has_the_skill_does_it():
    orders = [order("10", skills=frozenset({"crane"})), order("20")]
    vehicles = [van("near"), van("crane", skills=frozenset({"crane", "radio"}), fixed=50)]

    plan = quick(town(line(0, 10, 20), orders, *vehicles))

    assert plan.vehicle_of("10") == "crane" and plan.is_feasible


def test_orders_at_one_place_may_need_different_vehicles():
    orders = [order("10", "a", only=frozenset({"one"})), order("10", "b", only=frozenset({"two"}))]

    plan = quick(town(line(0, 10), orders, van("one"), van("two")))

    assert (plan.vehicle_of("a"), plan.vehicle_of("b")) == ("one", "two")


def test_orders_kept_apart_go_on_different_vehicles():
    orders = [order("10", name) for name in "abc"]
    apart = frozenset({("a", "b"), ("b", "c"), ("a", "c")})

    plan = quick(town(line(0, 10), orders, *(van(f"v{i}") for i in range(4)), apart=apart))

    assert len({plan.vehicle_of(name) for name in "abc"}) == 3 and plan.is_feasible


def test_shipments_kept_apart_never_share_a_vehicle():
    moved = [Order(n, pickup=Visit("10"), delivery=Visit("20"), amounts={"box": 1}) for n in "ab"]
    vehicles = [van("one"), van("two")]

    plan = quick(town(line(0, 10, 20), moved, *vehicles, apart=frozenset({("a", "b")})), 0.5)

    assert plan.vehicle_of("a") != plan.vehicle_of("b") and plan.is_feasible


def test_an_order_barred_from_a_vehicle_goes_on_another():
    problem = town(
        line(0, 10), [order("10")], van("cheap"), van("dear", fixed=99),
        barred=frozenset({("10", "cheap")}),
    )  # fmt: skip

    assert quick(problem).vehicle_of("10") == "dear"


def test_a_prize_is_fetched_only_where_it_is_worth_the_way():
    orders = [order("10", "near", prize=25.0), order("40", "far", prize=25.0)]

    plan = quick(town(line(0, 10, 40), orders))

    assert stops(plan) == ["near"]
    (left,) = plan.left_out
    assert (left.order, left.reason) == ("far", "not-worth") and "60.00" in left.detail


def test_a_tour_takes_what_its_time_allows():
    sights = [order(f"{i}", amounts={}, prize=10.0 + i, service=HOUR) for i in (1, 2, 3, 4)]
    bus = van(max_seconds=2 * HOUR + 40 * MINUTE, per_km=0.0)

    plan = quick(town(line(0, 1, 2, 3, 4), sights, bus))

    assert sorted(stops(plan)) == ["3", "4"]


def test_where_the_fleet_cannot_do_all_the_least_urgent_stay_out():
    orders = [order("10", f"o{i}", amounts={"box": 4}, priority=1 + i % 3) for i in range(6)]

    plan = quick(town(line(0, 10), orders, van("a"), van("b")), 0.6)

    left = {each.order for each in plan.left_out}
    assert left == {"o2", "o5"} and plan.is_feasible
    assert all(each.reason == "no-room" and "too much" in each.detail for each in plan.left_out)


def test_where_time_is_short_the_least_urgent_stay_out_too():
    orders = [
        order("10", f"o{i}", at=[(8, 11)], service=HOUR, priority=1 + i % 2) for i in range(6)
    ]

    plan = quick(town(line(0, 10), orders), 0.6)

    left = {each.order for each in plan.left_out}
    assert left == {"o1", "o3", "o5"} and plan.is_feasible


def test_a_vehicle_without_an_end_stays_where_its_last_stop_is():
    plan = quick(town(line(0, 10, 20), [order("10"), order("20")], van(end=None)))

    assert stops(plan) == ["10", "20"] and plan.metres == 20_000


def test_vehicles_start_from_where_they_are():
    plan = quick(town(line(0, 10, 90, 100), [order("10"), order("90")], van("a"), van("b", "100")))

    assert plan.vehicle_of("90") == "b" and plan.metres == 40_000


def test_a_limit_of_kilometres_is_kept():
    vehicles = [van(f"v{i}", max_km=45) for i in range(3)]

    plan = quick(town(line(-20, 0, 20), [order("-20"), order("20")], *vehicles))

    assert len(plan.routes) == 2 and plan.is_feasible


def test_with_a_break_fewer_stops_fit_into_the_day():
    orders = [order("10", f"o{i}", service=HOUR) for i in range(10)]
    rest = Break((11 * HOUR, 13 * HOUR), HOUR)
    vehicles = [van(name, shift=(9 * HOUR, 16 * HOUR), breaks=(rest,)) for name in "ab"]

    plan = quick(town(line(0, 10), orders, *vehicles), 0.5)

    assert plan.is_feasible and not plan.left_out
    assert [len(route.stops) for route in plan.routes] == [5, 5]
    assert all(len(route.pauses) == 1 for route in plan.routes)


def test_windows_are_kept_in_the_rush():
    rush = Hours([1.0] * 8 + [0.25] * 2 + [1.0] * 14)
    orders = [order(f"{i}", at=[(8, 9.5)]) for i in (10, -10, 11, -11)]
    vehicles = [van(f"v{i}") for i in range(4)]

    plan = quick(town(line(0, 10, 11, -10, -11, hours=rush), orders, *vehicles), 0.6)

    assert plan.is_feasible and not plan.left_out
    assert all(stop.start <= 9.5 * HOUR for route in plan.routes for stop in route.stops)


def random_town(seed: int, number: int, prizes: bool = False):
    rng = np.random.default_rng(seed)
    ways = plane(rng.uniform(-15, 15, (number + 1, 2)))
    orders = []
    for at in range(1, number + 1):
        begin = rng.uniform(8, 14)
        prize = float(rng.uniform(5, 40)) if prizes and at % 2 else None
        orders.append(
            order(
                str(at), at=[(begin, begin + 3)], service=600, prize=prize,
                amounts={"box": int(rng.integers(1, 6))},
            )
        )  # fmt: skip
    vehicles = (van("a", per_hour=12.0, fixed=8.0), van("b", per_hour=12.0, fixed=8.0))
    return town(ways, orders, *vehicles)


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_as_well_as_by_trying_everything(seed):
    problem = random_town(seed, 4, prizes=seed % 2 == 1)

    plan = quick(problem)

    prizes = {o.name: o.prize or 0.0 for o in problem.orders}
    got = plan.cost.total + sum(prizes[each.order] for each in plan.left_out)
    assert plan.is_feasible
    assert got == pytest.approx(least_cost(problem), rel=2e-3)


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(5, 14), st.booleans(), st.booleans(),
    st.sampled_from([None, Hours([0.8, 1.1] * 12)]),
)  # fmt: skip
def test_every_order_is_served_once_or_left_out_and_no_rule_is_broken(
    seed, number, prizes, with_break, hours
):
    problem = random_town(seed, number, prizes)
    rests = (Break((11 * HOUR, 13 * HOUR), 1800),) if with_break else ()
    vehicles = tuple(
        van(name, breaks=rests, per_hour=10.0, skills=frozenset(name)) for name in "abc"
    )
    orders = tuple(
        order(
            o.name, at=[tuple(x / HOUR for x in o.delivery.windows[0])], service=600,
            amounts=o.amounts, prize=o.prize, skills=frozenset("a" if int(o.name) % 5 == 0 else ""),
        )
        for o in problem.orders
    )  # fmt: skip
    ways = plane(np.random.default_rng(seed).uniform(-15, 15, (number + 1, 2)), hours)
    problem = town(ways, orders, *vehicles)

    plan = quick(problem, 0.1)

    served = [name for route in plan.routes for name in stops(plan, route.vehicle)]
    assert len(served) == len(set(served))
    assert {*served, *(each.order for each in plan.left_out)} == {o.name for o in orders}
    assert plan.is_feasible, plan.summary()
    for route in plan.routes:
        for before, after in zip(route.stops, route.stops[1:], strict=False):
            assert after.arrival >= before.end
        for stop in route.stops:
            first, last = problem.order(stop.order).visits[stop.what].windows[0]
            assert first <= stop.start <= last


def test_two_workers_find_what_one_does():
    problem = random_town(3, 30)
    vehicles = tuple(van(f"v{i}") for i in range(12))

    plan = solve(town(problem.travel, problem.orders, *vehicles), 1.5, workers=2)

    assert plan.is_feasible and not plan.left_out and plan.iterations > 0


def test_a_plan_is_written_and_read():
    orders = [order("10"), order("nowhere")]
    rest = Break((8 * HOUR, 8 * HOUR), 60)

    plan = quick(town(line(0, 10, 20), orders, van(breaks=(rest,), shift=(7 * HOUR, 18 * HOUR))))

    assert Plan.from_dict(json.loads(plan.to_json())) == plan
    assert "left out nowhere" in plan.summary()


def test_the_gap_to_a_best_known_cost_is_in_percent():
    plan = quick(town(line(0, 10), [order("10")]))

    assert plan.gap(16) == pytest.approx(25)
    with pytest.raises(ValueError, match="above zero"):
        plan.gap(0)


def test_a_search_needs_time_and_a_worker():
    for seconds, workers in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="needs time"):
            solve(town(line(0, 10), [order("10")]), seconds, workers=workers)
