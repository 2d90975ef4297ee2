"""The page on which land is cut: it shows a sheet, tries what is drawn, and keeps it."""

from typing import Any

import orjson
import shapely
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.engines.geo import SYSTEMS
from linli.people.models import User
from linli.people.scope import scope
from linli.programmes.remediation.cutting import given, saving, sheet
from linli.programmes.remediation.cutting.ground import Ground, may_cut, of_block, of_campaign
from linli.programmes.remediation.cutting.sheet import Refused, Sheet
from linli.programmes.remediation.models import Block, Campaign
from linli.rest import Problem
from linli.rest import given as body

MOST_BYTES = 4 * 2**20


class ShapesForm(forms.Form):
    """Pieces as text or as a file, for who does not draw."""

    text = forms.CharField(
        label=gettext_lazy("GeoJSON"), required=False, max_length=MOST_BYTES,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("or a file"), required=False,
        widget=forms.FileInput({"accept": ".geojson,.json,application/geo+json"}),
    )  # fmt: skip
    coordinates = forms.ChoiceField(
        label=gettext_lazy("Coordinate system"),
        choices=[(system, system.upper()) for system in SYSTEMS], initial="wgs84",
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)
    leaves_out = forms.BooleanField(
        label=gettext_lazy("Land may be left out: it lies in no piece any more"), required=False
    )

    def content(self) -> bytes:
        """Return what was given, the file before the text.

        Raises
        ------
        Refused
            If there is neither, or too much.
        """
        file, text = self.cleaned_data["file"], self.cleaned_data["text"]
        if file is not None and file.size > MOST_BYTES:
            raise Refused(_("This file is too large."))
        content: bytes = file.read() if file is not None else text.encode()
        if not content.strip():
            raise Refused(_("Paste the shapes, or choose a file."))
        return content


def _ground(request: HttpRequest, campaign: str = "", block: str = "") -> Ground:
    sight = scope(request.user)
    if block:
        rows = sight.of(Block).select_related("campaign__area", "campaign__organisation")
        found = of_block(get_object_or_404(rows, code=block))
    else:
        rows = sight.of(Campaign).select_related("area", "organisation")
        found = of_campaign(get_object_or_404(rows, code=campaign))
    if not may_cut(sight, found.campaign):
        raise PermissionDenied
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Cut the area of a campaign into blocks."""
    return _page(request, _ground(request, campaign=campaign))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, block: str) -> HttpResponse:
    """Cut a block into parcels."""
    return _page(request, _ground(request, block=block))


@login_required
@require_POST
def try_campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Try an operation on the blocks of a campaign; nothing is kept."""
    return _try(request, _ground(request, campaign=campaign))


@login_required
@require_POST
def try_block(request: HttpRequest, block: str) -> HttpResponse:
    """Try an operation on the parcels of a block; nothing is kept."""
    return _try(request, _ground(request, block=block))


def _page(request: HttpRequest, ground: Ground) -> HttpResponse:
    if request.method == "POST":
        is_drawn = request.content_type == "application/json"
        return _keep(request, ground) if is_drawn else _keep_file(request, ground)
    return _shown(request, ground, ShapesForm())


def _shown(
    request: HttpRequest, ground: Ground, form: ShapesForm, fault: str = ""
) -> HttpResponse:  # fmt: skip
    told = given.told(sheet.opened(ground))
    kept = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": piece["geometry"],
         "properties": {key: piece[key] for key in ("code", "name", "name_en", "use")}}
        for piece in told["pieces"]
    ]}  # fmt: skip
    if not form.is_bound:
        form.fields["text"].initial = orjson.dumps(kept, option=orjson.OPT_INDENT_2).decode()
    key = ground.code
    of = "block" if ground.block else "campaign"
    return render(
        request,
        "remediation/cut.html",
        {
            "campaign": ground.campaign, "the_block": ground.block,
            "sheet": told, "form": form, "fault": fault,
            "within": orjson.loads(_outline(ground)),
            "tries": reverse(f"try-{of}", args=[key]),
            "leads": _back(ground),
            "said": _words(),
        },
        status=422 if fault else 200,
    )  # fmt: skip


def _outline(ground: Ground) -> str:
    text: str = shapely.to_geojson(shapely.set_precision(ground.within, 1e-7))
    return text


def _back(ground: Ground) -> str:
    if ground.block:
        return reverse("remediation-block", args=[ground.block.code])
    return reverse("campaign", args=[ground.campaign.code])


def _keep_file(request: HttpRequest, ground: Ground) -> HttpResponse:
    form = ShapesForm(request.POST, request.FILES)
    if not form.is_valid():
        faults = [str(fault) for faults in form.errors.values() for fault in faults]
        return _shown(request, ground, form, " ".join(faults))
    told = form.cleaned_data
    try:
        found = given.from_file(ground, form.content(), told["coordinates"])
        _save(request, found, ground.mark, told["leaves_out"], told["reason"])
    except Refused as refusal:
        return _shown(request, ground, form, str(refusal))
    return redirect(_back(ground))


def _keep(request: HttpRequest, ground: Ground) -> HttpResponse:
    try:
        told, _files = body(request, given.KeepGiven)
        found = given.read(ground, told)
        _save(request, found, told.mark, told.leaves_out, told.reason)
    except Problem as problem:
        return problem.response()
    except Refused as refusal:
        return Problem(409, str(refusal)).response()
    return _json({"leads": _back(ground)})


def _save(request: HttpRequest, found: Sheet, mark: str, leaves_out: bool, reason: str) -> None:
    assert isinstance(request.user, User)
    saving.save(found, mark, request.user, leaves_out, reason)
    messages.success(request, _("The pieces were kept."))


def _try(request: HttpRequest, ground: Ground) -> HttpResponse:
    try:
        told, _files = body(request, given.TryGiven)
        return _json(given.told(given.tried(ground, told)))
    except Problem as problem:
        return problem.response()
    except Refused as refusal:
        return Problem(409, str(refusal)).response()


def _json(told: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(told), content_type="application/json")


def _words() -> dict[str, str]:
    """Return what the script says."""
    return {
        "mu": _("mu"), "enterprises": _("Enterprises on it"), "on": _("stands on"),
        "name": _("Name"), "name_en": _("English name"), "use": _("Land use"), "code": _("Code"),
        "choose": _("Choose"), "undone": _("Undone."), "was_cut": _("Cut: nothing is kept yet."),
        "cut": _("Tap along the line from side to side, then finish."),
        "carve": _("Tap the corners of the piece, then finish."),
        "choosing": _("Tap pieces to choose them."),
        "corners": _("Drag a corner. It moves in every piece that has it."),
        "merge": _("Choose two pieces or more."), "lost": _("No answer: try again."),
        "bad_line": _("Write places as longitude,latitude with a space between."),
        "new": _("new"),
        "there": _("Show on the map"),
    }  # fmt: skip
