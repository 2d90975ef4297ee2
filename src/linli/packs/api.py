"""Packs over REST: read them, upload a changed one, see the difference, apply it, go back."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status

from linli.packs import drafts, versions
from linli.packs.models import TownVersion
from linli.packs.reading import Pack, pack_of, packs_of
from linli.packs.versions import NoSource
from linli.packs.views import MOST_BYTES
from linli.people.administration import Impossible, Reach
from linli.people.models import Role, User
from linli.people.scope import Scope, scope
from linli.places.town import NoTown, the_town
from linli.rest import Given, Moment, Problem, Shape, by_key, found, given, operation
from linli.sections import Faulty

N = gettext_noop
router = Router(tags=["town"])
FILE = "file"
FAULTS = 200


class PackShape(Shape):
    """A pack that the town uses; changed or added where it is not as it came."""

    code: str
    name: str
    is_own: bool


class VersionShape(Shape):
    """A version of the town: what made it, who and when; a draft has no number yet."""

    id: int
    number: int | None
    how: Literal[tuple(TownVersion.How.values)]  # type: ignore[valid-type]
    name: str
    by: str | None
    at: Moment


class PacksShape(Shape):
    """The packs in force, the versions of the town, the newest first, and one's own draft."""

    packs: list[PackShape]
    versions: list[VersionShape]
    draft: VersionShape | None


class SourceShape(PackShape):
    """A pack with its text."""

    source: str


class ChangeShape(Shape):
    """One thing that a draft would change: the fields with what was before and what is now."""

    kind: str
    code: str
    name: str
    what: str
    fields: dict[str, list[str | None]]
    more: int


class DraftShape(Shape):
    """What applying a draft would change."""

    draft: VersionShape
    changes: list[ChangeShape]


class AppliedShape(Shape):
    """Whether a draft was applied; if not, the town has changed and the difference is new."""

    applied: bool
    draft: VersionShape


class UploadBody(Given):
    """Nothing beside the file."""


def _administrator(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sight.has(Role.ADMINISTRATOR):
        raise Problem(403)
    return sight


def _the_towns(request: HttpRequest) -> User:
    _administrator(request)
    assert isinstance(request.user, User)
    if not Reach(request.user).is_whole:
        raise Problem(403, _("This lies beyond what you administer."))
    return request.user


def _pack(pack: Pack) -> dict[str, Any]:
    return {"code": pack.code, "name": pack.name, "is_own": pack.is_own}


def _version(row: TownVersion) -> dict[str, Any]:
    return {
        "id": row.pk, "number": row.number, "how": row.how, "name": row.name,
        "by": row.by.username if row.by else None, "at": localtime(row.at),
    }  # fmt: skip


def _said(value: Any) -> str | None:
    return None if value is None else str(value)


def _draft(row: TownVersion) -> dict[str, Any]:
    return {
        "draft": _version(row),
        "changes": [
            {
                "kind": change["kind"],
                "code": str(change.get("code", "")),
                "name": str(change.get("name", "")),
                "what": change["what"],
                "fields": {
                    name: [_said(value) for value in pair]
                    for name, pair in (change.get("fields") or {}).items()
                },
                "more": change.get("more", 0),
            }
            for change in row.changes
        ],
    }


def _faulty(faulty: Faulty) -> Problem:
    told = [(fault.field or FILE, str(fault)) for fault in faulty.faults[:FAULTS]]
    return Problem(422, errors=told)


@router.get("/packs", response=PacksShape, **operation(
    N("The packs in force, the versions of the town and one's own draft"),
    name="packs"))  # fmt: skip
def packs(request: HttpRequest) -> dict[str, Any]:
    sight = _administrator(request)
    try:
        found_packs = packs_of(the_town())
    except NoTown:
        found_packs = []
    kept = sight.of(TownVersion).select_related("by")
    draft = kept.filter(number=None, by=sight.user.pk).first()
    return {
        "packs": [_pack(pack) for pack in found_packs],
        "versions": [_version(row) for row in kept.exclude(number=None).order_by("-number")[:100]],
        "draft": _version(draft) if draft else None,
    }


@router.post("/packs", response={201: DraftShape}, **operation(
    N("Upload a changed pack or a zipped town folder"),
    N("Checked whole, and kept as a draft with what it would change; a draft of before is "
      "dropped. The file is a part of a form called “file”."),
    takes=UploadBody, files=FILE, name="upload_pack"))  # fmt: skip
def upload(request: HttpRequest) -> Status:
    by = _the_towns(request)
    _told, files = given(request, UploadBody, FILE)
    if len(files) != 1 or (files[0].size or 0) > MOST_BYTES:
        raise Problem(422, errors=[(FILE, _("Choose a file of at most 20 MB."))])
    try:
        how, name, texts = drafts.files_of(files[0].name or "", files[0].read())
        return Status(201, _draft(drafts.draft(by, how, name, texts)))
    except Faulty as faulty:
        raise _faulty(faulty) from faulty
    except Impossible as why:
        raise Problem(422, errors=[(FILE, str(why))]) from why
    except (NoSource, NoTown) as why:
        raise Problem(409, str(why)) from why


@router.get("/packs/{code}", response=SourceShape, **operation(
    N("A pack with its text, to be changed and uploaded again"), name="pack"))  # fmt: skip
def pack(request: HttpRequest, code: str) -> dict[str, Any]:
    _administrator(request)
    try:
        version = versions.in_force()
    except NoSource:
        version = None
    try:
        is_used = code in the_town().packs
    except NoTown:
        is_used = False
    row = found(pack_of(code, version) if is_used else None)
    return _pack(row) | {"source": row.source}


def _mine(request: HttpRequest, key: int) -> TownVersion:
    by = _the_towns(request)
    mine = scope(by).of(TownVersion).filter(number=None, by=by.pk).select_related("by")
    row: TownVersion = by_key(mine, key)
    return row


@router.get("/versions/{key}", response=DraftShape, **operation(
    N("A draft or a version of the town, and what it changes or changed"),
    name="pack_draft"))  # fmt: skip
def draft(request: HttpRequest, key: int) -> dict[str, Any]:
    by = _the_towns(request)
    return _draft(by_key(scope(by).of(TownVersion).select_related("by"), key))


@router.post("/versions/{key}/apply", response=AppliedShape, **operation(
    N("Apply one's own draft"),
    N("If the town has changed meanwhile, the draft gets a new difference and nothing is "
      "applied."), name="apply_pack"))  # fmt: skip
def apply(request: HttpRequest, key: int) -> dict[str, Any]:
    row = _mine(request, key)
    assert isinstance(request.user, User)
    try:
        applied = drafts.apply(row, request.user)
    except Faulty as faulty:
        raise _faulty(faulty) from faulty
    row = TownVersion.objects.select_related("by").get(pk=row.pk)
    return {"applied": applied, "draft": _version(row)}


@router.delete("/versions/{key}", response={204: None}, **operation(
    N("Drop one's own draft"), name="drop_pack"))  # fmt: skip
def drop(request: HttpRequest, key: int) -> Any:
    _mine(request, key).delete()
    return Status(204, None)


@router.post("/versions/{key}/restore", response={201: DraftShape}, **operation(
    N("Make a draft of an earlier version, to go back to it"), name="restore_pack"))  # fmt: skip
def restore(request: HttpRequest, key: int) -> Status:
    by = _the_towns(request)
    row = by_key(scope(by).of(TownVersion).exclude(number=None), key)
    try:
        return Status(201, _draft(drafts.again(row, by)))
    except Faulty as faulty:
        raise _faulty(faulty) from faulty
