"""Orders come in whole or not at all, and only their owner's people see them."""

import pytest
from django.test import Client
from django.urls import reverse

from linli.doors.importing import propose, take
from linli.doors.reading import read
from linli.logistics.delivery.models import Depot, Order
from linli.people.models import Organisation, User
from linli.people.scope import scope
from linli.tables import declared

HEAD = "仓库,订单号,客户,日期,经度,纬度,最早,最晚,重量\n"
GOOD = "D1,A1,湖畔商店,2026-03-10,121.02,30.72,09:00,11:00,80\n"


def person(username):
    return User.objects.get(username=username)


def brought(folder, text):
    table = declared()["delivery-orders"]
    file = folder / "orders.csv"
    file.write_text(HEAD + text, "utf-8")
    sheet = read(file)
    return take(table, scope(person("chief")), sheet, propose(table, sheet.columns))


def browser(username):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person(username), "linli.people.signing_in.Accounts")
    return client


def test_a_table_of_orders_is_taken_in_under_chinese_headings(depot, tmp_path):
    seen = brought(tmp_path, GOOD)

    assert seen.counts == {"new": 1}, seen.faults
    order = Order.objects.get()
    assert (order.key, order.amounts, order.window_until.hour) == ("D1-A1", {"kg": 80}, 11)
    assert brought(tmp_path, GOOD).counts == {"unchanged": 1}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("D1,A2,店,2026-03-10,121.02,30.72,09:00,11:00,-5\n", "重量"),
        ("D1,A2,店,2026-03-10,121.02,30.72,11:00,09:00,5\n", "最晚"),
        ("D1,A2,店,2026-03-10,121.02,30.72,九点,,5\n", "最早"),
        ("D1,A2,店,2026-03-10,121.02,,,,5\n", "经度"),
        ("D9,A2,店,2026-03-10,121.02,30.72,,,5\n", "仓库"),
    ],
)
def test_one_wrong_cell_is_named_and_keeps_the_whole_file_out(depot, tmp_path, row, column):
    seen = brought(tmp_path, GOOD + row)

    assert [(fault.row, fault.field) for fault in seen.faults] == [(3, column)]
    assert not Order.objects.exists()


def test_a_planned_order_is_not_changed_by_a_file(depot, tmp_path):
    brought(tmp_path, GOOD)
    Order.objects.update(state="planned")

    seen = brought(tmp_path, GOOD.replace("80", "90"))

    assert not seen.can_be_taken
    assert Order.objects.get().amounts == {"kg": 80}


def test_two_depots_may_have_orders_of_the_same_number(depot, tmp_path):
    Depot.objects.create(code="D2", name="北库", lon=121, lat=30.7, owner=depot.owner)

    assert brought(tmp_path, GOOD + GOOD.replace("D1", "D2")).counts == {"new": 2}


def test_nobody_brings_orders_into_a_depot_of_others(depot, tmp_path):
    depot.owner = Organisation.objects.get(code="housing")
    depot.save()

    assert [fault.field for fault in brought(tmp_path, GOOD).faults] == ["仓库"]


def test_the_orders_of_a_day_are_on_a_page_and_others_find_none(depot, tmp_path):
    brought(tmp_path, GOOD)

    page = browser("chief").get(reverse("deliveries"), {"day": "2026-03-10"})
    assert "湖畔商店" in page.content.decode()
    empty = browser("chief").get(reverse("deliveries"), {"day": "2026-03-11"})
    assert "No orders on this day" in empty.content.decode()
    depot.owner = Organisation.objects.get(code="housing")
    depot.save()
    assert "湖畔商店" not in browser("chief").get(reverse("deliveries")).content.decode()
