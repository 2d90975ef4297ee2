"""Pages of deliveries."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.logistics.delivery import listing
from linli.logistics.delivery.visibility import may_keep, sees_any
from linli.people.scope import Scope, scope


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    return sight


@login_required
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show the orders of a day."""
    sight = _reader(request)
    asked = [request.GET.get(name, "") for name in ("depot", "day", "state")]
    found = listing.listed(sight, *asked)
    return render(request, "delivery/deliveries.html", {"found": found, "may": may_keep(sight)})
