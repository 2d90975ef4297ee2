"""Maintenance windows: cases solved by hand, and every plan tried where there are few."""

from itertools import product

import numpy as np
import pytest

from linli.engines.windows import Arrival, Job, Life, Slot, plan

EVENLY = Life(np.array([0.0, 100.0]), np.array([0.0, 1.0]))
SURE = Life(np.array([1000.0]), np.array([0.0]))  # does not fail while anybody looks
DAY, NIGHT = {"line 1": 1000.0, "line 2": 1000.0}, {"line 1": 100.0, "line 2": 100.0}
FITTER = {"fitter": 1}


def days(number: int, crew: dict[str, int]) -> list[Slot]:
    """A day and a night of twelve hours each."""
    return [Slot(12 * at, 12 * at + 12, crew, NIGHT if at % 2 else DAY) for at in range(2 * number)]


def test_what_is_left_of_a_life_is_the_area_under_its_survival():
    assert EVENLY.fails_within(25) == pytest.approx(0.25)
    assert EVENLY.thrown_away(0) == pytest.approx(50)
    assert EVENLY.thrown_away(50) == pytest.approx(12.5)  # half of them still run, for 25 each
    assert EVENLY.thrown_away(500) == pytest.approx(0)
    told = Life.of_quantiles(np.array([0.5, 0.05, 0.95]), np.array([60.0, 0.0, 120.0]))
    assert told.fails_within([0, 60, 90, 200]) == pytest.approx([0.05, 0.5, 0.725, 0.95])


def test_a_job_waits_for_the_cheap_night_if_the_risk_until_then_is_smaller():
    # Twelve hours' wait cost 12 % of the failure; the night saves 4 × 900.
    for failure, begins in ((20_000, 12), (40_000, 0)):
        found = plan([Job("pump", "line 1", EVENLY, 4, failure, crew=FITTER)], days(2, FITTER))
        assert [w.begins for w in found.windows] == [begins]
        assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.cost == pytest.approx(4000)


def test_a_part_is_not_thrown_away_before_its_time():
    # Nothing fails within two days, and each hour of life lost costs 10: the last night is best.
    life = Life(np.array([48.0, 100.0]), np.array([0.0, 1.0]))
    job = Job("belt", "line 1", life, 4, 10_000, life_value=10, crew=FITTER)
    found = plan([job], days(2, FITTER))
    assert found.windows[0].begins == 44
    assert found.windows[0].early == pytest.approx(10 * (4 + 26))
    assert found.windows[0].downtime == pytest.approx(400)


def test_jobs_on_one_line_share_its_downtime_and_on_two_lines_do_not():
    crew = {"fitter": 2}
    for lines, cost in ((("line 1", "line 1"), 400), (("line 1", "line 2"), 800)):
        jobs = [Job(str(at), line, SURE, 4, 1, crew=FITTER) for at, line in enumerate(lines)]
        jobs = [Job(j.name, j.line, Life([24.0, 25.0], [0.0, 1.0]), 4, 9e5, crew=FITTER)
                for j in jobs]  # fmt: skip
        found = plan(jobs, days(1, crew))
        assert found.cost == pytest.approx(cost)
        assert len(found.windows) == 2


def test_one_fitter_does_one_thing_after_the_other():
    soon = Life(np.array([24.0, 25.0]), np.array([0.0, 1.0]))
    jobs = [Job(name, "line 1", soon, 5, 9e5, crew=FITTER) for name in "ab"]
    found = plan(jobs, days(1, FITTER))
    first, second = sorted(w.begins for w in found.windows)
    assert second >= first + 5 and found.cost == pytest.approx(1000)
    # Three want five hours each of twelve cheap ones: the third stands by day.
    jobs = [Job(name, "line 1", soon, 5, 9e5, crew=FITTER) for name in "abc"]
    found = plan(jobs, days(1, FITTER))
    assert len(found.windows) == 3 and found.cost == pytest.approx(1200 + 3 * 1000)


def test_a_job_waits_for_its_spare_and_for_people():
    job = Job("pump", "line 1", EVENLY, 2, 1e6, crew=FITTER, spares={"seal": 1}, earliest=3)
    there = plan([job], days(2, FITTER), [Arrival("seal", 0, 1)])
    coming = plan([job], days(2, FITTER), [Arrival("seal", 30, 1)])
    assert (there.windows[0].begins, coming.windows[0].begins) == (3, 30)


def test_the_machine_that_would_cost_more_gets_the_only_spare_until_the_next_one_comes():
    jobs = [
        Job("cheap", "line 1", EVENLY, 2, 1e5, spares={"seal": 1}),
        Job("dear", "line 2", EVENLY, 2, 9e5, spares={"seal": 1}),
    ]
    found = plan(jobs, days(2, {}), [Arrival("seal", 0, 1), Arrival("seal", 40, 1)])
    assert {w.job.name: w.begins for w in found.windows} == {"dear": 0, "cheap": 40}


