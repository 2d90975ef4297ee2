"""A day is planned; what cannot be is named; moves are checked; drivers get what was released."""

from datetime import date, time

import pytest
from django.urls import reverse

from linli.cases.refusal import Refused
from linli.clock import now
from linli.logistics.delivery import drawn, planning, writing
from linli.logistics.delivery.models import Order, Plan, Stop, Tour, Vehicle
from linli.people.scope import scope
from tests.logistics.delivery.test_orders import browser, person

DAY = date(2026, 3, 10)


def order(depot, number, kg=100.0, until=None, lon=121.03, **told):
    return Order.objects.create(
        number=number, depot=depot, customer=f"店{number}", day=DAY, made_at=now(), lon=lon,
        lat=None if lon is None else 30.72, amounts={"kg": kg}, window_until=until, **told,
    )  # fmt: skip


@pytest.fixture
def made(depot) -> Plan:
    """The plan of a day whose orders fit into the van, but for three that cannot be done."""
    order(depot, "A1", until=time(10))
    order(depot, "A2", lon=121.05)
    order(depot, "EARLY", until=time(8, 1))
    order(depot, "NOWHERE", lon=None)
    order(depot, "HUGE", kg=5000)
    plan = planning.ask(depot, DAY, person("chief"), seconds=1)
    planning.make_all()
    plan.refresh_from_db()
    return plan


def test_what_cannot_be_planned_is_named_order_by_order_and_the_rest_is_planned(made):
    shown = drawn.shown(made)

    assert {line.order for tour in shown.tours for line in tour.lines} == {"A1", "A2"}
    reasons = {each["order"]: each["reason"] for each in made.content["left_out"]}
    assert reasons == {
        "EARLY": "impossible-window", "NOWHERE": "unknown-place", "HUGE": "too-big",
    }  # fmt: skip
    page = browser("chief").get(reverse("delivery-plan", args=[made.pk])).content.decode()
    assert "3 orders are left out" in page


def test_an_overloaded_fleet_leaves_out_the_least_urgent(depot):
    for number in range(4):
        order(depot, f"B{number}", kg=300, priority=1 if number else 3)

    plan = planning.ask(depot, DAY, person("chief"), seconds=1)
    planning.make(plan)
    plan.refresh_from_db()

    assert [each["order"] for each in plan.content["left_out"]] == ["B0"]


def test_a_move_says_what_it_breaks_and_is_kept_only_if_that_is_accepted(made):
    tried = planning.moved(made, "HUGE", "van-1", 1)
    assert [vehicle for vehicle, _words in tried.broken] == ["van-1"]
    with pytest.raises(Refused):
        planning.move(made, "HUGE", "van-1", 1, 0, anyway=False)

    planning.move(made, "HUGE", "van-1", 1, 0, anyway=True)

    with pytest.raises(Refused, match="已被他人修改"):
        planning.move(made, "A1", "van-1", 2, 0, anyway=True)
    made.refresh_from_db()
    with pytest.raises(Refused, match="违反规则"):
        planning.release(made)


def test_a_page_tries_a_move_before_it_keeps_it(made):
    client, address = browser("chief"), reverse("move-delivery", args=[made.pk])
    first = made.content["routes"][0]["stops"][0]["order"]
    wanted = {"order": first, "vehicle": "van-1", "position": 2}

    page = client.post(address, wanted).content.decode()
    made.refresh_from_db()
    assert "Nothing is kept yet" in page
    assert made.version == 0
    client.post(address, {**wanted, "keep": 1, "version": 0, "anyway": 1})

    made.refresh_from_db()
    assert made.content["routes"][0]["stops"][1]["order"] == first
    worker = browser("operator")
    assert worker.get(reverse("delivery-plan", args=[made.pk])).status_code == 200
    assert worker.post(address, wanted).status_code == 403


def test_a_released_plan_gives_drivers_stops_and_customers_a_promise(made):
    Vehicle.objects.update(driver=person("operator"))

    planning.release(made)

    tour = Tour.objects.get()
    assert tour.driver == person("operator")
    stops = list(Stop.objects.select_related("order"))
    assert [stop.sequence for stop in stops] == [1, 2]
    first = next(stop.order for stop in stops if stop.order.number == "A1")
    # Ten in the morning in Shanghai is two in the morning by UTC.
    assert (first.state, first.promised_until.hour) == ("planned", 2)
    with pytest.raises(Refused, match="不是草稿"):
        planning.release(made)


def test_an_order_changed_since_it_was_planned_is_not_released(made):
    Order.objects.filter(number="A2").update(amounts={"kg": 1})

    with pytest.raises(Refused, match="A2"):
        planning.release(made)
    assert not Stop.objects.exists()


def test_many_orders_over_rest_go_in_together_or_not_at_all(depot):
    sight = scope(person("chief"))
    row = {"depot": "D1", "number": "C1", "customer": "店", "day": DAY, "weight": 5.0}

    with pytest.raises(writing.NotTaken) as fault:
        writing.bring(sight, [row, {**row, "number": "C2", "weight": -1.0}, row])

    assert [(at, wrong.column) for at, wrong in fault.value.wrongs] == [
        (1, "weight"),
        (2, "number"),
    ]
    assert not Order.objects.exists()
    assert writing.bring(sight, [row]) == ["new"]
