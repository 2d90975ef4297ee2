"""The score on a mu of land and what would lift it, against figures worked out by hand."""

import pytest

from linli.enterprises.per_mu.formula import Grade, Measure, Scheme
from linli.enterprises.per_mu.lift import least, pairs, singles

SCHEME = Scheme(
    (Measure("tax-mu", "tax", "land_mu", 60), Measure("added-energy", "value_added", "energy", 40)),
    (Grade("A", 0.2), Grade("B", None), Grade("C", 0.25), Grade("D", 0.05)),
    1.5,
)
BENCHMARKS = {"tax-mu": 20.0, "added-energy": 2.0}
# Tax on a mu 300 / 20 = 15, of 20 that is 0.75, times 60 are 45 points.
# Value added for energy 500 / 200 = 2.5, of 2 that is 1.25, times 40 are 50. In all 95.
FIRM = {"tax": 300.0, "land_mu": 20.0, "value_added": 500.0, "energy": 200.0}


def test_each_ratio_counts_against_its_benchmark():
    parts = SCHEME.parts(FIRM, BENCHMARKS)
    assert parts["tax-mu"].points == pytest.approx(45)
    assert parts["added-energy"].points == pytest.approx(50)
    assert SCHEME.total(FIRM, BENCHMARKS) == pytest.approx(95)


def test_a_ratio_counts_no_more_than_its_cap_and_no_less_than_nothing():
    # 900 / 20 = 45 is 2.25 times 20, capped at 1.5: 90 points. A value added below 0 takes none.
    assert SCHEME.total({**FIRM, "tax": 900.0}, BENCHMARKS) == pytest.approx(90 + 50)
    assert SCHEME.total({**FIRM, "value_added": -10.0}, BENCHMARKS) == pytest.approx(45)


def test_what_is_not_given_counts_nothing_and_what_uses_nothing_up_counts_best():
    assert SCHEME.total({**FIRM, "energy": None}, BENCHMARKS) == pytest.approx(45)
    assert SCHEME.total({**FIRM, "energy": 0.0}, BENCHMARKS) == pytest.approx(45 + 60)


def test_a_benchmark_is_what_the_industry_reaches_as_a_whole():
    # Taxes 300 + 100 on 20 + 20 mu: 10. Value added 500 + 100 for energy of 200 + 100: 2. The
    # third has given no energy and does not count there; its tax of 80 on 8 mu keeps the 10.
    rows = [
        FIRM,
        {"tax": 100.0, "land_mu": 20.0, "value_added": 100.0, "energy": 100.0},
        {"tax": 80.0, "land_mu": 8.0, "value_added": 50.0, "energy": None},
    ]
    assert SCHEME.benchmarks(rows) == {"tax-mu": 10.0, "added-energy": 2.0}


@pytest.mark.parametrize(
    ("n", "places"),
    [
        (20, {"A": 4, "B": 10, "C": 5, "D": 1}),  # 20 %, 25 % and 5 % of 20
        (19, {"A": 3, "B": 12, "C": 4, "D": 0}),  # 3.8, 4.75 and 0.95, each rounded down
        (4, {"A": 0, "B": 3, "C": 1, "D": 0}),
    ],
)
def test_no_class_has_more_than_its_share(n, places):
    assert dict(SCHEME.places(n)) == places
    assert len(SCHEME.graded(n)) == n


@pytest.mark.parametrize(
    ("need", "u"),
    [
        # Two lines: 2u up to 10 (at u = 5), u up to 20 (at u = 20).
        (0, 0), (13, 13 / 3), (15, 5), (18, 8), (30, 20), (30.1, None),
    ],
)  # fmt: skip
def test_the_least_value_that_reaches_a_sum_of_capped_lines(need, u):
    assert least([2, 1], [10, 20], need) == (None if u is None else pytest.approx(u))


def test_one_figure_alone_by_how_much():
    # 6 points are missing to 101.
    # Tax: 51 of 60 points are 0.85 of 20 on a mu, 17 on each of 20 mu: 340.
    # Value added: 56 of 40 are 1.4 times 2, 2.8 for each of 200: 560.
    # Energy: 500 / 2.8 = 178.57, less is enough: 178.5.   Land: 300 / 17 = 17.647: 17.6.
    found = {one.figure: one.needed for one in singles(SCHEME, FIRM, BENCHMARKS, 101)}
    assert found == {"tax": 340.0, "value_added": 560.0, "energy": 178.5, "land_mu": 17.6}


def test_the_smallest_change_comes_first():
    # Energy −10.75 %, value added +12 %, land −12 %, tax +13.3 %.
    order = [one.figure for one in singles(SCHEME, FIRM, BENCHMARKS, 101)]
    assert order[0] == "energy"
    assert order[-1] == "tax"


def test_a_figure_whose_cap_is_too_low_is_not_enough_alone():
    # To 141 points: tax alone would have to give 91, its cap is 90; value added alone gives 60.
    found = {one.figure: one.needed for one in singles(SCHEME, FIRM, BENCHMARKS, 141)}
    assert found == {"tax": None, "value_added": None, "energy": None, "land_mu": None}


def test_two_figures_together_by_the_least_whole_percents():
    found = {pair.figures: pair.percent for pair in pairs(SCHEME, FIRM, BENCHMARKS, 101)}
    # Tax and energy: 45 (1 + a) + 50 / (1 − b). With 6 % each: 47.7 + 53.191 = 100.891. So one has
    # to be 7: energy −7 % gives 53.763, and tax +5 % is enough, 47.25 + 53.763 = 101.013 (with
    # +4 %: 100.563). Tax +7 % needs energy −6 %, a sum of 13 against 12.
    assert found["tax", "energy"] == (5, -7)
    # Tax and value added: 0.45 a + 0.5 b ≥ 6. With 6 each 5.7; 6 and 7 give 2.7 + 3.5 = 6.2;
    # 5 and 7 give 5.75.
    assert found["tax", "value_added"] == (6, 7)


@pytest.mark.parametrize("target", [95.5, 101, 108.3, 120])
def test_whatever_is_said_to_be_enough_is_and_a_tenth_less_is_not(target):
    for one in singles(SCHEME, FIRM, BENCHMARKS, target):
        if one.needed is None:
            continue
        less = one.needed - 0.1 if one.needed > one.now else one.needed + 0.1
        assert SCHEME.total({**FIRM, one.figure: one.needed}, BENCHMARKS) >= target - 1e-9
        assert SCHEME.total({**FIRM, one.figure: less}, BENCHMARKS) < target
    for pair in pairs(SCHEME, FIRM, BENCHMARKS, target):
        changed = dict(zip(pair.figures, pair.needed, strict=True))
        assert SCHEME.total({**FIRM, **changed}, BENCHMARKS) >= target - 1e-9
