"""The page of one asset, and what may be done there. Each view parses, asks once, renders."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.assets.register import (
    figures,
    health,
    history,
    keeping,
    manuals,
    panels,
    spares,
    stops,
    telling,
    tree,
)
from linli.assets.register.forms import (
    AssetForm,
    CrewForm,
    DayForm,
    FaultForm,
    ManualForm,
    NoteForm,
    ShiftForm,
    SpareForm,
    StopForm,
)
from linli.assets.register.models import (
    Asset,
    AssetCase,
    AssetKind,
    Entry,
    Health,
    Level,
    Manual,
    Shift,
    Spare,
    Stop,
)
from linli.assets.register.views import crews_of, found, shift_page
from linli.assets.register.visibility import keeps, may_write, works_at
from linli.cases.evidence import PDF, NotEvidence
from linli.cases.file_views import sent
from linli.cases.intake import Unusable
from linli.cases.listing import in_brief
from linli.cases.models import Case
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.scores.periods import Period, local_day

SHOWN, LAST_DAYS = 12, 30


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_safe
def asset_page(request: HttpRequest, code: str) -> HttpResponse:
    sight = scope(request.user)
    return show(request, found(sight, code), sight)


def show(
    request: HttpRequest, row: Asset, sight: Scope, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer with the page of an asset."""
    above = tree.above(row)
    parts = list(
        sight.of(Asset).filter(path__startswith=row.path, retired=False)
        .exclude(pk=row.pk).order_by("path")[:300]
    )  # fmt: skip
    verdicts = health.verdicts(tree.below(row))
    kind = AssetKind.objects.filter(code=row.kind).first() if row.kind else None
    keys = AssetCase.objects.filter(asset__path__startswith=row.path).values("case")
    ours = in_brief(sight.of(Case).filter(pk__in=keys).order_by("-id"))
    today = local_day(now())
    month = Period(today - timedelta(days=LAST_DAYS), today)
    machines = [a for a in (row, *parts) if a.level == Level.MACHINE]
    ran = next((line.ran for line in figures.lines([row, *machines], month)), None)
    may, here = keeps(sight, row), works_at(sight, row)
    depths = tree.nested([part for part in parts if part.level != Level.PART or len(parts) < 40])
    return render(
        request,
        "register/asset.html",
        {
            "row": row, "kind": kind, "above": above[:0:-1], "depth": len(above),
            "runs": next((one.organisation for one in above if one.organisation), None),
            "place": next((one.area for one in above if one.area), None),
            "words": Health.objects.filter(asset=row).order_by("by"),
            "verdict": verdicts.get(row.code),
            "parts": [(min(depth, 3), part, verdicts.get(part.code)) for depth, part in depths],
            "panels": panels.drawn(row, sight),
            "cases": list(ours[:SHOWN]),
            "entries": Entry.objects.filter(asset__path__startswith=row.path)
            .select_related("asset", "by", "case")[:SHOWN],
            "manuals": [
                (file, may and manuals.may_remove(sight, row, file))
                for file in manuals.of(row, sight.of(Manual))
            ],
            "spares": spares.fitting(row, sight.of(Spare)),
            "ran": ran, "days": LAST_DAYS, "month": month,
            "standing": Stop.objects.filter(asset=row, until=None).first(),
            "may": may, "here": may or here,
            "forms": {
                "fault": FaultForm(), "note": NoteForm(), "stop": StopForm(),
                "manual": ManualForm(row), "spare": SpareForm(None),
            } | more.pop("bound", {}),
            **more,
        },
        status=status,
    )  # fmt: skip


