"""A recall in earnest: a case for those who keep the goods, with what to hold and whom to tell."""

from collections.abc import Sequence
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from linli.cases.intake import Report, receive
from linli.cases.models import ENDED, Case, Source
from linli.cases.refusal import Refused
from linli.cases.routing import Sides
from linli.logistics.chain import drills
from linli.logistics.chain.models import Drill, Link, Thing
from linli.logistics.chain.visibility import keeps
from linli.people.directory import directory
from linli.people.models import Organisation, User
from linli.people.scope import Scope

CATEGORY, FUNCTION = "lot-hold", "quality"
NAMED = 20  # lots, places and parties that a case names; the page of the recall has all


def keeper(sight: Scope, start: Sequence[Thing]) -> Organisation | None:
    """Return whose suspected goods these are, if this person keeps the chain for them."""
    links = Link.objects.filter(thing__in=start, event__void=False).order_by()
    for key in sorted(set(links.values_list("event__owner", flat=True))):
        if keeps(sight, key):
            return Organisation.objects.select_related("area").get(pk=key)
    return None


def open_case(sight: Scope, asked: drills.Asked) -> Case | None:
    """Return the case that is open for this very recall, as far as this person may see it."""
    rows = sight.of(Drill).filter(asked=asked.told(), case__isnull=False)
    keys = list(rows.order_by().values_list("case", flat=True))
    return sight.of(Case).filter(pk__in=keys).exclude(state__in=ENDED).first() if keys else None


def call_back(sight: Scope, by: User, asked: drills.Asked) -> Drill:
    """Open a case for a recall, or follow the one that is open for it, and keep what was found.

    It goes to the plant that keeps the goods: its quality department leads. For another owner the
    town's routing decides.

    Raises
    ------
    Refused
        If nothing is affected, or `by` keeps the chain for nobody who has the suspected goods.
    """
    with translation.override(settings.LANGUAGE_CODE):  # the case is read by others too
        found = drills.drill(sight, asked, most=None)
    if not found.lots:
        raise Refused(_("Nothing is affected."))
    owner = keeper(sight, found.start)
    if owner is None:
        raise Refused(_("This is not yours to change."))
    with transaction.atomic():
        case = receive([_report(found, owner, by)])[0].case
        return drills.keep(found, owner, by, case)


def _report(found: drills.Found, owner: Organisation, by: User) -> Report:
    told = found.asked.told()
    occasion = sha256(repr((owner.pk, sorted(told.items()))).encode()).hexdigest()[:32]
    before = Drill.objects.filter(owner=owner, asked=told, case__state__in=ENDED).order_by()
    ended = before.values("case").distinct().count()
    with translation.override(settings.LANGUAGE_CODE):
        what = ", ".join(filter(None, (found.asked.lot, found.asked.supplier, found.asked.ware)))
        title = _("Recall of %(what)s: %(n)d lots are affected") % {"what": what, "n": found.lots}
        body = _words(found)
    return Report(
        title[:200], body, source=Source.LOGISTICS, category=CATEGORY, reporter=by,
        external_id=f"recall:{occasion}~{ended + 1}", sides=_sides(owner),
        area=owner.area.code if owner.area and not owner.area.retired else None,
    )  # fmt: skip


def _words(found: drills.Found) -> str:
    at_large = [line.words.short for line in found.lines
                if line.inspected is not None and not line.inspected.is_held]  # fmt: skip
    parts = [
        _("To be held, as inspection has not held them yet: %s") % _some(at_large),
        _("Where they are: %s") % _some([f"{name} ({n})" for name, n in found.places]),
        _("To be told: %s") % _some([f"{name} ({n})" for name, n, _party in found.told]),
    ]
    return "\n".join(parts)


def _some(names: Sequence[str]) -> str:
    if not names:
        return _("none")
    more = len(names) - NAMED
    return "; ".join(names[:NAMED]) + (_(" and %d more") % more if more > 0 else "")


def _sides(owner: Organisation) -> Sides | None:
    plants = directory().plants
    if owner.pk not in plants:
        return None
    keys = directory().of_plants(frozenset({plants[owner.pk]}))
    own = Organisation.objects.filter(pk__in=keys, retired=False).order_by("code")
    return Sides(owner, next((row for row in own if FUNCTION in row.functions), owner))


def page_of_case(case: Case) -> str | None:
    """Return the page of the recall a case was opened for; None for another case."""
    if case.source != Source.LOGISTICS or case.category is None or case.category.code != CATEGORY:
        return None
    row = Drill.objects.filter(case=case).first()
    return None if row is None else f"{reverse('recall')}?{row.query}"
