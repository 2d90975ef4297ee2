"""When the line runs, and what it makes: two shifts on six days, three products in turn.

Each product has a speed and a load of its own. So a machine has few regimes, and its sensors
answer them before they answer wear.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]

LOCAL_S = 8 * 3600
"""Mainland China is eight hours before UTC, in summer as in winter."""
HOUR, DAY = 3600.0, 86400.0
OPENS_H, CLOSES_H = 6.0, 22.0
PAUSES_H = ((10.0, 10.25), (18.0, 18.5))
SUNDAY = 3  # the first of January 1970 was a Thursday
SETUP_H = 0.5  # a change of product takes so long

PRODUCTS = ("tile-a", "tile-b", "tile-c")
SPEEDS = np.array([1.0, 0.8, 0.65])
LOADS = np.array([0.7, 1.0, 0.85])


@dataclass(frozen=True)
class Plan:
    """What a machine is told at each moment: whether to run, and how (shares of the most)."""

    runs: NDArray[np.bool_]
    product: NDArray[np.int64]
    speed: Seconds
    load: Seconds


def plan(at: Seconds, seed: int, around_the_clock: bool = False) -> Plan:
    """Return what is planned at moments (seconds since 1970), shape (n,)."""
    local = np.asarray(at, float) + LOCAL_S
    day = np.floor(local / DAY).astype(np.int64)
    hour = (local % DAY) / HOUR
    # A batch is half a day of one product; which one is next is drawn from day and seed.
    batch = 2 * day + (hour >= (OPENS_H + CLOSES_H) / 2)
    product = (_mixed(batch, seed) % 7 // 2.34).astype(np.int64)
    runs = (hour >= OPENS_H + SETUP_H * (_mixed(day, seed + 1) % 3 == 0)) & (hour < CLOSES_H)
    runs &= day % 7 != SUNDAY
    for begins, ends in PAUSES_H:
        runs &= ~((hour >= begins) & (hour < ends))
    if around_the_clock:
        runs = np.ones_like(runs)
    return Plan(
        runs, product, np.where(runs, SPEEDS[product], 0), np.where(runs, LOADS[product], 0)
    )


def hall(at: Seconds) -> Seconds:
    """Return the temperature of the hall at moments, °C: by day and by season."""
    local = np.asarray(at, float) + LOCAL_S
    year = np.cos(2 * np.pi * (local / DAY - 200) / 365.25)
    return 21 + 6 * year + 2.2 * np.cos(2 * np.pi * (local % DAY / DAY - 15 / 24))


def _mixed(number: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return numbers that look drawn by lot, the same for the same number and seed."""
    x = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed * 7919 + 1)
    x ^= x >> np.uint64(29)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(32)
    return (x >> np.uint64(8)).astype(np.int64)
