"""Pages of telemetry. Each parses, asks once, renders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.assets.register.models import Asset
from linli.assets.register.visibility import may_write, works_with
from linli.assets.telemetry import files, overview, sources
from linli.assets.telemetry.forms import FileForm, SourceForm
from linli.assets.telemetry.models import Line, Reason, Refusal, Source, Tag, Watch
from linli.assets.telemetry.saying import number, rate
from linli.assets.telemetry.visibility import sets_up
from linli.cases.refusal import Refused
from linli.clock import lasting, now
from linli.doors.reading import Unreadable
from linli.people.scope import Scope, scope

ASSETS_A_PAGE, ROWS_A_PAGE = 8, 50
LARGEST = 64 * 1024 * 1024
STILL_S = 15  # a line of which nothing was written for so long has no worker
SPANS = (
    ("1h", gettext_lazy("1 hour")), ("6h", gettext_lazy("6 hours")), ("1d", gettext_lazy("1 day")),
    ("7d", gettext_lazy("7 days")), ("30d", gettext_lazy("30 days")),
    ("1y", gettext_lazy("1 year")),
)  # fmt: skip


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_with(sight):
        raise PermissionDenied
    return sight


def _tabs(sight: Scope) -> dict[str, bool]:
    return {"may_set_up": sets_up(sight), "may_give": may_write(sight)}


@login_required
@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """Show every asset that is measured, with the newest values of its tags."""
    sight = _sight(request)
    words, within = request.GET.get("q", "").strip()[:80], request.GET.get("asset", "")[:40]
    seen = sight.of(Tag).filter(retired=False)
    top = None
    if within:
        top = get_object_or_404(sight.of(Asset), code=within)
        seen = seen.filter(asset__path__startswith=top.path)
    if words:
        seen = seen.filter(
            Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__icontains=words)
            | Q(asset__name__icontains=words) | Q(asset__name_en__icontains=words)
        )  # fmt: skip
    assets = sight.of(Asset).filter(pk__in=seen.order_by().values("asset")).order_by("path")
    page = Paginator(assets, ASSETS_A_PAGE).get_page(request.GET.get("page"))
    raised = sight.of(Watch).filter(state=Watch.State.RAISED, tag__retired=False)
    context = {
        "page": page, "groups": overview.grouped(seen, list(page.object_list), sight),
        "words": words, "top": top, "count": seen.count(), "raised": raised.count(),
        "query": f"q={words}&asset={within}" if words or within else "", **_tabs(sight),
    }  # fmt: skip
    return render(request, "telemetry/tags.html", context)


@login_required
@require_safe
def tag(request: HttpRequest, code: str) -> HttpResponse:
    """Show one tag over time, what was refused of it, and the rules that watch it."""
    sight = _sight(request)
    rows = sight.of(Tag).select_related("asset", "source")
    row = get_object_or_404(rows, code=code)
    chosen = request.GET.get("range", "1d")
    if chosen not in overview.RANGES:
        raise Http404
    told = overview.tell([row], sight, with_sparks=False)[0]
    watches = sight.of(Watch).filter(tag=row).select_related("rule", "case").defer("case__sketch")
    chart = overview.chart(row, chosen)
    context = {
        "tag": row, "told": told, "chart": chart, "spans": SPANS, "chosen": chosen,
        "limits": [number(limit) if limit is not None else "" for limit in (row.low, row.high)],
        "refusals": sight.of(Refusal).filter(tag=row), "watches": watches,
        "points": overview.count_words(int(chart.spread.counts.sum())), **_tabs(sight),
    }  # fmt: skip
    return render(request, "telemetry/tag.html", context)


@login_required
@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    """Show which points were refused, and why."""
    sight = _sight(request)
    reason = request.GET.get("reason", "")
    rows = sight.of(Refusal).select_related("tag__asset", "source")
    counts = {
        row["reason"]: row["n"] for row in rows.order_by().values("reason").annotate(n=Count("id"))
    }
    if reason in Reason.values:
        rows = rows.filter(reason=reason)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "reason": reason, **_tabs(sight),
        "reasons": [(key, label, counts[key]) for key, label in Reason.choices if key in counts],
        "query": f"reason={reason}" if reason else "",
    }  # fmt: skip
    return render(request, "telemetry/refused.html", context)


@login_required
@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Show every source with the state of its line."""
    sight = _sight(request)
    if not sets_up(sight):
        raise PermissionDenied
    rows = list(sight.of(Source).select_related("line", "asset").annotate(n=Count("tags")))
    still = now() - lasting(STILL_S)
    lines = [(row, _line(row), _is_followed(row, still)) for row in rows]
    return render(request, "telemetry/sources.html", {"lines": lines, **_tabs(sight)})


def _line(source: Source) -> Line | None:
    return getattr(source, "line", None)


def _is_followed(source: Source, still: object) -> bool:
    line = _line(source)
    return bool(line and line.seen and line.seen > still)  # type: ignore[operator]


@login_required
def source(request: HttpRequest, code: str = "") -> HttpResponse:
    """Set up a source, or a new one."""
    sight = _sight(request)
    row = get_object_or_404(sight.of(Source), code=code) if code else None
    if not sets_up(sight, row):
        raise PermissionDenied
    form = SourceForm(request.POST or None, instance=row, scope=sight)
    if request.method == "POST" and form.is_valid():
        try:
            kept = sources.keep(form.save(commit=False), sight, form.secret)
        except Refused as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, _("Kept. The worker follows within seconds."))
            return redirect("telemetry-source", code=kept.code)
    line = _line(row) if row else None
    context = {
        "form": form, "source": row, "line": line, "rate": rate(line.per_s) if line else "",
        "nodes": row.nodes.all()[:50] if row else [], **_tabs(sight),
    }  # fmt: skip
    return render(request, "telemetry/source.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def test_source(request: HttpRequest, code: str) -> HttpResponse:
    """Try whether a source answers."""
    sight = _sight(request)
    row = get_object_or_404(sight.of(Source), code=code)
    try:
        works, told = sources.test(row, sight)
    except Refused as refusal:
        raise PermissionDenied from refusal
    (messages.success if works else messages.error)(request, told)
    return redirect("telemetry-source", code=row.code)


@login_required
@require_POST
def remove_source(request: HttpRequest, code: str) -> HttpResponse:
    """Take a source away."""
    sight = _sight(request)
    row = get_object_or_404(sight.of(Source), code=code)
    try:
        sources.remove(row, sight)
    except Refused as refusal:
        raise PermissionDenied from refusal
    messages.success(request, _("Removed. Its tags and their points stay."))
    return redirect("telemetry-sources")


@login_required
def file(request: HttpRequest) -> HttpResponse:
    """Take points in from a file."""
    sight = _sight(request)
    if not may_write(sight):
        raise PermissionDenied
    form = FileForm(request.POST or None, request.FILES or None, label_suffix="")
    taken = None
    if request.method == "POST" and form.is_valid():
        try:
            taken = files.take_uploaded(form.cleaned_data["file"], sources.theirs(sight))
        except Unreadable as fault:
            form.add_error("file", str(fault))
    context = {
        "form": form, "taken": taken, **_tabs(sight),
        "stored": overview.count_words(taken.stored) if taken else "",
        "reasons": [(Reason(key).label, n) for key, n in taken.refused.items()] if taken else [],
    }  # fmt: skip
    return render(request, "telemetry/file.html", context, status=422 if form.errors else 200)
