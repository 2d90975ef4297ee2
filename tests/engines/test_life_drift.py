"""When a machine leaves its normal: simulated machines, and small figures worked out by hand."""

import numpy as np
import pytest
from scipy.signal import lfilter

from linli.engines.life import DriftDetector, History
from linli.engines.life.drift import _limit, change, distances, passed_once, shares
from linli.engines.life.normal import robust
from linli.engines.store import NotAModelError

SENSORS = 4


def machine(seed: int, rows: int = 200) -> History:
    """Simulate a healthy machine with four sensors, two of which vary together."""
    rng = np.random.default_rng(seed)
    sensors = rng.normal(size=(rows, SENSORS))
    sensors[:, 1] = 0.8 * sensors[:, 0] + 0.6 * sensors[:, 1]
    return History(np.arange(1, rows + 1), np.zeros((rows, 1)), 50 + 2 * sensors, f"pump {seed}")


def shifted(one: History, sensor: int, row: int, by: np.ndarray | float) -> History:
    sensors = one.sensors.copy()
    sensors[row:, sensor] += by
    return History(one.cycles, one.settings, sensors, one.name)


def test_a_shift_is_found_after_it_began_and_not_before():
    well = machine(0)
    worn = shifted(well, 2, 120, 4.0)  # two deviations, from cycle 121 on
    detector = DriftDetector.fit(well, first=80)
    before, after = detector.watch(worn.until(120)), detector.watch(worn)
    assert not before.is_drifting and before.since is None and before.sensors == ()
    assert (before.score < 1).all()
    assert after.is_drifting and 121 < after.alarm <= 135 and abs(after.since - 121) <= 3
    sensor, share, shift = after.sensors[0]
    assert sensor == 2 and share > 0.8 and shift == pytest.approx(2, abs=0.4)
    assert sum(share for _, share, _ in after.sensors) == pytest.approx(1)
    assert str(after).startswith(f"drifting since cycle {after.since:g}: sensor 2 (+")


def test_a_slow_drift_is_found_and_dated():
    ramp = 0.1 * np.arange(1, 101)  # a twentieth of a deviation each cycle from 101 on
    found = DriftDetector.fit(machine(3), first=80).watch(shifted(machine(3), 3, 100, ramp))
    assert found.is_drifting and found.sensors[0][0] == 3
    assert 101 < found.alarm <= 135 and abs(found.since - 101) <= 12


def test_what_breaks_the_habit_of_two_sensors_is_found_though_each_is_in_range():
    # Sensors 0 and 1 go together; a deviation apart, half of it each, is nothing for them alone.
    worn = shifted(shifted(machine(5), 0, 120, 1.0), 1, 120, -1.0)
    found = DriftDetector.fit(machine(5), first=100).watch(worn)
    assert found.is_drifting and {at for at, _, _ in found.sensors[:2]} == {0, 1}


def test_false_alarms_are_as_rare_as_told_though_normal_is_known_from_few_rows():
    # Asked for one in 150 rows, 60 machines watched for 150 rows each: 60 alarms on the mean. They
    # come in clusters, of machines learnt badly.
    alarms = 0
    for seed in range(60):
        well = machine(seed, 180)
        found = DriftDetector.fit(well, first=30, between_alarms=150).watch(well)
        above = found.score[30:] > 1
        alarms += int((above & ~np.append(False, above[:-1])).sum())
    assert 20 <= alarms <= 90


def test_the_limit_is_little_above_the_published_one_where_normal_is_well_known():
    # Two sensors, weight 0.1, 200 rows to the first alarm: 8.66 (Prabhu & Runger 1997). Here an
    # average that falls below and rises again is another alarm, which takes a little more.
    limit = _limit(2, np.zeros(4000, int), np.empty((4000, 0)), np.empty(0, int), 200, seed=1)
    assert 8.66 < limit < 1.2 * 8.66


def test_a_limit_is_passed_once_each_on_the_mean():
    # Two histories may pass it twice. From 1.5 up only 0 → 3 and 1 → 2 pass it, between 1 and 1.5
    # also 0 → 1.5.
    assert passed_once(np.array([[0, 3, 1, 2], [1.5, 0, 0, 0]])) == 1.5


def test_one_outlier_is_no_drift_and_does_not_spoil_normal():
    well = machine(7)
    spiked = shifted(shifted(well, 0, 185, 1000.0), 0, 186, -1000.0)
    assert not DriftDetector.fit(well, first=80).watch(spiked).is_drifting
    spoilt = shifted(shifted(well, 0, 30, 1000.0), 0, 31, -1000.0)
    mean = DriftDetector.fit(spoilt, first=80).normal.mean[0, 0]
    assert mean == pytest.approx(DriftDetector.fit(well, first=80).normal.mean[0, 0], abs=0.1)


def test_another_way_of_running_is_no_drift():
    rng, well = np.random.default_rng(9), machine(9)
    mode = rng.integers(2, size=len(well))
    mode[150:] = 1
    runs = History(well.cycles, 10.0 * mode[:, None], well.sensors + 30 * mode[:, None])
    detector = DriftDetector.fit(runs, first=120)
    assert not detector.watch(runs).is_drifting
    # One that was never seen has no normal: nothing is said of it.
    strange = History(well.cycles[:30], np.full((30, 1), 99.0), well.sensors[:30] + 500)
    assert not detector.watch(strange).score.any()


def test_a_sensor_that_is_missing_is_no_drift():
    well = machine(11)
    assert not DriftDetector.fit(well, first=80).watch(shifted(well, 1, 100, np.nan)).is_drifting


