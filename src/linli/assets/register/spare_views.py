"""The store of spares: what runs low, each spare with its movements."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from linli.assets.register import keeping, spares
from linli.assets.register.asset_views import user_of
from linli.assets.register.forms import MoveForm, SpareForm
from linli.assets.register.models import Asset, Spare
from linli.assets.register.views import at_assets
from linli.assets.register.visibility import keeps, may_move
from linli.people.scope import Scope, scope

SHOWN = 30


def _found(sight: Scope, code: str) -> Spare:
    return get_object_or_404(sight.of(Spare).select_related("plant"), code=code)


@login_required
@require_safe
def spare_list(request: HttpRequest) -> HttpResponse:
    """Show what runs low first, then the whole store."""
    sight = at_assets(request)
    seen = sight.of(Spare).filter(retired=False).select_related("plant")
    return render(
        request, "register/spares.html",
        {"low": spares.low(seen), "rows": seen.order_by("plant", "code")},
    )  # fmt: skip


@login_required
@require_safe
def spare_page(request: HttpRequest, code: str) -> HttpResponse:
    sight = scope(request.user)
    return _page(request, _found(sight, code), sight)


def _page(
    request: HttpRequest, row: Spare, sight: Scope, status: int = 200, **bound: Any
) -> HttpResponse:
    assets = _around(row)
    fits = [a for a in assets if {a.code, a.kind} & set(row.fits)]
    may = keeps(sight, row.plant)
    return render(
        request, "register/spare.html",
        {
            "row": row, "fits": fits, "may": may,
            "moves": row.moves.select_related("asset", "case", "by")[:SHOWN],
            "move_form": bound.get("move") or (
                MoveForm(row, assets) if may_move(sight, row.plant) else None),
            "change_form": bound.get("change") or (SpareForm(row) if may else None),
        },
        status=status,
    )  # fmt: skip


def _around(row: Spare) -> list[Asset]:
    inside = Asset.objects.filter(path__startswith=row.plant.path, retired=False)
    return list(inside.order_by("path"))


@login_required
@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Move spares in or out of the store."""
    sight = scope(request.user)
    row = _found(sight, code)
    if not may_move(sight, row.plant):
        raise PermissionDenied
    assets = _around(row)
    form = MoveForm(row, assets, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        for_what = next((a for a in assets if a.code == told["asset"]), None)
        try:
            spares.move(row, told["reason"], told["number"], user_of(request), asset=for_what,
                        note=told["note"])  # fmt: skip
        except spares.NotInStore as fault:
            form.add_error("number", str(fault))
        else:
            return redirect("spare", code=code)
    return _page(request, row, sight, 422, move=form)


@login_required
@require_POST
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change what is kept of a spare."""
    sight = scope(request.user)
    row = _found(sight, code)
    if not keeps(sight, row.plant):
        raise PermissionDenied
    form = SpareForm(row, request.POST)
    if form.is_valid():
        told = form.cleaned_data | {"code": row.code, "plant": row.plant.code}
        told["fits"] = told["fits"].split()
        try:
            keeping.keep_spare(sight, told)
        except keeping.NotKept as fault:
            form.add_error(None, str(fault))
        else:
            return redirect("spare", code=code)
    return _page(request, row, sight, 422, change=form)
