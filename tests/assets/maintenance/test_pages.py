"""Pages and operations of maintenance: read by who sees the machine, planned by who keeps it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from linli import clock
from linli.assets.maintenance import (
    desks,
    fitting,
    kept_plans,
    orders,
    plan_words,
    planning,
    predicting,
)
from linli.assets.maintenance.models import Finding, KeptPlan, Upkeep, Version, WorkOrder
from linli.assets.register.models import Asset, Spare
from linli.doors import keys
from linli.people.models import User
from linli.people.scope import Scope
from linli.web.context import IN_BAR
from linli.web.navigation import menu

pytestmark = pytest.mark.usefixtures("plain_files")


def as_(name: str, language: str = "en") -> Client:
    found = Client(headers={"accept-language": language})
    found.force_login(User.objects.get(username=name))
    return found


@pytest.fixture
def order(presses, workshop, fleet) -> WorkOrder:
    """The order of a press with three days left, planned."""
    asset = fleet.lived("P1-L1-M21", [], 250, left=74)
    fitting.fit(presses)
    orders.follow(predicting.predict())
    planning.replan(Asset.objects.get(code="P1"))
    return WorkOrder.objects.get(asset=asset)


def test_the_most_urgent_machine_stands_first_and_its_page_shows_life_and_drift(order):
    engineer = as_("engineer")
    page = engineer.get("/maintenance/").content.decode()
    assert page.index("Press P1-L1-M21") < page.index("Press P1-L1-M11")
    assert "To be opened" in page and "spares and people in 3 days" in page
    only = engineer.get("/maintenance/?state=open").content.decode()
    assert "M21" in only and "M11" not in only
    adrift = engineer.get("/maintenance/?state=watch").content.decode()
    assert "M21" in adrift and "M11" not in adrift
    assert "<b>1</b><span>off their normal" in adrift
    assert "maintenance" in [
        entry.url
        for entry, _is_here in menu(Scope(User.objects.get(username="engineer")), "")[:IN_BAR]
    ]
    machine = engineer.get("/maintenance/machines/P1-L1-M21/").content.decode()
    assert "Off its normal since" in machine and "Work order" in machine
    chinese = as_("engineer", "zh-hans").get("/maintenance/machines/P1-L1-M21/").content.decode()
    assert "偏离正常" in chinese


def test_another_window_says_at_once_what_it_costs_and_can_be_booked(order):
    engineer = as_("engineer")
    later = plan_words.naive(order.begins + timedelta(days=2))
    tried = engineer.get(reverse("try-window", args=[order.pk]), {"begins": later})
    assert "yuan more" in tried.content.decode() and "Book it then" in tried.content.decode()
    night = order.begins.replace(hour=20).isoformat()[:16]
    barred = engineer.get(reverse("try-window", args=[order.pk]), {"begins": night})
    assert "Book it then" not in barred.content.decode()
    assert "may fail from" in tried.content.decode()
    address = reverse("agree-window", args=[order.pk])
    late = engineer.post(address, {"begins": later})
    assert late.status_code == 422 and "say why" in late.content.decode()
    booked = engineer.post(address, {"begins": later, "reason": "crew is away until then"})
    assert booked.status_code == 302
    order.refresh_from_db()
    assert order.state == "agreed" and plan_words.naive(order.begins) == later
    plan = engineer.get("/maintenance/plan/?plant=P1").content.decode()
    assert "Window booked" in plan and '"agreed": true' in plan


def test_a_late_alternative_is_booked_with_one_click_and_a_reason(order):
    late = order.begins + timedelta(days=2)
    WorkOrder.objects.update(plan=order.plan | {"alternatives": [[late.isoformat(), 900]]})
    engineer = as_("engineer")
    page = engineer.get(reverse("work-order", args=[order.pk])).content.decode()
    assert "may fail from" in page and 'id="reason-1" name="reason"' in page
    address = reverse("agree-window", args=[order.pk])
    assert engineer.post(address, {"begins": late.isoformat()}).status_code == 422
    given = {"begins": late.isoformat(), "reason": "the crew is away until then"}
    assert engineer.post(address, given).status_code == 302
    assert WorkOrder.objects.get(pk=order.pk).begins == late
    told = [event.data.get("text", "") for event in order.case.events.all()]
    assert any("the crew is away until then" in text for text in told)


def test_an_alternative_within_the_life_that_is_left_needs_no_reason(order):
    soon = order.begins - timedelta(days=1)
    WorkOrder.objects.update(plan=order.plan | {"alternatives": [[soon.isoformat(), 50]]})
    page = as_("engineer").get(reverse("work-order", args=[order.pk])).content.decode()
    assert "50 yuan more" in page and 'name="reason"' not in page


def test_an_assets_page_tells_of_its_machines_and_a_case_leads_to_its_finding(order):
    engineer = as_("engineer")
    line = engineer.get("/assets/P1-L1/").content.decode()
    assert "1 open work order" in line and line.index("P1-L1-M21") < line.index("P1-L1-M11")
    there = reverse("work-order", args=[order.pk])
    assert f'href="{there}"' in line
    bridge = engineer.get("/assets/P1-L1-CAM/").content.decode()
    assert "maintenance-panel" not in bridge
    case = engineer.get(reverse("case", args=[order.case.code])).content.decode()
    assert f'href="{there}#found"' in case
    engineer.post(reverse("note-order", args=[order.pk]), {"condition": "worn", "renewed": "on"})
    case = engineer.get(reverse("case", args=[order.case.code])).content.decode()
    assert f'href="{there}#found"' not in case


def test_the_plans_page_plans_nothing_and_is_made_anew_when_its_ground_changed(
    order, monkeypatch, django_assert_max_num_queries
):
    engineer, plant = as_("engineer"), Asset.objects.get(code="P1")
    engineer.get("/maintenance/plan/?plant=P1")
    with monkeypatch.context() as patched:
        patched.setattr(desks, "desk", lambda plant: pytest.fail("it is planned"))
        with django_assert_max_num_queries(24):
            page = engineer.get("/maintenance/plan/?plant=P1").content.decode()
        chinese = as_("engineer", "zh-hans").get("/maintenance/plan/?plant=P1").content.decode()
    assert "Press P1-L1-M21" in page and '"may": true' in page and "As of 03-10 09:00" in page
    assert "压机P1-L1-M21" in chinese
    assert '"may": false' in as_("operator").get("/maintenance/plan/?plant=P1").content.decode()
    assert kept_plans.refresh() == 0
    Spare.objects.update(stock=7)
    assert kept_plans.refresh() == 1 and kept_plans.refresh() == 0
    with clock.at(clock.now() + timedelta(hours=1)):
        assert kept_plans.refresh() == 1
        page = engineer.get("/maintenance/plan/?plant=P1").content.decode()
        assert "As of 03-10 10:00" in page
    engineer.post(reverse("note-order", args=[order.pk]), {"condition": "worn", "renewed": "on"})
    assert kept_plans.of(plant).drawn["en"]["rows"] == []
    assert kept_plans.refresh() == 0 and not KeptPlan.objects.exists()


def test_what_was_found_is_noted_on_the_orders_page(order):
    engineer = as_("engineer")
    there = reverse("note-order", args=[order.pk])
    assert engineer.post(there, {"condition": "worn", "wear": 300}).status_code == 422
    given = {"condition": "worn", "part": "主轴承", "wear": 80, "renewed": "on", "note": "剥落"}
    assert engineer.post(there, given).status_code == 302
    row = Finding.objects.get()
    assert (row.condition, row.wear, row.renewed, row.by.username) == ("worn", 80, True, "engineer")
    page = engineer.get("/maintenance/machines/P1-L1-M21/").content.decode()
    assert "主轴承" in page and "told then" in page


def test_a_version_is_asked_for_and_put_in_use_by_who_keeps_the_machines(order, presses):
    second = fitting.fit(presses)
    engineer, operator = as_("engineer"), as_("operator")
    first = Version.objects.get(number=1)
    assert operator.post(reverse("use-upkeep-version", args=[first.pk])).status_code == 403
    assert engineer.post(reverse("use-upkeep-version", args=[first.pk])).status_code == 302
    second.refresh_from_db()
    assert not second.used
    assert engineer.post(reverse("fit-upkeep", args=["presses"])).status_code == 302
    assert Upkeep.objects.get(code="presses").wanted is not None
    page = engineer.get("/maintenance/versions/").content.decode()
    assert "in use" in page and "Being learnt" in page


def test_who_does_not_keep_machines_plans_nothing_and_a_resident_sees_nothing(order):
    operator = as_("operator")
    assert operator.get(reverse("work-order", args=[order.pk])).status_code == 200
    agree = operator.post(reverse("agree-window", args=[order.pk]), {"begins": "2026-03-12T08:00"})
    assert agree.status_code == 403
    stranger = as_("steward")
    assert stranger.get("/maintenance/").status_code == 403
    assert stranger.get(reverse("work-order", args=[order.pk])).status_code in (403, 404)


def test_programs_read_what_is_told_and_note_what_was_found(order):
    secret = keys.issue(User.objects.get(username="engineer"), "MES", list(keys.scopes()))[1]
    engineer = Client(headers={"authorization": f"Bearer {secret}"})
    told = engineer.get("/api/v1/assets/P1-L1-M21/told").json()
    assert told["state"] == "open" and told["order"] == order.pk and told["days_low"] < 4
    tried = engineer.get(
        f"/api/v1/work-orders/{order.pk}/try",
        {"begins": (order.begins + timedelta(days=2)).isoformat()},
    ).json()
    assert tried["extra_yuan"] > 0 and tried["bars"] == []
    assert b"P1-L1-M21" in engineer.get("/api/v1/work-orders").content
    given = {"condition": "fine", "renewed": False, "order": order.pk}
    kept = engineer.post(
        "/api/v1/assets/P1-L1-M21/findings", given, content_type="application/json"
    )
    assert kept.status_code == 200 and Finding.objects.get().condition == "fine"
