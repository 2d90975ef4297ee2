"""What is measured becomes a case once, and ends when it is behind the limit again."""

from datetime import timedelta

import numpy as np
import pytest

from linli import clock
from linli.assets.telemetry import journal, store
from linli.assets.telemetry.alarms import Alarms
from linli.assets.telemetry.models import Refusal, Rule, Watch
from linli.assets.telemetry.points import Points, moment
from linli.assets.telemetry.rules import RuleEntry
from linli.assets.telemetry.telling import faults_that_stay
from linli.cases.models import Case, Source, State
from tests.assets.telemetry.conftest import NOON

pytestmark = pytest.mark.django_db
BEGAN = NOON - timedelta(hours=1)


@pytest.fixture
def rule(noon, press):
    def make(**limits):
        entry = RuleEntry(code="rule", name="过热", key="temp", **limits)
        return Rule.objects.create(code="rule", name="过热", definition=entry.model_dump())

    return make


def told(values, begin=0, step_s=1.0, tag="press.temp"):
    """Let the press send values, one a second."""
    steps = (np.arange(len(values)) * step_s * 1000).astype("timedelta64[ms]")
    times = moment(BEGAN) + np.timedelta64(int(begin * 1000), "ms") + steps
    store.write(Points.series({tag: (times, np.array(values, float))}))


def states():
    return list(Watch.objects.values_list("state", flat=True))


def test_too_hot_for_long_enough_opens_one_case(rule):
    rule(above=80, clear=75, lasting_s=10)
    alarms = Alarms()
    told([20] * 5 + [90] * 9 + [20] * 5)
    alarms.follow()
    assert states() == ["quiet"] and not Case.objects.exists()

    told([90] * 30, begin=30)
    alarms.follow()
    told([95] * 30, begin=60)
    alarms.follow()

    case = Case.objects.get()
    assert case.source == Source.TELEMETRY
    assert "过热" in case.title and "80" in case.body
    assert states() == ["raised"]


def test_between_the_limits_an_alarm_stays(rule):
    rule(above=80, clear=75)
    alarms = Alarms()
    told([90, 78, 76])
    alarms.follow()
    assert states() == ["raised"]

    told([74], begin=10)
    alarms.follow()

    assert states() == ["quiet"]
    assert Watch.objects.get().peak == 90


def test_an_alarm_that_comes_again_follows_the_case_that_is_open(rule):
    rule(above=80, clear=75)
    alarms = Alarms()
    told([90, 70, 90, 70, 91])
    alarms.follow()
    assert Case.objects.count() == 1

    Case.objects.update(state=State.CLOSED)
    told([70, 92], begin=10)
    alarms.follow()

    assert Case.objects.count() == 2


def test_too_cold_too_fast_and_silent(noon, press):
    for code, limits in (
        ("cold", {"below": 0}), ("fast", {"rate": 60, "over_s": 5}), ("mute", {"silence": 60}),
    ):  # fmt: skip
        entry = RuleEntry(code=code, name=code, key="temp", **limits)
        Rule.objects.create(code=code, name=code, definition=entry.model_dump())
    alarms = Alarms()

    told([20] * 10)
    alarms.follow()
    with clock.at(BEGAN + timedelta(seconds=30)):
        alarms.listen()
    assert not Watch.objects.exclude(state="quiet").exists()
    told(20 + 2.0 * np.arange(10), begin=10)
    alarms.follow()
    told([-1], begin=40)
    alarms.follow()
    with clock.at(BEGAN + timedelta(seconds=120)):
        alarms.listen()

    assert set(Watch.objects.filter(state="raised").values_list("rule__code", flat=True)) == {
        "cold", "mute",
    }  # fmt: skip
    assert Case.objects.filter(title__contains="fast").count() == 1


def test_a_kill_at_any_moment_neither_doubles_nor_forgets_an_alarm(rule):
    rule(above=80, clear=75, lasting_s=10)
    first = Alarms()
    told([90] * 5)
    first.follow()
    told([90] * 20, begin=5)

    second = Alarms()  # the first one is gone
    second.follow()
    third = Alarms()
    third.segment = third.offset = 0  # and what it had read was not written down
    third.follow()

    assert Case.objects.count() == 1
    assert states() == ["raised"]


def test_late_points_and_points_of_the_past_raise_nothing(rule):
    rule(above=80)
    alarms = Alarms()
    told([20], begin=100)
    alarms.follow()
    told([90] * 10)
    alarms.follow()
    times = moment(BEGAN) + np.arange(300, 310) * np.timedelta64(1, "s")
    store.write(Points.series({"press.temp": (times, np.full(10, 99.0))}), history=True)
    alarms.follow()

    assert not Case.objects.exists()


def test_alarms_go_on_in_the_next_segment(rule):
    rule(above=80)
    alarms = Alarms()
    told([20])
    alarms.follow()
    told([21], begin=1)
    journal.turn(1)
    told([90], begin=2)
    alarms.follow()

    assert states() == ["raised"]
    assert alarms.segment == journal.segments()[-1]


def test_a_tag_that_is_refused_for_long_becomes_one_case(noon, press):
    for minute in range(0, 40, 5):
        with clock.at(noon + timedelta(minutes=minute)):
            store.write(Points.series({"press.temp": ([moment(clock.now())], [999.0])}))
            faults_that_stay()

    assert Case.objects.count() == 1
    assert Refusal.objects.get().count == 8
