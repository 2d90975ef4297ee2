"""Deliberations beside the steps of the case: proposals, who supports them, meeting, follow-up."""

from datetime import date
from typing import Annotated, Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.cases.forms import MAX_TEXT
from linli.cases.models import Deliberation, FollowUp, Proposal
from linli.people.models import User
from linli.people.scope import scope
from linli.rest import Given, Moment, Problem, Shape, Text, by_key, given, operation
from linli.stewards import deliberations

N = gettext_noop
router = Router(tags=["cases"])
Votes = Annotated[int, Field(ge=0, le=10_000)]


class ProposalShape(Shape):
    """One way to settle it: how many support it, whether the owner of the key does, the votes."""

    id: int
    text: str
    supporters: int
    is_supported: bool
    favour: int | None
    against: int | None
    abstain: int | None


class FollowUpShape(Shape):
    """What was agreed to do, by whom and by when."""

    id: int
    what: str
    who: str
    by: date
    done_at: Moment | None


class TalkShape(Shape):
    """What was said in a deliberation, and what the owner of the key may add."""

    proposals: list[ProposalShape]
    follow_ups: list[FollowUpShape]
    may_lead: bool
    may_support: bool


def _deliberation(request: HttpRequest, key: int) -> Deliberation:
    rows = scope(request.user).of(Deliberation)
    row: Deliberation = by_key(rows.select_related("case__community_grid"), key)
    return row


def _led(request: HttpRequest, key: int) -> Deliberation:
    row = _deliberation(request, key)
    _see_led(request, row)
    return row


def _see_led(request: HttpRequest, row: Deliberation) -> None:
    if not deliberations.may_lead(row, scope(request.user)):
        raise Problem(403, _("Only a steward of this place leads the deliberation."))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _talk(request: HttpRequest, row: Deliberation) -> dict[str, Any]:
    sight = scope(request.user)
    mine = Count("supports", filter=Q(supports__user=sight.user.pk))
    proposals = row.proposals.annotate(n=Count("supports"), mine=mine)
    return {
        "proposals": [
            {
                "id": one.pk, "text": one.text, "supporters": one.n,
                "is_supported": bool(one.mine), "favour": one.favour,
                "against": one.against, "abstain": one.abstain,
            }
            for one in proposals.order_by("id")
        ],
        "follow_ups": [
            {"id": one.pk, "what": one.what, "who": one.who, "by": one.by,
             "done_at": localtime(one.done_at) if one.done_at else None}
            for one in row.follow_ups.all()
        ],
        "may_lead": deliberations.may_lead(row, sight),
        "may_support": deliberations.may_support(row, sight),
    }  # fmt: skip


@router.get("/deliberations/{key}/talk", response=TalkShape, **operation(
    N("The proposals of a deliberation, and what was agreed to do"), name="talk"))  # fmt: skip
def talk(request: HttpRequest, key: int) -> dict[str, Any]:
    return _talk(request, _deliberation(request, key))


class ProposalBody(Given):
    """One way to settle it."""

    text: Annotated[Text, Field(min_length=1, max_length=300)]


@router.post("/deliberations/{key}/proposals", response={201: TalkShape}, **operation(
    N("Add a way to settle it, for the residents to support and to vote on"),
    takes=ProposalBody, name="propose"))  # fmt: skip
def propose(request: HttpRequest, key: int) -> Status:
    row = _led(request, key)
    told, _files = given(request, ProposalBody)
    deliberations.propose(row, _user(request), told.text)
    return Status(201, _talk(request, row))


@router.post("/proposals/{key}/support", response=TalkShape, **operation(
    N("Support a proposal, for residents of the grid"), N("Doing so twice counts once."),
    name="support_proposal"))  # fmt: skip
def support(request: HttpRequest, key: int) -> dict[str, Any]:
    sight = scope(request.user)
    rows = sight.of(Proposal).select_related("deliberation__case__community_grid")
    proposal: Proposal = by_key(rows, key)
    if not deliberations.may_support(proposal.deliberation, sight):
        words = _("Only residents of this grid have a say, as long as it is not decided.")
        raise Problem(403, words)
    deliberations.support(proposal, _user(request))
    return _talk(request, proposal.deliberation)


class VotesBody(Given):
    """How the households voted on one proposal."""

    proposal: int
    favour: Votes = 0
    against: Votes = 0
    abstain: Votes = 0


class MeetingBody(Given):
    """What was said at the meeting, how many households came, and how they voted."""

    minutes: Annotated[Text, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
    households: Annotated[int, Field(ge=1, le=10_000)]
    votes: Annotated[list[VotesBody], Field(max_length=deliberations.MOST_PROPOSALS)] = []


@router.post("/deliberations/{key}/meeting", response=TalkShape, **operation(
    N("Keep the minutes and the votes of the meeting"),
    N("A step of the case, with the votes on each proposal."), takes=MeetingBody,
    example={"minutes": "十二户到场，多数同意错峰", "households": 12,
             "votes": [{"proposal": 1, "favour": 9, "against": 2, "abstain": 1}]},
    name="record_meeting"))  # fmt: skip
def meeting(request: HttpRequest, key: int) -> dict[str, Any]:
    row = _led(request, key)
    told, _files = given(request, MeetingBody)
    known = set(row.proposals.values_list("pk", flat=True))
    for n, votes in enumerate(told.votes):
        if votes.proposal not in known:
            raise Problem(422, errors=[(f"votes.{n}.proposal", _("Not one of this deliberation."))])
    counts = {
        votes.proposal: {"favour": votes.favour, "against": votes.against,
                         "abstain": votes.abstain}
        for votes in told.votes
    }  # fmt: skip
    deliberations.record(row, _user(request), told.minutes, told.households, counts)
    return _talk(request, row)


class FollowUpBody(Given):
    """Who does what by when."""

    what: Annotated[Text, Field(min_length=1, max_length=200)]
    who: Annotated[
        Text,
        Field(min_length=1, max_length=80,
              description=N("An office or a body, no private person.")),
    ]  # fmt: skip
    by: Annotated[date, Field(strict=False)]


@router.post("/deliberations/{key}/follow-ups", response={201: TalkShape}, **operation(
    N("Note who does what by when"), takes=FollowUpBody, name="agree"))  # fmt: skip
def agree(request: HttpRequest, key: int) -> Status:
    row = _led(request, key)
    told, _files = given(request, FollowUpBody)
    deliberations.agree(row, _user(request), told.what, told.who, told.by)
    return Status(201, _talk(request, row))


@router.post("/follow-ups/{key}/done", response=TalkShape, **operation(
    N("Note that something agreed was done"), name="tick_off"))  # fmt: skip
def tick_off(request: HttpRequest, key: int) -> dict[str, Any]:
    rows = scope(request.user).of(FollowUp).select_related("deliberation__case__community_grid")
    follow_up: FollowUp = by_key(rows, key)
    _see_led(request, follow_up.deliberation)
    deliberations.tick_off(follow_up, _user(request))
    return _talk(request, follow_up.deliberation)
