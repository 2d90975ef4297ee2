"""Judge replies: bench/replies.py --train F --test F, or --folds K --train F to cross-validate.

CSV with subject, body, created, reply, replied, explains_2; `complete`, where given, is used. The
last line of standard output is one JSON object: auc_explains and per_second as the contract asks;
beside them auc_within_length (mean of the AUC within each fifth of the replies by length, where a
fifth holds both labels), auc_within_length_each and auc_length_only.
"""

import argparse
import csv
import json
import sys
import time

import numpy as np
from sklearn.metrics import roc_auc_score

from linli.engines.text import ReplyQuality, sketch, twin_groups


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", required=True)
    parser.add_argument("--test")
    parser.add_argument(
        "--folds", type=int, default=5, help="without --test: folds, twins together"
    )
    options = parser.parse_args()
    train = read(options.train)
    fits = []
    if options.test:
        test = read(options.test)
        model, seconds = fit(train)
        fits.append(seconds)
        explains = model.score(texts(test), replies(test)).explains
    else:
        test = train
        group = twin_groups(sketch(replies(train)))
        fold = np.random.default_rng(0).permutation(group.max() + 1)[group] % options.folds
        explains = np.empty(len(train))
        for number in range(options.folds):
            held = np.flatnonzero(fold == number)
            model, seconds = fit([train[i] for i in np.flatnonzero(fold != number)])
            fits.append(seconds)
            part = [train[i] for i in held]
            explains[held] = model.score(texts(part), replies(part)).explains
            print(f"fold {number + 1} of {options.folds}", file=sys.stderr)
    truth = np.array([int(row["explains_2"]) for row in test])
    length = np.array([len(row["reply"]) for row in test])
    many = [row for _ in range(-(-5000 // len(test))) for row in test]
    asked, answered = texts(many), replies(many)
    started = time.perf_counter()
    model.score(asked, answered)
    per_second = len(many) / (time.perf_counter() - started)
    each = within_fifths(truth, explains, length)
    known = [value for value in each if value is not None]
    print(
        json.dumps(
            {
                "auc_explains": round(float(roc_auc_score(truth, explains)), 4),
                "per_second": round(per_second),
                "auc_within_length": round(float(np.mean(known)), 4) if known else None,
                "auc_within_length_each": each,
                "auc_length_only": round(float(roc_auc_score(truth, length)), 4),
                "fit_s": round(float(np.mean(fits)), 3),
                "replies": len(test),
            }
        )
    )


def read(path: str) -> list[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def texts(rows: list[dict[str, str]]) -> list[str]:
    return [f"{row['subject']}\n{row['body']}" for row in rows]


def replies(rows: list[dict[str, str]]) -> list[str]:
    return [row["reply"] for row in rows]


def fit(rows: list[dict[str, str]]) -> tuple[ReplyQuality, float]:
    complete = [int(row["complete"]) if row.get("complete") else None for row in rows]
    started = time.perf_counter()
    model = ReplyQuality.fit(
        texts(rows), replies(rows), [int(row["explains_2"]) for row in rows], complete
    )
    return model, time.perf_counter() - started


def within_fifths(truth: np.ndarray, score: np.ndarray, length: np.ndarray) -> list[float | None]:
    fifth = np.digitize(length, np.percentile(length, [20, 40, 60, 80]))
    found: list[float | None] = []
    for number in range(5):
        inside = fifth == number
        both = len(np.unique(truth[inside])) == 2
        found.append(round(float(roc_auc_score(truth[inside], score[inside])), 4) if both else None)
    return found


if __name__ == "__main__":
    main()
