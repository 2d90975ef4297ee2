"""Leave: while one is away the other carries on (双组长)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from linli.clock import now
from linli.people import audit
from linli.people.administration import Impossible, OutOfReach, Reach
from linli.people.models import Lead, Leave, Membership, Role, User
from linli.people.scope import Scope, visible
from linli.places.models import Area


@dataclass(frozen=True)
class Cover:
    """An area somebody on leave leads, and who carries on there: None if nobody does."""

    area: Area
    other: User | None
    is_away_too: bool

    @property
    def is_bare(self) -> bool:
        """Tell whether nobody is left."""
        return self.other is None or self.is_away_too


def may_enter(by: User, user: User) -> bool:
    """Tell whether `by` may enter leave for a person: they, their head or an administrator."""
    if by.pk == user.pk:
        return True
    headed = Membership.objects.filter(user=by, role=Role.HEAD).values("organisation")
    return user.memberships.filter(organisation__in=headed).exists() or Reach(by).may_change(user)


@transaction.atomic
def enter(by: User, user: User, since: datetime, until: datetime) -> Leave:
    """Note that a person is away from `since` up to `until`."""
    if not may_enter(by, user):
        raise OutOfReach(_("This person is not yours to change."))
    if until <= since:
        raise Impossible(_("Leave ends after it begins."))
    if user.leaves.filter(since__lt=until, until__gt=since).exists():
        raise Impossible(_("There is leave in this time already."))
    leave = Leave.objects.create(user=user, since=since, until=until)
    audit.record("leave-entered", by, user, changes={"leave": (None, [since, until])})
    return leave


@transaction.atomic
def remove(by: User, leave: Leave) -> None:
    """Take leave back; of leave that has begun only what is still to come."""
    if not may_enter(by, leave.user):
        raise OutOfReach(_("This person is not yours to change."))
    moment = now()
    if leave.until <= moment:
        raise Impossible(_("This leave is over."))
    change = ([leave.since, leave.until], [leave.since, moment] if leave.since < moment else None)
    if leave.since < moment:
        leave.until = moment
        leave.save(update_fields=["until"])
    else:
        leave.delete()
    audit.record("leave-removed", by, leave.user, changes={"leave": change})


def covers(user: User, since: datetime, until: datetime) -> list[Cover]:
    """Say for each area the person leads who carries on in a time of absence."""
    led = {lead.area_id: lead.area for lead in
           user.leads.select_related("area").defer("area__wkb").order_by("area__code")}  # fmt: skip
    others = {
        lead.area_id: lead.user
        for lead in Lead.objects.filter(area__in=led, user__is_active=True)
        .exclude(user=user)
        .select_related("user")
    }
    away = set(
        Leave.objects.filter(user__in=others.values(), since__lt=until, until__gt=since)
        .values_list("user_id", flat=True)
    )  # fmt: skip
    return [
        Cover(area, others.get(key), key in others and others[key].pk in away)
        for key, area in led.items()
    ]


@visible(Leave)
def _leaves(sight: Scope) -> Q:
    headed = sight.organisations(Role.HEAD)
    theirs = Membership.objects.filter(organisation__in=headed).order_by().values("user")
    found = Q(user=sight.user.pk) | Q(user__in=theirs)
    if any(path.count("/") == 1 for path in sight.paths(Role.ADMINISTRATOR)):
        return Q()
    if sight.has(Role.ADMINISTRATOR):
        found |= Q(user__in=sight.of(User).order_by().values("pk"))
    return found


@visible(Lead)
def _leads(sight: Scope) -> Q:
    return Q() if sight.works_for_town else Q(user=sight.user.pk)
