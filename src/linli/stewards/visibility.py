"""Who may see deliberations, the service list and bookings."""

from typing import Any, cast

from django.db.models import Q

from linli.cases.models import Deliberation, FollowUp, Proposal
from linli.cases.visibility import EVERYBODY, OVERSEERS, led, own, within
from linli.people.models import Role
from linli.people.scope import Scope, visible
from linli.stewards.models import Booking, Home, Offer

SERVES = (Role.STEWARD, Role.WORKER, Role.OFFICER, Role.HEAD)


def home_of(scope: Scope) -> Home | None:
    """Return where the person says they live."""
    if not scope.user.is_authenticated:
        return None
    return Home.objects.filter(user=scope.user.pk).select_related("grid").first()


@visible(Home)
def _homes(scope: Scope) -> Q:
    return Q(user=scope.user.pk)


def _through(prefix: str, q: Q) -> Q:
    """Ask of a row's case what `q` asks of a case."""
    found = Q()
    found.connector, found.negated = q.connector, q.negated
    for part in q.children:
        if isinstance(part, Q):
            found.children.append(_through(prefix, part))
        else:
            name, value = cast(tuple[str, Any], part)
            found.children.append((f"{prefix}{name}", value))
    return found


def _deliberated(scope: Scope, prefix: str) -> Q:
    """Those in charge, the leads, whoever reported it, and the residents of its grid."""
    office = within(scope, OVERSEERS)
    if office is EVERYBODY:
        return EVERYBODY
    at_home = Q(case__community_grid__in=Home.objects.filter(user=scope.user.pk).values("grid"))
    seen = _through("case__", office | led(scope) | own(scope)) | at_home
    return _through(prefix, seen) if prefix else seen


@visible(Deliberation)
def _deliberations(scope: Scope) -> Q:
    return _deliberated(scope, "")


@visible(Proposal)
def _proposals(scope: Scope) -> Q:
    return _deliberated(scope, "deliberation__")


@visible(FollowUp)
def _follow_ups(scope: Scope) -> Q:
    return _deliberated(scope, "deliberation__")


@visible(Offer)
def _offers(scope: Scope) -> Q:
    return Q(retired=False)


@visible(Booking)
def _bookings(scope: Scope) -> Q:
    """Whoever booked, and those who serve; nobody else, whatever their office."""
    return Q(booker=scope.user.pk) | Q(organisation__in=scope.organisations(*SERVES))
