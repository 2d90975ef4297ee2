"""The days of a milestone: first plan, plan in force, reached. Whoever changes one says why."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.renewal.models import DATES, Milestone, MilestoneChange, Node, may_plan
from linli.programmes.renewal.settling import close, settle
from linli.programmes.who import administers
from linli.scores.periods import local_day

Days = Mapping[str, date | None]


def noted(
    milestone: Milestone, before: Days, by: User | None, reason: str
) -> list[MilestoneChange]:  # fmt: skip
    """Return what is to be kept of a milestone whose days were `before`; one row a day."""
    return [
        MilestoneChange(milestone_id=milestone.pk, what=name, was=before[name],
                        became=getattr(milestone, name), by=by, reason=reason, at=now())
        for name in DATES
        if before[name] != getattr(milestone, name)
    ]  # fmt: skip


def days_of(milestone: Milestone) -> dict[str, date | None]:
    """Return the days of a milestone as they stand."""
    return {name: getattr(milestone, name) for name in DATES}


def redate(milestone: Milestone, by: User, reason: str, days: Days) -> Milestone:
    """Change days of a milestone; those that `days` does not name stay.

    The day of the first plan is what slips are measured by: only the administrator sets it anew.
    A day on which it was reached may be put right or taken back, not said here for the first
    time, for that needs evidence (`doing.finish`).

    Raises
    ------
    Refused
        If the person may not, gives no reason, changes nothing, or a day cannot be.
    """
    with transaction.atomic():
        row = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
        node = Node.objects.get(pk=row.node_id)
        _see_that_it_may_be(row, node, by, days)
        if not reason.strip():
            raise Refused(_("Say why."))
        before = days_of(row)
        for name, day in days.items():
            setattr(row, name, day)
        changes = noted(row, before, by, reason.strip()[:500])
        if not changes:
            raise Refused(_("No day was changed."))
        row.save(update_fields=[change.what for change in changes])
        MilestoneChange.objects.bulk_create(changes)
        settle([node.pk])
        if before["done"] != row.done:
            close(node)
    row.refresh_from_db()
    return row


def _see_that_it_may_be(row: Milestone, node: Node, by: User, days: Days) -> None:
    sight = Scope(by)
    if not may_plan(sight, node):
        raise Refused(_("Only an officer or head of its organisation may move its days."))
    if "first_due" in days and days["first_due"] != row.first_due and not administers(sight):
        raise Refused(_("Only the administrator sets the first plan anew."))
    for name in ("due", "first_due"):
        if name in days and days[name] is None:
            raise Refused(_("A plan needs a day."))
    done = days.get("done", row.done)
    if row.done is None and done is not None:
        raise Refused(_("Report it done with what shows it."))
    if done is not None and (done > local_day(now()) or (node.began and done < node.began)):
        raise Refused(_("%(day)s lies before the beginning or is still to come.") % {"day": done})
