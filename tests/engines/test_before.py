"""Photos of a place by hand, before and after: the same place is known, what changed is shown."""

import cv2
import numpy as np
import pytest

from linli.engines.before import compare


def street(seed, rubbish=False):
    """Draw a street: houses with windows, a pavement, and perhaps a heap of rubbish."""
    random = np.random.default_rng(seed)
    view = np.full((480, 640, 3), (186, 205, 222), np.uint8)
    x = 0
    while x < 640:
        wide, top = int(random.integers(70, 140)), int(random.integers(60, 180))
        colour = random.integers(90, 220, 3).tolist()
        cv2.rectangle(view, (x, top), (x + wide, 340), colour, -1)
        for wx in range(x + 8, x + wide - 18, 26):
            for wy in range(top + 10, 310, 38):
                shade = random.integers(20, 120, 3).tolist()
                cv2.rectangle(view, (wx, wy), (wx + 14, wy + 22), shade, -1)
        x += wide
    view[340:] = (128, 126, 120)
    for _stone in range(400):
        at = (int(random.integers(0, 640)), int(random.integers(345, 480)))
        cv2.circle(view, at, int(random.integers(1, 4)), random.integers(90, 160, 3).tolist(), -1)
    if rubbish:
        for _bag in range(14):
            at = (int(random.integers(400, 500)), int(random.integers(380, 440)))
            cv2.circle(
                view, at, int(random.integers(12, 26)), random.integers(0, 70, 3).tolist(), -1
            )
    return view


def by_hand(view, seed, light=1.0):
    """Take the photo again: a step aside, not quite upright, in another light."""
    random = np.random.default_rng(seed)
    height, width = view.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + random.uniform(-24, 24, (4, 2)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, moved)
    shot = cv2.warpPerspective(view, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    noisy = shot * light + random.normal(0, 4, shot.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def test_the_same_place_is_known_again_and_little_has_changed():
    for seed in range(4):
        found = compare(street(seed), by_hand(street(seed), seed + 50, light=0.8))
        assert found.same_place and found.overlap > 0.8
        assert found.changed < 0.05


def test_what_came_or_went_is_shown_where_it_is():
    for seed in range(4):
        full, clear = street(seed, rubbish=True), street(seed)
        found = compare(full, by_hand(clear, seed + 80, light=1.1))
        assert found.same_place
        x1, y1, x2, y2 = found.boxes[0]
        assert x1 - 30 < 450 < x2 + 30 and y1 - 30 < 410 < y2 + 30
        assert found.heat[410, 450] > 0.5
        assert found.heat.shape == clear.shape[:2] and found.before.shape == clear.shape


def test_another_place_is_not_taken_for_the_same():
    for seed in range(6):
        found = compare(street(seed), street(seed + 100))
        assert not found.same_place and found.heat is None and not found.boxes
    blank = np.full((480, 640, 3), 90, np.uint8)
    assert not compare(street(1), blank).same_place


def test_a_photo_of_another_size_is_compared_all_the_same():
    larger = cv2.resize(by_hand(street(2), 9), (1280, 960))
    found = compare(street(2), larger)
    assert found.same_place and found.heat.shape == (960, 1280)


def test_what_is_no_photo_is_refused():
    with pytest.raises(ValueError, match="before"):
        compare(street(1).astype(float), street(1))
    with pytest.raises(ValueError, match="too few"):
        compare(street(1), street(1)[:20])
