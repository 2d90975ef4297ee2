"""The cockpit shows remediation, programmes and investment from what the worker keeps."""

from datetime import date

import pytest
from django.core.cache import cache

from linli.people.scope import Scope
from linli.programmes import gauges
from linli.programmes.gauges import Gauge
from linli.programmes.models import Investment, InvestmentStep
from linli.programmes.panel import curve, works
from linli.web.cockpit.reach import Reach, reach_of
from linli.web.cockpit.snapshot import snapshot
from tests.programmes import remediation as land
from tests.programmes.conftest import given
from tests.programmes.test_renewal import BRIDGE, PATH, due
from tests.small_town import area, person

STAGES = [
    {"code": "lead", "name": "线索", "name_en": "Lead", "usual_days": 30},
    {"code": "signed", "name": "签约", "name_en": "Signed", "usual_days": 60},
    {"code": "production", "name": "投产", "name_en": "In production", "ends": True},
    {"code": "dropped", "name": "终止", "name_en": "Dropped", "aside": True},
]


@pytest.fixture
def small(small):
    land.with_pack(small)
    small.sections["ladder"] = [
        *small.sections["ladder"],
        {"code": "investment", "name": "招商", "name_en": "Investment", "stages": STAGES},
    ]
    return small


@pytest.fixture
def busy(town):
    """Give the town a campaign, a late programme and three investment projects; 31 March."""
    cache.clear()
    land.small_campaign()
    land.told("h1", negotiated_on=date(2026, 3, 4), signed_on=date(2026, 3, 6))
    land.told("h2", of="p2")
    given("programmes", PATH, BRIDGE)
    given(
        "milestones",
        due("P-1-1", "P-1", 1, date(2026, 2, 10), done=date(2026, 2, 25)),
        due("P-1-2", "P-1", 2, date(2026, 3, 20)),
        due("P-2-1", "P-2", 1, date(2026, 6, 1)),
    )
    given("projects",
          {"code": "I-1", "name": "甲", "amount": 30, "led": date(2026, 3, 20)},
          {"code": "I-2", "name": "乙", "amount": 50, "led": date(2026, 1, 10)},
          {"code": "I-3", "name": "丙", "amount": 70, "led": date(2026, 1, 10),
           "signed": date(2026, 3, 1)})  # fmt: skip
    gauges.refresh()
    return town


def shown(*paths):
    return works([area(code).path for code in paths])


def test_the_panel_counts_what_a_hand_counts(busy):
    told = shown("lake")
    (campaign,) = told["campaigns"]
    assert (campaign["signed"], campaign["n"], campaign["is_over"]) == (1, 2, False)
    # The one who waits was notified 29 days before, and 10 are usual.
    assert campaign["stalled"] == 1
    assert [(b["code"], b["signed"], b["state"]) for b in campaign["blocks"]] == [
        ("b1", 1, "met"), ("b2", 0, "soon")]  # fmt: skip
    programmes = told["programmes"]
    assert (programmes["done"], programmes["milestones"], programmes["late"]) == (1, 3, 1)
    # Due on 20 March, now is the 31st.
    assert [(row["project"], row["days"]) for row in programmes["latest"]] == [("Lake path", 11)]
    investment = told["investment"]
    assert [(s["name"], s["n"], s["amount"]) for s in investment["stages"]] == [
        ("Lead", 2, 80), ("Signed", 1, 70), ("In production", 0, 0)]  # fmt: skip
    # The second has been a lead for 80 days where 30 are usual.
    assert (investment["n"], investment["amount"], investment["stuck"]) == (3, 150, 1)


def test_a_curve_is_drawn_from_the_notice_to_now():
    # Three days, 240 wide: steps of 120. 0 of 4 lies at 46 (2 above the bottom of 48), 2 of 4
    # half of 44 higher, 4 of 4 at 2.
    assert curve([0, 2, 4], 4)["line"] == "0.0,46.0 120.0,24.0 240.0,2.0"
    assert curve([3], 4) == {"line": "", "land": ""}


def test_only_what_has_changed_is_written(busy):
    before = {row.name: row.at for row in Gauge.objects.all()}
    assert gauges.refresh() == 0
    assert {row.name: row.at for row in Gauge.objects.all()} == before
    given("projects", {"code": "I-4", "name": "丁", "amount": 5, "led": date(2026, 3, 30)})
    assert gauges.refresh() == 1
    Investment.objects.update(stage="dropped")
    gauges.refresh()
    assert shown("lake")["investment"] == {}
    assert InvestmentStep.objects.exists()


def test_a_campaign_is_seen_by_who_leads_its_area_and_not_by_a_dispatcher(busy):
    assert shown("lake")["campaigns"]
    assert not shown("west")["campaigns"]
    assert not works([])["campaigns"]
    assert reach_of(Scope(person("leader"))).over == reach_of(Scope(person("leader"))).paths
    assert reach_of(Scope(person("dispatcher"))).over == ()


def test_the_cockpit_draws_it_in_both_languages(busy):
    reach = Reach((area("lake").path,), (area("lake").path,))
    english = snapshot(reach, "en")["parts"]["works"]
    assert "/remediation/works/" in english and "11 days late" in english
    assert "1 stuck" in english
    assert "停滞" in snapshot(reach, "zh-hans")["parts"]["works"]


def test_a_cockpit_asks_once_for_all_of_it_however_much_there_is(busy, django_assert_num_queries):
    paths = [area("lake").path]
    with django_assert_num_queries(1):
        works(paths)


def test_what_nobody_counted_yet_is_counted_once(busy):
    Gauge.objects.all().delete()
    assert shown("lake")["campaigns"]
    assert Gauge.objects.count() == 3
