"""Labels with a code to scan, and where a scan leads."""

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from linli.assets.register import health, tree
from linli.assets.register.forms import FaultForm
from linli.assets.register.manuals import of
from linli.assets.register.models import Asset, Level, Manual
from linli.assets.register.views import at_assets, found
from linli.assets.register.visibility import keeps, works_at
from linli.people.scope import scope

MOST = 120  # labels on one sheet


def drawing(address: str) -> SafeString:
    """Draw an address as a code to scan."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return mark_safe(drawn)  # ours: numbers of a path, no text


@login_required
@require_safe
def labels(request: HttpRequest) -> HttpResponse:
    """Show the labels of the assets chosen, to be printed; without a choice, what there is."""
    sight = at_assets(request)
    seen = sight.of(Asset).filter(retired=False)
    chosen = request.GET.getlist("code")[:MOST]
    below = request.GET.get("below", "")
    here = found(sight, below) if below else None
    if here is not None:
        seen = seen.filter(path__startswith=here.path)
    if chosen:
        rows = [
            (row, drawing(request.build_absolute_uri(reverse("asset-scan", args=[row.code]))))
            for row in seen.filter(code__in=chosen).order_by("path")
        ]
        return render(request, "register/label_sheet.html", {"rows": rows})
    offered = tree.nested(list(seen.order_by("path")[:300]))
    return render(
        request, "register/labels.html",
        {"rows": [(min(depth, 3), row, row.level != Level.PART) for depth, row in offered],
         "here": here, "below": below},
    )  # fmt: skip


@login_required
@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """Show on a phone what was scanned: what it is, how it is, and a way to report a fault."""
    sight = scope(request.user)
    row = found(sight, code)
    return render(
        request, "register/scanned.html",
        {"row": row, "above": tree.above(row)[:0:-1],
         "verdict": health.verdicts(tree.below(row)).get(row.code),
         "manuals": of(row, sight.of(Manual)),
         "form": FaultForm() if works_at(sight, row) or keeps(sight, row) else None},
    )  # fmt: skip
