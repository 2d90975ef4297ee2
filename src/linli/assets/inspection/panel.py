"""Inspection in brief: on the page of an asset, and on the cockpit."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
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


def checked(paths: Sequence[str]) -> dict[str, Any]:
    """Return for a cockpit: yield today, what waits, lots held; empty without a station.

    Parameters
    ----------
    paths
        Of the areas whose plants may be seen.
    """
    here = reduce(or_, (Q(area__path__startswith=path) for path in paths), Q(pk__in=[]))
    tops = list(
        Asset.objects.filter(here, parent=None, retired=False).values_list("path", flat=True)
    )
    inside = reduce(or_, (Q(asset__path__startswith=top) for top in tops), Q(pk__in=[]))
    stations = list(Station.objects.filter(inside, on=True).values_list("pk", "product"))
    if not stations:
        return {}
    at = now()
    day = figures.Span.MONTH.start(at)
    keys = [key for key, _product in stations]
    hours = figures.recent(keys, day)
    whole = figures.total([row for own in hours.values() for row in own], day, at)
    products = {product for _key, product in stations if product}
    return {
        "yield": whole.first_pass, "parts": whole.parts,
        "waiting": sum(figures.waiting(keys).values()),
        "held": Lot.objects.filter(state=Lot.State.HELD, product__in=products).count(),
    }  # fmt: skip
