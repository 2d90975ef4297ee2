"""What telemetry says on the page of an asset: its newest values."""

from django.template.loader import render_to_string

from linli.assets.register.models import Asset
from linli.assets.register.panels import panel
from linli.assets.telemetry import overview
from linli.assets.telemetry.models import Tag
from linli.people.scope import Scope

SHOWN = 24


@panel("telemetry", order=20, styles=("linli/telemetry.css",))
def readings(asset: Asset, sight: Scope) -> str:
    """Draw the newest values of an asset's tags, its own before those of its parts."""
    rows = sight.of(Tag).filter(asset__path__startswith=asset.path, retired=False)
    rows = rows.select_related("asset").order_by("asset__path", "role", "key")
    tags = list(rows[: SHOWN + 1])
    if not tags:
        return ""
    context = {
        "rows": overview.tell(tags[:SHOWN], sight), "asset": asset, "is_more": len(tags) > SHOWN,
    }  # fmt: skip
    return render_to_string("telemetry/_panel.html", context)
