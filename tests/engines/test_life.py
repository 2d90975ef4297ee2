"""What is left of a machine's life: simulated fleets, and small figures worked out by hand."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from linli.engines.life import History, LifeModel, Remaining
from linli.engines.life.factors import Factors, Rows, smooth
from linli.engines.life.paths import Mode, Paths, shapes, weighed
from linli.engines.life.regimes import Regimes
from linli.engines.life.trial import middle_of, stacked
from linli.engines.store import NotAModelError

SENSORS = 6
STILL = 3  # stands still in each regime


def lived(rng: np.random.Generator, number: int) -> History:
    """Simulate a machine until it fails: two regimes, two ways to wear, six sensors."""
    mode = number % 2
    life = int(np.exp(rng.normal(4.4 + 0.2 * mode, 0.2)))
    cycles = np.arange(1, life + 1)
    wear = (np.expm1(4 * (cycles / life) ** 1.2) / np.expm1(4))[:, None]
    # The first mode moves sensors 0 to 2, the second 2, 4 and 5; both end where wear is 1.
    moves = np.array([[16, -12, 8, 0, 0, 0], [0, 0, 8, 0, 14, -14]])[mode]
    regime = rng.integers(2, size=life)
    sensors = 100 * (regime[:, None] + 1) + wear * moves + rng.normal(size=(life, SENSORS))
    sensors += rng.normal(0, 0.3, SENSORS)
    sensors[:, STILL] = 5 + 9 * regime
    settings = np.column_stack([10.0 * regime, np.zeros(life)]) + rng.normal(0, 0.01, (life, 2))
    return History(cycles, settings, sensors, f"machine {number}")


def cut(rng: np.random.Generator, history: History) -> tuple[History, float]:
    """Return what was seen until a random cycle, and what was left then."""
    at = rng.choice(history.cycles[len(history) // 5 : -1])
    return history.until(at), history.age - at


@pytest.fixture(scope="module")
def fleet() -> list[History]:
    rng = np.random.default_rng(1)
    return [lived(rng, number) for number in range(40)]


@pytest.fixture(scope="module")
def model(fleet: list[History]) -> LifeModel:
    return LifeModel.fit(fleet)


@pytest.fixture(scope="module")
def running() -> tuple[list[History], np.ndarray]:
    rng = np.random.default_rng(2)
    pairs = [cut(rng, lived(rng, number)) for number in range(150)]
    return [one for one, _ in pairs], np.array([left for _, left in pairs])


def test_intervals_hold_nine_machines_of_ten_in_two_regimes_and_two_modes(model, running):
    told = model.predict(running[0])
    held = np.mean((told.low <= running[1]) & (running[1] <= told.high))
    # 135 of 150 are expected; so few as 125 or more than 145 come about by chance in 3 %.
    assert 0.83 <= held <= 0.97


def test_sensors_tell_more_than_age(model, fleet, running):
    lives = np.array([one.age for one in fleet])
    by_age = np.array(
        [lives[lives > one.age].mean() - one.age if (lives > one.age).any() else 0
         for one in running[0]]
    )  # fmt: skip
    error = np.sqrt(np.mean((model.predict(running[0]).mean() - running[1]) ** 2))
    assert error < 0.75 * np.sqrt(np.mean((by_age - running[1]) ** 2))


def test_the_interval_narrows_as_failure_comes_near(model):
    rng = np.random.default_rng(3)
    whole = [lived(rng, number) for number in range(20)]
    early, late = (
        model.predict([one.until(one.age * share) for one in whole]) for share in (0.4, 0.95)
    )
    assert np.median(late.high - late.low) < 0.4 * np.median(early.high - early.low)
    assert np.median(late.mean()) < 0.3 * np.median(early.mean())


def test_one_row_says_no_more_than_how_lives_differ(model, fleet):
    told = model.predict([fleet[0].until(1)])
    lives = np.array([one.age for one in fleet])
    assert told.high[0] - told.low[0] > np.ptp(np.quantile(lives, [0.1, 0.9]))


def test_with_nothing_measured_only_age_counts(model, running):
    blind = [
        History(one.cycles, one.settings, np.full_like(one.sensors, np.nan))
        for one in running[0][:2]
    ]
    alike = History([1.0, blind[0].age], np.zeros((2, 2)), np.full((2, SENSORS), np.nan))
    told = model.predict([*blind, alike])
    assert told.weights[0] == pytest.approx(told.weights[2])
    assert (told.high > told.low + 20).all()


def test_a_storm_of_missing_values_leaves_the_rest_to_speak(model, running):
    rng = np.random.default_rng(4)
    torn = []
    for one in running[0]:
        sensors = np.where(rng.random(one.sensors.shape) < 0.5, np.nan, one.sensors)
        torn.append(History(one.cycles, one.settings, sensors))
    whole, half = model.predict(running[0]).mean(), model.predict(torn).mean()
    error = [np.sqrt(np.mean((told - running[1]) ** 2)) for told in (whole, half)]
    assert error[1] < 1.3 * error[0]


@pytest.mark.parametrize("is_stuck", [False, True])
def test_a_sensor_that_broke_counts_as_missing(model, running, is_stuck):
    # It shows at times what is far out of range; it stands still at a value within its range.
    one = max(running[0], key=len)
    sensors, missing = one.sensors.copy(), one.sensors.copy()
    rows = slice(None) if is_stuck else slice(None, None, 2)
    sensors[rows, 0] = one.sensors[0, 0] if is_stuck else 1e4
    missing[rows, 0] = np.nan
    told = model.predict(
        [History(one.cycles, one.settings, values) for values in (sensors, missing)]
    )
    assert told.weights[0] == pytest.approx(told.weights[1])
    assert not np.allclose(told.weights[0], model.predict([one]).weights[0])


def test_rows_in_a_regime_never_seen_say_nothing(model, running):
    one = running[0][0]
    strange = History(one.cycles, one.settings + 5.0, one.sensors)
    blind = History(one.cycles, one.settings, np.full_like(one.sensors, np.nan))
    told = model.predict([strange, blind])
    assert told.weights[0] == pytest.approx(told.weights[1])


def test_a_stored_model_tells_the_same(model, running, tmp_path):
    model.save(tmp_path / "pump.life")
    again = LifeModel.load(tmp_path / "pump.life")
    first, second = model.predict(running[0][:3]), again.predict(running[0][:3])
    assert (first.weights == second.weights).all() and (first.low == second.low).all()
    assert again.trial == model.trial
    (tmp_path / "note").write_text("no model")
    with pytest.raises(NotAModelError):
        LifeModel.load(tmp_path / "note")


def test_the_same_seed_learns_the_same(fleet):
    few = fleet[:12]
    told = [LifeModel.fit(few, seed=3).predict(few[:1]).weights for _ in range(2)]
    assert (told[0] == told[1]).all()


def test_eight_machines_cannot_promise_nine_of_ten(fleet):
    # ⌈0.9 · 9⌉ = 9 of 8 machines: the interval is all that is possible.
    model = LifeModel.fit(fleet[:8])
    told = model.predict([fleet[0].until(20)])
    assert told.low[0] == 0 and told.high[0] > told.ahead[-1]


# --- bad input -------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_is_named():
    with pytest.raises(ValueError, match=r"history pump 3, row 3: cycle 2 does not come after 5"):
        History([1, 5, 2], np.zeros((3, 1)), np.zeros((3, 1)), "pump 3")


@pytest.mark.parametrize(
    ("cycles", "flown", "measured", "said"),
    [
        ([], np.zeros((0, 1)), np.zeros((0, 1)), "no rows"),
        ([1, 2], np.zeros((2, 1)), np.zeros((3, 1)), "3 of sensors"),
        ([1, 2], np.zeros((2, 1)), np.zeros(2), "1 dimensions"),
        ([1, 2], [[0], [np.nan]], np.zeros((2, 1)), "settings is missing"),
    ],
)
def test_what_is_no_history_is_refused(cycles, flown, measured, said):
    with pytest.raises(ValueError, match=said):
        History(cycles, flown, measured)


def test_other_sensors_than_learnt_are_refused(model, fleet):
    one = fleet[0]
    with pytest.raises(ValueError, match="learnt from 2 and 6"):
        model.predict([History(one.cycles, one.settings, one.sensors[:, :4])])
    with pytest.raises(ValueError, match="others have 2 and 6"):
        LifeModel.fit([*fleet[:5], History([1], [[0, 0]], [[1]])])


def test_a_machine_not_used_yet_is_refused_and_one_older_than_any_is_not(model, fleet):
    one = fleet[0]
    with pytest.raises(ValueError, match="of cycle 0, before it was used"):
        model.predict([History([0], one.settings[:1], one.sensors[:1])])
    old = model.predict([History(one.cycles + 1000, one.settings, one.sensors)])
    assert np.isfinite([old.mean()[0], old.low[0], old.high[0]]).all()


def test_too_little_to_learn_from_is_refused(fleet):
    with pytest.raises(ValueError, match="4 lives are too few"):
        LifeModel.fit(fleet[:4])
    still = [History(one.cycles, one.settings, np.ones((len(one), 2))) for one in fleet[:6]]
    with pytest.raises(ValueError, match="no sensor varies"):
        LifeModel.fit(still)


# --- parts, by hand --------------------------------------------------------------------------


def test_regimes_are_the_clusters_of_the_settings(fleet):
    found = Regimes.fit(fleet)
    assert len(found) == 2
    first, second = found.of(np.array([[0.0, 0.0], [10.0, 0.0]]))
    assert {first, second} == {0, 1} and found.of(np.array([[5.1, 3.0]]))[0] == -1
    rng = np.random.default_rng(0)
    wanders = [History(np.arange(300), rng.random((300, 1)), np.zeros((300, 1)))]
    assert len(Regimes.fit(wanders)) == 1


def test_sensors_that_stand_still_in_each_regime_are_left_out(fleet):
    assert Factors.fit(fleet).kept.tolist() == [0, 1, 2, 4, 5]


def test_what_a_row_says_of_a_state():
    # One state that moves sensors by 2 and 1, noise of variance 1 and 4 about 10 and 20.
    two = np.array([[10.0, 20.0]])
    factors = Factors(
        Regimes(np.zeros((1, 1)), np.full(1, np.inf)), np.array([0, 1]), two,
        np.array([[[2.0], [1.0]]]), np.array([[[1.0, 0], [0, 4.0]]]), two - 99, two + 99,
    )  # fmt: skip
    rows = factors.rows(
        History([1, 2, 3], np.zeros((3, 1)), [[13, 24], [13, np.nan], [np.nan, np.nan]])
    )
    # 2 · 3 / 1 + 1 · 4 / 4 = 7 with precision 4 / 1 + 1 / 4; without the second 6 with 4.
    assert rows.told[:, 0] == pytest.approx([7, 6, 0])
    assert rows.precision[:, 0, 0] == pytest.approx([4.25, 4, 0])


def test_two_ways_to_fail_are_told_apart(fleet):
    factors = Factors.fit(fleet)
    rows = [factors.rows(one) for one in fleet]
    paths = Paths.fit(rows, modes=2)
    mode = [
        np.sum(paths.weigh(one.cycles[-1:], *weighed(one, one.cycles[-1:])), axis=0).argmax()
        for one in rows
    ]
    alike = np.mean(np.array(mode) == np.arange(len(fleet)) % 2)
    assert max(alike, 1 - alike) >= 0.95
    assert [one.share for one in paths.modes] == pytest.approx([0.5, 0.5], abs=0.06)


def test_a_straight_line_stays_as_it_is_and_gaps_are_bridged():
    line = 3 + 2 * np.arange(30.0)[:, None]
    torn = line.copy()
    torn[[4, 5, 20]] = np.nan
    assert smooth(torn) == pytest.approx(line)


def test_shapes_go_from_nought_to_one():
    assert shapes(np.array([0.0, 1.0])) == pytest.approx(np.array([[1, 0, 0, 0], [1, 1, 1, 1]]))


def test_the_likelihood_of_a_life_is_that_of_the_normal_distribution():
    # Rows y = Φθ + noise with θ ~ N(μ, Σ) are N(Φμ, ΦΣΦ' + N): the difference between two lives
    # must be the same, though the engine never makes that matrix.
    rng = np.random.default_rng(5)
    root = rng.normal(size=(8, 8))
    mode = Mode(1.0, 3.0, 0.3, rng.normal(size=(2, 8)), root @ root.T + np.eye(8))
    cycles, noise = np.arange(1.0, 7), np.array([[2.0, 0.5], [0.5, 1.0]])
    y = rng.normal(size=(6, 2))
    rows = Rows(cycles, y @ np.linalg.inv(noise), np.tile(np.linalg.inv(noise), (6, 1, 1)))
    lives = np.array([10.0, 25.0])
    found = mode.likelihood(lives, *weighed(rows, lives))
    direct = []
    for life, mean in zip(lives, mode.powers(lives) @ mode.mean, strict=True):
        design = np.kron(shapes(cycles / life), np.eye(2))
        spread = design @ mode.covariance @ design.T + np.kron(np.eye(6), noise)
        direct.append(multivariate_normal(design @ mean, spread).logpdf(y.ravel()))
    assert found[1] - found[0] == pytest.approx(direct[1] - direct[0])


def left(weights: list[list[float]]) -> Remaining:
    each = np.zeros(len(weights))
    return Remaining(
        np.array([0.0, 10, 20]), np.array(weights), each, each, 0.9, ("a", "b")[: len(weights)]
    )


def test_what_a_plan_reads_from_a_distribution():
    told = left([[0.2, 0.5, 0.3], [0, 0, 1]])
    # 0.5 · 10 + 0.3 · 20 = 11; with 20 counting as 15: 0.5 · 10 + 0.3 · 15 = 9.5.
    assert told.mean() == pytest.approx([11, 20])
    assert told.mean(15) == pytest.approx([9.5, 15])
    # Cells meet at 5 and 15: 0.2 within 5 cycles, and half of the middle one more within 10.
    assert told.fails_within(5) == pytest.approx([0.2, 0])
    assert told.fails_within(10) == pytest.approx([0.45, 0])
    # Half fail within 5 + 10 · 0.3 / 0.5 = 11; the certain one halfway from 15 to 25.
    assert told.quantile(0.5) == pytest.approx([11, 20])
    assert str(told).splitlines()[0] == "a: 11 (0–0) cycles left"


def test_a_cautious_forecast_is_where_late_and_early_cost_the_same():
    # Half at 0, half at 20. The slope of the expected score is nought where
    # exp(p / 10) / 10 = exp((20 − p) / 13) / 13: p (1/10 + 1/13) = 20/13 + ln(10/13), p = 7.2127.
    told = left([[0.5, 0, 0.5]])
    assert told.cautious() == pytest.approx([7.2127], abs=1e-3)
    assert told.cautious(share=0.5) == pytest.approx([(10 + 7.2127) / 2], abs=1e-3)


def test_the_interval_is_as_wide_as_nine_of_ten_machines_needed():
    # 19 machines, one cut each, the truth 0.01, 0.02 … 0.19 off the middle of the posterior:
    # 0.9 · 20 / 19 of 19 are 18 of them, the 18th is 0.18 off.
    place = [np.array([0.5 + 0.01 * n]) for n in range(1, 20)]
    assert middle_of(place, 0.9) == pytest.approx(0.18)
    assert middle_of(place[:8], 0.9) == 0.5


def test_models_count_by_how_likely_they_made_the_truth():
    # Two cases, each model right in one of them: half each. Both right in the same: the righter.
    each = np.array([0.5, 0.5])
    assert stacked(np.array([[0.9, 0.1], [0.1, 0.9]]), each) == pytest.approx([0.5, 0.5])
    assert stacked(np.array([[0.9, 0.9], [0.1, 0.1]]), each) == pytest.approx([1, 0])


def test_lives_ended_in_time_are_learnt_from_and_lengthen_what_is_told():
    """Whoever renews good machines early sees only the short lives fail."""
    rng = np.random.default_rng(5)
    fleet = [lived(rng, number) for number in range(60)]
    renewed = np.quantile([one.age for one in fleet], 0.45)
    failed = [one for one in fleet if one.age <= renewed]
    ended = [one.until(renewed) for one in fleet if one.age > renewed]
    rng = np.random.default_rng(6)
    pairs = [cut(rng, lived(rng, number)) for number in range(60)]
    seen, left = [one for one, _ in pairs], np.array([left for _, left in pairs])
    without, with_them = LifeModel.fit(failed), LifeModel.fit(failed, censored=ended)
    error = [np.sqrt(np.mean((one.predict(seen).mean() - left) ** 2))
             for one in (without, with_them)]  # fmt: skip
    assert error[1] < 0.9 * error[0]
    new = [History(one.cycles[:1], one.settings[:1], one.sensors[:1]) for one in seen[:1]]
    assert with_them.predict(new).mean()[0] > without.predict(new).mean()[0] + 5


def test_a_share_that_rounding_put_beyond_one_is_the_whole():
    told = Remaining(np.array([0.0, 1.0, 2.0]), np.array([[0.5, 0.3, 0.2]]), np.zeros(1),
                     np.zeros(1), 0.9, ("pump",))  # fmt: skip
    assert told.quantile(1 + 1e-13)[0] == pytest.approx(told.quantile(1.0)[0])
    assert middle_of([np.array([1 + 1e-13])] * 20, 0.9) == 0.5
