"""A picture that cannot be judged is said to be so, with a reason; flaws pass the gate."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.engines.test_surface import brushed, stained

from linli.engines.picture_quality import Gate, Trouble
from linli.simulate.plant import boards as drawn_board

DATA = (
    Path(os.environ.get("LINLI_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "magnetic_tile"
)


def part(seed, kinds=()):
    """Draw a part of one board as a fixed camera sees it, soft at its edges."""
    random = np.random.default_rng(seed)
    drawn = drawn_board.template(3)
    for row, kind in enumerate(kinds):
        y = drawn_board.PITCH // 2 + 8 + drawn_board.PITCH * row
        drawn, _box = drawn_board.flawed(drawn, kind, y, random)
    shift = tuple(random.uniform(-1.5, 1.5, 2))
    drawn = drawn_board.ragged(drawn_board.moved(drawn, shift, random.uniform(-0.3, 0.3)), random)
    return cv2.GaussianBlur(drawn, (0, 0), 0.7)


def laid(image, right=0.0, down=0.0, turn=0.0, size=1.0):
    """Show what a camera sees that was moved: pixels, degrees clockwise, times the size."""
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -turn, size)
    matrix[:, 2] += (right, down)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def blurred(image, sigma):
    return cv2.GaussianBlur(image, (0, 0), sigma)


def lit(image, times: float):
    return np.clip(image * times, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def board():
    return Gate.fit([part(seed) for seed in range(30)])


@pytest.fixture(scope="module")
def plate():
    return Gate.fit([brushed(seed) for seed in range(40)])


def troubles(gate, images):
    return [gate.look(image).trouble for image in images]


def test_good_and_flawed_parts_pass(board, plate):
    assert set(troubles(board, [part(seed) for seed in range(100, 150)])) == {None}
    flawed = [part(seed, tuple(drawn_board.KINDS)) for seed in range(200, 220)]
    assert set(troubles(board, flawed)) == {None}
    assert set(troubles(plate, [brushed(seed) for seed in range(100, 150)])) == {None}
    assert set(troubles(plate, [stained(seed) for seed in range(200, 230)])) == {None}


def test_a_camera_that_moved_is_told_with_how_far(board):
    own = part(300)
    moved = [
        laid(own, right=32), laid(own, down=-64), laid(own, turn=8), laid(own, turn=-90),
        laid(own, size=0.9), laid(own, size=1.12),
    ]  # fmt: skip
    assert set(troubles(board, moved)) == {Trouble.MOVED}
    found = board.look(laid(own, right=32, down=16)).place
    assert found.right * 320 == pytest.approx(32, abs=4)
    assert found.down * 320 == pytest.approx(16, abs=4)
    assert board.look(laid(own, turn=8)).place.turn == pytest.approx(8, abs=1)
    assert board.look(laid(own, size=1.1)).place.size == pytest.approx(1.1, abs=0.03)


def test_another_part_is_told_apart(board, plate):
    assert set(troubles(board, [255 - part(seed)[:, ::-1] for seed in range(5)])) == {
        Trouble.WRONG_PART
    }
    noise = np.random.default_rng(1).integers(0, 255, (320, 320)).astype(np.uint8)
    assert board.look(noise).trouble == Trouble.WRONG_PART
    assert plate.look(noise[:120, :160]).trouble == Trouble.WRONG_PART
    # Of a texture anything else is turned away, be it for another reason.
    assert not plate.look(cv2.resize(part(1), (160, 120))).is_fine


def test_blur_and_smear_are_told(board, plate):
    smear = np.full((1, 15), 1 / 15, np.float32)
    for gate, draw in ((board, part), (plate, brushed)):
        assert set(troubles(gate, [blurred(draw(seed), 3) for seed in range(20)])) == {
            Trouble.BLURRED
        }
        assert set(troubles(gate, [cv2.filter2D(draw(s), -1, smear) for s in range(20)])) == {
            Trouble.BLURRED
        }


def test_wrong_light_is_told(board, plate):
    assert plate.look(lit(brushed(1), 0.2)).trouble == Trouble.DARK
    assert plate.look(lit(brushed(1), 4.0)).trouble == Trouble.CLIPPED
    assert board.look(lit(part(1), 0.2)).trouble == Trouble.DARK
    assert plate.look(np.full((120, 160), 120, np.uint8)).trouble == Trouble.EMPTY
    assert plate.look(np.zeros((120, 160), np.uint8)).trouble == Trouble.DARK


def test_a_lamp_that_ages_stops_nothing(plate):
    assert set(troubles(plate, [lit(brushed(seed), 0.75) for seed in range(20)])) == {None}


def test_a_picture_of_other_proportions_is_no_picture_of_this_camera(board):
    assert board.look(part(1)[:200]).trouble == Trouble.SIZE
    larger = cv2.resize(part(1), (640, 640), interpolation=cv2.INTER_CUBIC)
    assert board.look(larger).trouble in (None, Trouble.BLURRED)


def test_colour_and_sixteen_bits_are_looked_at_alike(plate):
    assert plate.look(np.repeat(brushed(7)[..., None], 3, 2)).is_fine
    deep = Gate.fit([brushed(seed, kind=np.uint16) for seed in range(40)], white=65535.0)
    assert deep.look(brushed(50, kind=np.uint16)).is_fine
    assert deep.look(blurred(brushed(50, kind=np.uint16), 3)).trouble == Trouble.BLURRED


def test_a_gate_says_how_often_it_may_be_wrong_and_is_kept(board, plate):
    assert plate.false_rejections == pytest.approx(1 / 41)
    many = Gate.fit([brushed(seed, (60, 60)) for seed in range(220)], false_rejections=0.01)
    assert many.false_rejections == 0.01
    for gate in (board, plate):
        again = Gate.of(json.loads(json.dumps(gate.told())))
        for image in (part(9), brushed(9), blurred(part(9), 3), laid(part(9), right=40)):
            assert again.look(image).trouble == gate.look(image).trouble
    with pytest.raises(ValueError, match="not a stored gate"):
        Gate.of({"white": 1})
    with pytest.raises(ValueError, match="3 good pictures are too few"):
        Gate.fit([brushed(seed) for seed in range(3)])


@pytest.mark.skipif(not DATA.exists(), reason="the magnetic tiles are not there")
def test_tiles_of_every_size_pass_and_blurred_ones_do_not():
    def read(folder):
        return [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
                for path in sorted((DATA / folder).glob("*.jpg"))]  # fmt: skip

    gate = Gate.fit(read("good_train"))
    good = read("good_test")
    assert sum(trouble is not None for trouble in troubles(gate, good)) <= 2
    flawed = [image for folder in sorted(DATA.glob("defect_*")) for image in read(folder.name)]
    assert sum(trouble is not None for trouble in troubles(gate, flawed)) <= 0.03 * len(flawed)
    assert set(troubles(gate, [blurred(image, 2) for image in good])) == {Trouble.BLURRED}
