"""What grows in a greenhouse, in brief on the page of its asset."""

from django.template.loader import render_to_string

from linli.assets.growing.courses import standing
from linli.assets.growing.listing import Greenhouse
from linli.assets.growing.recording import kinds
from linli.assets.register.models import Asset
from linli.assets.register.panels import panel
from linli.people.scope import Scope


@panel("growing", order=10, styles=("linli/growing.css",))
def of_asset(asset: Asset, sight: Scope) -> str:
    """Draw what grows in an asset; nothing where nothing can."""
    if not asset.kind or asset.kind not in kinds():
        return ""
    told = Greenhouse(asset, standing([asset]).get(asset.pk))
    return render_to_string("growing/_panel.html", {"told": told, "asset": asset})
