"""Categorise messages: bench/text.py --train F [F…] --test F.

CSV with subject, body, category, or with tokens, category for training text that comes segmented.
Without --test the training files are cross-validated: every message counted once, near twins kept
in one fold (--folds, 5 unless told; --random deals twins apart, as an unsorted split would).

The last line of standard output is one JSON object: accuracy, macro_f1, per_second (raw text to
category, at least 5,000 messages, the test messages again and again) and fit_s.
"""

import argparse
import json
import sys
import time

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from split_messages import Labelled, counted_once, folds, read

from linli.engines.text import CategoryModel, Suggestions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--test")
    parser.add_argument("--folds", type=int, default=5, help="without --test")
    parser.add_argument("--random", action="store_true", help="without --test: split twins too")
    options = parser.parse_args()
    train = counted_once([message for path in options.train for message in read(path)])
    raw = sum(message.is_raw for message in train)
    print(f"{len(train):,} messages to learn from, {raw:,} of them raw", file=sys.stderr)
    found = held_out(train, read(options.test)) if options.test else cross_validated(train, options)
    print(json.dumps(found))


def held_out(train: list[Labelled], test: list[Labelled]) -> dict[str, float]:
    model, seconds = fit(train)
    suggested = model.suggest([message.text for message in test])
    return {
        **judged([message.category for message in test], suggested.best),
        "per_second": speed(model, test),
        "fit_s": round(seconds, 3),
        "mean_confidence": round(float(suggested.confidence.mean()), 4),
        "messages": len(test),
    }


def cross_validated(messages: list[Labelled], options: argparse.Namespace) -> dict[str, float]:
    if options.random:
        fold = np.random.default_rng(0).integers(0, options.folds, len(messages))
    else:
        fold = folds(messages, options.folds)
    best = np.empty(len(messages), object)
    truth = np.array([message.category for message in messages])
    confidence = np.empty(len(messages))
    times = []
    for number in range(options.folds):
        held = np.flatnonzero(fold == number)
        model, seconds = fit([messages[i] for i in np.flatnonzero(fold != number)])
        times.append(seconds)
        suggested: Suggestions = model.suggest([messages[i].text for i in held])
        best[held], confidence[held] = suggested.best, suggested.confidence
        score = f1_score(truth[held], best[held].tolist(), average="macro")
        print(f"fold {number + 1} of {options.folds}: macro-F1 {score:.4f}", file=sys.stderr)
    raw = np.array([message.is_raw for message in messages])
    found = {
        **judged(truth.tolist(), best.tolist()),
        "per_second": speed(model, [m for m in messages if m.is_raw] or messages),
        "fit_s": round(float(np.mean(times)), 3),
        "mean_confidence": round(float(confidence.mean()), 4),
        "messages": len(messages),
    }
    if raw.any():
        on_raw = judged(truth[raw].tolist(), best[raw].tolist())
        found |= {f"{name}_raw": value for name, value in on_raw.items()}
    return found


def fit(messages: list[Labelled]) -> tuple[CategoryModel, float]:
    texts = [message.text for message in messages]
    labels = [message.category for message in messages]
    started = time.perf_counter()
    model = CategoryModel.fit(texts, labels)
    return model, time.perf_counter() - started


def judged(truth: list[str], best: list[str]) -> dict[str, float]:
    return {
        "accuracy": round(float(accuracy_score(truth, best)), 4),
        "macro_f1": round(float(f1_score(truth, best, average="macro")), 4),
    }


def speed(model: CategoryModel, messages: list[Labelled]) -> float:
    """Measure raw text to category, messages a second."""
    texts = [message.text for message in messages] * -(-5000 // len(messages))
    started = time.perf_counter()
    model.suggest(texts)
    return round(len(texts) / (time.perf_counter() - started))


if __name__ == "__main__":
    main()
