"""What the engine says of routes, and how to find again which sentence it was.

Plans hold sentences in English. `parted` gives the sentence without its names and numbers, which
is what a catalogue of translations knows, and these by themselves.
"""

import re
from functools import cache

FOUND: list[str] = []


def N(sentence: str) -> str:  # noqa: N802 - marks a sentence for the catalogues
    """Note a sentence; in braces stands what differs from case to case."""
    FOUND.append(sentence)
    return sentence


DELIVERY = N("delivery")
PICKUP = N("pickup")

# What is wrong with an order.
ORDER_TWICE = N("another order has the same name")
NO_VISIT = N("neither a delivery nor a pickup")
NO_PLACE = N("there is no place {place}")
NO_WAY = N("there is no way to {place}")
NO_SERVICE = N("{seconds} s of service")
EMPTY_WINDOW = N("the window ends before it begins ({span})")
NO_AMOUNT = N("{amount} {unit} is no amount")
NO_PRIZE = N("a prize of {prize}")
NO_SKILL = N("no vehicle has the skill ({skills})")
NO_LEAVE = N("no vehicle may do it")
TOO_BIG = N("no vehicle that may do it can carry it")
TOO_EARLY = N("the {what} at {place} must begin by {latest}; no vehicle is there before {earliest}")
BACK_LATE = N("a vehicle would be back at {time}, after its shift")
TOO_LONG = N("{time} h there and back are more than a vehicle may be out")
TOO_FAR = N("{km} km there and back are more than a vehicle may go")

# What is wrong with a vehicle, or with a pair.
VEHICLE_TWICE = N("another vehicle has the same name")
NO_CAPACITY = N("{amount} {unit} is no capacity")
NO_COST = N("costs must be 0 or more")
EMPTY_SHIFT = N("the shift ends before it begins ({span})")
NO_BREAK = N("no break of {seconds} s fits into {span}")
NO_LIMIT = N("limits must be 0 or more, the pace above 0")
NO_ORDER = N("there is no order {name}")
NO_VEHICLE_NAMED = N("there is no vehicle {name}")
ORDER_KNOWN = N("the order is there already")

# What could not be read at all.
MISSING = N("“{field}” is missing")
UNKNOWN_FIELD = N("“{field}” is not known")
UNREADABLE = N("“{field}” cannot be “{given}”")

# Why an order is in no route.
NOT_DRAWN = N("in no route")
NO_VEHICLE = N("there is no vehicle")
NO_ROOM = N("the fleet cannot do all orders")
NO_ROOM_ON_ANY = N("on every vehicle tried {why}")
NOT_WORTH = N("its prize of {prize} is below the {cost} it would cost")
NONE_LEFT = N("no vehicle is left")
TOO_MUCH = N("it would carry too much")
STOP_LATE = N("a stop would be late")
SHIFT_OVER = N("it would be back too late")
NOT_TOGETHER = N("other orders may not go with it")
BREAK_LOST = N("a break would be missed")
GOES_TOO_FAR = N("it would go too far")
OUT_TOO_LONG = N("it would be out too long")

# Rules that a route breaks.
CUT_OFF = N("{name}: there is no way to its {what}")
LATE = N("{name}: {what} begins {time}, {late} late")
OVERTIME = N("back at {time}, after the shift ends at {shift}")
BREAKS_MISSED = N("{number} break(s) cannot be taken in time")
OUT_LONG = N("out for {time} h, more than allowed")
FAR = N("{km} km, more than {most}")
OVERLOADED = N("{load} {unit} aboard, room for {room}")
FORBIDDEN = N("{name}: the vehicle may not do it")
APART = N("{one} and {other} may not be on one vehicle")
AGAIN = N("{name}: its {what} is there {number} times")
TORN = N("{name}: pickup and delivery are not on one vehicle")
TURNED = N("{name}: delivered before it is picked up")

# A plan as a whole.
IN_ALL = N("{orders} orders on {vehicles} vehicles, {km} km, cost {cost}")
NOT_FEASIBLE = N("not feasible: rules are broken")
LEFT_OUT = N("left out {name}: {why}")
ASIDE = N("left aside {name}: {why}")

RULES = {
    CUT_OFF: STOP_LATE, LATE: STOP_LATE, OVERTIME: SHIFT_OVER, BREAKS_MISSED: BREAK_LOST,
    OUT_LONG: OUT_TOO_LONG, FAR: GOES_TOO_FAR, OVERLOADED: TOO_MUCH, APART: NOT_TOGETHER,
    FORBIDDEN: NO_LEAVE,
}  # fmt: skip
"""What a vehicle would do that would then break the rule."""


def parted(said: str) -> tuple[str, dict[str, str]]:
    """Return a sentence as it is in the catalogue, and what stands in its braces.

    A text that the engine never says is returned as it is.
    """
    for sentence, pattern in _patterns().items():
        found = pattern.fullmatch(said)
        if found:
            return sentence, found.groupdict()
    return said, {}


def rule(broken: str) -> str:
    """Say of a rule that a route would break what the vehicle would do."""
    patterns = _patterns()
    told = (does for sentence, does in RULES.items() if patterns[sentence].fullmatch(broken))
    return next(told, broken)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return what matches each sentence, those with the most words of their own first."""
    patterns = []
    for sentence in FOUND:
        parts = re.split(r"\{(\w+)\}", sentence)
        text = "".join(
            f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
        )
        patterns.append((sum(map(len, parts[::2])), sentence, re.compile(text, re.DOTALL)))
    patterns.sort(key=lambda row: -row[0])
    return {sentence: pattern for _, sentence, pattern in patterns}
