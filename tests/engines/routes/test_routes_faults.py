"""What cannot be planned is named order by order, and the rest is planned."""

import pytest
from small_routes import HOUR, line, order, quick, stops, town, van

from linli.engines.routes.faults import checked
from linli.engines.routes.problem import Break, Order, Visit

WAYS = line(0, 10, 20, 200)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (Order("bad"), "no-visit"),
        (order("nowhere", "bad"), "unknown-place"),
        (order("10", "bad", amounts={"box": -1}), "negative-demand"),
        (order("10", "bad", amounts={"box": float("nan")}), "negative-demand"),
        (order("10", "bad", service=-5), "negative-service"),
        (order("10", "bad", at=[(12, 11)]), "empty-window"),
        (order("20", "bad", at=[(7, 8.5)]), "impossible-window"),
        (order("200", "bad", at=[(14, 16)]), "impossible-window"),
        (order("10", "bad", amounts={"box": 11}), "too-big"),
        (order("10", "bad", amounts={"litre": 1}), "too-big"),
        (order("10", "bad", skills=frozenset({"crane"})), "no-skill"),
        (order("10", "bad", only=frozenset({"ship"})), "no-skill"),
        (order("10", "bad", prize=-1.0), "negative-prize"),
        (order("20", "good"), "same-name"),
    ],
)
def test_an_order_that_cannot_be_planned_is_named_and_the_rest_is(bad, code):
    plan = quick(town(WAYS, [order("20", "good"), bad]))

    assert [(each.order, each.reason) for each in plan.left_out] == [(bad.name, code)]
    assert [(f.kind, f.name, f.code) for f in plan.faults] == [("order", bad.name, code)]
    assert stops(plan) == ["good"] and plan.is_feasible


def test_an_order_too_far_for_every_vehicle_is_named():
    _, faults = checked(town(WAYS, [order("20")], van(max_km=30), van("b", max_seconds=HOUR)))

    assert [fault.code for fault in faults] == ["too-far"]


def test_a_shipment_that_cannot_be_there_in_time_is_named():
    slow = Order("m", pickup=Visit("10", 0, ((12 * HOUR, 13 * HOUR),)),
                 delivery=Visit("20", 0, ((9 * HOUR, 10 * HOUR),)))  # fmt: skip

    _, faults = checked(town(WAYS, [slow]))

    assert [fault.code for fault in faults] == ["impossible-window"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (van("bad", "nowhere"), "unknown-place"),
        (van("bad", capacities={"box": -1}), "negative-capacity"),
        (van("bad", per_km=-1), "negative-cost"),
        (van("bad", shift=(9, 8)), "empty-shift"),
        (van("bad", breaks=(Break((9, 8), 60),)), "bad-break"),
        (van("bad", max_km=-1), "bad-limit"),
        (van("bad", pace=0), "bad-limit"),
        (van(), "same-name"),
    ],
)
def test_a_vehicle_that_cannot_be_sent_is_named_and_the_others_go(bad, code):
    plan = quick(town(WAYS, [order("10")], van(), bad))

    assert [(f.kind, f.name, f.code) for f in plan.faults] == [("vehicle", bad.name, code)]
    assert stops(plan) == ["10"]


def test_pairs_that_name_what_is_not_there_are_told():
    problem = town(
        WAYS, [order("10")], apart=frozenset({("10", "x")}), barred=frozenset({("10", "y")})
    )

    plan = quick(problem)

    assert sorted(f.code for f in plan.faults) == ["unknown-order", "unknown-vehicle"]
    assert stops(plan) == ["10"]


def test_without_vehicles_every_order_is_left_out():
    plan = quick(town(WAYS, [order("10")], van("bad", "nowhere")))

    assert [each.order for each in plan.left_out] == ["10"] and not plan.routes


def test_without_orders_nobody_goes_anywhere():
    plan = quick(town(WAYS, []))

    assert plan.is_feasible and not plan.routes and plan.cost.total == 0
