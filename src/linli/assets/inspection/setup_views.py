"""The form of a station: set up, changed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.assets.inspection import setting_up
from linli.assets.inspection.models import Station
from linli.assets.inspection.setting_up import StationForm
from linli.assets.inspection.views import found_station
from linli.assets.inspection.who import may_set_up, may_set_up_any
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope, scope


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_station(request: HttpRequest) -> HttpResponse:
    """Set a station up."""
    sight = scope(request.user)
    if not may_set_up_any(sight):
        raise PermissionDenied
    return _form(request, sight, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_station(request: HttpRequest, station: str) -> HttpResponse:
    """Change a station."""
    sight = scope(request.user)
    found = found_station(sight, station)
    if not may_set_up(sight, found):
        raise PermissionDenied
    return _form(request, sight, found)


def _form(request: HttpRequest, sight: Scope, station: Station | None) -> HttpResponse:
    assert isinstance(request.user, User)
    is_sent = request.method == "POST"
    form = StationForm(sight, request.POST if is_sent else None, instance=station)
    if is_sent and form.is_valid():
        try:
            saved = setting_up.save(form, request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The station is set up."))
            return redirect("inspection-station", station=saved.code)
    return render(
        request, "inspection/setup.html", {"form": form, "station": station},
        status=422 if is_sent else 200,
    )  # fmt: skip
