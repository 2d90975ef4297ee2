"""What waits for whom: the piles on a person's desk, and how cases are counted into them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.actors import STAFF
from linli.cases.models import ENDED, OPEN, WAITING, WORKING, Assignment, State, Triage
from linli.cases.visibility import NOBODY, OVERSEERS, assigned, led, own, within
from linli.clock import now
from linli.people.models import Role, Side
from linli.people.scope import Scope

Rule = Callable[[Scope], Q]
JUDGED = (State.RESOLVED, State.VERIFIED)


@dataclass(frozen=True)
class Pile:
    """Cases that ask the same thing of one kind of person. `advice` says what to do."""

    label: str | Promise
    advice: str | Promise
    of: Rule


def _answering(scope: Scope, **more: object) -> Q:
    """Return the cases in which the person answers for an assignment such as `more` says."""
    mine = Assignment.objects.filter(active=True, **more).order_by()
    organisations = scope.organisations(*STAFF)
    theirs = Q(organisation__in=organisations) & (
        Q(person__isnull=True)
        | Q(person=scope.user.pk)
        | Q(organisation__in=scope.organisations(Role.HEAD))
    )
    found = NOBODY
    if organisations:
        found |= Q(pk__in=mine.filter(theirs).values("case"))
    if scope.led_areas:
        here = mine.filter(case=OuterRef("pk"), side=Side.TERRITORIAL)
        found |= led(scope) & Q(Exists(here))
    return found


def _ours(*states: State) -> Rule:
    return lambda scope: Q(state__in=states) & _answering(scope, leads=True)


def _over(*roles: Role, **where: object) -> Rule:
    return lambda scope: Q(**where) & within(scope, roles)


def is_overdue() -> Q:
    """Return the cases whose next deadline is past."""
    return Q(paused_at__isnull=True, state__in=WORKING, due_at__lt=now())


def concerns(scope: Scope) -> Q:
    """Return the cases that are the person's own business, not only in their sight."""
    return own(scope) | assigned(scope) | led(scope)


def _overdue(scope: Scope) -> Q:
    sight = within(scope, (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER))
    return is_overdue() & (sight | _answering(scope))


PILES: dict[str, Pile] = {
    "rule": Pile(
        _("Returned, to rule on"), _("Decide who owns it"),
        _over(Role.DISPATCHER, state=State.RETURNED),
    ),
    "accept": Pile(
        _("To accept"), _("Accept it, or return it with a reason"),
        _ours(*WAITING),
    ),
    "resolve": Pile(
        _("To resolve"), _("Do it, then reply with a photo"), _ours(State.ACCEPTED)
    ),
    "join": Pile(
        _("Our part to sign off"), _("Say what your organisation did"),
        lambda scope: Q(state__in=WORKING)
        & _answering(scope, side=Side.JOINT, signed_off_at__isnull=True),
    ),
    "triage": Pile(
        _("To triage"), _("Say what kind of matter it is"),
        _over(Role.STEWARD, Role.DISPATCHER, state=State.REPORTED),
    ),
    "dispatch": Pile(
        _("To dispatch"), _("Name who is competent"),
        _over(Role.DISPATCHER, state=State.TRIAGED, triage=Triage.PUBLIC),
    ),
    "settle": Pile(
        _("To settle with residents"), _("Talk with the residents and reply"),
        lambda scope: Q(state=State.TRIAGED) & ~Q(triage=Triage.PUBLIC)
        & within(scope, (Role.STEWARD,)),
    ),
    "extension": Pile(
        _("Extensions asked for"), _("Grant or refuse"),
        _over(Role.DISPATCHER, state=State.ACCEPTED, extension_days__isnull=False),
    ),
    "verify": Pile(
        _("To verify"), _("Look at the evidence"), _over(Role.SUPERVISOR, state=State.RESOLVED)
    ),
    "appeal": Pile(
        _("Appeals"), _("Rule on the appeal"), _over(Role.SUPERVISOR, appealed="asked")
    ),
    "rate": Pile(
        _("To rate"), _("Say whether you are satisfied"),
        lambda scope: Q(state__in=JUDGED, satisfied__isnull=True) & own(scope),
    ),
}  # fmt: skip

# Counts that inform; they do not wait for this person's next step.
SIGHTS: dict[str, Pile] = {
    "overdue": Pile(_("Overdue"), "", _overdue),
    "supervised": Pile(
        _("Under supervision"), "",
        lambda scope: Q(supervised=True, state__in=OPEN)
        & (within(scope, OVERSEERS) | _answering(scope)),
    ),
    "reported": Pile(
        _("I reported, still open"), "", lambda scope: Q(state__in=OPEN) & own(scope)
    ),
    "open": Pile(
        _("All open"), "", lambda scope: Q(state__in=OPEN) & within(scope, OVERSEERS)
    ),
    "ended": Pile(
        _("Ended"), "", lambda scope: Q(state__in=ENDED) & (concerns(scope))
    ),
}  # fmt: skip


def waits_for(scope: Scope) -> Q:
    """Return the cases whose next step is this person's."""
    found = NOBODY
    for pile in PILES.values():
        found |= pile.of(scope)
    return found


def pile(name: str) -> Pile | None:
    """Return the pile of that name."""
    return PILES.get(name) or SIGHTS.get(name)
