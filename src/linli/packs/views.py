"""Pages of packs: read them, upload a changed one, see the difference, apply it, go back."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.models import Category
from linli.packs import drafts, versions
from linli.packs.models import TownVersion
from linli.packs.reading import pack_of, packs_of
from linli.packs.versions import NoSource, pack_name
from linli.packs.words import KINDS, WORDS
from linli.people.administration import (
    Impossible,
    Reach,
    for_administrators,
    for_the_towns_administrators,
)
from linli.people.models import Organisation, User
from linli.people.scope import scope
from linli.places.models import Area
from linli.places.town import NoTown, the_town
from linli.sections import Fault, Faulty

MOST_BYTES = 20 * 1024 * 1024
VERSIONS = 20
FAULTS = 200


@for_administrators
@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    return _packs(request)


def _packs(request: HttpRequest, faults: list[Fault] | None = None, why: str = "") -> HttpResponse:
    assert isinstance(request.user, User)
    try:
        found = packs_of(the_town())
    except NoTown:
        found = []
    kept = scope(request.user).of(TownVersion).select_related("by")
    return render(
        request,
        "packs/packs.html",
        {
            "packs": found,
            "versions": kept.filter(number__isnull=False).order_by("-number")[:VERSIONS],
            "draft": kept.filter(number=None, by=request.user).first(),
            "may_change": Reach(request.user).is_whole,
            "faults": (faults or [])[:FAULTS],
            "fault_count": len(faults or []),
            "why": why,
        },
        status=422 if faults or why else 200,
    )


@for_administrators
@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "packs/pack.html", {"pack": _found(code)})


@for_administrators
@require_safe
def source(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the text of a pack, to be changed and uploaded again."""
    response = HttpResponse(_found(code).source, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}.toml"'
    return response


def _found(code: str) -> Any:
    try:
        if code not in the_town().packs:
            raise Http404
    except NoTown:
        raise Http404 from None
    try:
        version = versions.in_force()
    except NoSource:
        version = None
    found = pack_of(code, version)
    if found is None:
        raise Http404
    return found


@for_the_towns_administrators
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > MOST_BYTES:
        return _packs(request, why=_("Choose a file of at most 20 MB."))
    try:
        how, name, files = drafts.files_of(file.name or "", file.read())
        draft = drafts.draft(request.user, how, name, files)
    except Faulty as faulty:
        return _packs(request, faulty.faults)
    except (Impossible, NoSource, NoTown) as why:
        return _packs(request, why=str(why))
    return redirect("pack-draft", pk=draft.pk)


@for_the_towns_administrators
@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(scope(request.user).of(TownVersion).select_related("by"), pk=pk)
    words = _words(version.changes)
    kinds = [
        (KINDS.get(kind, kind), [_told(change, words) for change in changes])
        for kind, changes in groupby(version.changes, key=lambda change: change["kind"])
    ]
    context = {
        "version": version,
        "kinds": kinds,
        "is_draft": version.number is None,
        "has_people": "people.csv" in version.files,
        "packs": [name for name in version.files if name.startswith(pack_name("")[:6])],
    }
    return render(request, "packs/draft.html", context)


def _words(changes: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return by code and name what is changed in the reader's language, where it exists by now."""
    codes = {change["code"] for change in changes if "code" in change}
    words: dict[tuple[str, str], str] = {}
    for model in (Category, Organisation, Area):
        rows: QuerySet[Any] = model._default_manager.filter(code__in=codes)
        for row in rows.defer("wkb") if model is Area else rows:
            words[row.code, row.name] = str(row)
    return words


def _told(change: dict[str, Any], words: dict[tuple[str, str], str]) -> dict[str, Any]:
    fields = [
        (WORDS.get(name, name), pair[0], pair[1]) for name, pair in change.get("fields", {}).items()
    ]
    name = change.get("name", "")
    name = words.get((change.get("code", ""), name), name)
    return {**change, "fields": fields, "name": name}


@for_the_towns_administrators
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    version = get_object_or_404(_own_drafts(request), pk=pk)
    try:
        applied = drafts.apply(version, request.user)
    except Faulty as faulty:
        return _packs(request, faulty.faults)
    except Impossible as why:
        return _packs(request, why=str(why))
    if not applied:
        messages.warning(
            request, _("The town has changed meanwhile: look at the difference again.")
        )
        return redirect("pack-draft", pk=pk)
    messages.success(request, _("Applied."))
    return redirect("packs")


@for_the_towns_administrators
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(_own_drafts(request), pk=pk).delete()
    messages.success(request, _("Dropped; nothing was changed."))
    return redirect("packs")


@for_the_towns_administrators
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    kept = scope(request.user).of(TownVersion).filter(number__isnull=False)
    version = get_object_or_404(kept, pk=pk)
    try:
        draft = drafts.again(version, request.user)
    except Faulty as faulty:
        return _packs(request, faulty.faults)
    return redirect("pack-draft", pk=draft.pk)


def _own_drafts(request: HttpRequest) -> Any:
    return scope(request.user).of(TownVersion).filter(number=None, by=request.user.pk)
