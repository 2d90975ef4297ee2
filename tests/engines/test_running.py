"""How well machines run, by figures worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.running import Made, Running, Stop, minus, running, union

H = 3600.0
SHIFT = [(0.0, 8 * H)]


def test_a_shift_by_hand():
    """The example: 8 h shift, 30 min planned, 42 min failed once, 18 min setting up.

    Planned 450 min; ran 390; availability 390/450 = 0.8667. 700 pieces at an ideal 30 s are
    350 min: performance 0.8974. 679 good: quality 0.97. OEE 0.7544. MTBF 6.5 h, MTTR 42 min.
    """
    told = running(
        0, 8 * H, SHIFT,
        [Stop(0, 0.5 * H, "planned"), Stop(2 * H, 2.7 * H, "failure"),
         Stop(4 * H, 4.3 * H, "setup")],
        [Made(0, 8 * H, 700, 679, 30)],
    )  # fmt: skip
    assert told.planned_s == pytest.approx(450 * 60)
    assert told.running_s == pytest.approx(390 * 60)
    assert told.availability == pytest.approx(0.866667, abs=1e-6)
    assert told.performance == pytest.approx(0.897436, abs=1e-6)
    assert told.quality == pytest.approx(0.97)
    assert told.oee == pytest.approx(0.754444, abs=1e-6)
    assert told.mtbf_s == pytest.approx(6.5 * H)
    assert told.mttr_s == pytest.approx(42 * 60)


def test_a_moment_is_lost_once_however_many_stops_there_are():
    told = running(0, 8 * H, SHIFT,
                   [Stop(1 * H, 3 * H, "failure"), Stop(2 * H, 4 * H, "failure"),
                    Stop(2 * H, 5 * H, "setup")], [])  # fmt: skip
    assert told.failed_s == 3 * H
    assert told.setup_s == 1 * H
    assert told.running_s == 4 * H
    assert told.failures == told.repaired == 1
    assert told.mttr_s == 3 * H


def test_an_open_stop_lasts_until_now_and_is_not_yet_repaired():
    told = running(0, 24 * H, [(0, 24 * H)], [Stop(6 * H, None, "failure")], [], now=10 * H)
    assert told.planned_s == 10 * H
    assert told.failed_s == 4 * H
    assert (told.failures, told.repaired, told.mttr_s) == (1, 0, None)
    assert told.mtbf_s == 6 * H


def test_what_lies_outside_the_shifts_is_no_loss():
    told = running(0, 24 * H, [(8 * H, 16 * H)], [Stop(0, 9 * H, "failure")], [])
    assert told.failed_s == 1 * H
    assert told.mttr_s == 9 * H  # the repair took that long, whoever waited for it


def test_what_was_made_counts_by_its_share_inside_the_period():
    told = running(0, 4 * H, SHIFT, [], [Made(0, 8 * H, 800, 780, 30)])
    assert (told.made, told.good) == (400, 390)


def test_what_made_nothing_that_is_known_is_not_slow_and_slows_no_line():
    pump = running(0, 8 * H, SHIFT, [Stop(H, 2 * H, "failure")], [])
    assert pump.performance is pump.oee is None
    machine = running(0, 8 * H, SHIFT, [], [Made(0, 4 * H, 240, 240, 60)])
    assert machine.performance == 1  # of the other four hours nothing is known
    assert (pump + machine).performance == 1


def test_nothing_planned_or_made_gives_no_ratio():
    told = running(0, H, [], [], [])
    assert told.availability is told.performance is told.quality is told.oee is told.mtbf_s is None


def test_a_failure_belongs_to_the_period_it_began_in_and_its_repair_to_the_one_it_ended_in():
    stop = Stop(7 * H, 9 * H, "failure")
    first = running(0, 8 * H, [(0, 16 * H)], [stop], [])
    second = running(8 * H, 16 * H, [(0, 16 * H)], [stop], [])
    assert (first.failures, first.repaired, first.failed_s) == (1, 0, H)
    assert (second.failures, second.repaired, second.failed_s) == (0, 1, H)
    both = first + second
    assert (both.mtbf_s, both.mttr_s) == (14 * H, 2 * H)


def test_a_cause_nobody_knows_and_a_period_that_ends_first_are_refused():
    with pytest.raises(ValueError, match="cause"):
        running(0, H, SHIFT, [Stop(0, 1, "gremlins")], [])
    with pytest.raises(ValueError, match="before"):
        running(H, 0, SHIFT, [], [])


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


@given(SPANS, SPANS)
def test_spans_hold_the_same_moments_as_counting_minute_by_minute(some, others):
    a, b = union(some), union(others)
    inside = {m for since, until in some for m in range(since, until)}
    taken = {m for since, until in others for m in range(since, until)}
    left = {m for since, until in minus(a, b) for m in range(int(since), int(until))}
    assert left == inside - taken


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10),
                          st.sampled_from(["failure", "setup", "shortage", "planned"])),
                max_size=6), st.integers(1, 29))  # fmt: skip
def test_two_halves_of_a_period_add_up_to_the_whole(drawn, cut):
    stops = [Stop(a, a + n, cause) for a, n, cause in drawn]
    made = [Made(0, 30, 60, 50, 0.3)]
    whole = running(0, 30, [(2, 28)], stops, made)
    halves = running(0, cut, [(2, 28)], stops, made) + running(cut, 30, [(2, 28)], stops, made)
    for name in Running.__dataclass_fields__:
        assert getattr(halves, name) == pytest.approx(getattr(whole, name)), name
