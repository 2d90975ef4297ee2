"""What was judged, written in one transaction: parts, flaws, lots, hours, and what is watched."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from linli.assets.inspection import lots
from linli.assets.inspection.counting import count
from linli.assets.inspection.judges import Judged
from linli.assets.inspection.models import (
    Flaw,
    FlawKind,
    Inspection,
    Lot,
    Product,
    Station,
    Verdict,
    Version,
    Watch,
)
from linli.assets.inspection.naming import Label
from linli.clock import now
from linli.engines.control.rising import Rising

HELD_BACK = 3  # one judged part in so many tests models and teaches none
UNUSABLE = Rising(0.02, 0.25, 100_000)  # five bad pictures in a row, or as good as


@dataclass(frozen=True)
class Taken:
    """A judged picture with all that is to be kept of it."""

    label: Label
    at: datetime
    judged: Judged
    picture: str = ""
    heat: str = ""
    size: tuple[int, int] = (0, 0)
    seconds: float = 0.0


def is_held_back(label: Label) -> bool:
    """Tell whether a part is one of those that models are measured on.

    It follows from lot and serial, so that two pictures of a part never lie on both sides.
    """
    name = f"{label.lot}\n{label.serial}" if label.serial else label.key
    return sha256(name.encode()).digest()[0] % HELD_BACK == 0


def known_keys(station: Station, keys: Sequence[str]) -> set[str]:
    """Return which of these pictures were recorded before."""
    rows = Inspection.objects.filter(station=station, key__in=keys).order_by()
    return set(rows.values_list("key", flat=True))


def record(station: Station, version: Version | None, taken: Sequence[Taken]) -> list[Inspection]:
    """Write judged pictures, each once however often it is handed in; return the new rows."""
    with transaction.atomic():
        # Two workers of one station wait here for each other.
        watch = Watch.objects.select_for_update().get_or_create(station=station)[0]
        known = known_keys(station, [one.label.key for one in taken])
        new: dict[str, Taken] = {}
        for one in taken:
            if one.label.key not in known:
                new.setdefault(one.label.key, one)
        if not new:
            return []
        found = _lots(station, list(new.values()))
        rows = [
            Inspection(
                station=station, lot=found.get(one.label.lot), serial=one.label.serial,
                key=one.label.key, at=one.at, verdict=one.judged.verdict,
                reason=one.judged.reason, detail=one.judged.detail[:200], score=one.judged.score,
                threshold=one.judged.threshold, version=version, picture=one.picture,
                heat=one.heat, width=one.size[0], height=one.size[1], likes=one.judged.likes,
                seconds=round(one.seconds, 4), held_back=is_held_back(one.label),
            )
            for one in new.values()
        ]  # fmt: skip
        Inspection.objects.bulk_create(rows)
        kinds = kinds_of(station.product)
        flaws = [
            Flaw(inspection=row, kind=kinds.get(place.number), box=list(place.box),
                 score=round(place.score, 4))
            for row, one in zip(rows, new.values(), strict=True) for place in one.judged.places
        ]  # fmt: skip
        Flaw.objects.bulk_create(flaws)
        count(station, rows, flaws)
        _hold(rows, station)
        _watch(watch, station, rows)
    return rows


def kinds_of(product: Product | None) -> dict[int | None, FlawKind]:
    """Return kinds of flaws by number; those of the product itself before those of any."""
    rows = FlawKind.objects.filter(number__isnull=False, retired=False)
    found: dict[int | None, FlawKind] = {}
    for kind in sorted(rows, key=lambda kind: kind.product_id is not None):
        if kind.product_id in (None, product and product.pk):
            found[kind.number] = kind
    return found


def _lots(station: Station, taken: Sequence[Taken]) -> dict[str, Lot]:
    """Return the lots these parts belong to, found or begun, their counts kept."""
    product = station.product
    codes = sorted({one.label.lot for one in taken if one.label.lot})
    if product is None or not codes:
        return {}
    found: dict[str, Lot] = {}
    for code in codes:
        own = [one for one in taken if one.label.lot == code]
        first, last = min(one.at for one in own), max(one.at for one in own)
        lot, _made = Lot.objects.get_or_create(
            product=product, code=code, defaults={"began_at": first, "last_at": last}
        )
        counts = Counter(one.judged.verdict for one in own)
        Lot.objects.filter(pk=lot.pk).update(
            parts=F("parts") + len(own), flawed=F("flawed") + counts[Verdict.FLAWED],
            unusable=F("unusable") + counts[Verdict.UNUSABLE], last_at=max(lot.last_at, last),
        )  # fmt: skip
        found[code] = lot
    return found


def _hold(rows: Sequence[Inspection], station: Station) -> None:
    """Hold the lots in which more parts are flawed than their product allows."""
    flawed = {row.lot_id for row in rows if row.lot_id and row.verdict == Verdict.FLAWED}
    for lot in Lot.objects.select_for_update().filter(pk__in=flawed).order_by("pk"):
        lot.product = station.product  # type: ignore[assignment]
        if lots.is_to_be_held(lot):
            lots.hold_by_station(
                lot,
                _("%(n)d of %(parts)d parts flawed at %(station)s")
                % {"n": lot.flawed - lot.cleared, "parts": lot.parts, "station": station.name},
            )


def _watch(watch: Watch, station: Station, rows: Sequence[Inspection]) -> None:
    """Go on with the sums that tell of a rising share and of bad pictures."""
    ordered = sorted(rows, key=lambda row: (row.at, row.pk))
    usable = [row.verdict == Verdict.FLAWED for row in ordered if row.verdict != Verdict.UNUSABLE]
    rising = Rising.above(normal_of(station, watch))
    watch.flawed_sum, at = rising.follow(watch.flawed_sum, usable)
    if at is not None and watch.rising_at is None:
        watch.rising_at = now()
    bad = [row.verdict == Verdict.UNUSABLE for row in ordered]
    watch.unusable_sum, at = UNUSABLE.follow(watch.unusable_sum, bad)
    if at is not None and watch.unclear_at is None:
        watch.unclear_at = now()
    watch.parts += len(rows)
    watch.save()


def normal_of(station: Station, watch: Watch) -> float:
    """Return the share of flawed parts that is normal here: what people set, else what was seen."""
    if station.normal is not None:
        return station.normal
    return watch.usual if watch.usual is not None else 0.01
