"""The totals of all scoring schemes, for a panel of the cockpit."""

from typing import Any

from django.utils.translation import gettext as _

from linli.engines.pace import Light
from linli.indicators import wording
from linli.indicators.schemes import saying, standing
from linli.indicators.schemes.models import Scheme


def totals() -> list[dict[str, Any]]:
    """Return each scheme of the whole town in its usual period, with shape, word and figures."""
    told = []
    for scheme in Scheme.objects.filter(retired=False):
        shown = standing.sheet(scheme, standing.usual(scheme))
        if not shown.is_known:
            continue
        light = Light.REACHED if shown.reaches else Light.SLIGHTLY
        word = _("%(lacking)s missing") % {"lacking": saying.number(shown.lacking)}
        told.append({
            "scheme": scheme, "total": saying.number(shown.total),
            "limit": saying.points(scheme.threshold), "threshold": saying.threshold(shown),
            "light": light.value, "shape": wording.SHAPES[light],
            "word": wording.LIGHTS[light] if shown.reaches else word,
        })  # fmt: skip
    return told
