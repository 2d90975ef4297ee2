"""Pages of the programmes: the tree, one node of it, Gantt chart, map; saying what is done."""

from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.cases.evidence import PDF, NotEvidence
from linli.cases.file_views import sent
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.programmes.renewal import progress
from linli.programmes.renewal.doing import finish
from linli.programmes.renewal.gantt import chart
from linli.programmes.renewal.models import Level, Link, Milestone, Node, may_change, works
from linli.programmes.renewal.shapes import features
from linli.scores.periods import local_day

A_PAGE, SHOWN = 50, 8


class DoneForm(forms.Form):
    """That a milestone was reached."""

    on = forms.DateField(
        label=gettext_lazy("Reached on"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)
    evidence = forms.FileField(
        label=gettext_lazy("Photo or PDF that shows it"), required=False,
        widget=forms.FileInput({"accept": "image/*,application/pdf"}),
    )  # fmt: skip


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works(sight):
        raise PermissionDenied
    return sight


def _root(node: Node) -> str:
    return node.path.split("/")[0] + "/"


def _trail(node: Node) -> list[Node]:
    codes = node.path.split("/")[:-2]
    return list(Node.objects.filter(code__in=codes).only("code", "name", "name_en", "path")
                .order_by("path"))  # fmt: skip


def _nodes(sight: Scope) -> Any:
    return sight.of(Node).select_related("owner", "area").defer("area__wkb", "shape")


@login_required
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Show every framework as a tree, with what is late."""
    sight, today = _sight(request), local_day(now())
    nodes = _nodes(sight)
    roots = list(nodes.filter(level=Level.FRAMEWORK).order_by("code"))
    late = progress.late_ones(sight.of(Node).order_by().values("pk"), today)
    return render(
        request,
        "programmes/programmes.html",
        {
            "trees": [progress.tree(root, nodes, today) for root in roots],
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
    sight = _sight(request)
    return _node(request, get_object_or_404(_nodes(sight), code=code), sight)


def _node(
    request: HttpRequest, node: Node, sight: Scope, form: DoneForm | None = None,
    asked: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    today = local_day(now())
    told: dict[str, Any] = {"node": node, "trail": _trail(node), "today": today}
    if node.level == Level.PROJECT:
        told |= _project(node, sight, form, asked)
    else:
        branch = progress.tree(node, _nodes(sight), today)
        below = _nodes(sight).filter(parent=node, level=Level.PROJECT).order_by("code")
        page = Paginator(below, A_PAGE).get_page(request.GET.get("page"))
        told |= {
            "branch": branch, "sum": branch.sum, "page": page,
            "rows": [
                (row, row.late(today)) for row in progress.rows(list(page), _root(node), today)
            ],
        }  # fmt: skip
    return render(request, "programmes/programme.html", told, status=status)


def _project(node: Node, sight: Scope, form: DoneForm | None, asked: int) -> dict[str, Any]:
    today = local_day(now())
    row = progress.rows([node], _root(node), today)[0]
    changes = may_change(sight, node)
    seen = set(
        sight.of(Case).filter(pk__in=[m.case_id for m in row.milestones if m.case_id])
        .values_list("pk", flat=True)
    )  # fmt: skip
    cases = {case.pk: case for case in Case.objects.filter(pk__in=seen).only("reported_at")}
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
        "milestones": [
            (
                milestone,
                milestone.late_by(today),
                cases.get(milestone.case_id or 0),
                (form if form and milestone.pk == asked else DoneForm(
                    initial={"on": today}, auto_id=f"m{milestone.pk}_%s"))
                if changes and milestone.done is None else None,
            )
            for milestone in row.milestones
        ],
        "partners": list(node.partners.all()),
        "waits": list(waits), "followers": list(followers), "placed": placed,
        "circle": plan.circle if plan else (),
    }  # fmt: skip


@login_required
@require_safe
def gantt(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the projects below a node in time."""
    sight, today = _sight(request), local_day(now())
    node = get_object_or_404(_nodes(sight), code=code)
    below = _nodes(sight).filter(path__startswith=node.path, level=Level.PROJECT)
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
            "node": node, "trail": _trail(node), "page": page, "chart": chart(rows, today),
            "critical": sorted(critical, key=lambda one: order[one.pk]),
            "circle": plan.circle if plan else (), "today": today,
        },
    )  # fmt: skip


@login_required
@require_safe
def programme_map(request: HttpRequest, code: str) -> HttpResponse:
    """Show where the projects below a node lie."""
    sight = _sight(request)
    node = get_object_or_404(_nodes(sight), code=code)
    return render(request, "programmes/map.html", {"node": node, "trail": _trail(node)})


@login_required
@require_safe
def programme_shapes(request: HttpRequest, code: str) -> HttpResponse:
    """Give what the map draws, as GeoJSON."""
    sight = _sight(request)
    node = get_object_or_404(sight.of(Node).only("path"), code=code)
    found = features(node, sight, local_day(now()))
    return HttpResponse(orjson.dumps(found), content_type="application/geo+json")


@login_required
@require_POST
def milestone_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in that a milestone was reached."""
    sight = _sight(request)
    milestone = get_object_or_404(sight.of(Milestone).select_related("node"), pk=pk)
    assert isinstance(request.user, User)
    if not may_change(sight, milestone.node):
        raise PermissionDenied
    form = DoneForm(request.POST, request.FILES, auto_id=f"m{milestone.pk}_%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            finish(milestone, request.user, given["on"], given["note"], given["evidence"])
        except (Refused, NotEvidence) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept: “%(name)s” is done.") % {"name": milestone})
            return redirect("programme", code=milestone.node.code)
    node = get_object_or_404(_nodes(sight), pk=milestone.node_id)
    return _node(request, node, sight, form, milestone.pk, 422)


@login_required
@require_safe
def milestone_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the file that shows a milestone was reached."""
    row = get_object_or_404(_sight(request).of(Milestone), pk=pk)
    if not row.file:
        raise Http404
    with row.file.open("rb") as file:
        content = file.read()
    name = f"{row.code}.{row.content_type.split('/')[1]}"
    return sent(content, row.content_type, name, row.content_type == PDF)
