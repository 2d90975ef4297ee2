"""The search beneath: pieces of a large problem, set partitioning, several hands, encoding."""

import numpy as np
import pytest
from small_routes import HOUR, line, order, plane, town, van

from linli.engines.routes.encoding import encoded
from linli.engines.routes.hands import Hands
from linli.engines.routes.partition import best_of
from linli.engines.routes.pieces import cut, nearest, pieces
from linli.engines.routes.problem import DELIVERY, Break, Order, Visit
from linli.engines.routes.rounds import Pace, least_vehicles, run
from linli.engines.routes.scales import cliques, money_scale
from linli.engines.routes.search import Job, search
from linli.engines.routes.visits import built, cost, left_out, tours_of
from linli.engines.routes.windows import Tightening, stops_of


def big(number: int = 60, shipments: int = 4, **more):
    rng = np.random.default_rng(5)
    ways = plane(rng.uniform(-20, 20, (number + 1, 2)))
    orders = [order(str(at), amounts={"box": 2}) for at in range(1, number + 1 - 2 * shipments)]
    for at in range(number + 1 - 2 * shipments, number, 2):
        ends = Visit(str(at)), Visit(str(at + 1))
        orders.append(Order(f"m{at}", pickup=ends[0], delivery=ends[1], amounts={"box": 1}))
    return town(ways, orders, *(van(f"v{i}", **more) for i in range(30)))


def test_pieces_hold_every_visit_once_and_share_out_the_spare_vehicles():
    data = encoded(big()).data
    tours = search(data, Job(0.2, 1)).tours

    parts = pieces(data, tours, nearest(data), 20, np.random.default_rng(1))

    assert len(parts) >= 2
    assert sorted(v for part in parts for v in part.visits) == list(range(60))
    assert sum(part.vehicles[0] for part in parts) == 30
    assert sorted(tour for part in parts for tour in part.tours) == sorted(tours)


def test_a_piece_costs_by_itself_what_it_costs_in_the_whole():
    data = encoded(big()).data
    tours = search(data, Job(0.2, 1)).tours
    part = pieces(data, tours, nearest(data), 20, np.random.default_rng(1))[0]

    alone = cut(data, part.visits, part.vehicles)

    inside = alone.inside(part.tours)
    assert cost(built(alone.data, inside)) == cost_in(data, part.tours)
    assert [alone.outside(tour) for tour in inside] == part.tours
    assert alone.data.num_locations < data.num_locations


def cost_in(data, tours) -> int:
    routes = built(data, tours).routes()
    return sum(r.distance_cost() + r.duration_cost() + r.fixed_vehicle_cost() for r in routes)


def test_search_in_pieces_makes_a_large_plan_cheaper_and_keeps_it_whole():
    data = encoded(big(120)).data
    start = search(data, Job(0.05, 1))

    found = run(
        data, 1.0, 1, 1, start=start.tours,
        pace=Pace(whole=50, piece=30, first=0.1, every=100),
    )  # fmt: skip

    assert found.is_feasible and found.cost < start.cost
    assert built(data, found.tours).is_complete()
    assert cost(built(data, found.tours)) == found.cost


def test_of_the_routes_met_those_that_go_together_best_are_chosen():
    data = encoded(
        town(line(0, 1, 2, 3), [order(str(i)) for i in (1, 2, 3)], van("a"), van("b"))
    ).data
    pool = {(0, (0, 1)): 50, (0, (2,)): 40, (0, (0,)): 20, (0, (1, 2)): 45, (0, (2, 1)): 44}

    chosen = best_of(data, pool, 90, 5)

    assert chosen is not None and sorted(chosen) == [(0, (0,)), (0, (2, 1))]
    assert best_of(data, pool, 64, 5) is None


def test_no_more_vehicles_are_chosen_than_there_are():
    data = encoded(town(line(0, 1, 2), [order("1"), order("2")])).data

    assert best_of(data, {(0, (0,)): 1, (0, (1,)): 1, (0, (0, 1)): 9}, 10, 5) == [(0, (0, 1))]