def _report(request: HttpRequest, row: Asset) -> HttpResponse:
    """Open a case of what somebody at the machine tells."""
    form = FaultForm(request.POST, request.FILES)
    sight = scope(request.user)
    if form.is_valid():
        told = form.cleaned_data
        try:
            case = telling.fault(
                row, user_of(request), told["title"], told["body"], told["once"], told["evidence"]
            )
        except (NotEvidence, Unusable) as fault:
            form.add_error("evidence" if isinstance(fault, NotEvidence) else None, str(fault))
        else:
            messages.success(request, _("Reported as case %(code)s.") % {"code": case.code})
            return redirect("case", code=case.code)
    return show(request, row, sight, 422, bound={"fault": form}, open_fault=True)


def _note(request: HttpRequest, row: Asset) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        history.note(row, told["what"], told["done"], user_of(request), found=told["found"],
                     minutes=told["minutes"])  # fmt: skip
        messages.success(request, _("Kept."))
        return redirect(reverse("asset", args=[row.code]) + "#history")
    return show(request, row, scope(request.user), 422, bound={"note": form})


def _stop(request: HttpRequest, row: Asset) -> HttpResponse:
    form = StopForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            stops.begin(row, told["cause"], user_of(request), told["since"], told["note"])
        except stops.NotAStop as fault:
            form.add_error(None, str(fault))
        else:
            return redirect(reverse("asset", args=[row.code]) + "#running")
    return show(request, row, scope(request.user), 422, bound={"stop": form})


def _go(request: HttpRequest, row: Asset) -> HttpResponse:
    try:
        stops.end(row)
    except stops.NotAStop as fault:
        messages.error(request, str(fault))
    return redirect(reverse("asset", args=[row.code]) + "#running")


def _manual(request: HttpRequest, row: Asset) -> HttpResponse:
    form = ManualForm(row, request.POST, request.FILES)
    if form.is_valid():
        told = form.cleaned_data
        try:
            manuals.keep(row, told["title"], told["file"], user_of(request), told["about"])
        except NotEvidence as fault:
            form.add_error("file", str(fault))
        else:
            return redirect(reverse("asset", args=[row.code]) + "#manuals")
    return show(request, row, scope(request.user), 422, bound={"manual": form})


def _day(request: HttpRequest, row: Asset) -> HttpResponse:
    form = DayForm(list(Shift.objects.filter(plant__code=row.top)), request.POST)
    sight = scope(request.user)
    if form.is_valid():
        told = form.cleaned_data
        try:
            keeping.keep_day(sight, row, told["day"], told["shifts"], told["note"])
        except keeping.NotKept as fault:
            form.add_error(None, str(fault))
        else:
            return redirect("asset-shifts", code=row.code)
    return shift_page(request, row, sight, 422, day=form)


def _shift(request: HttpRequest, row: Asset) -> HttpResponse:
    form = ShiftForm(request.POST)
    sight = scope(request.user)
    if form.is_valid():
        told = form.cleaned_data
        other = Shift.objects.filter(code=told["code"]).exclude(plant__code=row.top)
        if other.exists():
            form.add_error("code", _("This code is taken."))
        elif _is_kept(form, lambda: keeping.keep_shift(sight, _top(row), told)):
            return redirect("asset-shifts", code=row.code)
    return shift_page(request, row, sight, 422, shift=form)


def _crew(request: HttpRequest, row: Asset) -> HttpResponse:
    own = list(Shift.objects.filter(plant__code=row.top))
    form = CrewForm(crews_of(row), own, request.POST)
    sight = scope(request.user)
    if form.is_valid():
        told = form.cleaned_data | {"shift": form.cleaned_data["shift"] or None}
        if _is_kept(form, lambda: keeping.keep_crew(sight, told)):
            return redirect("asset-shifts", code=row.code)
    return shift_page(request, row, sight, 422, crew=form)


def _spare(request: HttpRequest, row: Asset) -> HttpResponse:
    form = SpareForm(None, request.POST)
    sight = scope(request.user)
    if form.is_valid():
        told = form.cleaned_data | {"plant": row.top, "fits": form.cleaned_data["fits"].split()}
        if Spare.objects.filter(code=told["code"]).exists():
            form.add_error("code", _("This code is taken."))
        elif _is_kept(form, lambda: keeping.keep_spare(sight, told)):
            return redirect("spare", code=told["code"])
    return show(request, row, sight, 422, bound={"spare": form})


