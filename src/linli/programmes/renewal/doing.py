"""Saying that a milestone is done, with the file that shows it."""

from datetime import date
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases.evidence import checked
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.renewal.dates import days_of, noted
from linli.programmes.renewal.models import Milestone, MilestoneChange, Node, may_change
from linli.programmes.renewal.settling import close, settle
from linli.scores.periods import local_day


def finish(
    milestone: Milestone, by: User, on: date | None = None, note: str = "",
    file: UploadedFile | None = None,
) -> Milestone:  # fmt: skip
    """Say that a milestone was reached; once is enough.

    Raises
    ------
    Refused
        If the person does not work for its project's organisations, it is done already, or the
        day is still to come or before the project began.
    NotEvidence
        If the file is no photo or PDF.
    """
    with transaction.atomic():
        row = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
        node = Node.objects.get(pk=row.node_id)
        if not may_change(Scope(by), node):
            raise Refused(_("Only who works for its organisations may say this."))
        if row.done is not None:
            raise Refused(_("It is done already."))
        day = on or local_day(now())
        if day > local_day(now()) or (node.began and day < node.began):
            raise Refused(_("%(day)s lies before the beginning or is still to come.")
                          % {"day": day})  # fmt: skip
        before = days_of(row)
        row.done, row.note, row.by = day, note.strip()[:500], by
        if file is not None:
            content, row.content_type = checked(file)
            row.sha256 = sha256(content).hexdigest()
            file.seek(0)
            row.file.save(f"{row.sha256[:16]}.{row.content_type.split('/')[1]}", file, save=False)
        row.save()
        MilestoneChange.objects.bulk_create(noted(row, before, by, row.note))
        if node.began is None:
            node.began = day
            node.save(update_fields=["began"])
        settle([node.pk])
        if not Milestone.objects.filter(node=node.pk, done=None).exists():
            close(node)
    row.refresh_from_db()
    return row
