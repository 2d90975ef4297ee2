"""What waits for whom: the piles on a person's desk, and how cases are counted into them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.actors import STAFF
from linli.cases.models import ENDED, OPEN, WAITING, WORKING, Assignment, State, Triage
from linli.cases.visibility import NOBODY, OVERSEERS, assigned, led, of_own_plants, own, within
from linli.clock import now
from linli.people.models import Role, Side
from linli.people.scope import Scope

Rule = Callable[[Scope], Q]
JUDGED = (State.RESOLVED, State.VERIFIED)


@dataclass(frozen=True)
class Pile:
    """Cases that ask the same thing of one kind of person. `advice` says what to do.

    `tap` is the action that takes such a case on with one tap, because it needs no more;
    `given` is what it is given then.
    """

    label: str | Promise
    advice: str | Promise
    of: Rule
    tap: str = ""
    given: tuple[tuple[str, object], ...] = ()
    tap_label: str | Promise = ""


SIDES = (Side.TERRITORIAL, Side.FUNCTIONAL)


def _given_to_others(scope: Scope, side: Side) -> Q:
    """Return the cases in which that side's work was given to another person."""
    given = Assignment.objects.filter(
        organisation__in=scope.organisations(*STAFF), active=True, side=side, person__isnull=False
    )
    return Q(pk__in=given.exclude(person=scope.user.pk).order_by().values("case"))


def _answering(scope: Scope, leads: bool = False) -> Q:
    """Return the cases in which the person answers for a side; for the leading one if `leads`.

    Which organisations are on both sides, and which leads, stands in the case itself.
    """
    found = NOBODY
    if organisations := scope.organisations(*STAFF):
        for side in SIDES:
            theirs = Q(**{f"{side}__in": organisations}) & ~_given_to_others(scope, side)
            headed = Q(**{f"{side}__in": scope.organisations(Role.HEAD)})
            found |= (theirs | headed) & (Q(lead_side=side) if leads else Q())
    if scope.led_areas:
        side = Side.TERRITORIAL
        found |= led(scope) & Q(territorial__isnull=False) & (Q(lead_side=side) if leads else Q())
    return found if leads else found | _joined(scope)


def _joined(scope: Scope, **more: object) -> Q:
    """Return the cases in which the person answers for an organisation that was called in."""
    organisations = scope.organisations(*STAFF)
    free = Q(person__isnull=True) | Q(person=scope.user.pk)
    headed = Q(organisation__in=scope.organisations(Role.HEAD))
    joined = Assignment.objects.filter(
        free | headed, organisation__in=organisations, side=Side.JOINT, active=True, **more
    )
    return Q(pk__in=joined.order_by().values("case")) if organisations else NOBODY


def _owing(scope: Scope) -> Q:
    """Return the cases in which an organisation of the person's owes an answer to the reporter."""
    organisations = scope.organisations(*STAFF)
    if not organisations:
        return NOBODY
    free = Q(person__isnull=True) | Q(person=scope.user.pk)
    owed = Assignment.objects.filter(
        free, organisation__in=organisations, active=True, leads=False, signed_off_at=None,
        case__category__every_answer=True,
    )  # fmt: skip
    return Q(pk__in=owed.order_by().values("case"))


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
        _ours(*WAITING), tap="accept", tap_label=_("Accept"),
    ),
    "resolve": Pile(
        _("To resolve"), _("Do it, then reply with a photo"), _ours(State.ACCEPTED)
    ),
    "join": Pile(
        _("Our part to sign off"), _("Say what your organisation did"),
        lambda scope: Q(state__in=WORKING)
        & (_joined(scope, signed_off_at__isnull=True) | _owing(scope)),
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
        tap="grant_extension", tap_label=_("Grant the extension"),
    ),
    "verify": Pile(
        _("To verify"), _("Look at the evidence"),
        lambda scope: Q(state=State.RESOLVED)
        & (within(scope, (Role.SUPERVISOR,)) | of_own_plants(scope)),
    ),
    "appeal": Pile(
        _("Appeals"), _("Rule on the appeal"), _over(Role.SUPERVISOR, appealed="asked")
    ),
    "rate": Pile(
        _("To rate"), _("Say whether you are satisfied"),
        lambda scope: Q(state__in=JUDGED, satisfied__isnull=True) & own(scope),
        tap="evaluate", given=(("satisfied", True),), tap_label=_("Satisfied"),
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


def pile(name: str) -> Pile | None:
    """Return the pile of that name."""
    return PILES.get(name) or SIGHTS.get(name)
