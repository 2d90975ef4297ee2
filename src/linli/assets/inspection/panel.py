"""Inspection in brief: on the page of an asset, and on the cockpit."""

from typing import Any

from django.template.loader import render_to_string

from linli.assets.inspection import figures
from linli.assets.inspection.models import Lot, Station
from linli.assets.inspection.standing import board
from linli.assets.register.models import Asset
from linli.assets.register.panels import panel
from linli.clock import now
from linli.people.scope import Scope


@panel("inspection", order=30, styles=("linli/inspection.css",))
def of_asset(asset: Asset, sight: Scope) -> str:
    """Draw the stations at an asset and below it; nothing where there are none."""
    rows = sight.of(Station).filter(asset__path__startswith=asset.path)
    found = list(rows.select_related("asset", "product", "version"))
    if not found:
        return ""
    return render_to_string("inspection/_panel.html", {"rows": board(found, now())})


def works() -> dict[str, Any]:
    """Return what a cockpit shows: yield today, what waits, lots held; empty without a station."""
    stations = list(Station.objects.filter(on=True).select_related("asset", "product", "version"))
    if not stations:
        return {}
    at = now()
    rows = board(stations, at)
    day = figures.Span.MONTH.start(at)
    hours = figures.recent([station.pk for station in stations], day)
    whole = figures.total([row for own in hours.values() for row in own], day, at)
    return {
        "yield": whole.first_pass, "parts": whole.parts, "flawed": whole.flawed,
        "waiting": sum(row.waiting for row in rows),
        "held": Lot.objects.filter(state=Lot.State.HELD).count(),
        "silent": [row for row in rows if row.pulse != "running"],
    }  # fmt: skip
