"""From what a machine says to a history in cycles: rows, age, pace, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from linli.assets.maintenance.grammar import UpkeepEntry
from linli.assets.register.models import Asset
from linli.assets.telemetry import store
from linli.assets.telemetry.models import Tag
from linli.assets.telemetry.points import datetime_of, moment
from linli.engines.life import History
from linli.engines.life.earlier import faded, tells_before

EVERY = timedelta(hours=1)
LONGEST = timedelta(days=3 * 365)
RUNS = 0.9
"""Share of an hour that a machine must have run for its means to tell of wear."""
LEAP = 20.0
"""Times its usual pace that a counter can never go."""
STUCK, LAST = 12, 20
HOLES = 0.3
PACE_DAYS = 14

Trouble = dict[str, Any]
Array = np.ndarray


@dataclass(frozen=True)
class Keys:
    """Which tags of a machine are its settings and sensors, by key."""

    settings: tuple[str, ...]
    sensors: tuple[str, ...]


@dataclass
class Seen:
    """What a machine said over a life.

    Attributes
    ----------
    history
        None where nothing can be told; `trouble` says why.
    moments
        When each row ended, `datetime64[ms]`.
    pace
        Cycles a day, of late.
    before
        Settings as they were before the hours of each row, see `faded`; what watches for drift
        takes them as settings of their own.
    """

    history: History | None = None
    moments: Array = field(default_factory=lambda: np.empty(0, "datetime64[ms]"))
    pace: float | None = None
    before: Array = field(default_factory=lambda: np.empty((0, 0)))
    began: datetime | None = None
    trouble: list[Trouble] = field(default_factory=list)


def tags_of(assets: Sequence[Asset]) -> dict[int, dict[str, Tag]]:
    """Return the tags of assets by asset and key; those of words tell nothing here."""
    found: dict[int, dict[str, Tag]] = {asset.pk: {} for asset in assets}
    rows = Tag.objects.filter(asset__in=list(found), retired=False).exclude(kind=Tag.Kind.TEXT)
    for tag in rows.order_by("key"):
        found[tag.asset_id][tag.key] = tag
    return found


def keys_of(upkeep: UpkeepEntry, tags: Sequence[Mapping[str, Tag]]) -> Keys:
    """Return settings and sensors: those the upkeep names, or those most machines have."""

    def usual(role: str) -> tuple[str, ...]:
        counts: dict[str, int] = {}
        for own in tags:
            for key, tag in own.items():
                if tag.role == role and key != upkeep.running_tag:
                    counts[key] = counts.get(key, 0) + 1
        return tuple(sorted(key for key, n in counts.items() if n > len(tags) / 2))

    return Keys(
        tuple(upkeep.settings) or usual(Tag.Role.SETTING),
        tuple(upkeep.sensors) or usual(Tag.Role.SENSOR),
    )


def see(
    upkeep: UpkeepEntry, keys: Keys, tags: Mapping[str, Tag], began: datetime | None,
    until: datetime, name: str = "",
) -> Seen:  # fmt: skip
    """Read a life from telemetry.

    Parameters
    ----------
    keys
        Settings and sensors in their order; a sensor the machine lacks is a column of NaN.
    tags
        Of the machine, by key.
    began
        When it was renewed; None where nobody knows.
    """
    seen = Seen(began=began)
    lacking = [key for key in keys.sensors if key not in tags]
    if len(lacking) == len(keys.sensors):
        seen.trouble.append({"what": "no-tags"})
        return seen
    if lost := [key for key in keys.settings if key not in tags]:
        seen.trouble.append({"what": "setting", "keys": ", ".join(lost)})
        return seen
    if lacking:
        seen.trouble.append({"what": "missing", "keys": ", ".join(lacking)})
    since = max(began or until - LONGEST, until - LONGEST)
    own = [key for key in (*keys.settings, *keys.sensors) if key in tags]
    running = upkeep.running_tag if upkeep.running_tag in tags else ""
    means = store.read(
        [tags[key].code for key in (*own, *([running] if running else []))], since, until,
        every=EVERY,
    )  # fmt: skip
    values = {key: means.of(tags[key].code) for key in own}
    age = _age(upkeep, tags, means.times, since, until, began, seen)
    if age is None or not len(means):
        seen.trouble = seen.trouble or [{"what": "no-rows"}]
        return seen
    says = np.isfinite(age)
    if running:
        says &= np.nan_to_num(means.of(tags[running].code)) >= RUNS
    for key in keys.settings:
        values[key] = told_later(values[key])
        says &= np.isfinite(values[key])
    if not says.any():
        lost = [key for key in keys.settings if not np.isfinite(values[key]).any()]
        seen.trouble.append(
            {"what": "setting", "keys": ", ".join(lost)} if lost else {"what": "no-rows"}
        )
        return seen
    seen.pace = pace_of(means.times, age)
    _rows(upkeep, keys, values, means.times, age, says, seen, name)
    return seen


def told_later(setting: Array) -> Array:
    """Return a setting with what it mostly is in the hours before it was told for the first time.

    So a thermometer that came later does not cost the rows before it. One that leaps (a load, a
    programme) is not guessed: how a machine was run in those hours nobody knows.
    """
    there = np.flatnonzero(np.isfinite(setting))
    if not len(there) or not there[0] or tells_before(setting):
        return setting
    filled = setting.copy()
    filled[: there[0]] = np.median(setting[there])
    return filled


def _rows(
    upkeep: UpkeepEntry, keys: Keys, values: Mapping[str, Array], times: Array, age: Array,
    says: Array, seen: Seen, name: str,
) -> None:  # fmt: skip
    """Put hours together into rows of so many cycles."""
    size = 1.0 if upkeep.cycle == "day" else upkeep.row
    bins = np.floor(np.maximum(age[says] - 1e-9, 0) / size).astype(np.int64)
    order = np.argsort(bins, kind="stable")
    numbers, first = np.unique(bins[order], return_index=True)
    ends = np.append(first[1:], len(bins)) - 1
    none = np.full(len(age), np.nan)

    def put(key: str) -> Array:
        column = values.get(key, none)[says][order]
        there = np.isfinite(column)
        sums = np.add.reduceat(np.where(there, column, 0.0), first)
        counts = np.add.reduceat(there.astype(float), first)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(counts > 0, sums / counts, np.nan)

    cycles = np.maximum.reduceat(age[says][order], first)
    fresh = np.append(True, np.diff(cycles) > 1e-9) & (cycles > 0)
    settings = np.column_stack([put(key) for key in keys.settings] or [np.empty((len(numbers), 0))])
    sensors = np.column_stack([put(key) for key in keys.sensors])
    if not fresh.any():
        seen.trouble.append({"what": "no-rows"})
        return
    seen.moments = times[says][order][ends][fresh] + np.timedelta64(EVERY)
    seen.history = History(cycles[fresh], settings[fresh], sensors[fresh], name)
    went = [key for key in keys.settings if tells_before(values[key])]
    values = dict(values) | {key: faded(values[key], times) for key in went}
    seen.before = np.column_stack([put(key) for key in went] or [np.empty((len(numbers), 0))])[
        fresh
    ]
    _look_over(keys, seen)


def _look_over(keys: Keys, seen: Seen) -> None:
    """Note sensors that stand still or are missing of late."""
    assert seen.history is not None
    sensors = seen.history.sensors
    last = sensors[-LAST:]
    silent = [key for at, key in enumerate(keys.sensors) if not np.isfinite(last[:, at]).any()
              and np.isfinite(sensors[:, at]).any()]  # fmt: skip
    if silent:
        seen.trouble.append({"what": "missing", "keys": ", ".join(silent)})
    there = [at for at, key in enumerate(keys.sensors) if key not in silent]
    rest = last[:, there][:, np.isfinite(last[:, there]).any(axis=0)]
    share = float(np.isnan(rest).mean()) if rest.size else 0.0
    if share > HOLES:
        seen.trouble.append({"what": "holes", "share": round(100 * share), "n": len(last)})
    stuck = []
    for at, key in enumerate(keys.sensors):
        own = sensors[np.isfinite(sensors[:, at]), at]
        if len(own) > 2 * STUCK and np.ptp(own[-STUCK:]) == 0 and np.ptp(own[:-STUCK]) > 0:
            stuck.append(key)
            at_least = len(own) - int(np.flatnonzero(own != own[-1])[-1]) - 1
            sensors[-at_least:, at] = np.nan  # what stands still tells nothing of wear
    if stuck:
        seen.trouble.append({"what": "stuck", "keys": ", ".join(stuck), "n": STUCK})


def _age(
    upkeep: UpkeepEntry, tags: Mapping[str, Tag], times: Array, since: datetime, until: datetime,
    began: datetime | None, seen: Seen,
) -> Array | None:  # fmt: skip
    """Return the cycles since the renewal at each of `times`."""
    if not len(times):
        return None
    if upkeep.cycle == "day":
        origin = moment(began) if began is not None else times[0]
        return np.asarray((times - origin + np.timedelta64(EVERY)) / np.timedelta64(1, "D"))
    tag = tags.get(upkeep.counter)
    if tag is None:
        seen.trouble.append({"what": "no-counter", "key": upkeep.counter})
        return None
    told = store.read([tag.code], since, until, every=EVERY, how="last")
    counter = np.full(len(times), np.nan)
    at = np.searchsorted(told.times, times)
    inside = at < len(told.times)
    same = np.zeros(len(times), bool)
    same[inside] = told.times[at[inside]] == times[inside]
    counter[same] = told.values[at[same], 0]
    return added_up(counter, times, seen.trouble, is_new=began is not None)


def added_up(
    counter: Array, times: Array, trouble: list[Trouble], is_new: bool = True
) -> Array | None:
    """Turn readings of a counter into cycles since the first one, over resets and leaps.

    A counter that falls back was reset or changed: it goes on from what it shows then. One that
    leaps by more than `LEAP` times its usual pace shows nonsense; the leap is not counted. Where
    nobody knows when the life began, it begins with what the counter shows first.
    """
    there = np.flatnonzero(np.isfinite(counter))
    if not len(there):
        return None
    read = counter[there]
    steps = np.diff(read)
    hours = np.diff(times[there]) / np.timedelta64(1, "h")
    pace = steps / hours
    usual = float(np.median(pace[pace > 0])) if (pace > 0).any() else 0.0
    back, leap = steps < 0, pace > LEAP * usual
    if back.any():
        day = str(times[there][1:][back][-1])[:10]
        trouble.append({"what": "reset", "day": day})
        again = read[1:][back]
        steps[back] = np.where(again <= LEAP * usual * hours[back], again, 0.0)
    if leap.any():
        last = np.flatnonzero(leap)[-1]
        day = str(times[there][1:][last])[:10]
        trouble.append({"what": "jump", "day": day, "n": round(float(steps[last]))})
        steps[leap] = 0.0
    first = 0.0 if is_new else max(float(read[0]), 0.0)
    age = np.full(len(counter), np.nan)
    age[there] = first + np.append(0.0, np.cumsum(steps))
    return age


def pace_of(times: Array, age: Array) -> float | None:
    """Return the cycles a day of the last two weeks, standing still counted."""
    there = np.isfinite(age)
    if there.sum() < 2:
        return None
    times, age = times[there], age[there]
    since = np.searchsorted(times, times[-1] - np.timedelta64(PACE_DAYS, "D"))
    since = min(int(since), len(times) - 2)
    days = (times[-1] - times[since]) / np.timedelta64(1, "D")
    gone = float(age[-1] - age[since])
    if gone <= 0:
        whole = (times[-1] - times[0]) / np.timedelta64(1, "D")
        gone, days = float(age[-1] - age[0]), whole
    return gone / float(days) if gone > 0 and days > 0 else None


def moment_at(seen: Seen, cycle: float | None) -> datetime | None:
    """Return when a machine was at that cycle."""
    if cycle is None or seen.history is None:
        return None
    at = int(np.searchsorted(seen.history.cycles, cycle - 1e-9))
    return datetime_of(seen.moments[min(at, len(seen.moments) - 1)])
