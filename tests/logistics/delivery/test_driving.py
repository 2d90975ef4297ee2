"""A driver tells of the stops: once each, only of their own, and the orders follow."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from linli.cases.refusal import Refused
from linli.clock import now
from linli.logistics.delivery import driving, planning
from linli.logistics.delivery.models import Act, Order, Plan, Stop, Tour, Vehicle
from tests.logistics.delivery.test_orders import browser, person


@pytest.fixture
def stops(depot) -> list[Stop]:
    """Two stops of today that the operator drives."""
    day = localdate(now())
    plan = Plan.objects.create(
        depot=depot, day=day, by=person("chief"), made_at=now(), state="released"
    )
    tour = Tour.objects.create(
        plan=plan, vehicle=Vehicle.objects.get(), driver=person("operator"), starts=now(),
        ends=now() + timedelta(hours=3),
    )  # fmt: skip
    made = []
    for sequence, customer in enumerate(("湖畔商店", "桥头餐馆"), 1):
        order = Order.objects.create(
            number=f"A{sequence}", depot=depot, customer=customer, contact="张师傅 13800000000",
            day=day, made_at=now(), lon=121.02, lat=30.72, amounts={"kg": 80}, state="planned",
        )  # fmt: skip
        begins = planning.at(day, 9 * 3600 + sequence * 1800)
        made.append(Stop.objects.create(
            tour=tour, order=order, sequence=sequence, arrives=begins, departs=begins
        ))  # fmt: skip
    return made


def states():
    return list(Order.objects.order_by("number").values_list("state", flat=True))


def test_the_first_word_sets_a_tour_under_way_and_each_order_ends_as_told(stops):
    driver = person("operator")

    driving.act(stops[0], driver, uuid4(), "arrived")
    assert states() == ["under-way", "under-way"]
    driving.act(stops[0], driver, uuid4(), "done")
    assert Tour.objects.get().state == "under-way"
    driving.act(stops[1], driver, uuid4(), "failed", reason="无人收货")

    assert states() == ["delivered", "failed"]
    assert Tour.objects.get().state == "ended"
    assert Stop.objects.get(sequence=2).reason == "无人收货"


def test_what_is_sent_twice_counts_once(stops):
    number, at = uuid4(), now() - timedelta(minutes=20)

    for _turn in range(2):
        driving.act(stops[0], person("operator"), number, "arrived", at)

    assert Act.objects.get().at == at
    with pytest.raises(Refused, match="编号"):
        driving.act(stops[1], person("operator"), number, "arrived")


def test_it_is_refused_without_a_reason_out_of_turn_or_from_the_future(stops):
    driver = person("operator")
    with pytest.raises(Refused, match="说明"):
        driving.act(stops[0], driver, uuid4(), "failed", reason=" ")
    with pytest.raises(Refused, match="时间"):
        driving.act(stops[0], driver, uuid4(), "arrived", now() + timedelta(hours=1))
    driving.act(stops[0], driver, uuid4(), "done")
    with pytest.raises(Refused, match="站点"):
        driving.act(stops[0], driver, uuid4(), "arrived")
    assert Act.objects.count() == 1


def test_only_the_driver_and_the_keepers_of_the_depot_tell(stops):
    driving.act(stops[0], person("chief"), uuid4(), "arrived")
    Tour.objects.update(driver=person("chief"))

    with pytest.raises(Refused, match="司机"):
        driving.act(stops[1], person("operator"), uuid4(), "arrived")
    told = browser("operator").post(
        reverse("tell-of-stop", args=[stops[1].pk]), {"number": uuid4(), "what": "done"}
    )
    assert told.status_code == 403
    assert states() == ["under-way", "under-way"]


def test_a_driver_reads_the_own_stops_of_today_and_tells_of_them(stops):
    client: Client = browser("operator")
    page = client.get(reverse("my-deliveries")).content.decode()
    assert page.index("湖畔商店") < page.index("桥头餐馆")
    for words in ("09:30", "13800000000", "geo:30.720000,121.020000"):
        assert words in page

    client.post(reverse("tell-of-stop", args=[stops[0].pk]), {"number": uuid4(), "what": "done"})

    assert states() == ["delivered", "under-way"]
    assert (
        "No stops for you today" in browser("chief").get(reverse("my-deliveries")).content.decode()
    )


def test_a_plan_that_stumbles_tells_no_exception_to_its_readers(depot, monkeypatch, caplog):
    def fall(*_given):
        raise RuntimeError("raw words of a library")

    plan = Plan.objects.create(depot=depot, day=localdate(now()), by=person("chief"), made_at=now())
    monkeypatch.setattr("linli.engines.routes.reading.problem_of", fall)
    planning.make(plan)

    page = browser("chief").get(reverse("delivery-plan", args=[plan.pk])).content.decode()
    assert "unforeseen fault" in page
    assert "raw words" not in page
    assert "raw words" in caplog.text
