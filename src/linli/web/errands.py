"""What else is a person's own: visits, talks, the enterprise they speak for, parts and windows."""

from dataclasses import dataclass

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.assets.inspection.figures import waiting
from linli.assets.inspection.models import Station
from linli.assets.inspection.who import may_judge
from linli.assets.maintenance.desks import open_orders
from linli.assets.maintenance.models import WorkOrder
from linli.assets.maintenance.visibility import may_plan
from linli.assets.register.models import Asset
from linli.enterprises.models import Delegate, Visit
from linli.people.models import Role
from linli.people.scope import Scope
from linli.programmes.remediation.models import Holding
from linli.programmes.remediation.steps import has_signed


@dataclass(frozen=True)
class Errand:
    """One line of "also yours": what it is, a word more, where it leads."""

    label: str
    note: str
    url: str
    icon: str


def errands(sight: Scope) -> list[Errand]:
    """Return what is a person's own beside cases."""
    if not sight.works_for_town:
        return [*_enterprise(sight), *_plant(sight)]
    return [*_visits(sight), *_talks(sight)]


def _enterprise(sight: Scope) -> list[Errand]:
    rows = Delegate.objects.filter(user=sight.user.pk).select_related("enterprise")
    note = _("What you asked for, and every answer to it")
    return [
        Errand(str(row.enterprise), note, reverse("enterprise", args=[row.enterprise.code]),
               "building-2")
        for row in rows
    ]  # fmt: skip


def _plant(sight: Scope) -> list[Errand]:
    """Return where somebody of a plant goes on once no case waits: parts to judge, windows."""
    if not sight.organisations(Role.OFFICER, Role.HEAD):
        return []
    return [*_stations(sight), *_windows(sight)]


def _stations(sight: Scope) -> list[Errand]:
    rows = [
        row for row in sight.of(Station).filter(on=True).select_related("asset")
        if may_judge(sight, row)
    ]  # fmt: skip
    counts = waiting([row.pk for row in rows]) if rows else {}
    found = []
    for row in rows:
        n = counts.get(row.pk, 0)
        at = reverse("inspection-station", args=[row.code])
        note = ngettext("%(n)d part to judge", "%(n)d parts to judge", n) % {"n": n}
        found.append(
            Errand(str(row), note, f"{at}?judged=waiting", "eye") if n
            else Errand(str(row), _("All parts found flawed are judged; watch the line"), at, "eye")
        )  # fmt: skip
    return found


def _windows(sight: Scope) -> list[Errand]:
    tops = sight.of(Asset).filter(parent=None, retired=False).select_related("area")
    found = []
    for top in tops:
        if not may_plan(sight, top):
            continue
        rows = open_orders(top).order_by()
        states = dict(rows.values_list("state").annotate(Count("pk")))
        n = states.get(WorkOrder.State.OPEN, 0)
        at = f"{reverse('maintenance-plan')}?plant={top.code}"
        if n:
            label = ngettext("%(n)d window to book", "%(n)d windows to book", n) % {"n": n}
            found.append(Errand(label, str(top), at, "calendar"))
        elif states:
            found.append(Errand(_("All windows are booked"), str(top), at, "calendar"))
        else:
            found.append(
                Errand(_("No machine has to be opened"), _("See how each of them is"),
                       reverse("maintenance"), "wrench")
            )  # fmt: skip
    return found


def _visits(sight: Scope) -> list[Errand]:
    rows = sight.of(Visit).filter(visitor=sight.user.pk, state=Visit.State.PLANNED)
    found = rows.order_by().aggregate(n=Count("pk"), first=Min("planned_on"))
    if not found["n"]:
        return []
    label = ngettext("%(n)d visit to make", "%(n)d visits to make", found["n"])
    note = _("the next on %(day)s") % {"day": f"{found['first']:%Y-%m-%d}"}
    return [Errand(label % {"n": found["n"]}, note, reverse("visits"), "building-2")]


def _talks(sight: Scope) -> list[Errand]:
    rows = sight.of(Holding).filter(negotiator=sight.user.pk).select_related("ladder")
    open_ = sum(1 for row in rows if not has_signed(row))
    if not open_:
        return []
    label = ngettext("%(n)d enterprise to come to terms with",
                     "%(n)d enterprises to come to terms with", open_)  # fmt: skip
    return [Errand(label % {"n": open_}, _("You negotiate with them"), reverse("remediation"),
                   "handshake")]  # fmt: skip
