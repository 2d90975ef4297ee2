"""The page of an enterprise on the land: what the next negotiator has to know, and the steps."""

from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.evidence import NotEvidence
from linli.cases.models import Case
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.programmes.ladders import NotClimbed
from linli.programmes.remediation import alike, forms, sheets, steps
from linli.programmes.remediation.models import Holding, Offer
from linli.programmes.remediation.visibility import may_negotiate
from linli.scores.periods import local_day
from linli.tables import declared

REFUSALS = (NotClimbed, NotEvidence, sheets.NothingToOffer, steps.Gone, alike.NothingDiffers)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _holding(sight: Scope, code: str) -> Holding:
    rows = sight.of(Holding).select_related(
        "ladder", "negotiator", "parcel__block__campaign__policy"
    )
    rows = rows.defer("parcel__wkb", "parcel__block__wkb").prefetch_related("climbs__by")
    return get_object_or_404(rows, code=code)


@login_required
@require_safe
def holding(request: HttpRequest, holding: str) -> HttpResponse:
    """Show what the next negotiator has to know of an enterprise, and the next step."""
    sight = scope(request.user)
    return _shown(request, _holding(sight, holding), sight)


def _shown(
    request: HttpRequest, found: Holding, sight: Scope, fault: str = "",
    form: django_forms.Form | None = None,
) -> HttpResponse:  # fmt: skip
    day = local_day(now())
    sheet = sheets.sheet_of(found)
    compared = alike.compare(found, sheet)
    ahead = steps.next_stage(found)
    may = may_negotiate(sight, found)
    offers = list(found.offers.select_related("by").order_by("-number"))
    last = offers[0] if offers else None
    told = {type(each): each for each in (form,) if each is not None}
    return render(
        request,
        "remediation/holding.html",
        {
            "holding": found,
            "the_block": found.parcel.block,
            "campaign": found.campaign,
            "enterprise": _enterprise(found, sight),
            "sheet": sheet,
            "compared": compared,
            "next": ahead,
            "bars": steps.bars(found, ahead.code, compared=compared) if ahead and may else [],
            "before": found.ladder.before(found.stage),
            "may": may,
            "signed": steps.has_signed(found),
            "offers": offers,
            "is_new": last is None or last.total != sheet.total or _has_lapsed(last, day),
            "promises": list(found.promises.select_related("by")),
            "talks": found.talks.select_related("by"),
            "contracts": found.contracts.select_related("by"),
            "climbs": _way(found),
            "alarms": _alarms(found, sight),
            "days": found.days_here(day),
            "over": found.over_by(day),
            "today": day,
            "fault": fault,
            "forms": {
                "promise": told.get(forms.PromiseForm) or forms.PromiseForm(),
                "talk": told.get(forms.TalkForm) or forms.TalkForm(),
                "contract": told.get(forms.ContractForm) or forms.ContractForm(),
                "climb": told.get(forms.ClimbForm) or forms.ClimbForm(today=day),
            },
        },
        status=422 if fault or form is not None else 200,
    )


def _way(found: Holding) -> list[dict[str, Any]]:
    """Return the steps taken, the last one first, with the names of their stages."""
    return [
        {"name": found.ladder.name_of(row.stage), "on": row.on, "by": row.by, "note": row.note,
         "back": row.back}
        for row in reversed(found.climbs.all())
    ]  # fmt: skip


def _has_lapsed(offer: Offer, day: date) -> bool:
    return offer.until is not None and offer.until < day


def _alarms(found: Holding, sight: Scope) -> list[Case]:
    keys = found.alarms.values("case")
    return list(sight.of(Case).filter(pk__in=keys).order_by("-id")[:3])


def _enterprise(found: Holding, sight: Scope) -> str:
    """Return the page of the enterprise in the register, if there is one and it may be seen."""
    table = declared().get("enterprises")
    if table is None or not found.credit_code or not table.may_list(sight):
        return ""
    lookup = table.column(table.key).lookup
    if not sight.of(table.model).filter(**{lookup: found.credit_code}).exists():
        return ""
    try:
        return reverse("enterprise", args=[found.credit_code])
    except NoReverseMatch:
        return ""


@login_required
@require_POST
def step(request: HttpRequest, holding: str, step: str) -> HttpResponse:
    """Take one step: climb, offer, promise, take back, note, explain, file a contract."""
    sight = scope(request.user)
    found = _holding(sight, holding)
    if step not in STEPS:
        raise Http404
    if not may_negotiate(sight, found):
        raise PermissionDenied
    kind, act, said = STEPS[step]
    form = kind(request.POST, request.FILES) if kind else None
    if form is not None and not form.is_valid():
        faults = [str(fault) for faults in form.errors.values() for fault in faults]
        is_shown = step not in ("take-back", "explain")
        return _shown(request, found, sight, " ".join(faults), form if is_shown else None)
    try:
        act(found, form.cleaned_data if form else {}, _user(request))
    except REFUSALS as refusal:
        return _shown(request, _holding(sight, holding), sight, str(refusal))
    messages.success(request, said())
    return redirect("holding", holding=found.code)


def _climb(found: Holding, told: dict[str, Any], by: User) -> None:
    steps.climb(found, told["stage"], by, told["on"], told["note"])


def _offer(found: Holding, told: dict[str, Any], by: User) -> None:
    sheets.offer(found, by)


def _promise(found: Holding, told: dict[str, Any], by: User) -> None:
    steps.promise(found, told["item"], by, told["amount"], told["wording"])


def _take_back(found: Holding, told: dict[str, Any], by: User) -> None:
    key = told["what"]
    row = found.promises.filter(pk=int(key) if key.isdecimal() and len(key) < 16 else 0).first()
    if row is None:
        raise steps.Gone(_("There is no such promise."))
    row.holding = found
    steps.take_back(row, told["reason"])


def _note(found: Holding, told: dict[str, Any], by: User) -> None:
    steps.note(found, told["way"], told["text"], by)


def _explain(found: Holding, told: dict[str, Any], by: User) -> None:
    alike.acknowledge(found, told["what"], told["reason"], by)


def _file(found: Holding, told: dict[str, Any], by: User) -> None:
    steps.file_contract(found, told["file"], by)


# Name → the form, what is done, and what is said afterwards.
STEPS: dict[str, tuple[Any, Any, Any]] = {
    "climb": (forms.ClimbForm, _climb, lambda: _("The step was taken.")),
    "offer": (None, _offer, lambda: _("The sheet of today was kept as a version.")),
    "promise": (forms.PromiseForm, _promise, lambda: _("Kept: the next one sees it.")),
    "take-back": (forms.ReasonForm, _take_back, lambda: _("Taken back.")),
    "note": (forms.TalkForm, _note, lambda: _("Kept.")),
    "explain": (forms.ReasonForm, _explain, lambda: _("The reason was kept.")),
    "contract": (forms.ContractForm, _file, lambda: _("The contract was filed.")),
}
