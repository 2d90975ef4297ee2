"""What is told of machines by what they say, and what is said where it cannot be told."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import translation

from linli import clock
from linli.assets.maintenance import fitting, predicting, wording
from linli.assets.maintenance.histories import added_up, keys_of, see, tags_of, told_later
from linli.assets.maintenance.models import Prediction, Upkeep
from linli.assets.maintenance.spans import spans
from linli.assets.telemetry import directory, store
from linli.assets.telemetry.models import Tag
from linli.assets.telemetry.points import MOMENT, moment
from tests.assets.maintenance.fleet import HOUR


def test_a_part_replaced_after_a_breakdown_ends_a_life_by_failure(fleet):
    press = fleet.lived("P1-L1-M11", [200, 150], 30)
    lives = spans([press])[press.pk]
    assert [one.failed for one in lives[1:]] == [True, True, False]
    hours = [(one.ended - one.began) / timedelta(hours=1) for one in lives[1:-1]]
    assert hours == [200, 150] and lives[-1].ended is None


def test_a_model_learnt_from_failures_tells_how_many_days_each_press_has(presses, fleet):
    worn = fleet.lived("P1-L1-M21", [], 300, left=20)
    new = fleet.lived("P1-L1-M22", [], 60, left=260)
    version = fitting.fit(presses)
    assert version.lives == 12 and version.used and version.sensors == [
        "current", "oil", "vibration"]  # fmt: skip
    told = {one.asset.code: one for one in predicting.predict()}
    one = told[worn.code]
    assert one.pace == pytest.approx(24, rel=0.02)
    assert one.low <= 20 <= one.high and one.high < 80
    assert one.days == pytest.approx(one.mean / one.pace)
    assert told[new.code].low > one.high and told[new.code].days > 4 * one.days
    assert one.is_drifting and one.drift["since"] < fleet.now.isoformat()
    assert not told[new.code].is_drifting
    assert {key for key, _share, _shift in one.drift["sensors"]} <= set(version.sensors)
    assert Prediction.objects.filter(newest=True).count() == len(told)


def test_a_day_later_yesterdays_word_is_kept_beside_the_new_one(presses, fleet):
    fitting.fit(presses)
    predicting.predict()
    first = Prediction.objects.get(asset__code="P1-L1-M11")
    with clock.at(fleet.now + timedelta(hours=2)):
        predicting.predict()
    assert Prediction.objects.filter(asset=first.asset).count() == 1
    with clock.at(fleet.now + timedelta(days=1)):
        predicting.predict()
    kept = Prediction.objects.filter(asset=first.asset)
    assert [(one.newest, bool(one.trace)) for one in kept] == [(True, True), (False, False)]


def test_machines_that_cannot_be_told_say_why_and_the_others_go_on(presses, fleet):
    fitting.fit(presses)
    storm = fleet.lived("P1-L1-M31", [], 200, left=100)
    young = fleet.lived("P1-L1-M32", [], 20, left=300)
    silent = fleet.press("P1-L1-M33")
    blind = fleet.lived("P1-L1-M34", [], 200, left=100)
    stuck = fleet.press("P1-L1-M35")
    said = fleet.rows(300, 240)
    said["oil"][120:] = 47.0
    fleet.say(stuck, fleet.now - timedelta(hours=240), said)
    Tag.objects.filter(asset=blind, key="vibration").update(retired=True)
    Tag.objects.filter(asset=storm, key="hours").update(retired=True)
    told = {one.asset.code: one for one in predicting.predict()}
    with translation.override("en"):
        words = {code: " ".join(wording.troubles(one.trouble)) for code, one in told.items()}
    assert "“hours”" in words[storm.code]
    assert "rows since it was renewed" in words[young.code]
    assert words[silent.code] and told[silent.code].mean is None
    assert "“vibration”" in words[blind.code] and told[blind.code].mean is not None
    assert "“oil” has stood still" in words[stuck.code] and told[stuck.code].mean is not None
    assert told["P1-L1-M11"].mean is not None and not words["P1-L1-M11"]


def test_without_failures_there_is_no_model_and_still_a_word_on_drift(fleet):
    upkeep = Upkeep.objects.get(code="presses")
    worn = fleet.lived("P1-L1-M21", [], 300, left=20)
    with pytest.raises(fitting.TooFew):
        fitting.fit(upkeep)
    [one] = [one for one in predicting.predict() if one.asset == worn]
    assert one.mean is None and one.is_drifting


def test_a_counter_that_fell_back_goes_on_and_a_leap_is_not_counted():
    times = np.datetime64("2026-03-01", "ms") + np.arange(8) * np.timedelta64(1, "h")
    trouble = []
    age = added_up(np.array([1, 2, 3, np.nan, 5, 1, 2, 500.0]), times, trouble)
    assert age[[0, 2, 4, 5, 6, 7]].tolist() == [0, 2, 4, 5, 6, 6] and np.isnan(age[3])
    assert [one["what"] for one in trouble] == ["reset", "jump"]
    assert added_up(np.array([40.0, 41]), times[:2], [], is_new=False).tolist() == [40, 41]


def test_a_version_can_be_gone_back_to(presses):
    first = fitting.fit(presses)
    second = fitting.fit(presses)
    assert second.number == 2 and second.before == first.figures
    fitting.use(first)
    assert [one.used for one in presses.versions.order_by("number")] == [True, False]
    told = predicting.predict()
    assert {one.version_id for one in told if one.mean is not None} == {first.pk}


def test_rows_before_a_thermometer_was_hung_up_are_learnt_from(fleet):
    asset = fleet.lived("P1-L1-M11", [], 200)
    Tag.objects.create(asset=asset, key="ambient", role="setting", name="室温", name_en="Hall",
                       late_hours=1e6)  # fmt: skip
    directory.forget()
    since = fleet.now - timedelta(hours=80)
    warmth = 20 + 4 * np.sin(np.arange(80) / 8)
    times = (moment(since) + HOUR // 2 + np.arange(80) * HOUR).astype(MOMENT)
    store.write(store.Points.series({f"{asset.code}.ambient": (times, warmth)}), history=True)
    upkeep, tags = Upkeep.objects.get(code="presses").told, tags_of([asset])[asset.pk]
    keys = keys_of(upkeep, [tags])

    seen = see(upkeep, keys, tags, fleet.now - timedelta(hours=200), fleet.now)

    assert "ambient" in keys.settings and seen.history is not None
    # 200 hours in rows of `row` each, not the last 80 only.
    assert len(seen.history) >= 200 // upkeep.row - 1
    early = seen.history.settings[: int(100 // upkeep.row), keys.settings.index("ambient")]
    assert early == pytest.approx(np.median(warmth), abs=0.2)


def test_a_load_that_is_told_only_later_is_not_guessed():
    leaps = np.array([np.nan, np.nan, 40.0, 90, 40, 90, 40])
    assert np.isnan(told_later(leaps)[:2]).all()