def test_what_cannot_be_planned_is_named_with_its_reason_and_its_wish():
    slots = days(2, FITTER)
    jobs = [
        Job("spare", "line 1", EVENLY, 2, 1e5, spares={"bearing": 1}, crew=FITTER),
        Job("late", "line 1", EVENLY, 2, 1e5, spares={"seal": 2}, crew=FITTER),
        Job("skill", "line 1", EVENLY, 2, 1e5, crew={"electrician": 2}),
        Job("long", "line 1", EVENLY, 50, 1e5, crew=FITTER),
        Job("well", "line 1", EVENLY, 2, 1e5, crew=FITTER),
    ]
    found = plan(jobs, slots, [Arrival("seal", 0, 1), Arrival("seal", 90, 1)])
    assert [w.job.name for w in found.windows] == ["well"]
    told = {left.job.name: left for left in found.left_out}
    assert told["spare"].reasons == (("spare", "bearing", "inf"),)
    assert told["late"].reasons == (("spare", "seal", "90"),)
    assert told["skill"].reasons == (("skill", "electrician", "2", "0"),)
    assert told["long"].reasons == (("length", "50"),)
    assert told["long"].wish is None and told["spare"].wish == 0
    assert told["spare"].wait_a_week == pytest.approx(1e5)  # by then it has failed


def test_who_gets_no_crew_is_told_that_others_have_it():
    jobs = [
        Job(name, name, EVENLY, 4, cost, crew=FITTER) for name, cost in (("a", 9e6), ("b", 9e4))
    ]
    found = plan(jobs, [Slot(0, 6, FITTER)])
    assert [w.job.name for w in found.windows] == ["a"]
    assert found.left_out[0].job.name == "b" and found.left_out[0].reasons == (("others",),)


def test_what_costs_less_left_until_later_is_left():
    found = plan([Job("new", "line 1", SURE, 4, 1e3, life_value=5, crew=FITTER)], days(2, FITTER))
    assert found.left_out[0].reasons == (("cheaper",),)


def test_what_was_agreed_stays_and_what_was_agreed_and_cannot_be_is_said():
    jobs = [
        Job("agreed", "line 1", EVENLY, 4, 1e6, crew=FITTER, fixed=20),
        Job("gone", "line 1", EVENLY, 4, 1e6, crew={"electrician": 1}, fixed=20),
        Job("free", "line 1", EVENLY, 4, 1e6, crew=FITTER),
    ]
    found = plan(jobs, days(2, FITTER))
    assert {w.job.name: w.begins for w in found.windows} == {"agreed": 20, "free": 0}
    assert found.left_out[0].reasons == (("agreed", "skill", "electrician"),)
    assert found.windows[0].alternatives  # it could still be moved


def test_moving_a_job_says_what_it_costs_and_what_bars_it():
    jobs = [Job(name, "line 1", EVENLY, 4, 20_000, crew=FITTER) for name in "ab"]
    found = plan(jobs, days(2, FITTER))
    begins = {w.job.name: w.begins for w in found.windows}
    assert set(begins.values()) == {12, 16}
    late = next(job for job in jobs if begins[job.name] == 16)
    extra, bars = found.moved(late, 36)
    assert extra == pytest.approx(20_000 * 0.20) and bars == []
    _extra, bars = found.moved(late, 13)
    assert bars == [("crew", "fitter", "a" if late.name == "b" else "b")]
    _extra, bars = found.moved(late, 47)
    assert ("calendar",) in bars
    window = next(w for w in found.windows if w.job == late)
    assert window.wait_a_week == pytest.approx(20_000 * 0.84)
    assert window.alternatives[0][1] >= 0


def test_no_plan_tried_by_hand_is_cheaper():
    """Every choice of starts for three jobs, in forty calendars drawn by lot."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        slots = [
            Slot(4 * at, 4 * at + 4, {"fitter": int(rng.integers(0, 3)), "e": 1},
                 {"x": float(rng.integers(0, 900)), "y": float(rng.integers(0, 900))})
            for at in range(4)
        ]  # fmt: skip
        arrivals = [Arrival("s", float(rng.integers(0, 9)), 1) for _ in range(2)]
        jobs = [
            Job(
                name, str(rng.choice(["x", "y"])),
                Life(np.sort(rng.uniform(1, 40, 3)), np.array([0.2, 0.6, 1.0])),
                float(rng.integers(1, 5)), float(rng.integers(0, 9000)),
                float(rng.integers(0, 60)), {"fitter": int(rng.integers(0, 3))},
                {"s": int(rng.integers(0, 2))},
            )
            for name in "abc"
        ]  # fmt: skip
        found = plan(jobs, slots, arrivals, step=2.0)
        ground = found.ground
        barred = {left.job.name for left in found.left_out if left.reasons[0][0] in WHOLLY}
        rest = [job for job in jobs if job.name not in barred]
        least = np.inf
        for choice in product([None, *range(ground.steps)], repeat=len(rest)):
            placed = {job.name: at for job, at in zip(rest, choice, strict=True)}
            if all(at is None or not ground.bars(job, at, placed)
                   for job, at in zip(rest, choice, strict=True)):  # fmt: skip
                least = min(least, ground.cost(placed))
        assert found.cost == pytest.approx(least, rel=1e-5, abs=1e-3), seed


WHOLLY = {"length", "skill", "spare", "together"}


def test_a_calendar_that_contradicts_itself_is_refused():
    job = Job("pump", "line 1", EVENLY, 2, 1.0)
    with pytest.raises(ValueError, match="overlap at hour 5"):
        plan([job], [Slot(0, 6), Slot(5, 9)])
    with pytest.raises(ValueError, match="same name"):
        plan([job, job], days(1, {}))
    with pytest.raises(ValueError, match="takes 0 hours"):
        Job("pump", "line 1", EVENLY, 0, 1.0)
    with pytest.raises(ValueError, match="must rise"):
        Life(np.array([2.0, 1.0]), np.array([0.1, 0.2]))
    empty = plan([job], [])
    assert empty.windows == () and empty.left_out[0].reasons == (("length", "2"),)
