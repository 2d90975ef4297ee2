"""Parts as the camera draws them: no two alike, flaws where they are said to be."""

from datetime import UTC, datetime

import numpy as np
import pytest

from linli.simulate.plant.camera import A_LOT, Camera, chances
from linli.simulate.plant.drawing import FLAWS, SIZE, UNUSABLE, part

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_same_seed_draws_the_same_part_and_another_another():
    first, again, other = (part(rng(seed)).picture for seed in (1, 1, 2))

    assert first.shape == (SIZE, SIZE) and first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - other).mean() > 2


@pytest.mark.parametrize("kind", FLAWS)
def test_a_flaw_changes_its_box_and_nothing_else(kind):
    for seed in range(8):
        drawn = part(rng(seed), (kind,))
        ((name, (left, top, right, bottom)),) = drawn.flaws
        assert name == kind
        assert 0 <= left < right <= SIZE and 0 <= top < bottom <= SIZE
        assert (right - left) * (bottom - top) < 0.2 * SIZE**2


@pytest.mark.parametrize("why", UNUSABLE)
def test_what_cannot_be_judged_looks_quite_different(why):
    usual, odd = part(rng(3)).picture.astype(float), part(rng(3), unusable=why).picture
    assert np.abs(usual - odd).mean() > 4


def test_a_worn_grinder_scratches_more_parts_and_a_worn_press_cracks_them():
    fresh = chances({"M1": ("grinder", 0.1), "M2": ("press", 0.1)})
    grinder = chances({"M1": ("grinder", 0.95), "M2": ("press", 0.1)})
    press = chances({"M1": ("grinder", 0.1), "M2": ("press", 0.95)})

    assert sum(fresh.values()) < 0.02
    assert grinder["scratch"] > 5 * fresh["scratch"] and grinder["crack"] == fresh["crack"]
    assert press["crack"] > 5 * fresh["crack"] and press["scratch"] == fresh["scratch"]


def test_lots_and_serials_go_on_over_a_restart():
    camera = Camera(1, number=A_LOT - 1)
    last, first = camera.take({}, NOW), camera.take({}, NOW)
    again = Camera(1, number=camera.number).take({}, NOW)

    assert last.lot != first.lot == again.lot
    assert (last.serial, first.serial, again.serial) == ("L0000239", "L0000240", "L0000241")
