"""What the ways and the measures of the town amount to."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from linli.engines.sponge import held, needed
from linli.engines.ways import Network, network
from linli.people.scope import Scope
from linli.programmes.ways.models import Catchment, Measure, Way

_studied: dict[tuple[Any, ...], Network] = {}


def study(sight: Scope) -> tuple[list[Way], Network]:
    """Return the ways in sight and what their network is like; kept until a way changes."""
    ways = list(sight.of(Way).order_by("code"))
    mark = tuple((way.pk, way.metres, str(way.line["coordinates"][0])) for way in ways)
    if mark not in _studied:
        _studied.clear()
        _studied[mark] = network([way.line["coordinates"] for way in ways])
    return ways, _studied[mark]


def by_kind(ways: list[Way]) -> list[tuple[str, int, float]]:
    """Return for each kind of way: its name, how many, how long together in kilometres."""
    sums: dict[str, list[float]] = defaultdict(list)
    for way in ways:
        sums[way.kind].append(way.metres)
    return [
        (str(label), len(sums[kind]), sum(sums[kind]) / 1000)
        for kind, label in Way.Kind.choices
        if sums[kind]
    ]


def _feature(shape: dict[str, Any], title: str, note: str, state: str) -> dict[str, Any]:
    told = {"title": title, "note": note, "state": state}
    return {"type": "Feature", "geometry": shape, "properties": told}


def way_features(ways: list[Way], found: Network) -> dict[str, Any]:
    """Return the ways and the gaps as GeoJSON; who is not in the longest part looks faint."""
    lines = [
        _feature(
            way.line, str(way),
            _("%(kind)s, %(metres)d m")
            % {"kind": way.get_kind_display(), "metres": round(way.metres)},
            "going" if part == 0 else "waiting",
        )
        for way, part in zip(ways, found.part, strict=True)
    ]  # fmt: skip
    gaps = [
        _feature(
            {"type": "LineString", "coordinates": [gap.start, gap.end]},
            _("Gap"), _("%(metres)d m") % {"metres": round(gap.metres)}, "gap",
        )
        for gap in found.gaps
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": lines + gaps}


@dataclass(frozen=True)
class Balance:
    """A catchment against its design rain: m³ needed and held, and the rain in mm held back."""

    catchment: Catchment
    count: int
    needed: float
    held: float
    planned: float

    @property
    def share(self) -> int | None:
        return round(100 * self.held / self.needed) if self.needed else None

    @property
    def missing(self) -> float:
        return max(0.0, self.needed - self.held)

    @property
    def rain(self) -> float:
        return held(self.held, self.catchment.runoff, self.catchment.hectares)


def balances(sight: Scope) -> list[Balance]:
    """Return all catchments in sight; only what is built holds, the rest is planned."""
    built = Q(measures__built__isnull=False)
    rows = sight.of(Catchment).annotate(
        n=Count("measures"), h=Sum("measures__volume", filter=built),
        p=Sum("measures__volume", filter=~built),
    )  # fmt: skip
    return [
        Balance(row, row.n, needed(row.rain, row.runoff, row.hectares), row.h or 0.0, row.p or 0.0)
        for row in rows.order_by("code")
    ]


def measure_features(sight: Scope, found: list[Balance]) -> dict[str, Any]:
    """Return catchments and measures as GeoJSON."""
    land = [
        _feature(
            balance.catchment.shape, str(balance.catchment),
            _("%(held)d of %(needed)d m³")
            % {"held": round(balance.held), "needed": round(balance.needed)},
            "waiting" if balance.missing else "done",
        )
        for balance in found
        if balance.catchment.shape
    ]  # fmt: skip
    points = [
        _feature(
            {"type": "Point", "coordinates": [measure.lon, measure.lat]}, str(measure),
            _("%(kind)s, %(volume)d m³")
            % {"kind": measure.get_kind_display(), "volume": round(measure.volume)},
            "done" if measure.built else "waiting",
        )
        for measure in sight.of(Measure).filter(lon__isnull=False, lat__isnull=False)
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": land + points}
