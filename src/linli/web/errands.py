"""What else is a person's own: visits to make, enterprises to talk with, the one they speak for."""

from dataclasses import dataclass

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.enterprises.models import Delegate, Visit
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
        return _enterprise(sight)
    return [*_visits(sight), *_talks(sight)]


def _enterprise(sight: Scope) -> list[Errand]:
    rows = Delegate.objects.filter(user=sight.user.pk).select_related("enterprise")
    note = _("What you asked for, and every answer to it")
    return [
        Errand(str(row.enterprise), note, reverse("enterprise", args=[row.enterprise.code]),
               "building-2")
        for row in rows
    ]  # fmt: skip


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
    waiting = sum(1 for row in rows if not has_signed(row))
    if not waiting:
        return []
    label = ngettext("%(n)d enterprise to come to terms with",
                     "%(n)d enterprises to come to terms with", waiting)  # fmt: skip
    return [Errand(label % {"n": waiting}, _("You negotiate with them"), reverse("remediation"),
                   "handshake")]  # fmt: skip
