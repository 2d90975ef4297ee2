"""Who has a case, and until when."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.api.found import case_for
from linli.cases.due import deadlines_of
from linli.cases.models import Case
from linli.cases.visibility import in_office
from linli.people.models import Side
from linli.rest import Moment, Shape, operation

N = gettext_noop
router = Router()


class AssignmentShape(Shape):
    """Who has a case, on which side."""

    side: Literal[tuple(Side.values)]  # type: ignore[valid-type]
    organisation: str
    person: str | None
    leads: bool
    accepted_at: Moment | None
    signed_off_at: Moment | None
    answer: str | None


class AssignmentsShape(Shape):
    """Everybody who has a case."""

    items: list[AssignmentShape]


@router.get("/cases/{code}/assignments", response=AssignmentsShape, **operation(
    N("Who has a case: both sides of the dispatch, and those who joined"),
    name="case_assignments"))  # fmt: skip
def assignments(request: HttpRequest, code: str) -> dict[str, Any]:
    case, sight = case_for(request, code)
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    is_told = official or bool(case.category and case.category.every_answer)
    rows = case.assignments.filter(active=True).select_related("organisation", "person")
    return {
        "items": [
            {
                "side": row.side,
                "organisation": row.organisation.code,
                "person": row.person.username if row.person and official else None,
                "leads": row.leads,
                "accepted_at": row.accepted_at,
                "signed_off_at": row.signed_off_at,
                "answer": row.answer or None if is_told else None,
            }
            for row in rows
        ]
    }


class DeadlineShape(Shape):
    """A deadline: what for, when, how it stands, and the working hours left or past."""

    what: str
    moment: Moment
    level: str
    hours: float


class DeadlinesShape(Shape):
    """All deadlines of a case."""

    items: list[DeadlineShape]


@router.get("/cases/{code}/deadlines", response=DeadlinesShape, **operation(
    N("The deadlines of a case, counted on the town's working calendar"),
    name="case_deadlines"))  # fmt: skip
def deadlines(request: HttpRequest, code: str) -> dict[str, Any]:
    case, _sight = case_for(request, code)
    return {
        "items": [
            {"what": due.what, "moment": due.moment, "level": str(due.level),
             "hours": round(due.hours, 2)}
            for due in deadlines_of(case)
        ]
    }  # fmt: skip
