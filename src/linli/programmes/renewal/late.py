"""A late milestone becomes a case of whoever owes it; once."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.cases import loop
from linli.cases.chain import Journal
from linli.cases.intake import Report, receive
from linli.cases.models import Case, Category, Source, State, Triage
from linli.cases.refusal import Refused
from linli.cases.routing import Route, Router
from linli.clock import now
from linli.people.models import Organisation, Side
from linli.programmes.renewal.models import Milestone, Node
from linli.scores.periods import local_day

CATEGORY = "programme-late"
AT_ONCE = 50


class _ToOwner(Router):
    """Routes to the organisation that owes the milestone, whoever has the function here."""

    def __init__(self, owner: Organisation) -> None:
        super().__init__(categories=())
        self._owner = owner

    def route(self, case: Case) -> Route:
        usual = super().route(case)
        why = {**usual.why, Side.FUNCTIONAL: {"by": "owner"}}
        return Route(usual.territorial, self._owner, Side.FUNCTIONAL, why)


def open_cases(at_most: int = AT_ONCE) -> int:
    """Open a case for each late milestone that has none, and return how many; the latest first."""
    if not Category.objects.filter(code=CATEGORY, retired=False).exists():
        return 0
    today = local_day(now())
    late = Milestone.objects.filter(
        done=None, due__lt=today, case=None, node__retired=False, node__finished=None
    )
    found = list(late.select_related("node__owner", "node__area").defer("node__area__wkb")
                 .order_by("due", "pk")[:at_most])  # fmt: skip
    for milestone in found:
        _open(milestone)
    return len(found)


def _open(milestone: Milestone) -> None:
    node, today = milestone.node, local_day(now())
    above = list(Node.objects.filter(code__in=node.path.split("/")[:-2]).order_by("path"))
    with override("zh-hans"):  # a case speaks the language of the town
        days = (today - milestone.due).days
        title = _("%(node)s: milestone “%(milestone)s” is %(days)d days late") % {
            "node": node.name, "milestone": milestone.name, "days": days,
        }  # fmt: skip
        lines = [
            _("Belongs to: %(trail)s") % {"trail": " › ".join(row.name for row in above)},
            _("Due on %(due)s (first planned for %(first)s).")
            % {"due": milestone.due, "first": milestone.first_due},
        ]
    area = node.area or next((row.area for row in reversed(above) if row.area_id), None)
    report = Report(
        title[:200], "\n".join(lines), source=Source.PROGRAMME,
        external_id=f"milestone-{milestone.pk}", category=CATEGORY,
        area=area.code if area else None, lon=node.lon, lat=node.lat,
    )  # fmt: skip
    with transaction.atomic():
        case = receive([report])[0].case
        Milestone.objects.filter(pk=milestone.pk).update(case=case.pk)
        if node.owner and case.state == State.REPORTED and case.community_grid_id:
            locked = Case.objects.select_for_update().get(pk=case.pk)
            journal = Journal()
            try:
                loop.take(journal, locked, "triage", triage=Triage.PUBLIC,
                          router=_ToOwner(node.owner))  # fmt: skip
            except Refused:
                return  # a dispatcher finds it in the pile of what is not yet dispatched
            loop.record(journal)
