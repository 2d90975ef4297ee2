"""A share that rises above its own normal is noticed, with figures worked out by hand."""

from math import log

import numpy as np
import pytest

from linli.engines.control.rising import Rising, usual_share


def test_each_part_adds_what_it_says():
    watch = Rising(0.1, 0.2, between=100)
    # A bad part: ln 2 = 0.6931; a good one: ln(0.8 / 0.9) = −0.1178, never below nothing.
    assert watch.follow(0, [True])[0] == pytest.approx(0.6931, abs=1e-4)
    assert watch.follow(0, [False])[0] == 0
    assert watch.follow(0, [True, False, False, True])[0] == pytest.approx(1.1507, abs=1e-4)
    assert watch.limit == pytest.approx(log(100))


def test_the_part_at_which_it_came_to_the_limit_is_named_and_the_sum_starts_anew():
    watch = Rising(0.1, 0.2, between=100)
    # ln 100 = 4.605 and 4.605 / 0.6931 = 6.64: the seventh bad part in a row.
    so_far, at = watch.follow(0, [True] * 8)
    assert at == 6
    assert so_far == pytest.approx(0.6931, abs=1e-4)
    so_far, at = watch.follow(4.1, [False, True])
    assert at == 1 and so_far == 0
    assert watch.follow(0, [False] * 50) == (0, None)


def test_in_batches_or_at_once_is_the_same():
    watch = Rising.above(0.02)
    bad = np.random.default_rng(4).random(500) < 0.02
    whole = watch.follow(0, bad)[0]
    so_far = 0.0
    for batch in np.split(bad, 50):
        so_far, _at = watch.follow(so_far, batch)
    assert so_far == pytest.approx(whole)


def test_false_alarms_are_as_rare_as_promised_and_a_doubling_is_seen_in_time():
    watch = Rising.above(0.05, between=20_000)
    random = np.random.default_rng(1)
    parts = 200_000
    so_far, alarms = 0.0, 0
    for chunk in np.split(random.random(parts) < 0.05, 2_000):
        so_far, at = watch.follow(so_far, chunk)
        alarms += at is not None
    assert alarms <= parts / 20_000
    seen = [watch.follow(0, random.random(5_000) < 0.10)[1] for _ in range(40)]
    assert None not in seen
    assert np.mean(seen) < 1.5 * watch.parts_until_seen()


def test_what_is_usual_is_drawn_to_a_first_guess_while_little_was_seen():
    assert usual_share(0, 0) == 0.01
    assert usual_share(8, 200) == pytest.approx(0.025)  # (8 + 2) / 400
    assert usual_share(5_000, 100_000) == pytest.approx(0.0499, abs=1e-4)
    assert Rising.above(0).normal == 1e-4
    assert Rising.above(0.9).worse < 1
