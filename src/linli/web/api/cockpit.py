"""The figures of the cockpit, and the cases behind each number of its flow."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.models import OPEN, Case
from linli.cases.tables import CASES
from linli.clock import now
from linli.people.scope import Scope, scope
from linli.rest import (
    Moment,
    PageQuery,
    Problem,
    Shape,
    asked,
    operation,
    page_of,
    page_shape,
    row_of,
)
from linli.scores.figures import Figure
from linli.scores.periods import Period, local_day
from linli.web.cockpit import figures
from linli.web.cockpit.reach import Reach, reach_of

N = gettext_noop
router = Router(tags=["scores"])


class FlowShape(Shape):
    """One stage of the loop: what reached it today and usually, and what waits in it."""

    number: int
    label: str
    today: int
    usual: int
    waits: str
    waiting: int
    state: str


class LyingShape(Shape):
    """How many open cases lie in a grid, and how many of them are overdue."""

    grid: str
    open: int
    overdue: int


class LateShape(Shape):
    """An overdue case that was escalated."""

    case: str
    title: str


class NeedsShape(Shape):
    """What waits for a leader."""

    cases: list[LateShape]
    returned: int
    appeals: int
    supervised: int


class TickShape(Shape):
    """A step that was taken just now: what and where, nobody named."""

    at: Moment
    label: str
    category: str | None
    area: str | None


class CockpitShape(Shape):
    """The town at a glance, as far as the owner of the key leads."""

    at: Moment
    stages: list[FlowShape]
    open: int
    overdue: int
    on_time_percent: int | None
    satisfied_percent: int | None
    needs: NeedsShape
    ticker: list[TickShape]
    grids: list[LyingShape]


def _reach(request: HttpRequest) -> tuple[Scope, Reach]:
    sight = scope(request.user)
    reach = reach_of(sight)
    if reach is None:
        raise Problem(403)
    return sight, reach


@router.get("/cockpit", response=CockpitShape, **operation(
    N("The town at a glance, as far as the owner of the key leads"),
    name="cockpit"))  # fmt: skip
def cockpit(request: HttpRequest) -> dict[str, Any]:
    _sight, reach = _reach(request)
    lying, month, needs = figures.backlog(reach), figures.month(reach), figures.needs(reach)
    return {
        "at": localtime(now()),
        "stages": [
            {**stage, "number": n, "label": str(stage["label"]), "waits": str(stage["waits"])}
            for n, stage in enumerate(figures.flow(reach, lying), 1)
        ],
        "open": sum(lying[state] for state in OPEN),
        "overdue": lying["overdue"],
        "on_time_percent": month["on_time"],
        "satisfied_percent": month["satisfied"],
        "needs": {
            **needs,
            "cases": [{"case": case.code, "title": case.title} for case, _due in needs["cases"]],
        },
        "ticker": [
            {
                "at": localtime(line["at"]),
                "label": str(line["label"]),
                "category": line["category"].code if line["category"] else None,
                "area": line["place"].code if line["place"] else None,
            }
            for line in figures.ticker(reach)
        ],
        "grids": [
            {"grid": code, "open": lying_there, "overdue": late}
            for code, (lying_there, late) in figures.grids(reach).items()
        ],
    }


@router.get("/cockpit/stages/{number}/cases", response=page_shape("cases"), **operation(
    N("The cases that one number of the flow counts today"),
    N("As far as the owner of the key sees them."), asks=PageQuery,
    name="cockpit_stage"))  # fmt: skip
def stage(request: HttpRequest, number: int) -> dict[str, Any]:
    sight, reach = _reach(request)
    if not 1 <= number <= len(figures.STAGES):
        raise Problem(404)
    day = local_day(now())
    counted = Figure(figures.STAGES[number - 1].counters, Period(day, day))
    theirs = sight.of(Case).filter(reach.cases(), pk__in=counted.cases().values("pk"))
    page = page_of(theirs, CASES, asked(request, PageQuery))
    return {"items": [row_of(CASES, row) for row in page.rows], "next": page.next}
