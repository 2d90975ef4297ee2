"""Visits to enterprises: planned, made, called off; what is asked for on one becomes cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from linli import clock
from linli.cases.intake import Receipt, Report, Unusable, receive
from linli.cases.models import Category, Source
from linli.cases.refusal import Refused
from linli.enterprises.models import Delegate, Difficulty, Enterprise, Visit
from linli.enterprises.visibility import keeps
from linli.people.models import Role, User
from linli.people.scope import Scope, scope

PACK = "enterprise"
MOST_REQUESTS = 20
PLANNERS = (Role.LEADER, Role.HEAD)


@dataclass(frozen=True)
class Request:
    """One thing an enterprise asks for: in a few words, at length, and of which category."""

    title: str
    body: str
    category: str


def categories() -> list[Category]:
    """Return what an enterprise may ask for, by the pack: what all who have it must answer."""
    found = Category.objects.filter(
        pack=PACK, retired=False, separate=True, every_answer=True
    ).order_by("code")  # fmt: skip
    above = {row.parent_id for row in found}
    return [row for row in found if row.pk not in above]


def may_plan(sight: Scope) -> bool:
    """Tell whether the person may say who visits whom."""
    return keeps(sight) or sight.has(*PLANNERS)


def may_visit(sight: Scope) -> bool:
    """Tell whether the person may be sent."""
    return sight.works_for_town


def may_record(visit: Visit, sight: Scope) -> bool:
    """Tell whether the person may say what a visit found, or call it off."""
    return visit.state == Visit.State.PLANNED and (
        visit.visitor_id == sight.user.pk or may_plan(sight)
    )


def plan(
    enterprises: Sequence[Enterprise], visitor: User, on: date, by: User, purpose: str = ""
) -> list[Visit]:
    """Plan that somebody visits enterprises on a day.

    Raises
    ------
    Refused
        If `by` may not plan, the visitor has no office, or the day has passed.
    """
    if not may_plan(scope(by)) and by != visitor:
        raise Refused(_("You may not plan visits of others."))
    if not may_visit(scope(visitor)):
        raise Refused(_("%(person)s has no office in the town.") % {"person": visitor})
    if on < localtime(clock.now()).date():
        raise Refused(_("This day has passed."))
    with transaction.atomic():
        waiting = Visit.objects.filter(
            enterprise__in=enterprises, visitor=visitor, planned_on=on, state=Visit.State.PLANNED
        )
        planned = set(waiting.values_list("enterprise_id", flat=True))
        return [
            Visit.objects.create(
                enterprise=enterprise, visitor=visitor, planned_on=on, planned_by=by,
                purpose=purpose,
            )
            for enterprise in enterprises
            if enterprise.pk not in planned
        ]  # fmt: skip


def waiting_longest(sight: Scope) -> QuerySet[Any]:
    """Return the enterprises in sight that nobody is to visit, the longest unvisited first."""
    planned = Visit.objects.filter(state=Visit.State.PLANNED).order_by().values("enterprise")
    rows = sight.of(Enterprise).exclude(status=Enterprise.Status.GONE).exclude(pk__in=planned)
    return rows.order_by(F("visited_at").asc(nulls_first=True), "code")


def record(
    visit: Visit,
    by: User,
    *,
    met: str = "",
    research: str = "",
    sales: str = "",
    plans: str = "",
    requests: Sequence[Request] = (),
) -> list[Receipt]:
    """Keep what a visit found, and take in each request as a case of its own.

    Returns
    -------
    The receipt of each request, in order.

    Raises
    ------
    Refused
        If it is not to be recorded by `by`, or was already.
    Unusable
        If a request cannot be taken in; nothing is written then.
    """
    if len(requests) > MOST_REQUESTS:
        raise Refused(_("More than %(n)d requests.") % {"n": MOST_REQUESTS})
    with transaction.atomic():
        row = Visit.objects.select_for_update().get(pk=visit.pk)
        if not may_record(row, scope(by)):
            raise Refused(_("You may not record this visit, or it was recorded already."))
        row.state, row.visited_at = Visit.State.DONE, clock.now()
        row.met, row.research, row.sales, row.plans = met, research, sales, plans
        row.save()
        earlier = Q(visited_at=None) | Q(visited_at__lt=row.visited_at)
        Enterprise.objects.filter(earlier, pk=row.enterprise_id).update(visited_at=row.visited_at)
        return raise_difficulties(row.enterprise, requests, row)


def raise_difficulties(
    enterprise: Enterprise, requests: Sequence[Request], visit: Visit | None = None
) -> list[Receipt]:
    """Take in what an enterprise asks for: each a case of its own, at its place.

    The account that speaks for the enterprise is the reporter: it sees the answers and rates
    them. Without one, whoever has the receipt code does.
    """
    known = {category.code for category in categories()}
    for request in requests:
        if request.category not in known:
            raise Unusable("category", _("There is no category “%(value)s”.")
                           % {"value": request.category})  # fmt: skip
    delegate = Delegate.objects.filter(enterprise=enterprise).select_related("user").first()
    told = [
        Report(
            title=request.title,
            body="\n".join(part for part in (_about(enterprise), request.body) if part),
            source=Source.VISIT,
            external_id=f"visit-{visit.pk}-{number}" if visit else None,
            reporter=delegate.user if delegate else None,
            category=request.category,
            area=enterprise.area.code,
            lon=enterprise.lon,
            lat=enterprise.lat,
        )
        for number, request in enumerate(requests, 1)
    ]
    if not told:
        return []
    with transaction.atomic():
        receipts = receive(told)
        for receipt in receipts:
            Difficulty.objects.create(enterprise=enterprise, visit=visit, case=receipt.case)
    return receipts


def _about(enterprise: Enterprise) -> str:
    # Kept with the case, so in the town's own language whoever writes it.
    return f"企业：{enterprise.name}（{enterprise.code}）"


def call_off(visit: Visit, by: User, reason: str) -> None:
    """Call a planned visit off.

    Raises
    ------
    Refused
        If it is not planned any more, or not for `by` to call off.
    """
    with transaction.atomic():
        row = Visit.objects.select_for_update().get(pk=visit.pk)
        if not may_record(row, scope(by)):
            raise Refused(_("You may not call this visit off."))
        row.state, row.reason = Visit.State.CANCELLED, reason
        row.save(update_fields=["state", "reason"])


def speak_for(enterprise: Enterprise, user: User, by: User) -> Delegate:
    """Let an account speak for an enterprise.

    Raises
    ------
    Refused
        If `by` does not keep the register, or the account is somebody's of the town, or speaks
        for another enterprise.
    """
    if not keeps(scope(by)):
        raise Refused(_("You may not do this."))
    if may_visit(Scope(user)):
        raise Refused(_("%(person)s works for the town.") % {"person": user})
    with transaction.atomic():
        found, is_new = Delegate.objects.get_or_create(
            user=user, defaults={"enterprise": enterprise, "since": clock.now()}
        )
        if not is_new and found.enterprise_id != enterprise.pk:
            raise Refused(_("%(person)s speaks for another enterprise.") % {"person": user})
    return found


def no_longer(delegate: Delegate, by: User) -> None:
    """Let an account speak for its enterprise no longer.

    Raises
    ------
    Refused
        If `by` does not keep the register.
    """
    if not keeps(scope(by)):
        raise Refused(_("You may not do this."))
    delegate.delete()