def test_rows_that_follow_each_other_do_not_raise_alarms_by_that():
    # An autoregression with 0.7: moving averages vary (1 + 0.7) / (1 − 0.7) = 5.7 times as much.
    alarmed = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        slow = np.zeros((300, 2))
        for at in range(1, 300):
            slow[at] = 0.7 * slow[at - 1] + rng.normal(size=2)
        one = History(np.arange(300), np.zeros((300, 1)), slow)
        found = DriftDetector.fit(one, first=150, between_alarms=1000).watch(one)
        alarmed.append((found.score[150:] > 1).any())
    assert np.mean(alarmed) < 0.5


def test_a_stored_detector_says_the_same(tmp_path):
    worn = shifted(machine(0), 2, 120, 4.0)
    detector = DriftDetector.fit(worn, first=80)
    detector.save(tmp_path / "pump.normal")
    again = DriftDetector.load(tmp_path / "pump.normal")
    first, second = detector.watch(worn), again.watch(worn)
    assert (first.score == second.score).all() and first.sensors == second.sensors
    (tmp_path / "note").write_text("no detector")
    with pytest.raises(NotAModelError):
        DriftDetector.load(tmp_path / "note")


def test_too_little_or_other_than_learnt_is_refused():
    with pytest.raises(ValueError, match="10 healthy rows are too few"):
        DriftDetector.fit(machine(0), first=10)
    with pytest.raises(ValueError, match="no sensor varies"):
        DriftDetector.fit(History(np.arange(30), np.zeros((30, 1)), np.ones((30, 2))))
    one = machine(0)
    with pytest.raises(ValueError, match="2 sensors, learnt were 4"):
        DriftDetector.fit(one).watch(History(one.cycles, one.settings, one.sensors[:, :2]))


# --- parts, by hand --------------------------------------------------------------------------


def test_the_distance_of_the_moving_average():
    # Rows 2, 2: averages 0.1 · 2 = 0.2 and 0.1 · 2 + 0.9 · 0.2 = 0.38; their variances
    # 0.1/1.9 · (1 − 0.9²) = 0.01 and 0.1/1.9 · (1 − 0.9⁴) = 0.0181.
    found = distances(np.array([[2.0], [2.0]]), np.eye(1))
    assert found == pytest.approx([0.04 / 0.01, 0.1444 / 0.0181])


def test_a_departure_is_shared_out():
    # Independent, 3 and 1 deviations: 9 and 1 of 10. With a correlation of 0.5, 2 and 1: the
    # inverse times the shift is (2 − 0.5, 1 − 1) / 0.75 = (2, 0): the second only went along.
    assert shares(np.array([3.0, 1.0]), np.eye(2)) == pytest.approx([0.9, 0.1])
    together = np.array([[1, 0.5], [0.5, 1]])
    assert shares(np.array([2.0, 1.0]), together) == pytest.approx([1, 0])


@pytest.mark.parametrize("form", [np.full(8, 2.0), np.arange(1.0, 9)])
def test_a_step_and_a_ramp_are_dated(form):
    rows = np.concatenate([np.zeros(10), form])[:, None]
    assert change(rows, np.eye(1), alarm=14) == 10


def test_what_lies_far_off_does_not_count():
    # Median 3, median distance 1, so beyond 3 · 1.4826 is far off: 1 … 5 have mean 3 and
    # variance 10 / 4.
    mean, deviation = robust(np.array([[1.0], [2], [3], [4], [5], [99], [np.nan]]))
    assert (mean[0], deviation[0]) == (pytest.approx(3), pytest.approx(np.sqrt(2.5)))


def run(seed: int, rows: int, rho: float = 0.4, warming: float = 3.0) -> History:
    """A machine under a load and a temperature that wander, with noise that lasts some rows."""
    rng = np.random.default_rng(seed)
    at = np.arange(rows)
    load = rng.uniform(50, 100, rows)
    ambient = 18 + warming * at / rows + 2 * np.sin(at / 1.9) + rng.normal(0, 0.2, rows)
    noise = lfilter([np.sqrt(1 - rho**2)], [1, -rho], rng.normal(size=(rows + 50, 3)), axis=0)[50:]
    slopes = np.array([[0.3, 0.1, 0.0], [1.0, 0.0, 0.2]])
    settings = np.column_stack([load, ambient])
    return History(at + 1.0, settings, 20 + settings @ slopes + 0.5 * noise)


def test_alarms_under_a_load_and_a_season_that_wander_are_as_rare_as_was_asked():
    between = 400

    alarms = sum(
        bool((DriftDetector.fit(one, first=60, between_alarms=between).watch(one).score > 1).any())
        for one in (run(seed, 260) for seed in range(40))
    )

    # 200 rows watched of each: 1 − e^(−200/400) = 39 % of machines may have one, 16 of 40.
    assert alarms <= 16


def test_wear_is_found_under_a_load_that_wanders_with_its_sensor_and_its_beginning():
    late = []
    for seed in range(5):
        well = run(seed, 260)
        worn = well.sensors.copy()
        worn[160:, 2] += 3.0

        found = DriftDetector.fit(well, first=60, between_alarms=2000).watch(
            History(well.cycles, well.settings, worn)
        )

        assert found.is_drifting and found.since is not None
        assert found.sensors[0][0] == 2
        late.append(abs(found.since - 161))

    assert np.median(late) <= 5 and max(late) <= 40


def test_settings_far_from_all_that_was_learnt_say_nothing():
    well = run(1, 260)
    detector = DriftDetector.fit(well, first=60)
    hot = History(well.cycles[:60], well.settings[:60] + np.array([0, 60]), well.sensors[:60])

    assert not detector.watch(hot).is_drifting
