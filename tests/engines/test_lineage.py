import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.lineage import (
    GIVEN,
    NEVER,
    PACKED,
    SOURCE_GOODS,
    TAKEN,
    TARGET_GOODS,
    Edges,
    Shelf,
    walk,
)
from linli.engines.supply import irreplaceable

OWNER = 1


def edges(*rows):
    return Edges.of([(n, a, b, since, until, kind, OWNER, n)
                     for n, (a, b, since, until, kind) in enumerate(rows, 1)])  # fmt: skip


def made(inputs, process, outputs, at):
    took = [(one, process, at, at, TAKEN | SOURCE_GOODS) for one in inputs]
    return took + [(process, one, at, at, GIVEN | TARGET_GOODS) for one in outputs]


def packed(what, where, since, until=NEVER):
    return [(what, where, since, until, PACKED | SOURCE_GOODS)]


def goods(start, rows, **how):
    return walk(start, Shelf(edges(*rows)), **how).goods.tolist()


def test_a_lot_affects_everything_made_of_it_however_far():
    rows = made([1, 2], -1, [3], 10) + made([3, 4], -2, [5, 6], 20) + made([7], -3, [8], 30)

    assert goods([1], rows) == [1, 3, 5, 6]
    assert goods([5], rows, backward=True) == [1, 2, 3, 4, 5]


def test_a_crate_passes_on_what_lay_in_it_then_and_nothing_from_before_or_after():
    crate = 50
    rows = packed(1, crate, 10, 20) + packed(2, crate, 25, 40)
    rows += [(crate, -1, 15, 15, TAKEN), (-1, 3, 15, 15, GIVEN | TARGET_GOODS)]
    rows += [(crate, -2, 30, 30, TAKEN), (-2, 4, 30, 30, GIVEN | TARGET_GOODS)]

    assert goods([1], rows) == [1, 3]
    assert goods([2], rows) == [2, 4]
    assert goods([4], rows, backward=True) == [2, 4]


def test_who_shared_a_pallet_with_a_bad_lot_is_not_bad_for_it():
    rows = packed(1, 50, 10) + packed(2, 50, 10)

    assert goods([1], rows) == [1]
    assert walk([1], Shelf(edges(*rows))).containers.tolist() == [50]


def test_a_lot_taken_before_it_was_affected_affects_nothing():
    rows = made([2], -1, [3], 5) + made([1], -2, [2], 10) + made([2], -3, [4], 20)

    assert goods([1], rows) == [1, 2, 4]


def test_a_step_that_was_taken_back_leads_nowhere():
    rows = [(1, -1, NEVER, -NEVER, TAKEN | SOURCE_GOODS), *made([], -1, [3], 10)]

    assert goods([1], rows) == [1]


def test_somebody_elses_steps_are_not_gone_along():
    rows = made([1], -1, [2], 10)

    assert walk([1], Shelf(edges(*rows)), owners=[2]).goods.tolist() == [1]
    assert walk([1], Shelf(edges(*rows)), owners=[1]).goods.tolist() == [1, 2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(0, 50)),
                min_size=1, max_size=60))  # fmt: skip
def test_a_walk_finds_what_going_step_by_step_finds(drawn):
    rows = [row for n, (a, b, at) in enumerate(drawn, 1) for row in made([a], -n, [b], at)]
    start = drawn[0][0]
    since = {start: -1}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for a, b, at in drawn:
            if a == here and at >= since[here] and since.get(b, 99) > at:
                since[b] = at
                waiting.append(b)

    assert goods([start], rows) == sorted(since)


def test_edges_on_a_newer_shelf_replace_those_of_the_older():
    shelf = Shelf(edges(*made([1], -1, [2], 10)))
    shelf.drop(np.array([1]))

    assert walk([1], shelf).goods.tolist() == [1]


def test_a_supplier_is_irreplaceable_where_one_input_hangs_on_it():
    recipes = {"car": [frozenset({"wheel", "seat"})], "seat": [frozenset({"foam"})]}
    offers = {"wheel": {"a", "b"}, "foam": {"c"}}

    assert irreplaceable(["car"], recipes, offers) == {"car": {"c"}}


def test_another_recipe_makes_a_supplier_replaceable():
    recipes = {"car": [frozenset({"steel"}), frozenset({"aluminium"})]}
    offers = {"steel": {"a"}, "aluminium": {"b"}}

    assert irreplaceable(["car"], recipes, offers) == {"car": set()}