def test_what_is_optional_is_left_out_where_its_prize_is_less():
    orders = [order("1"), order("2", prize=1.0)]
    data = encoded(town(line(0, 1, 2), orders, van("a"), van("b"))).data
    prize = data.client(1).prize

    chosen = best_of(data, {(0, (0,)): 5, (0, (0, 1)): 5 + prize + 1}, 5 + prize + 1, 5)

    assert chosen == [(0, (0,))]
    assert left_out(data, chosen) == [1]


def test_hands_work_beside_this_process():
    data = encoded(big(20)).data
    with Hands(data, 2) as hands:
        hands.do([[Job(0.1, 1)], [Job(0.1, 2, name="own")]])  # by now the other has started
        (mine,), (theirs,) = hands.do([[Job(0.2, 1)], [Job(0.2, 2, name="own")]])

    assert mine.is_feasible and theirs.is_feasible and theirs.iterations > 0
    assert cost(built(data, theirs.tours)) == theirs.cost


def test_a_hand_that_died_stops_nobody():
    data = encoded(big(20)).data
    with Hands(data, 2) as hands:
        hands._others[0].kill()
        hands._others[0].wait()
        (mine,), (theirs,) = hands.do([[Job(0.1, 1)], [Job(0.1, 2)]])

    assert mine.is_feasible and not theirs.is_feasible


def test_the_search_begins_from_the_routes_it_is_given():
    data = encoded(big(20)).data
    best = search(data, Job(0.3, 1))

    again = search(data, Job(0.001, 2, best.tours))

    assert again.cost == best.cost
    assert sorted(tours_of(data, built(data, best.tours))) == sorted(best.tours)


def test_loads_tell_how_many_vehicles_are_needed_at_least():
    assert least_vehicles(encoded(big(20, 0)).data) == 4  # 19 … 20 orders of 2 boxes, 10 a van


def test_vehicles_that_are_alike_are_one_type_and_others_are_not():
    problem = town(
        line(0, 1), [order("1", skills=frozenset({"x"}))], van("a", skills=frozenset({"x"})),
        van("b", skills=frozenset({"x"})), van("c"), van("d", fixed=1),
    )  # fmt: skip

    assert encoded(problem).kinds == (("a", "b"), ("c",), ("d",))


@pytest.mark.parametrize(
    ("per_km", "per_hour", "metre", "second"),
    [(1.0, 0.0, 1, 0), (1000.0, 0.0, 1, 0), (0.0, 36.0, 0, 1), (1.8, 36.0, 9, 50)],
)
def test_costs_are_whole_and_as_small_as_they_can_be(per_km, per_hour, metre, second):
    vehicle = van(per_km=per_km, per_hour=per_hour)
    money = money_scale(town(line(0, 1), [], vehicle))

    assert (money.metre(vehicle), money.second(vehicle)) == (metre, second)


def test_pairs_are_covered_by_groups_of_which_each_is_with_each():
    pairs = [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]

    assert sorted(map(sorted, cliques(pairs))) == [["a", "b", "c"], ["c", "d"]]


def test_a_common_break_moves_the_windows_after_it_forward():
    rest = Break((12 * HOUR, 12 * HOUR), HOUR)
    orders = [order("1", at=[(9, 10)]), order("2", at=[(9, 15)]), order("3", at=[(14, 15)])]
    problem = town(line(0, 1, 2, 3), orders, van(breaks=(rest,)))

    windows = [stop.window for stop in stops_of(problem, Tightening())]

    assert windows == [
        (9 * HOUR, 10 * HOUR), (9 * HOUR, 14 * HOUR), (13 * HOUR, 14 * HOUR),
    ]  # fmt: skip


def test_a_tightened_stop_must_begin_earlier():
    problem = town(line(0, 1), [order("1", at=[(9, 10)])])

    (stop,) = stops_of(problem, Tightening(earlier={("1", DELIVERY): 600}))

    assert stop.window == (9 * HOUR, 10 * HOUR - 600)
