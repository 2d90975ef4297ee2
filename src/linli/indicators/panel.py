"""The pace lights of all targets, for a panel of the cockpit."""

from typing import Any

from linli.indicators import showing, wording


def lights(most: int = 6) -> list[dict[str, Any]]:
    """Return the targets of the whole town with shape, word and figures, those behind first."""
    return [
        {
            "target": one.target, "code": one.entry.code, "light": one.light.value,
            "shape": wording.SHAPES[one.light], "word": wording.LIGHTS[one.light],
            "actual": wording.number(one.actual, one.entry),
            "value": wording.amount(one.value, one.entry),
        }
        for one in showing.lights()[:most]
    ]  # fmt: skip
