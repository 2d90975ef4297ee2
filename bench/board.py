"""Flaws against a golden template: bench/board.py --train DIR --test DIR.

Each folder holds X_temp.jpg, X_test.jpg and X.txt (a line a flaw: x1 y1 x2 y2 type) as DeepPCB has
them. A box has one type; average precision is taken over all points at IoU > 0.33, counted as
PASCAL VOC does. The F-score is that of the findings above the threshold that the training folder
chose; the test folder chooses nothing.

The last line of standard output is one JSON object: map, f_score, frames_per_s (pairs of files to
findings, decoding included, --workers at a time, the best of --rounds) and more: cpu_ms is what one
pair costs of one core, which other work on the machine changes little.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from linli.engines import board

KEPT = 0.02  # confidence from which findings count for the average precision


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5, help="times the speed is measured")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    train, test = stems(options.train), stems(options.test)
    print(f"{len(train)} pairs to learn from, {len(test)} to judge", file=sys.stderr)
    started = time.perf_counter()
    model = board.BoardModel.fit(map(pair, train), [boxes(stem) for stem in train])
    fit_s = time.perf_counter() - started
    print(f"fitted in {fit_s:.1f} s, threshold {model.threshold:.2f}, F-score expected "
          f"{model.expected_f:.4f}", file=sys.stderr)  # fmt: skip
    findings = [model.find(*pair(stem), least=KEPT) for stem in test]
    found = judged(findings, [boxes(stem) for stem in test], model)
    found |= {
        **speed(model, test, options.workers, options.rounds),
        "fit_s": round(fit_s, 1),
        "pairs": len(test),
        "workers": options.workers,
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(found))


def stems(folder: Path) -> list[Path]:
    found = sorted(path.with_suffix("") for path in folder.glob("*.txt"))
    if not found:
        sys.exit(f"{folder} has no X.txt beside X_temp.jpg and X_test.jpg.")
    return found


def pair(stem: Path) -> tuple[np.ndarray, np.ndarray]:
    return board.read(f"{stem}_temp.jpg"), board.read(f"{stem}_test.jpg")


def boxes(stem: Path) -> np.ndarray:
    lines = stem.with_suffix(".txt").read_text().replace(",", " ").split()
    return np.array(lines, int).reshape(-1, 5)


def judged(
    findings: list[board.Findings], truth: list[np.ndarray], model: board.BoardModel
) -> dict[str, object]:
    types = np.concatenate([found.types for found in findings])
    confidence = np.concatenate([found.confidence for found in findings])
    is_right = np.concatenate([
        board.right(found.boxes, found.types, found.confidence, true)
        for found, true in zip(findings, truth, strict=True)
    ])  # fmt: skip
    every = np.concatenate([true[:, 4] for true in truth])
    precisions = {
        str(kind): board.average_precision(
            confidence[types == kind], is_right[types == kind], int((every == kind).sum())
        )
        for kind in np.unique(every)
    }
    reported = confidence >= model.threshold
    hits, told = int(is_right[reported].sum()), int(reported.sum())
    return {
        "map": round(float(np.mean(list(precisions.values()))), 4),
        "f_score": round(2 * hits / (told + len(every)), 4),
        "precision": round(hits / max(told, 1), 4),
        "recall": round(hits / len(every), 4),
        "ap": {kind: round(value, 4) for kind, value in precisions.items()},
        "threshold": round(model.threshold, 3),
        "expected_f": round(model.expected_f, 4),
        "not_compared": sum(found.registration.failed for found in findings),
        "boxes": len(every),
    }


# --- speed: each worker decodes and finds, as a station does ------------------------------------

_model: board.BoardModel | None = None


def speed(
    model: board.BoardModel, stems: list[Path], workers: int, rounds: int
) -> dict[str, float]:
    """Measure pairs a second and CPU time a pair, the best of rounds over at least 160 pairs."""
    global _model
    _model = model
    work = stems * -(-160 // len(stems))
    chunks = [work[i :: workers * 4] for i in range(workers * 4)]
    best, least = 0.0, float("inf")
    with ProcessPoolExecutor(workers, get_context("fork")) as pool:
        list(pool.map(_inspect, [work[:4]] * workers))
        for _ in range(rounds):
            started = time.perf_counter()
            used = sum(pool.map(_inspect, chunks))
            best = max(best, len(work) / (time.perf_counter() - started))
            least = min(least, used / len(work))
    return {"frames_per_s": round(best, 1), "cpu_ms": round(1000 * least, 1)}


def _inspect(stems: list[Path]) -> float:
    """Decode and inspect pairs; return the CPU seconds it took."""
    assert _model is not None
    cv2.setNumThreads(1)
    started = time.process_time()
    for stem in stems:
        _model.find(*pair(stem))
    return time.process_time() - started


if __name__ == "__main__":
    main()
