"""Files that show what was found or done: checked by content, kept under their own hash."""

from collections.abc import Iterable
from functools import partial
from hashlib import sha256

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.cases.chain import Draft
from linli.cases.models import Evidence

ACCEPTED = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
MAX_BYTES = 20 * 1024 * 1024


class NotEvidence(ValueError):
    """A file that is too large or of no accepted kind."""


def attach(draft: Draft, files: Iterable[UploadedFile]) -> None:
    """Keep `files` with the step being taken; the event carries their hashes.

    Raises
    ------
    NotEvidence
        If a file is not a JPEG, PNG, WebP or PDF by its content, or over 20 MB.
    """
    for file in files:
        content = file.read()
        kind = filetype.guess_mime(content)
        if kind not in ACCEPTED or len(content) > MAX_BYTES:
            raise NotEvidence(
                _("“%(name)s” is not a photo or PDF of at most 20 MB.") % {"name": file.name}
            )
        file.seek(0)
        kept = sha256(content).hexdigest()
        draft.data.setdefault("evidence", []).append(kept)
        row = Evidence(
            case=draft.case, action=draft.event.action, content_type=kind, sha256=kept,
            by=draft.event.by, at=draft.event.at,
        )  # fmt: skip
        # Only once the event stands: a refused step must leave no file behind.
        draft.then(partial(row.file.save, f"{kept[:16]}.{kind.split('/')[1]}", file))
