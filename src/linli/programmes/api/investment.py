"""Investment projects over REST: the funnel, and the next step of a project."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.clock import now
from linli.people.models import User
from linli.people.scope import scope
from linli.programmes.investment import funnel
from linli.programmes.investment.models import LADDER, Investment, may_change
from linli.programmes.investment.steps import advance
from linli.programmes.ladders import MAX_NOTE, Ladder, NotClimbed
from linli.programmes.who import works
from linli.rest import Given, Problem, Shape, Text, found, given, operation, row_of, row_shape
from linli.scores.periods import local_day
from linli.tables import declared

N = gettext_noop
router = Router()
ProjectWhole = row_shape("projects", alone=True)


class FunnelStageShape(Shape):
    """A stage of the funnel; `median_days` until the next, by Kaplan and Meier."""

    stage: str
    name: str
    here: int
    amount: int
    reached: int
    gone_on: int | None
    share: int | None
    median_days: int | None


class FunnelShape(Shape):
    """All stages in order, those aside last."""

    stages: list[FunnelStageShape]


class ClimbBody(Given):
    """The stage to go to; going back or giving up needs a reason in `note`."""

    stage: Annotated[Text, Field(min_length=1, max_length=50)]
    on: date | None = None
    note: Annotated[Text, Field(max_length=MAX_NOTE)] = ""


@router.get("/investment/funnel", response=FunnelShape, **operation(
    N("How many projects stand where, how many go on, how long it takes"),
    name="investment_funnel"))  # fmt: skip
def read_funnel(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    if not works(sight):
        raise Problem(403)
    ladder = Ladder.objects.filter(code=LADDER, retired=False).first()
    steps = funnel.funnel(sight.of(Investment), ladder, local_day(now())) if ladder else []
    return {
        "stages": [
            {
                "stage": step.stage.code, "name": str(step.stage), "here": step.here,
                "amount": step.amount, "reached": step.reached,
                "gone_on": step.onward.arrived if step.onward else None, "share": step.share,
                "median_days": step.onward.median if step.onward else None,
            }
            for step in steps
        ]
    }  # fmt: skip


@router.post("/projects/{code}/climb", response=ProjectWhole, **operation(
    N("Take the next step of an investment project"), takes=ClimbBody,
    example={"stage": "signed", "on": "2026-03-31", "note": ""}, name="project_climb"))  # fmt: skip
def climb(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = scope(request.user)
    project = found(sight.of(Investment).filter(code=code).first())
    if not may_change(sight, project):
        raise Problem(403)
    told, _files = given(request, ClimbBody)
    assert isinstance(request.user, User)
    try:
        row = advance(project, told.stage, request.user, told.on, told.note)
    except NotClimbed as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["projects"], row, alone=True)
