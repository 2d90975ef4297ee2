"""Programmes over REST: the tree summed up, how late its projects will be, what was done."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.evidence import ACCEPTED, PDF, NotEvidence
from linli.cases.file_views import sent
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.programmes.renewal import progress
from linli.programmes.renewal.dates import redate
from linli.programmes.renewal.doing import finish
from linli.programmes.renewal.models import Level, Milestone, Node, may_change, may_plan
from linli.programmes.renewal.shapes import features
from linli.programmes.who import works
from linli.rest import Given, Problem, Shape, Text, found, given, operation, row_of, row_shape
from linli.scores.periods import local_day
from linli.tables import declared

N = gettext_noop
router = Router()
MilestoneWhole = row_shape("milestones", alone=True)
SHOWN = 500


class BranchShape(Shape):
    """A node above the projects and what lies below it; money in yuan."""

    code: str
    name: str
    level: str
    projects: int
    milestones: int
    done: int
    late: int
    budget: int
    spent: int
    below: list["BranchShape"]


class SlipShape(Shape):
    """When a project is likely done; four of five times between earliest and latest."""

    code: str
    planned: date | None
    expected: date | None
    earliest: date | None
    latest: date | None
    days_late: int | None
    slack: int | None
    critical: bool


class SlipsShape(Shape):
    """The projects below a node in order; `circle` names those that wait for each other."""

    projects: list[SlipShape]
    circle: list[str]


class DatesBody(Given):
    """The days that are to be others, and why; `done` may be null: not reached after all."""

    due: date | None = None
    first_due: date | None = None
    done: date | None = None
    reason: Annotated[Text, Field(min_length=1, max_length=500)]


class DoneBody(Given):
    """When a milestone was reached."""

    on: date | None = None
    note: Annotated[Text, Field(max_length=500)] = ""


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works(sight):
        raise Problem(403)
    return sight


def _node(request: HttpRequest, code: str) -> tuple[Node, Scope]:
    sight = _sight(request)
    return found(sight.of(Node).filter(code=code).first()), sight


def _told(branch: progress.Branch) -> dict[str, Any]:
    own, node = branch.sum, branch.node
    return {
        "code": node.code, "name": str(node), "level": node.level, "projects": own.projects,
        "milestones": own.milestones, "done": own.done, "late": own.late, "budget": own.budget,
        "spent": own.spent, "below": [_told(below) for below in branch.below],
    }  # fmt: skip


@router.get("/programmes/{code}/tree", response=BranchShape, **operation(
    N("What lies below a programme, summed up"), name="programme_tree"))  # fmt: skip
def tree(request: HttpRequest, code: str) -> dict[str, Any]:
    node, sight = _node(request, code)
    if node.level == Level.PROJECT:
        own = progress.sums(sight.of(Node).filter(pk=node.pk), "pk", local_day(now()))
        return _told(progress.Branch(node, own.get(node.pk, progress.Sums())))
    return _told(progress.tree(node, sight.of(Node), local_day(now())))


@router.get("/programmes/{code}/slips", response=SlipsShape, **operation(
    N("How late the projects of a programme will be"),
    N("From the slips so far; what is critical delays the whole. At most 500 projects."),
    name="programme_slips"))  # fmt: skip
def slips(request: HttpRequest, code: str) -> dict[str, Any]:
    node, sight = _node(request, code)
    root = node.path.split("/")[0]
    inside = sight.of(Node).filter(path__startswith=node.path, level=Level.PROJECT)
    rows = progress.rows(list(inside.order_by("path")[:SHOWN]), f"{root}/", local_day(now()))
    plan = progress.network(Node.objects.get(code=root))
    told = []
    for row in rows:
        seen, placed = row.foreseen, plan.placed.get(row.node.pk) if plan else None
        told.append({
            "code": row.node.code, "planned": seen.planned if seen else row.node.ends,
            "expected": seen.expected if seen else None,
            "earliest": seen.earliest if seen else None, "latest": seen.latest if seen else None,
            "days_late": seen.late if seen else None,
            "slack": placed.slack if placed else None,
            "critical": bool(placed and placed.is_critical),
        })  # fmt: skip
    return {"projects": told, "circle": list(plan.circle) if plan else []}


@router.get("/programmes/{code}/shapes", response=dict[str, Any], **operation(
    N("Where the projects of a programme lie, as GeoJSON"), name="programme_shapes"))  # fmt: skip
def shapes(request: HttpRequest, code: str) -> dict[str, Any]:
    node, sight = _node(request, code)
    return features(node, sight, local_day(now()))


def _milestone(request: HttpRequest, code: str) -> Milestone:
    return found(_sight(request).of(Milestone).filter(code=code).first())


@router.post("/milestones/{code}/done", response=MilestoneWhole, **operation(
    N("Say that a milestone was reached"), takes=DoneBody, files="evidence",
    example={"on": "2026-03-31", "note": "验收通过"}, name="milestone_done"))  # fmt: skip
def done(request: HttpRequest, code: str) -> dict[str, Any]:
    milestone = _milestone(request, code)
    if not may_change(scope(request.user), milestone.node):
        raise Problem(403)
    told, files = given(request, DoneBody, "evidence")
    assert isinstance(request.user, User)
    try:
        row = finish(milestone, request.user, told.on, told.note, files[0] if files else None)
    except NotEvidence as fault:
        raise Problem(422, errors=[("evidence", str(fault))]) from fault
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["milestones"], row, alone=True)


@router.post("/milestones/{code}/dates", response=MilestoneWhole, **operation(
    N("Change days of a milestone"), N("Days that are not named stay; each change is kept."),
    takes=DatesBody, example={"due": "2026-06-30", "reason": "汛期停工"},
    name="milestone_dates"))  # fmt: skip
def dates(request: HttpRequest, code: str) -> dict[str, Any]:
    milestone = _milestone(request, code)
    if not may_plan(scope(request.user), milestone.node):
        raise Problem(403)
    told, _files = given(request, DatesBody)
    assert isinstance(request.user, User)
    named = told.model_dump(exclude_unset=True, exclude={"reason"})
    try:
        row = redate(milestone, request.user, told.reason, named)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    return row_of(declared()["milestones"], row, alone=True)


@router.get("/milestones/{code}/file", **operation(
    N("The file that shows that a milestone was reached"), name="milestone_file"))  # fmt: skip
def file(request: HttpRequest, code: str) -> HttpResponse:
    row = _milestone(request, code)
    if not row.file or row.content_type not in ACCEPTED:
        raise Http404
    with row.file.open("rb") as kept:
        content = kept.read()
    name = f"{row.code}.{row.content_type.split('/')[1]}"
    return sent(content, row.content_type, name, row.content_type == PDF)
