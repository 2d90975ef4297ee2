"""Milestones that come from outside; a day that changes is kept with what it was."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.clock import now
from linli.programmes.laying import Laid, key_of, lay, not_negative, put
from linli.programmes.renewal.dates import days_of, noted
from linli.programmes.renewal.models import Milestone, MilestoneChange, Node
from linli.programmes.renewal.settling import settle
from linli.programmes.who import administers
from linli.scores.periods import local_day
from linli.tables import Values, Writer, Wrong


def _lay_milestones(rows: Sequence[Values]) -> list[Laid]:
    known = dict(Node.objects.filter(retired=False).values_list("code", "pk"))
    today = local_day(now())

    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        names = ("code", "name", "name_en", "due", "done", "note")
        given = {name: values[name] for name in names if values.get(name) not in (None,)}
        if "done" in values:
            given["done"] = values["done"]
        if values.get("number") is not None:
            given["number"] = values["number"]
            not_negative(values, ("number",), wrongs)
        if values.get("programme"):
            given["node_id"] = key_of(known, "programme", values["programme"], wrongs)
        if values.get("done") and values["done"] > today:
            wrongs.append(Wrong("done", _("%(day)s is not a day up to today.")
                                % {"day": values["done"]}))  # fmt: skip
        return given

    return lay(Milestone, rows, read, ("name", "programme", "due"))


def _check_milestones(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    return [row.outcome for row in _lay_milestones(rows)]


def _write_milestones(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        laid = _lay_milestones(rows)
        fates = [row.fate for row in laid]
        before = {row.present.pk: days_of(row.present) for row in laid if row.present}
        for row in laid:
            if row.present is None:
                row.attributes["first_due"] = row.attributes["due"]
        found: list[Milestone] = put(Milestone, laid)
        MilestoneChange.objects.bulk_create(
            change
            for row in found
            if row.pk in before
            for change in noted(row, before[row.pk], None, "")
        )
        settle({row.node_id for row in found})
    return fates


MILESTONES = Writer(may=administers, check=_check_milestones, write=_write_milestones)
