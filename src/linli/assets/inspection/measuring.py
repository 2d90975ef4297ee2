"""How good a judge is, on judged pictures it did not learn from; and whether it is worse."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from linli.assets.inspection.judges import Judge
from linli.assets.inspection.learning import Pair
from linli.assets.inspection.models import Verdict
from linli.assets.inspection.pictures import Picture
from linli.engines.board import average_precision, right

AT_ONCE = 16
SLACK = 0.005  # by which a figure may be lower and still be as good
SEEN_FROM = 0.05  # confidence from which findings count for the average precision

Figures = dict[str, Any]


def on_parts(judge: Judge, good: Sequence[Picture], flawed: Sequence[Picture]) -> Figures:
    """Return shares of false alarms and missed parts, and for a surface AUROC.

    A picture that the gate turns away is none of these; `unusable` counts them.
    """
    said = {name: _verdicts(judge, some) for name, some in (("good", good), ("flawed", flawed))}
    usable = {
        name: [one for one in some if one.verdict != Verdict.UNUSABLE]
        for name, some in said.items()
    }
    n = {name: len(some) for name, some in usable.items()}
    figures: Figures = {
        "n": n["good"] + n["flawed"], "good": n["good"], "flawed": n["flawed"],
        "unusable": len(good) + len(flawed) - n["good"] - n["flawed"],
    }  # fmt: skip
    if n["good"]:
        wrong = sum(one.verdict == Verdict.FLAWED for one in usable["good"])
        figures["false_alarms"] = round(wrong / n["good"], 4)
    if n["flawed"]:
        missed = sum(one.verdict == Verdict.GOOD for one in usable["flawed"])
        figures["missed"] = round(missed / n["flawed"], 4)
    if n["good"] and n["flawed"]:
        figures["auroc"] = round(
            _told_apart(
                np.array([one.score or 0 for one in usable["good"]]),
                np.array([one.score or 0 for one in usable["flawed"]]),
            ),
            4,
        )
    return figures


def _verdicts(judge: Judge, some: Sequence[Picture]) -> list[Any]:
    return [
        one
        for at in range(0, len(some), AT_ONCE)
        for one in judge.judge(some[at : at + AT_ONCE], explain=False)
    ]


def _told_apart(good: np.ndarray, flawed: np.ndarray) -> float:
    """Return how often a flawed part has the higher score (ties count half): the AUROC."""
    higher = (flawed[:, None] > good[None]).mean()
    return float(higher + 0.5 * (flawed[:, None] == good[None]).mean())


def on_pairs(judge: Judge, pairs: Sequence[Pair]) -> Figures:
    """Return mean average precision and F-score on labelled pairs (IoU > 0.33)."""
    assert judge.board is not None
    seen: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    usable = []
    for pair in pairs:
        found = judge.board.find(pair.golden, pair.part, least=SEEN_FROM)
        if found.registration.failed:
            continue
        usable.append(pair)
        is_right = right(found.boxes, found.types, found.confidence, pair.boxes)
        seen.append((found.types, found.confidence, is_right))
    if not usable:
        return {"pairs": 0}
    types, confidence, is_right = (np.concatenate(each) for each in zip(*seen, strict=True))
    truth = np.concatenate([pair.boxes[:, 4] for pair in usable])
    precisions = [
        average_precision(confidence[types == kind], is_right[types == kind], count)
        for kind, count in zip(*np.unique(truth, return_counts=True), strict=True)
    ]
    above = confidence >= judge.board.threshold
    hits = int(is_right[above].sum())
    f = 2 * hits / max(int(above.sum()) + len(truth), 1)
    figures: Figures = {"pairs": len(usable), "boxes": len(truth)}
    if precisions:
        figures |= {"map": round(float(np.mean(precisions)), 4), "f": round(f, 4)}
    return figures


def why_worse(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say why a version is not to be switched to by itself; nothing where it may be."""
    if not after.get("n") and not after.get("pairs"):
        return _("Nothing judged is there to measure it on.")
    worse = [
        name for name in ("auroc", "map", "f")
        if name in before and name in after and after[name] < before[name] - SLACK
    ]  # fmt: skip
    wrong = [
        sum(figures.get(name, 0.0) for name in ("false_alarms", "missed"))
        for figures in (before, after)
    ]
    if before and wrong[1] > wrong[0] + SLACK:
        worse.append("false_alarms" if _grew(before, after, "false_alarms") else "missed")
    if not worse:
        return ""
    told = ", ".join(
        f"{name} {before.get(name, 0):.3f} → {after.get(name, 0):.3f}" for name in worse
    )
    return _("Worse than the version in use: %(what)s") % {"what": told}


def _grew(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return after.get(name, 0.0) > before.get(name, 0.0)
