"""Evaluate rules as points arrive: quiet, pending, raised, and quiet again with hysteresis.

One process follows the journal, whatever way points came in. How a rule stands with a tag and how
far the journal was read are written in the transaction that opens the case, so nothing is told
twice and nothing is passed over, whenever the process is killed.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db import transaction

from linli.assets.telemetry import journal, rules, telling
from linli.assets.telemetry.journal import NEVER, Batch
from linli.assets.telemetry.models import Reading, Rule, Watch
from linli.assets.telemetry.points import datetime_of, moment
from linli.assets.telemetry.rules import Course, RuleEntry
from linli.assets.telemetry.shelves import last_written
from linli.clock import now

READ_AGAIN_S = 10.0  # rules and tags
MARK_S = 1.0  # how much is evaluated again, without effect, after a kill
QUIET, PENDING, RAISED = 0, 1, 2
STATES = (Watch.State.QUIET, Watch.State.PENDING, Watch.State.RAISED)


@dataclass
class Standing:
    """How one rule stands with one tag."""

    rule: Rule
    entry: RuleEntry
    tag: int
    asset: int
    pk: int | None = None
    state: int = QUIET
    since: int = NEVER
    seen: int = NEVER
    value: float = np.nan
    peak: float = np.nan
    case: int | None = None
    held: list[np.ndarray] = field(default_factory=lambda: [np.empty(0), np.empty(0)])
    course: Course = rules.NO_COURSE
    is_raised_now: bool = False

    def follow(self, times: np.ndarray, values: np.ndarray) -> bool:
        """Take the tag's next points, by time; tell whether the rule stands otherwise now."""
        new = times > self.seen
        if not new.all():
            times, values = times[new], values[new]
        if not len(times):
            return False
        self.seen = int(times[-1])
        self.value = float(values[-1])
        measured = self._rates(times, values) if self.entry.rate is not None else values
        signed = measured * self.entry.sign
        if self.entry.stages:
            # Outside of its stages nothing is beyond: an alarm ends with the stage it is about.
            signed = np.where(rules.holds(self.entry, self.course, times), signed, -np.inf)
        return self._step(times, signed)

    def _rates(self, times: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return the change a minute over the last stretch, NaN before there is one."""
        span = self.entry.over_s * 1000
        t = np.concatenate([self.held[0], times])
        v = np.concatenate([self.held[1], values])
        keep = t >= t[-1] - 2 * span
        at = np.searchsorted(t, times - span, "right") - 1
        before = np.maximum(at, 0)
        found = (values - v[before]) / np.maximum(times - t[before], 1) * 60_000
        self.held = [t[keep], v[keep]]
        return np.where(at >= 0, found, np.nan)

    def _step(self, times: np.ndarray, values: np.ndarray) -> bool:
        """Go through points that are beyond where they are above; `values` bear the sign."""
        sign, at, changed = self.entry.sign, 0, False
        threshold, back = self.entry.threshold * sign, self.entry.back * sign
        lasting = self.entry.lasting_s * 1000
        while at < len(times):
            rest = values[at:]
            if self.state == QUIET:
                found = _first(rest > threshold)
                if found < 0:
                    break
                at += found
                self.state, self.since, changed = PENDING, int(times[at]), True
                self.peak = float(values[at]) * sign
            elif self.state == PENDING:
                back_at = _first(~(rest > threshold))
                long_at = _first(times[at:] - self.since >= lasting)
                if long_at >= 0 and (back_at < 0 or long_at < back_at):
                    at += long_at
                    self.state, changed = RAISED, True
                    self.is_raised_now = True
                    self.peak = float(np.nanmax(values[: at + 1])) * sign
                elif back_at >= 0:
                    at += back_at
                    self.state, changed = QUIET, True
                else:
                    break
            else:
                end = _first(rest < back if self.entry.clear is not None else rest <= back)
                highest = np.nanmax(rest if end < 0 else rest[: end + 1], initial=-np.inf)
                self.peak = max(self.peak * sign, float(highest)) * sign
                if end < 0:
                    break
                at += end
                self.state, self.since, changed = QUIET, int(times[at]), True
        return changed

    def silent(self, last: int, at: int) -> bool:
        """Look at how long nothing came; tell whether the rule stands otherwise now."""
        is_silent = last != NEVER and at - last > self.entry.threshold * 1000
        is_silent &= bool(rules.holds(self.entry, self.course, np.array([at]))[0])
        if is_silent and self.state != RAISED:
            self.state, self.since, self.seen = RAISED, last, at
            self.peak = self.value = (at - last) / 1000
            self.is_raised_now = True
            return True
        if not is_silent and self.state == RAISED:
            self.state, self.since = QUIET, at
            return True
        return False

    def row(self) -> Watch:
        """Return what is kept of it."""
        return Watch(
            id=self.pk, rule=self.rule, tag_id=self.tag, state=STATES[self.state],
            since=_moment(self.since), seen=_moment(self.seen), case_id=self.case,
            value=_plain(self.value), peak=_plain(self.peak),
        )  # fmt: skip


def _first(mask: np.ndarray) -> int:
    at = int(mask.argmax()) if len(mask) else 0
    return at if len(mask) and mask[at] else -1


def _moment(at: int) -> datetime | None:
    return None if at == NEVER else datetime_of(at)


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ms(at: datetime | None) -> int:
    return NEVER if at is None else int(moment(at).astype(np.int64))


class Alarms:
    """All rules with all their tags, in the one process that follows the journal."""

    def __init__(self) -> None:
        self.standings: dict[tuple[int, int], Standing] = {}
        self.by_tag: dict[int, list[Standing]] = {}
        self.watched = np.empty(0, np.int32)
        self.silences: list[Standing] = []
        self._unmarked = 0  # points evaluated since it was last written how far
        self._read_at = self._marked_at = -np.inf
        self._row = Reading.objects.get_or_create(name="rules")[0]
        self.segment, self.offset = self._row.segment, self._row.offset

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < READ_AGAIN_S:
            return
        self._read_at = time.monotonic()
        kept = {(row.rule_id, row.tag_id): row for row in Watch.objects.all()}
        found: dict[tuple[int, int], Standing] = {}
        known = rules.in_force()
        courses = rules.courses() if any(entry.stages for _rule, entry in known) else {}
        for rule, entry in known:
            for tag, asset in rules.tags_of(entry).values_list("id", "asset_id"):
                key = (rule.pk, tag)
                one = self.standings.get(key)
                if one is None:
                    one = Standing(rule, entry, tag, asset)
                    if row := kept.get(key):
                        one.pk, one.state = row.pk, STATES.index(Watch.State(row.state))
                        one.since, one.seen = _ms(row.since), _ms(row.seen)
                        one.value = np.nan if row.value is None else row.value
                        one.peak = np.nan if row.peak is None else row.peak
                        one.case = row.case_id
                one.rule, one.entry = rule, entry
                one.course = courses.get(asset, rules.NO_COURSE)
                found[key] = one
        self.standings, self.by_tag = found, {}
        for one in found.values():
            if one.entry.silence is None:
                self.by_tag.setdefault(one.tag, []).append(one)
        self.watched = np.array(sorted(self.by_tag), np.int32)
        self.silences = [one for one in found.values() if one.entry.silence is not None]

    def follow(self) -> int:
        """Evaluate what was written since; return how many points that were."""
        self._refresh()
        known = journal.segments()
        if not known:
            return 0
        count, changed, loud = 0, [], []
        if self.segment not in known:
            self.segment, self.offset = next((s for s in known if s > self.segment), known[0]), 0
        while True:
            for frame in journal.read(self.segment, self.offset):
                self.offset = frame.end
                count += len(frame.batch)
                if not frame.is_quiet:
                    loud.append(frame.batch)
            later = [segment for segment in known if segment > self.segment]
            if not later:
                break
            # A closed segment that was read to its end: nothing more is written to it.
            self.segment, self.offset = later[0], 0
        if loud:
            changed = self._evaluate(Batch.of(loud))
        self._unmarked += count
        if changed or (self._unmarked and time.monotonic() - self._marked_at > MARK_S):
            self._keep(changed)
        return count

    def mark(self) -> None:
        """Write how far the journal was read, so that it may be folded."""
        self._keep([])

    def _evaluate(self, batch: Batch) -> list[Standing]:
        if not len(self.watched):
            return []
        batch = batch.where(np.isin(batch.ids, self.watched))
        if not len(batch):
            return []
        batch = batch.where(last_written(batch.ids, batch.times))
        tags, first = np.unique(batch.ids, return_index=True)
        ends = np.append(first[1:], len(batch))
        least = np.minimum.reduceat(batch.values, first).tolist()
        most = np.maximum.reduceat(batch.values, first).tolist()
        changed = []
        for place, tag in enumerate(tags.tolist()):
            begin, end = first[place], ends[place]
            for one in self.by_tag[tag]:
                entry = one.entry
                # Most points are as they should be: for those the extremes say enough.
                if one.state == QUIET and entry.rate is None and not (
                    most[place] > entry.threshold if entry.sign > 0
                    else least[place] < entry.threshold
                ):  # fmt: skip
                    one.seen = max(one.seen, int(batch.times[end - 1]))
                    continue
                if one.follow(batch.times[begin:end], batch.values[begin:end]):
                    changed.append(one)
        return changed

    def listen(self) -> None:
        """Look for tags that have fallen silent, or speak again."""
        self._refresh()
        if not self.silences:
            return
        at = _ms(now())
        newest = journal.newest(np.array([one.tag for one in self.silences], np.int32))["time"]
        changed = [one for one, last in zip(self.silences, newest.tolist(), strict=True)
                   if one.silent(last, at)]  # fmt: skip
        if changed:
            self._keep(changed)

    def _keep(self, changed: list[Standing]) -> None:
        self._marked_at = time.monotonic()
        with transaction.atomic():
            for one in changed:
                if one.is_raised_now:
                    one.case = telling.alarm(one.rule, one.entry, one.tag, one.peak,
                                             datetime_of(one.since), one.value)  # fmt: skip
            rows = [one.row() for one in changed]
            Watch.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["rule", "tag"],
                update_fields=["state", "since", "seen", "value", "peak", "case"],
            ) if rows else None  # fmt: skip
            Reading.objects.filter(name="rules").update(
                segment=self.segment, offset=self.offset, at=now()
            )
            if changed:
                telling.say_health({one.asset for one in changed})
        self._unmarked = 0
        for one in changed:
            one.is_raised_now = False
