"""Deliberation (议事): proposals, who supports them, the meeting, and what was agreed to do.

The steps that belong to the case (calling it, recording the meeting, the outcome) are actions
of the loop and stand on its chain; what residents and stewards add in between is here.
"""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases import loop
from linli.cases.actors import Actor, standing
from linli.cases.models import Deliberation, FollowUp, Proposal, Support
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope
from linli.places.models import COMMUNITY, Area
from linli.stewards.models import Home
from linli.stewards.visibility import home_of

VOTES = ("favour", "against", "abstain")
MOST_PROPOSALS = 12


def may_lead(deliberation: Deliberation, scope: Scope) -> bool:
    """Tell whether this person leads the deliberation: a steward or dispatcher of the place."""
    return bool(standing(deliberation.case, scope) & {Actor.STEWARD, Actor.DISPATCHER})


def may_support(deliberation: Deliberation, scope: Scope) -> bool:
    """Tell whether this person has a say: they live in the grid, and it is not over."""
    home = home_of(scope)
    return (
        deliberation.ended_at is None
        and home is not None
        and home.grid_id == deliberation.case.community_grid_id
    )


def live_in(grid: Area, user: User) -> Home:
    """Keep which grid a resident lives in; nothing finer is asked.

    Raises
    ------
    Refused
        If the area is no community grid.
    """
    if not grid.is_grid or grid.layer != COMMUNITY:
        raise Refused(_("Choose the grid itself, not the area around it."))
    home, _created = Home.objects.update_or_create(
        user=user, defaults={"grid": grid, "since": now()}
    )
    return home


def propose(deliberation: Deliberation, by: User, text: str) -> Proposal:
    """Put a proposal on the list."""
    _check_led(deliberation, by)
    text = text.strip()
    if not text:
        raise Refused(_("“%(field)s” is missing.") % {"field": _("Proposal")})
    if deliberation.proposals.count() >= MOST_PROPOSALS:
        raise Refused(_("More than %(n)d proposals cannot be voted on.") % {"n": MOST_PROPOSALS})
    return Proposal.objects.create(deliberation=deliberation, text=text)


def support(proposal: Proposal, by: User) -> Support:
    """Be for a proposal; doing so twice counts once."""
    if not may_support(proposal.deliberation, Scope(by)):
        raise Refused(_("Only residents of this grid have a say, as long as it is not decided."))
    row, _created = Support.objects.get_or_create(
        proposal=proposal, user=by, defaults={"at": now()}
    )
    return row


def record(
    deliberation: Deliberation,
    by: User,
    minutes: str,
    households: int | None,
    votes: Mapping[int, Mapping[str, int]],
) -> None:
    """Keep the minutes and the households' votes, as a step of the case.

    Raises
    ------
    Refused
        If more households voted on a proposal than were there, or the step is not possible.
    """
    for counts in votes.values():
        if households is not None and sum(counts.values()) > households:
            raise Refused(
                _("%(votes)d votes on one proposal, but only %(n)d households were present.")
                % {"votes": sum(counts.values()), "n": households}
            )
    told = {str(key): dict(counts) for key, counts in votes.items()}
    given = {"households": households} if households is not None else {}
    loop.act(deliberation.case, "minute", by, minutes=minutes, votes=told, **given)


def agree(deliberation: Deliberation, by: User, what: str, who: str, until: date) -> FollowUp:
    """Note who does what by when."""
    _check_led(deliberation, by, still_open=False)
    for field, text in ((_("What"), what), (_("Who"), who)):
        if not text.strip():
            raise Refused(_("“%(field)s” is missing.") % {"field": field})
    return FollowUp.objects.create(
        deliberation=deliberation, what=what.strip(), who=who.strip(), by=until
    )


def tick_off(follow_up: FollowUp, by: User) -> None:
    """Note that it was done."""
    _check_led(follow_up.deliberation, by, still_open=False)
    with transaction.atomic():
        FollowUp.objects.filter(pk=follow_up.pk, done_at=None).update(done_at=now())


def _check_led(deliberation: Deliberation, by: User, still_open: bool = True) -> None:
    if not may_lead(deliberation, Scope(by)):
        raise Refused(_("Only a steward of this place leads the deliberation."))
    if still_open and deliberation.ended_at is not None:
        raise Refused(_("This deliberation is over."))
