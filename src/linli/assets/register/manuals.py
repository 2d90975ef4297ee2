"""Manuals: files about an asset, or about all of its kind and type."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from linli import clock
from linli.assets.register.models import Asset, Manual
from linli.assets.register.visibility import keeps
from linli.cases.evidence import NotEvidence, checked
from linli.people import audit
from linli.people.models import Role, User
from linli.people.scope import Scope

TEXT = "text/plain"
MAX_TEXT = 2 * 1024 * 1024
# Whom a manual is for: this one asset, its kind, or its kind and type.
ONE, KIND, TYPE = "one", "kind", "type"


def of(asset: Asset, manuals: QuerySet[Manual]) -> QuerySet[Manual]:
    """Return the manuals that are about an asset, by itself or by its kind and type."""
    about = Q(asset=asset)
    if asset.kind:
        about |= Q(asset=None, kind=asset.kind, type="")
        if asset.type:
            about |= Q(asset=None, kind=asset.kind, type=asset.type)
    return manuals.filter(about)


def look(file: UploadedFile) -> tuple[bytes, str]:
    """Return the content of a file and its kind by that: a picture, a PDF, or plain text.

    Raises
    ------
    linli.cases.evidence.NotEvidence
        If it is none of these.
    """
    try:
        return checked(file)
    except NotEvidence as refusal:
        file.seek(0)
        content = file.read()
        try:
            told = content.decode("utf-8")
        except UnicodeDecodeError:
            raise refusal from None
        is_text = 0 < len(content) <= MAX_TEXT and "\0" not in told
        if not is_text or told.lstrip()[:1] == "<":  # a page or a drawing, not a text
            raise NotEvidence(
                _("“%(name)s” is not a picture, a PDF or a plain text.") % {"name": file.name}
            ) from refusal
        return content, TEXT


def keep(asset: Asset, title: str, file: UploadedFile, by: User, about: str = ONE) -> Manual:
    """Keep a manual of an asset, or of its kind.

    Raises
    ------
    linli.cases.evidence.NotEvidence
        If it is no picture, PDF or plain text. Nothing is kept then.
    """
    from hashlib import sha256

    content, kind = look(file)
    digest = sha256(content).hexdigest()
    is_general = about != ONE and bool(asset.kind)
    row = Manual(
        title=title, asset=None if is_general else asset, kind=asset.kind if is_general else "",
        type=asset.type if is_general and about == TYPE else "", content_type=kind,
        sha256=digest, by=by, at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        row.save()
        audit.record("manual-filed", by, asset, changes={"title": ("", title)})
        file.seek(0)
        ending = "txt" if kind == TEXT else kind.split("/")[1]
        row.file.save(f"{digest[:16]}.{ending}", file)
    return row


def may_remove(sight: Scope, asset: Asset, manual: Manual) -> bool:
    """Tell whether a person may take a manual away that lies at an asset.

    One of this very asset: whoever keeps it. One of a whole kind others read too: who filed it, or
    an administrator.
    """
    if manual.asset_id is not None:
        return manual.asset_id == asset.pk and keeps(sight, asset)
    is_own = isinstance(sight.user, User) and manual.by_id == sight.user.pk
    return keeps(sight, asset) and (is_own or sight.has(Role.ADMINISTRATOR))


def remove(asset: Asset, manual: Manual, by: User) -> None:
    """Take a manual away, file and all; the audit trail keeps what it was."""
    store, name = manual.file.storage, str(manual.file.name)
    others = Manual.objects.filter(file=name).exclude(pk=manual.pk)
    with transaction.atomic():
        told = {"title": (manual.title, ""), "sha256": (manual.sha256, "")}
        audit.record("manual-removed", by, asset, changes=told)
        manual.delete()
        if not others.exists():
            transaction.on_commit(lambda: store.delete(name))
