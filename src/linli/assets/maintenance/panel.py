"""Maintenance in brief on the page of an asset: how its machines are, what is left, open orders."""

from django.template.loader import render_to_string

from linli.assets.maintenance import listing
from linli.assets.register.models import Asset
from linli.assets.register.panels import panel
from linli.people.scope import Scope

SHOWN = 6  # the most urgent ones; the page of maintenance has all


@panel("maintenance", order=20, styles=("linli/machines.css",))
def of_asset(asset: Asset, sight: Scope) -> str:
    """Draw what is told of the machines at and below an asset; nothing where nothing is."""
    rows = listing.machines(sight, below=asset.path)
    if not rows:
        return ""
    ordered = sum(row.order is not None for row in rows)
    return render_to_string(
        "maintenance/_panel.html",
        {"asset": asset, "rows": rows[:SHOWN], "more": len(rows) > SHOWN, "ordered": ordered},
    )
