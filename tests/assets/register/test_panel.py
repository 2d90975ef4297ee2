"""The cockpit shows how plants and the town's own assets are, the worst first."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linli import clock
from linli.assets.register import health
from linli.assets.register.panel import plants
from linli.web.cockpit.reach import Reach
from linli.web.cockpit.snapshot import snapshot
from tests.assets.plant import asset
from tests.small_town import area

pytestmark = pytest.mark.usefixtures("plant", "morning")


def test_the_worst_stand_first_and_each_asset_counts_once(django_assert_max_num_queries):
    health.say(asset("P1-L1-M01"), "telemetry", "watch", "温度偏高")
    health.say(asset("P1-L1-M01"), "maintenance", "act", "轴承将坏")
    health.say(asset("P1-L1-M02"), "maintenance", "ok")
    with clock.at(clock.now() + timedelta(hours=1)):
        health.say(asset("PS1-P1"), "telemetry", "act", "电流过高")
        health.say(asset("PS1-P2"), "telemetry", "watch", "振动偏高")
    town = area("lake").path
    with django_assert_max_num_queries(3):
        told = plants([town])
    assert (told["act"], told["watch"], told["ok"], told["watched"]) == (2, 1, 1, 4)
    assert [word.asset.code for word in told["lines"]] == ["P1-L1-M01", "PS1-P1", "PS1-P2"]
    # M03, CAM, PS1 and BR1: a plant, a line and parts are not counted beside their machines.
    assert told["others"] == 4


def test_only_what_lies_below_the_areas_counts():
    assert plants([area("works").path])["others"] == 4
    assert plants([area("e1").path]) == {}
    assert plants([]) == {}


def test_it_stands_on_the_cockpit_in_the_language_of_the_reader():
    health.say(asset("P1-L1-M01"), "maintenance", "act", "轴承将坏", "Bearing is going")
    path = area("lake").path
    parts = snapshot(Reach((path,), (path,)), "en")["parts"]
    assert "Bearing is going" in parts["works"]
    assert reverse("asset", args=["P1-L1-M01"]) in parts["works"]
