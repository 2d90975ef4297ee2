"""The steward's desk: the matter that has waited longest, and what would become of it."""

from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.forms import by_code
from linli.cases.models import Case, Category, Triage
from linli.people.models import Role
from linli.people.scope import Scope, scope
from linli.rest import Asked, Problem, Shape, Text, asked, found, operation
from linli.stewards import desk

N = gettext_noop
router = Router(tags=["cases"])
if TYPE_CHECKING:  # mypy cannot read the words of a model
    Matter = str
else:
    Matter = Literal[tuple(Triage.values)]


class NextShape(Shape):
    """How much waits to be triaged, and the case that has waited longest."""

    left: int
    case: str | None


class RouteShape(Shape):
    """Where a public matter would go: both sides, and which of them leads."""

    territorial: str
    functional: str
    lead_side: str


class TriageShape(Shape):
    """What a matter seems to be, how sure that is, and where it would go as a public one."""

    category: str | None
    triage: Matter | None
    probability: float | None
    route: RouteShape | None


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sight.has(Role.STEWARD, Role.DISPATCHER):
        raise Problem(403)
    return sight


@router.get("/triage", response=NextShape, **operation(
    N("What waits to be triaged, and which case has waited longest"),
    name="triage_next"))  # fmt: skip
def next_one(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    case = desk.next_card(sight)
    return {"left": desk.waiting(sight), "case": case.code if case else None}


class RouteQuery(Asked):
    """As what it would be triaged."""

    category: Text | None = None


@router.get("/triage/{code}", response=TriageShape, **operation(
    N("What a matter seems to be, and where it would go"), asks=RouteQuery,
    name="triage_suggestion"))  # fmt: skip
def suggestion(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = _sight(request)
    case: Case = found(by_code(sight, code))
    wanted = asked(request, RouteQuery)
    hint = desk.suggestion(case)
    category = hint.category
    if wanted.category is not None:
        category = Category.objects.filter(code=wanted.category, retired=False).first()
        if category is None:
            words = _("There is no category “%(value)s”.") % {"value": wanted.category}
            raise Problem(422, errors=[("category", words)])
    route = desk.route(case, category)
    return {
        "category": hint.category.code if hint.category else None,
        "triage": hint.kind or None,
        "probability": None if hint.probability is None else float(hint.probability),
        "route": {
            "territorial": route.territorial.code,
            "functional": route.functional.code,
            "lead_side": route.lead_side,
        } if route and route.territorial and route.functional else None,
    }  # fmt: skip
