"""The cultivation ladder: how many stand where, who could climb, one enterprise, its next step."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.enterprises.ladder import board, steps
from linli.enterprises.ladder.models import Standing
from linli.enterprises.ladder.views import panel
from linli.enterprises.models import Enterprise
from linli.enterprises.readers import readable
from linli.enterprises.visibility import has_figures_somewhere
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import Asked, Problem, Shape, asked, found, operation

N = gettext_noop
router = Router()


class RungShape(Shape):
    """A rung: how many stand on it, and how many of them since this year."""

    rung: str
    name: str
    conditions: list[str]
    count: int
    new: int


class CandidateShape(Shape):
    """Who could climb, and what is lacking still, in words with figures."""

    enterprise: str
    name: str
    stands_on: str
    next: str
    lacks: list[str]


class LadderShape(Shape):
    """The ladder from the ground up, by the figures of a year."""

    year: int | None
    rungs: list[RungShape]
    candidates: list[CandidateShape]


class LadderQuery(Asked):
    """Which candidates are wanted."""

    to: Annotated[str, Field(max_length=50, description=N("Only those who would climb here"))] = ""
    lack: Annotated[
        int, Field(ge=0, le=board.MOST_LACKING, description=N("How much may be lacking"))
    ] = 1


class ConditionShape(Shape):
    """A condition of a rung, and what the enterprise lacks of it."""

    condition: str
    is_met: bool
    lacks: str


class RungMetShape(Shape):
    """A rung as one enterprise meets it."""

    rung: str
    name: str
    is_here: bool
    is_next: bool
    conditions: list[ConditionShape]
    title_since: str | None
    case: str | None


class ClimberShape(Shape):
    """Where an enterprise stands, and what each rung asks of it."""

    enterprise: str
    year: int | None
    stages: list[RungMetShape]


class NextStepShape(Shape):
    """The case that a next step has become."""

    case: str
    rung: str
    year: int


def reader(request: HttpRequest) -> Scope:
    """Return the scope of somebody who may read figures somewhere."""
    sight = scope(request.user)
    if not has_figures_somewhere(sight):
        raise Problem(403, _("You may not read the figures of enterprises."))
    return sight


def enterprise_of(sight: Scope, key: str) -> Enterprise:
    """Return an enterprise whose figures may be read."""
    row: Enterprise = found(readable(sight).select_related("area").filter(code=key).first())
    return row


@router.get("/ladder", response=LadderShape, **operation(
    N("The cultivation ladder: how many stand where, and who could climb next"),
    asks=LadderQuery, name="ladder"))  # fmt: skip
def ladder(request: HttpRequest) -> dict[str, Any]:
    sight = reader(request)
    told = asked(request, LadderQuery)
    return {
        "year": board.year_of(),
        "rungs": [
            {"rung": line.rung.code, "name": str(line.rung), "count": line.count, "new": line.new,
             "conditions": [str(one) for one in line.rung.asks]}
            for line in board.lines(sight.of(Standing))
        ],
        "candidates": [
            {"enterprise": one.enterprise.code, "name": str(one.enterprise),
             "stands_on": one.rung.code, "next": one.next.code, "lacks": one.lacks}
            for one in board.candidates(sight, told.lack, told.to)
        ],
    }  # fmt: skip


@router.get("/enterprises/{key}/ladder", response=ClimberShape, **operation(
    N("Where an enterprise stands on the ladder, and what it lacks for each rung"),
    name="climber"))  # fmt: skip
def climber(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = reader(request)
    row = enterprise_of(sight, key)
    shown = panel(sight, row)
    return {
        "enterprise": row.code,
        "year": shown.get("year"),
        "stages": [
            {
                "rung": stage["rung"].code, "name": str(stage["rung"]),
                "is_here": stage["is_here"], "is_next": stage["is_next"],
                "conditions": [
                    {"condition": str(one.condition), "is_met": one.is_met, "lacks": one.lack}
                    for one in stage["met"]
                ],
                "title_since": str(stage["title"].since) if stage["title"] else None,
                "case": stage["step"].case.code if stage["step"] else None,
            }
            for stage in reversed(shown["ladder"])
        ],
    }  # fmt: skip


@router.post("/enterprises/{key}/next-step", response={201: NextStepShape}, **operation(
    N("Make the next step of an enterprise a case"),
    N("Doing so twice in a year gives the same case."), name="next_step"))  # fmt: skip
def next_step(request: HttpRequest, key: str) -> Status:
    sight = reader(request)
    row = enterprise_of(sight, key)
    if not steps.may_open(sight):
        raise Problem(403, _("Only those who keep the register lead an enterprise up the ladder."))
    assert isinstance(request.user, User)
    step = steps.open_step(row, request.user)
    return Status(201, {"case": step.case.code, "rung": step.rung.code, "year": step.year})
