"""How often the gate turns good and flawed parts away, and how much of what is spoilt it finds.

`python bench/picture_quality.py --good DIR --test-good DIR --test-defect DIR [DIR…]`: the gate
learns from `--good`; each picture of `--test-good` is then spoilt in several ways. The last line
of stdout is one JSON object.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from linli.engines.picture_quality import Gate

SMEAR = np.full((1, 15), 1 / 15, np.float32)
SPOILT = {
    "blur of 2 px": lambda image: cv2.GaussianBlur(image, (0, 0), 2),
    "blur of 3 px": lambda image: cv2.GaussianBlur(image, (0, 0), 3),
    "blur of 3 px, noise": lambda image: np.clip(
        cv2.GaussianBlur(image, (0, 0), 3)
        + np.random.default_rng(0).normal(0, 1.5, image.shape), 0, 255
    ).astype(np.uint8),
    "smear of 15 px": lambda image: cv2.filter2D(image, -1, SMEAR),
    "nothing there": lambda image: np.full_like(image, int(image.mean())),
    "noise": lambda image: np.random.default_rng(1).integers(0, 255, image.shape).astype(np.uint8),
    "a tenth of the light": lambda image: (image * 0.1).astype(np.uint8),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="pictures that cannot be judged")
    parser.add_argument("--good", type=Path, required=True)
    parser.add_argument("--test-good", type=Path, required=True)
    parser.add_argument("--test-defect", type=Path, nargs="+", required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    gate = Gate.fit(read(options.good))
    good = read(options.test_good)
    began = time.perf_counter()
    kept = share(gate, good)
    each = (time.perf_counter() - began) / len(good)
    flawed = [image for folder in options.test_defect for image in read(folder)]
    found = {name: round(share(gate, [spoil(image) for image in good]), 4)
             for name, spoil in SPOILT.items()}  # fmt: skip
    report = {
        "false_rejections": round(kept, 4), "promised": gate.false_rejections,
        "flawed_rejected": round(share(gate, flawed), 4), "found": found,
        "ms": round(each * 1000, 2), "good": len(good), "flawed": len(flawed),
        "learnt_from": gate.samples,
    }  # fmt: skip
    print(json.dumps(report))


def share(gate: Gate, images: list[np.ndarray]) -> float:
    """Return which share the gate turns away, and say why on stderr."""
    said = Counter(gate.look(image).trouble for image in images)
    reasons = {str(why): n for why, n in said.items() if why}
    print(f"{len(images)} pictures: {reasons or 'all pass'}", file=sys.stderr)
    return 1 - said[None] / len(images)


def read(folder: Path) -> list[np.ndarray]:
    """Read the pictures of a folder in grey; masks lie beside as PNG."""
    found = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(folder.glob("*.jpg"))]
    if not found:
        sys.exit(f"no images in {folder}")
    return [image for image in found if image is not None]


if __name__ == "__main__":
    main()
