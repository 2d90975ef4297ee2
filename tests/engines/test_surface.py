"""A surface is learnt from good samples; what is wrong stands out, where and how often is known."""

import numpy as np
import pytest

from linli.engines.surface import Backbone, BadImageError, SurfaceModel


def brushed(seed, shape=(120, 160), kind=np.uint8):
    """A brushed plate under a lamp that differs a little each time."""
    rng = np.random.default_rng(seed)
    width = shape[1]
    streaks = rng.normal(0, 9, (1, width)) + rng.normal(0, 4, shape)
    lamp = np.linspace(-25, 25, width) * rng.uniform(0.5, 1.5) + rng.uniform(-15, 15)
    plate = np.clip(120 + streaks + lamp, 0, 255)
    return (plate * (np.iinfo(kind).max / 255 if kind != np.float32 else 1 / 255)).astype(kind)


def stained(seed, at=(60, 80), **others):
    """The same with a dark spot, 14 pixels across, at row and column `at`."""
    plate = brushed(seed, **others)
    rows, columns = np.indices(plate.shape)
    spot = (rows - at[0]) ** 2 + (columns - at[1]) ** 2 < 7**2
    plate[spot] = plate[spot] // 4 if plate.dtype.kind == "u" else plate[spot] / 4
    return plate


@pytest.fixture(scope="module")
def model():
    return SurfaceModel.fit([brushed(seed) for seed in range(40)], false_alarms=0.05)


@pytest.fixture(scope="module")
def few():
    return SurfaceModel.fit([brushed(seed) for seed in range(10)], false_alarms=0.05)


def test_a_stain_stands_out_and_good_parts_do_not(model):
    good = model.score([brushed(seed) for seed in range(100, 140)])
    flawed = model.score([stained(seed) for seed in range(200, 220)])
    assert min(one.score for one in flawed) > max(one.score for one in good)
    assert all(one.is_flawed for one in flawed)
    # 5 % of 40 are 2; more than 8 would happen once in 2,000 times (binomial).
    assert sum(one.is_flawed for one in good) <= 8


def test_the_heat_shows_where(model):
    [found] = model.score([stained(7, at=(30, 120))])
    heat = found.heat_map()
    assert heat.shape == (120, 160)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert abs(row - 30) <= 15 and abs(column - 120) <= 15


def test_what_is_wrong_is_explained_by_the_good_patch_most_like_it(model):
    [worst, *_others] = model.explain(stained(7, at=(30, 120)))
    left, top, right, bottom = worst.box
    assert left - 10 <= 120 <= right + 10 and top - 10 <= 30 <= bottom + 10
    assert 0 <= worst.sample < 40 and worst.distance > 0
    # A sample that was learnt from is most like itself.
    [same, *_rest] = model.explain(brushed(3))
    assert same.sample == 3 and same.distance == pytest.approx(0, abs=0.05)


def test_the_threshold_is_the_conformal_one(model, few):
    # 40 scores: the 39th of them, because 41 · 0.95 = 38.95, leaves 2 of 41 above, 4.9 %.
    assert model.threshold == pytest.approx(model.held_back[38])
    assert model.false_alarms == 0.05
    # 10 samples cannot promise 5 %: the highest of 10 is passed once in 11 times.
    assert few.false_alarms == pytest.approx(1 / 11)
    assert few.threshold == pytest.approx(few.held_back[-1])


def test_ten_samples_are_enough_for_a_clear_stain(few):
    good = few.score([brushed(seed) for seed in range(50, 70)])
    flawed = few.score([stained(seed) for seed in range(50, 70)])
    assert np.median([o.score for o in flawed]) > max(o.score for o in good)


def test_bad_ones_among_the_good_are_left_out():
    images = [brushed(seed) for seed in range(40)]
    images[5], images[17] = stained(5, at=(40, 40)), stained(17, at=(90, 100))
    assert set(SurfaceModel.fit(images).left_out) == {5, 17}


@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_other_types_of_numbers_and_sizes_are_judged_alike(kind):
    images = [brushed(seed, (100 + seed, 150), kind) for seed in range(20)]
    model = SurfaceModel.fit(images)
    [good, flawed] = model.score([brushed(60, (90, 180), kind), stained(61, kind=kind)])
    assert flawed.score > good.score and flawed.is_flawed


def test_twelve_bits_in_sixteen_are_not_taken_for_night():
    # White is 4095: the least power of two above what was seen, less one.
    dim = [(brushed(seed, kind=np.uint16) // 16) for seed in range(8)]
    assert SurfaceModel.fit(dim).white == 4095


def test_colour_is_seen():
    def coloured(seed, is_red=False):
        plate = np.repeat(brushed(seed)[..., None], 3, 2)
        if is_red:
            plate[50:70, 70:90] = (150, 90, 90)  # as bright as the plate is
        return plate

    model = SurfaceModel.fit([coloured(seed) for seed in range(20)])
    good, red = model.score([coloured(70), coloured(71, is_red=True)])
    assert red.score > good.score and red.is_flawed


def test_a_darker_lamp_is_no_flaw(model):
    darker = [(brushed(seed) * 0.8).astype(np.uint8) for seed in range(300, 310)]
    found = model.score(darker)
    stains = model.score([stained(seed) for seed in range(300, 310)])
    assert np.median([o.score for o in found]) < min(o.score for o in stains)


def test_a_model_is_kept_and_read_as_it_was(model, tmp_path):
    model.save(tmp_path / "plate.npz")
    read = SurfaceModel.load(tmp_path / "plate.npz")
    image = stained(9)
    # Threads add up in an order of their own.
    assert read.score([image])[0].score == pytest.approx(model.score([image])[0].score, rel=1e-5)
    assert (read.threshold, read.shapes, read.left_out) == (
        model.threshold, model.shapes, model.left_out,
    )  # fmt: skip
    (tmp_path / "other.npz").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"other\.npz is not a stored model"):
        SurfaceModel.load(tmp_path / "other.npz")


def test_another_network_can_be_plugged_in(tmp_path, model):
    from importlib.resources import files

    network = tmp_path / "mine.onnx"
    network.write_bytes(files("linli.engines.surface").joinpath("lite0.onnx").read_bytes())
    mine = Backbone(network, side=128, grid=8, fine=("s1",), coarse=("s2",))
    found = SurfaceModel.fit([brushed(seed) for seed in range(12)], backbone=mine)
    assert found.score([brushed(50)])[0].heat.shape == (8, 8)


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (np.zeros((8, 300), np.uint8), "300 × 8 pixels are too few"),
        (np.zeros((64, 64, 4), np.uint8), "neither"),
        (np.zeros((64, 64), np.int64), "type int64"),
        (np.full((64, 64), np.nan, np.float32), "finite"),
        ("a name", "not str"),
    ],
)
def test_what_is_no_picture_is_named(model, image, why):
    with pytest.raises(BadImageError, match=f"image 1: .*{why}") as error:
        model.score([brushed(1), image])
    assert error.value.at == 1


def test_nothing_to_learn_from_is_said():
    with pytest.raises(BadImageError, match="0 good samples are too few; 4 at least"):
        SurfaceModel.fit([])
    with pytest.raises(BadImageError, match="types of numbers are mixed: uint16, uint8"):
        SurfaceModel.fit([brushed(1), brushed(2), brushed(3), brushed(4, kind=np.uint16)])
