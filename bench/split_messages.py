"""Labelled messages for benches: read once each, near twins told, dealt into folds."""

import csv
import sys
from dataclasses import dataclass

import numpy as np

from linli.engines.text import content_words, sketch, twin_groups

TWIN = 0.4


@dataclass(frozen=True)
class Labelled:
    """One labelled message; `is_raw` unless it came segmented, its stop words gone."""

    text: str
    category: str
    is_raw: bool


def read(path: str) -> list[Labelled]:
    """Read a CSV with subject, body, category or with tokens, category."""
    csv.field_size_limit(sys.maxsize)
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [
            Labelled(row["tokens"], row["category"], False)
            if "tokens" in row
            else Labelled(f"{row['subject']}\n{row['body']}", row["category"], True)
            for row in csv.DictReader(file)
        ]


def groups(messages: list[Labelled], threshold: float = TWIN) -> np.ndarray:
    """Number the groups of near twins, shape (n,).

    Told by their content words, so that a raw message and the same one segmented are twins.
    """
    words = content_words([message.text.lower() for message in messages])
    return twin_groups(sketch([" ".join(one) for one in words]), threshold)


def counted_once(messages: list[Labelled]) -> list[Labelled]:
    """Leave out segmented messages that also stand there raw."""
    group = groups(messages)
    raw = {one for one, message in zip(group, messages, strict=True) if message.is_raw}
    return [
        message
        for one, message in zip(group, messages, strict=True)
        if message.is_raw or one not in raw
    ]


def folds(messages: list[Labelled], count: int, seed: int = 0) -> np.ndarray:
    """Deal messages into folds, near twins into the same one, shape (n,)."""
    group = groups(messages)
    dealt = np.random.default_rng(seed).permutation(group.max() + 1) % count
    return dealt[group]