def _top(row: Asset) -> Asset:
    return row if row.parent_id is None else Asset.objects.get(code=row.top)


def _is_kept(form: Any, keep: Callable[[], Any]) -> bool:
    """Keep something; False, with what is wrong said in the form, where it cannot be."""
    try:
        keep()
    except keeping.NotKept as fault:
        for wrong in fault.wrongs:
            form.add_error(wrong.column if wrong.column in form.fields else None, wrong.message)
        return False
    return True


def _remove_manual(request: HttpRequest, row: Asset) -> HttpResponse:
    sight = scope(request.user)
    key = request.POST.get("manual", "")
    known = manuals.of(row, sight.of(Manual)).filter(pk=int(key) if key.isdigit() else 0).first()
    if known is None:
        raise Http404
    if not manuals.may_remove(sight, row, known):
        raise PermissionDenied
    manuals.remove(row, known, user_of(request))
    messages.success(request, _("The manual is removed."))
    return redirect(reverse("asset", args=[row.code]) + "#manuals")


# Step → what it does, and whether only who keeps the asset may.
STEPS = {
    "fault": (_report, False), "note": (_note, False), "stop": (_stop, False), "go": (_go, False),
    "manual": (_manual, True), "day": (_day, True), "shift": (_shift, True),
    "crew": (_crew, True), "spare": (_spare, True), "manual-removal": (_remove_manual, True),
}  # fmt: skip


@login_required
@require_POST
def take_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Do something with an asset."""
    if step not in STEPS:
        raise Http404
    sight = scope(request.user)
    row = found(sight, code)
    do, is_keepers = STEPS[step]
    if not (keeps(sight, row) or (not is_keepers and works_at(sight, row))):
        raise PermissionDenied
    return do(request, row)


@login_required
def new_asset(request: HttpRequest) -> HttpResponse:
    """Ask for a new asset below another, or at the top of the tree."""
    sight = scope(request.user)
    if not may_write(sight):
        raise PermissionDenied
    code = request.POST.get("parent") or request.GET.get("below") or ""
    return _kept(request, sight, None, found(sight, code) if code else None)


@login_required
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for what shall be changed of an asset."""
    sight = scope(request.user)
    row = found(sight, code)
    if not keeps(sight, row):
        raise PermissionDenied
    return _kept(request, sight, row, row.parent)


def _kept(
    request: HttpRequest, sight: Scope, row: Asset | None, parent: Asset | None
) -> HttpResponse:
    given = (request.POST,) if request.method == "POST" else ()
    form = AssetForm(sight, row, parent, *given)
    if given and form.is_valid():
        told = form.cleaned_data | ({"code": row.code} if row else {})
        taken = row is None and Asset.objects.filter(code=told["code"]).exists()
        if taken:
            form.add_error("code", _("This code is taken."))
        else:
            try:
                kept = keeping.keep_asset(sight, told)
            except keeping.NotKept as fault:
                for wrong in fault.wrongs:
                    shown = wrong.column if wrong.column in form.fields else None
                    form.add_error(shown, wrong.message)
            else:
                return redirect("asset", code=kept.code)
    return render(
        request, "register/change.html", {"form": form, "row": row, "parent": parent},
        status=422 if given else 200,
    )  # fmt: skip


@login_required
@require_safe
def manual(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a manual to who sees what it is about."""
    row = get_object_or_404(scope(request.user).of(Manual), pk=pk)
    with row.file.open("rb") as file:
        content = file.read()
    name = f"manual-{row.pk}.{row.file.name.rpartition('.')[2]}"
    kind = f"{row.content_type}; charset=utf-8" if row.content_type == manuals.TEXT else (
        row.content_type
    )  # fmt: skip
    return sent(content, kind, name, row.content_type == PDF)
