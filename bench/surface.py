"""Measure how well flaws on a surface are found by a model of good samples alone.

`python bench/surface.py --good DIR --test-good DIR --test-defect DIR [DIR…]`: folders of images;
beside a flawed image a mask of the same stem (`.png`, flaw above 127) may lie. The last line of
stdout is one JSON object; the rest goes to stderr.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from sklearn.metrics import roc_auc_score

from linli.engines.surface import SurfaceModel

PICTURES = {".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}
DEPTH = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR


def main() -> None:
    parser = argparse.ArgumentParser(description="flaws found on a surface")
    parser.add_argument("--good", type=Path, required=True, help="good images to learn from")
    parser.add_argument("--test-good", type=Path, required=True, help="other good images")
    parser.add_argument("--test-defect", type=Path, nargs="+", required=True)
    parser.add_argument("--false-alarms", type=float, default=0.01)
    options = parser.parse_args()

    good = [read(path) for path in pictures(options.good)]
    say(f"learning from {len(good)} good images")
    begun = time.perf_counter()
    model = SurfaceModel.fit(good, false_alarms=options.false_alarms)
    fit_s = time.perf_counter() - begun
    say(f"fitted in {fit_s:.1f} s, {len(model.left_out)} left out")

    folders = [options.test_good, *options.test_defect]
    scores: dict[Path, np.ndarray] = {}
    heat: list[np.ndarray] = []
    marks: list[np.ndarray] = []
    seconds, count, alarms = 0.0, 0, {}
    for folder in folders:
        paths = pictures(folder)
        begun = time.perf_counter()
        images = [read(path) for path in paths]
        found = model.score(images)
        seconds += time.perf_counter() - begun
        count += len(paths)
        scores[folder] = np.array([one.score for one in found])
        alarms[folder.name] = float(np.mean([one.is_flawed for one in found]))
        for path, one in zip(paths, found, strict=True):
            mask = mask_of(path) if folder != options.test_good else None
            if mask is not None or folder == options.test_good:
                small = cv2.resize(one.heat_map(), (128, 128))
                heat.append(small.ravel())
                marks.append(np.zeros(small.size, bool) if mask is None else mask.ravel())
        say(f"{folder.name}: {len(paths)} images, above the threshold {alarms[folder.name]:.3f}")

    fine = scores[options.test_good]
    kinds = {folder.name: round(auc(fine, scores[folder]), 4) for folder in options.test_defect}
    flawed = np.concatenate([scores[folder] for folder in options.test_defect])
    truth = np.concatenate(marks)
    report = {
        "auroc": round(auc(fine, flawed), 4),
        "pixel_auroc": round(float(roc_auc_score(truth, np.concatenate(heat))), 4)
        if truth.any() else None,
        "images_per_s": round(count / seconds, 1),
        "fit_s": round(fit_s, 2),
        "auroc_by_kind": kinds,
        "false_alarms": round(alarms[options.test_good.name], 4),
        "false_alarms_promised": round(model.false_alarms, 4),
        "found_by_kind": {f.name: round(alarms[f.name], 4) for f in options.test_defect},
        "images": count, "learnt_from": len(good), "left_out": len(model.left_out),
    }  # fmt: skip
    print(json.dumps(report))


def pictures(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    # A folder of nothing but PNG has its pictures there, and no masks.
    found = found or sorted(folder.glob("*.png"))
    if not found:
        sys.exit(f"no images in {folder}")
    return found


def read(path: Path) -> np.ndarray:
    image = cv2.imread(str(path), DEPTH)
    if image is None:
        sys.exit(f"{path} is no image")
    return image if image.ndim == 2 else np.ascontiguousarray(image[..., ::-1])


def mask_of(path: Path) -> np.ndarray | None:
    mask = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_GRAYSCALE)
    if mask is None or path.suffix.lower() == ".png":
        return None
    return cv2.resize(mask, (128, 128), interpolation=cv2.INTER_NEAREST) > 127


def auc(fine: np.ndarray, flawed: np.ndarray) -> float:
    truth = np.r_[np.zeros(len(fine)), np.ones(len(flawed))]
    return float(roc_auc_score(truth, np.r_[fine, flawed]))


def say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
