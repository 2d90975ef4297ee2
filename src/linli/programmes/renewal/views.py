"""Pages of the programmes: the tree, one node of it, Gantt chart, map."""

from collections import defaultdict
from typing import Any

import orjson
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from linli.cases.models import Case
from linli.clock import now
from linli.people.scope import Scope
from linli.programmes.renewal import progress
from linli.programmes.renewal.forms import DatesForm, DoneForm
from linli.programmes.renewal.gantt import chart
from linli.programmes.renewal.models import (
    Level,
    Link,
    MilestoneChange,
    Node,
    may_change,
    may_plan,
)
from linli.programmes.renewal.shapes import features
from linli.programmes.who import administers, at_work
from linli.scores.periods import local_day

A_PAGE, SHOWN = 50, 8


def _root(node: Node) -> str:
    return node.path.split("/")[0] + "/"


def _trail(node: Node) -> list[Node]:
    codes = node.path.split("/")[:-2]
    return list(Node.objects.filter(code__in=codes).only("code", "name", "name_en", "path")
                .order_by("path"))  # fmt: skip


def nodes(sight: Scope) -> Any:
    """Return the nodes a person sees, without their shapes."""
    return sight.of(Node).select_related("owner", "area").defer("area__wkb", "shape")


@login_required
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Show every framework as a tree, with what is late."""
    sight, today = at_work(request), local_day(now())
    found = nodes(sight)
    roots = list(found.filter(level=Level.FRAMEWORK).order_by("code"))
    late = progress.late_ones(sight.of(Node).order_by().values("pk"), today)
    return render(
        request,
        "programmes/programmes.html",
        {
            "trees": [progress.tree(root, found, today) for root in roots],
            "late": [
                (milestone, milestone.late_by(today))
                for milestone in late.select_related("node", "case")[:SHOWN]
            ],
            "late_count": late.count(),
        },
    )


@login_required
@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """Show one node: what it sums up to and what lies below; a project with its milestones."""
    sight = at_work(request)
    return shown(request, get_object_or_404(nodes(sight), code=code), sight)


def shown(
    request: HttpRequest, node: Node, sight: Scope, form: Form | None = None,
    asked: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Show one node; `form` is what was filled in for the milestone `asked`."""
    today = local_day(now())
    told: dict[str, Any] = {"node": node, "trail": _trail(node), "today": today}
    if node.level == Level.PROJECT:
        told |= _project(node, sight, form, asked)
    else:
        branch = progress.tree(node, nodes(sight), today)
        below = nodes(sight).filter(parent=node, level=Level.PROJECT).order_by("code")
        page = Paginator(below, A_PAGE).get_page(request.GET.get("page"))
        told |= {
            "branch": branch, "sum": branch.sum, "page": page,
            "rows": [
                (row, row.late(today)) for row in progress.rows(list(page), _root(node), today)
            ],
        }  # fmt: skip
    return render(request, "programmes/programme.html", told, status=status)


def _project(node: Node, sight: Scope, form: Form | None, asked: int) -> dict[str, Any]:
    today = local_day(now())
    row = progress.rows([node], _root(node), today)[0]
    root = Node.objects.get(code=_root(node)[:-1])
    plan = progress.network(root)
    placed = plan.placed.get(node.pk) if plan else None
    waits = Link.objects.filter(node=node, after__retired=False).select_related("after")
    followers = Link.objects.filter(after=node, node__retired=False).select_related("node")
    return {
        "row": row,
        "sum": progress.Sums(
            1, len(row.milestones), row.done, row.late(today), node.budget or 0, node.spent
        ),
        "milestones": _milestones(row, sight, form, asked),
        "partners": list(node.partners.all()),
        "waits": list(waits), "followers": list(followers), "placed": placed,
        "circle": plan.circle if plan else (),
    }  # fmt: skip


def _milestones(
    row: progress.Row, sight: Scope, form: Form | None, asked: int
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the milestones of a project, each with its case, its history and its forms."""
    today, node = local_day(now()), row.node
    reports, plans, resets = may_change(sight, node), may_plan(sight, node), administers(sight)
    keys = [milestone.case_id for milestone in row.milestones if milestone.case_id]
    cases = {case.pk: case for case in sight.of(Case).filter(pk__in=keys)} if keys else {}
    changes: dict[int, list[MilestoneChange]] = defaultdict(list)
    for change in MilestoneChange.objects.filter(milestone__node=node).select_related("by"):
        changes[change.milestone_id].append(change)
    found = []
    for milestone in row.milestones:
        given = form if milestone.pk == asked else None
        done = given if isinstance(given, DoneForm) else DoneForm(milestone, today=today)
        dates = given if isinstance(given, DatesForm) else DatesForm(milestone, resets)
        found.append({
            "row": milestone, "late": milestone.late_by(today),
            "case": cases.get(milestone.case_id or 0), "changes": changes[milestone.pk],
            "done": done if reports and milestone.done is None else None,
            "dates": dates if plans else None,
        })  # fmt: skip
    return found


@login_required
@require_safe
def gantt(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the projects below a node in time."""
    sight, today = at_work(request), local_day(now())
    node = get_object_or_404(nodes(sight), code=code)
    below = nodes(sight).filter(path__startswith=node.path, level=Level.PROJECT)
    page = Paginator(below.order_by("path"), A_PAGE).get_page(request.GET.get("page"))
    rows = progress.rows(list(page), _root(node), today)
    plan = progress.network(Node.objects.get(code=_root(node)[:-1]))
    for row in rows:
        row.placed = plan.placed.get(row.node.pk) if plan else None
    critical = (
        list(sight.of(Node).filter(pk__in=plan.critical[:A_PAGE]).only("code", "name", "name_en"))
        if plan and plan.critical
        else []
    )
    order = {key: at for at, key in enumerate(plan.critical)} if plan else {}
    return render(
        request,
        "programmes/gantt.html",
        {
            "node": node, "trail": _trail(node), "page": page,
            "chart": chart(rows, today, progress.links([row.node.pk for row in rows])),
            "critical": sorted(critical, key=lambda one: order[one.pk]),
            "circle": plan.circle if plan else (), "today": today,
        },
    )  # fmt: skip


@login_required
@require_safe
def programme_map(request: HttpRequest, code: str) -> HttpResponse:
    """Show where the projects below a node lie."""
    sight = at_work(request)
    node = get_object_or_404(nodes(sight), code=code)
    return render(request, "programmes/map.html", {"node": node, "trail": _trail(node)})


@login_required
@require_safe
def programme_shapes(request: HttpRequest, code: str) -> HttpResponse:
    """Give what the map draws, as GeoJSON."""
    sight = at_work(request)
    node = get_object_or_404(sight.of(Node).only("path"), code=code)
    found = features(node, sight, local_day(now()))
    return HttpResponse(orjson.dumps(found), content_type="application/geo+json")
