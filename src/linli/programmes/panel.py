"""Remediation, programmes and investment for a panel of the cockpit, from what is kept."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from linli.clock import now
from linli.programmes.bilingual import either
from linli.programmes.gauges import CAMPAIGN, INVESTMENT, PROGRAMMES, Gauge, kept
from linli.scores.periods import local_day

WIDE, HIGH = 240, 48  # of the drawing of a curve


def works(paths: Sequence[str]) -> dict[str, Any]:
    """Return what the panel draws.

    Parameters
    ----------
    paths
        Of the areas whose campaigns may be seen; programmes and investment are everybody's.
    """
    found = kept()
    told = {row.name: row.told for row in found}
    return {
        "campaigns": [_campaign(row) for row in found if _is_seen(row, paths)],
        "programmes": _programmes(told.get(PROGRAMMES, {})),
        "investment": _investment(told.get(INVESTMENT, {})),
    }


def _is_seen(row: Gauge, paths: Sequence[str]) -> bool:
    is_campaign = row.name.startswith(f"{CAMPAIGN}:") and bool(row.told["n"])
    return is_campaign and any(row.path.startswith(path) for path in paths)


def _name(told: dict[str, Any]) -> str:
    return either(told["name"], told["name_en"])


def _campaign(row: Gauge) -> dict[str, Any]:
    told = row.told
    blocks = [
        block | {"name": _name(block), "share": round(100 * block["signed"] / block["n"])}
        for block in told["blocks"]
        if block["n"]
    ]
    return told | {"name": _name(told), "blocks": blocks, **curve(told["curve"], told["n"]),
                   "is_over": told["signed"] == told["n"]}  # fmt: skip


def curve(counts: Sequence[int], most: int) -> dict[str, str]:
    """Return how signings rose as points of a line, and of the land below it."""
    if len(counts) < 2 or not most:
        return {"line": "", "land": ""}
    step = WIDE / (len(counts) - 1)
    points = [f"{at * step:.1f},{HIGH - 2 - (HIGH - 4) * n / most:.1f}"
              for at, n in enumerate(counts)]  # fmt: skip
    return {"line": " ".join(points), "land": " ".join([f"0,{HIGH}", *points, f"{WIDE},{HIGH}"])}


def _programmes(told: dict[str, Any]) -> dict[str, Any]:
    if not told.get("projects"):
        return {}
    today = local_day(now())
    latest = [
        {"code": row["code"], "project": _name(row["project"]),
         "milestone": _name(row["milestone"]),
         "days": (today - date.fromisoformat(row["due"])).days}
        for row in told["latest"]
    ]  # fmt: skip
    return told | {"latest": latest}


def _investment(told: dict[str, Any]) -> dict[str, Any]:
    stages = told.get("stages", [])
    most = max((stage["n"] for stage in stages), default=0)
    if not most:
        return {}
    return {
        "n": sum(stage["n"] for stage in stages),
        "amount": sum(stage["amount"] for stage in stages),
        "stuck": told["stuck"],
        "stages": [
            stage | {"name": _name(stage), "wide": round(100 * stage["n"] / most)}
            for stage in stages
        ],
    }
