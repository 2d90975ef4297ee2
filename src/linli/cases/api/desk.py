"""The dispatcher's desk: its queues, and what helps to decide one case of them."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases import desk
from linli.cases.forms import by_code
from linli.cases.models import Case, State
from linli.cases.tables import CASES
from linli.people.scope import Scope, scope
from linli.rest import Problem, Shape, found, operation, row_of, row_shape
from linli.rest.listing import read

N = gettext_noop
router = Router()
CaseRow: Any = row_shape("cases")


class QueueShape(Shape):
    """One queue of the desk."""

    name: str
    label: str
    advice: str
    count: int


class DeskShape(Shape):
    """All queues of the desk."""

    items: list[QueueShape]


@router.get("/desk", response=DeskShape, **operation(
    N("The queues of the dispatcher's desk, counted"), name="desk"))  # fmt: skip
def queues(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    counts = desk.counts(sight, len(desk.suspicions(sight)))
    return {
        "items": [
            {"name": name, "label": str(queue.label), "advice": str(queue.advice),
             "count": counts[name]}
            for name, queue in desk.QUEUES.items()
        ]
    }  # fmt: skip


class QueuedShape(Shape):
    """The first cases of a queue, in the order they should be taken up, and how many follow."""

    items: list[CaseRow]
    more: int


@router.get("/desk/{queue}", response=QueuedShape, **operation(
    N("The cases of one queue of the desk"),
    N("The first ones, in the order they should be taken up; what is done makes room."),
    name="desk_queue"))  # fmt: skip
def queue(request: HttpRequest, queue: str) -> dict[str, Any]:
    sight = scope(request.user)
    suspicions = desk.suspicions(sight)
    if queue not in desk.QUEUES:
        raise Problem(404)
    rows = read(CASES, [case.pk for case in desk.queued(sight, queue, suspicions)])
    counts = desk.counts(sight, len(suspicions))
    return {
        "items": [row_of(CASES, row) for row in rows],
        "more": max(counts[queue] - len(rows), 0),
    }


class GuessShape(Shape):
    """A category the text suggests, and how probable it is."""

    category: str
    probability: float
    is_sure: bool


class TwinShape(Shape):
    """An earlier case that may be the same, and how alike the two are."""

    case: str
    likeness: float


class PrecedentShape(Shape):
    """An earlier ruling on the same category."""

    ruling: int
    organisation: str
    reason: str
    is_here: bool
    returned_by: str
    objection: str


class DisputeShape(Shape):
    """Who returned a case and why, how such were ruled on, and who may own it."""

    returned_by: str
    objection: str
    precedents: list[PrecedentShape]
    candidates: list[str]


class OnDeskShape(Shape):
    """What helps to decide a case."""

    case: str
    guesses: list[GuessShape]
    twin: TwinShape | None
    dispute: DisputeShape | None


@router.get("/desk/cases/{code}", response=OnDeskShape, **operation(
    N("What helps to decide a case on the desk"),
    N("Categories its words suggest, a case it may repeat, and if it was returned the "
      "objection with the precedents."),
    name="desk_case"))  # fmt: skip
def on_desk(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = scope(request.user)
    mine = desk.on_desk(sight)
    case = found(by_code(sight, code))
    if not mine.filter(pk=case.pk).exists():
        raise Problem(404)
    return {
        "case": case.code,
        "guesses": [
            {"category": guess.category.code, "probability": float(guess.probability),
             "is_sure": guess.is_sure}
            for guess in desk.guesses(case)
        ],
        "twin": _twin(case, sight),
        "dispute": _dispute(case) if case.state == State.RETURNED else None,
    }  # fmt: skip


def _twin(case: Case, sight: Scope) -> dict[str, Any] | None:
    pair = next((one for one in desk.suspicions(sight) if one.later == case.pk), None)
    twin = sight.of(Case).filter(pk=pair.earlier).first() if pair else None
    return {"case": twin.code, "likeness": float(pair.alike)} if pair and twin else None


def _dispute(case: Case) -> dict[str, Any]:
    dispute = desk.dispute(case)
    return {
        "returned_by": dispute.returned_by,
        "objection": dispute.objection,
        "precedents": [
            {
                "ruling": one.ruling.pk,
                "organisation": one.ruling.organisation.code,
                "reason": one.ruling.reason,
                "is_here": one.is_here,
                "returned_by": one.returned_by,
                "objection": one.objection,
            }
            for one in dispute.precedents
        ],
        "candidates": [organisation.code for organisation in dispute.candidates],
    }
