"""What else the engine plans: repairs, patrols, a technician's rounds, machines, study tours."""

from small_routes import HOUR, MINUTE, line, order, quick, stops, town, van

from linli.engines.routes.problem import DELIVERY, PICKUP, Order, Visit


def visit(place, name, *, minutes=30, due=None, **more):
    windows = () if due is None else ((0, int(due * HOUR)),)
    return Order(name, delivery=Visit(place, minutes * MINUTE, windows), **more)


def test_repairs_are_done_before_they_are_due_by_a_crew_that_can():
    cases = [
        visit("5", "lamp", due=9, skills=frozenset({"electric"})),
        visit("10", "pipe", due=10, skills=frozenset({"water"})),
        visit("20", "wire", skills=frozenset({"electric"})),
        visit("15", "bench"),
    ]
    electric = van("electric", skills=frozenset({"electric"}), capacities={})
    water = van("water", skills=frozenset({"water"}), capacities={})

    plan = quick(town(line(0, 5, 10, 15, 20), cases, electric, water))

    assert plan.is_feasible and plan.left_out == ()
    assert [plan.vehicle_of(name) for name in ("lamp", "wire", "pipe")] == [
        "electric", "electric", "water",
    ]  # fmt: skip
    starts = {stop.order: stop.start for route in plan.routes for stop in route.stops}
    assert starts["lamp"] <= 9 * HOUR and starts["pipe"] <= 10 * HOUR


def test_a_patrol_that_cannot_see_everything_sees_what_is_urgent():
    posts = [visit(f"{at}", f"post {at}", minutes=60, priority=1 + at % 2) for at in range(1, 7)]
    patrol = van("patrol", capacities={}, shift=(8 * HOUR, 11 * HOUR + 30 * MINUTE))

    plan = quick(town(line(*range(7)), posts, patrol), 0.4)

    assert sorted(stops(plan, "patrol")) == ["post 2", "post 4", "post 6"]
    assert {each.reason for each in plan.left_out} == {"no-room"}


def test_a_machine_is_brought_from_field_to_field_at_its_own_pace():
    moves = Order("harvester", pickup=Visit("10", 600), delivery=Visit("30", 600),
                  amounts={"machine": 1})  # fmt: skip
    lorry = van("lorry", capacities={"machine": 1}, pace=3.0)

    (route,) = quick(town(line(0, 10, 30), [moves], lorry)).routes

    assert [stop.what for stop in route.stops] == [PICKUP, DELIVERY]
    assert route.stops[1].arrival - route.stops[0].end == 20 * 2 * MINUTE * 3


def test_a_study_tour_visits_what_interests_most_while_it_is_open():
    sights = [
        order("1", "orchard", amounts={}, prize=30.0, service=HOUR, at=[(8, 9.5)]),
        order("2", "mill", amounts={}, prize=20.0, service=HOUR, at=[(13, 16)]),
        order("3", "museum", amounts={}, prize=50.0, service=HOUR, at=[(9, 11)]),
        order("4", "dairy", amounts={}, prize=5.0, service=HOUR),
    ]
    group = van("group", capacities={}, per_km=0.0, max_seconds=4 * HOUR)

    plan = quick(town(line(0, 1, 2, 3, 4), sights, group))

    # The dairy is open all day: before the museum or after it costs the same.
    assert sorted(stops(plan, "group")) == ["dairy", "museum", "orchard"]
    assert plan.is_feasible
    assert [each.order for each in plan.left_out] == ["mill"]
