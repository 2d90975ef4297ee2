"""What pages say of tags: newest value, age, a small line, faults, alarms; and one over time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.assets.register.models import Asset
from linli.assets.telemetry import store
from linli.assets.telemetry.models import Refusal, Tag, Watch
from linli.assets.telemetry.points import Newest, Spread
from linli.assets.telemetry.saying import ago, number, span_words
from linli.clock import now
from linli.people.scope import Scope

SPARK = timedelta(hours=1)
PARTS = 30  # of a small line
WIDE, HIGH = 120, 24  # its size
FAULTS = timedelta(days=1)
OLD = 5  # times the usual pause, and a value is old
# Name → how long, and how long a stretch of the chart is.
RANGES: dict[str, tuple[timedelta, timedelta]] = {
    "1h": (timedelta(hours=1), timedelta(seconds=10)),
    "6h": (timedelta(hours=6), timedelta(minutes=1)),
    "1d": (timedelta(days=1), timedelta(minutes=5)),
    "7d": (timedelta(days=7), timedelta(minutes=30)),
    "30d": (timedelta(days=30), timedelta(hours=2)),
    "1y": (timedelta(days=365), timedelta(days=1)),
}


@dataclass
class Told:
    """A tag as a list shows it."""

    tag: Tag
    newest: Newest | None
    spark: str = ""
    faults: int = 0
    alarms: list[Watch] = field(default_factory=list)

    @property
    def value(self) -> str:
        return said(self.tag, self.newest.value if self.newest else None)

    @property
    def age(self) -> str:
        return ago(now() - self.newest.at) if self.newest else _("never")

    @property
    def is_old(self) -> bool:
        """Whether nothing has come for much longer than usual."""
        if self.newest is None:
            return False
        usual = timedelta(seconds=max(OLD * (self.tag.every_s or 60), 60))
        return now() - self.newest.at > usual


def said(tag: Tag, value: float | None) -> str:
    """Return a value of a tag as people read it, without its unit."""
    if value is None or value != value:
        return "–"
    if tag.kind == Tag.Kind.FLAG:
        return _("yes") if value else _("no")
    if tag.kind == Tag.Kind.TEXT:
        place = int(value)
        return str(tag.words[place]) if 0 <= place < len(tag.words) else "–"
    return number(value)


def tell(tags: Sequence[Tag], sight: Scope, with_sparks: bool = True) -> list[Told]:
    """Return tags with what is to be said of them, in few questions however many they are."""
    codes = [tag.code for tag in tags]
    newest = store.newest(codes)
    told = {tag.pk: Told(tag, newest.get(tag.code)) for tag in tags}
    at = now()
    counted = Refusal.objects.filter(tag__in=told, last_at__gt=at - FAULTS)
    for pk, count in counted.values_list("tag").annotate(Count("id")).order_by():
        told[pk].faults = count
    raised = sight.of(Watch).filter(tag__in=told, state=Watch.State.RAISED)
    for watch in raised.select_related("rule", "case").defer("case__sketch"):
        told[watch.tag_id].alarms.append(watch)
    moving = [tag for tag in tags if tag.code in newest and tag.kind == Tag.Kind.NUMBER]
    if with_sparks and moving:
        begin = at - SPARK
        series = store.read([tag.code for tag in moving], begin, at, every=SPARK / PARTS)
        times = (series.times.astype(np.int64) / 1000 - begin.timestamp()) / SPARK.total_seconds()
        for column, tag in enumerate(moving):
            told[tag.pk].spark = spark(times, series.values[:, column])
    return list(told.values())


def spark(times: np.ndarray, values: np.ndarray) -> str:
    """Return the points of a small line; "" where there are fewer than two."""
    there = np.isfinite(values)
    if there.sum() < 2:
        return ""
    x, y = times[there].clip(0, 1) * WIDE, values[there]
    low, high = y.min(), y.max()
    up = (
        (HIGH - 2) * (1 - (y - low) / (high - low)) + 1 if high > low else np.full(len(y), HIGH / 2)
    )
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, up, strict=True))


def grouped(tags: QuerySet[Tag], assets: Sequence[Asset], sight: Scope) -> list[dict[str, Any]]:
    """Return assets with their tags."""
    rows = list(tags.filter(asset__in=assets).select_related("asset").order_by("role", "key"))
    told: dict[int, list[Told]] = {asset.pk: [] for asset in assets}
    for one in tell(rows, sight):
        told[one.tag.asset_id].append(one)
    return [{"asset": asset, "tags": told[asset.pk]} for asset in assets]


@dataclass(frozen=True)
class Chart:
    """A tag over a stretch of time: what the drawing needs, and its point in words."""

    point: str
    told: dict[str, Any]
    spread: Spread
    newest: Newest | None


def chart(tag: Tag, name: str) -> Chart:
    """Return a tag over the range of that name."""
    span, every = RANGES[name]
    at = now()
    if name == "1h" and tag.every_s and tag.every_s > every.total_seconds():
        every = timedelta(seconds=min(tag.every_s, 600))
    begin = _whole(at - span, every)
    spread = store.spread(tag.code, begin, at + timedelta(minutes=2), every)
    newest = store.newest([tag.code]).get(tag.code)
    return Chart(_point(tag, span, spread, newest), _drawn(tag, spread, every, begin, at), spread,
                 newest)  # fmt: skip


def _whole(at: datetime, every: timedelta) -> datetime:
    step = every.total_seconds()
    return datetime.fromtimestamp(at.timestamp() // step * step, at.tzinfo)


def _drawn(
    tag: Tag, spread: Spread, every: timedelta, begin: datetime, end: datetime
) -> dict[str, Any]:
    times = spread.times.astype(np.int64)
    step = int(every.total_seconds() * 1000)
    # Where nothing came, the line is broken instead of drawn through.
    gaps = np.nonzero(np.diff(times) > 3 * max(step, (tag.every_s or 0) * 1000))[0] + 1
    at = np.insert(times, gaps, times[gaps - 1] + step) if len(gaps) else times
    columns = [np.insert(values.astype(float), gaps, np.nan) for values in
               (spread.means, spread.lows, spread.highs)]  # fmt: skip
    mean, low, high = (_plain(values) for values in columns)
    return {
        "times": at.tolist(), "mean": mean, "low": low, "high": high, "unit": tag.unit,
        "begin": int(begin.timestamp() * 1000), "end": int(end.timestamp() * 1000),
        "steps": tag.kind != Tag.Kind.NUMBER or tag.role == Tag.Role.SETTING,
        "words": list(tag.words) if tag.kind == Tag.Kind.TEXT else
        [_("no"), _("yes")] if tag.kind == Tag.Kind.FLAG else [],
        "band": tag.kind == Tag.Kind.NUMBER,
    }  # fmt: skip


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if value != value else float(f"{value:.6g}") for value in values.tolist()]


def _point(tag: Tag, span: timedelta, spread: Spread, newest: Newest | None) -> str:
    words: dict[str, Any] = {"tag": tag, "span": span_words(span), "unit": tag.unit}
    if not len(spread):
        return _("%(tag)s: nothing came in the last %(span)s") % words
    # The newest value is kept apart and may be gone where the means still are.
    value = newest.value if newest is not None else float(spread.means[-1])
    words |= {"value": said(tag, value)}
    if tag.kind == Tag.Kind.FLAG:
        share = float(np.average(spread.means, weights=spread.counts))
        return _("%(tag)s: %(value)s now; yes in %(share)d %% of the last %(span)s") % (
            words | {"share": round(share * 100)}
        )
    if tag.kind == Tag.Kind.TEXT:
        return _("%(tag)s: %(value)s now") % words
    words |= {"low": number(float(spread.lows.min())), "high": number(float(spread.highs.max()))}
    if tag.role == Tag.Role.COUNTER:
        words["more"] = number(float(spread.highs.max() - spread.lows.min()))
        return _("%(tag)s: %(value)s %(unit)s now, %(more)s more in the last %(span)s") % words
    if value >= float(spread.highs.max()):
        return _("%(tag)s: %(value)s %(unit)s, the most in %(span)s") % words
    if value <= float(spread.lows.min()):
        return _("%(tag)s: %(value)s %(unit)s, the least in %(span)s") % words
    return (
        _("%(tag)s: %(value)s %(unit)s, between %(low)s and %(high)s in the last %(span)s") % words
    )


def count_words(count: int) -> str:
    """Return a number of points in words."""
    return ngettext("%(count)s point", "%(count)s points", count) % {"count": f"{count:,}"}
