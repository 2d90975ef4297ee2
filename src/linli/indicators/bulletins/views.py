"""Pages of bulletins. Each parses, asks once, renders."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from linli.cases.due import next_due
from linli.cases.listing import A_PAGE, in_brief
from linli.cases.models import Case
from linli.indicators.bulletins import contents, drawing, stretch, writing
from linli.indicators.bulletins.counted import COUNTED, Asked
from linli.indicators.bulletins.stretch import DAY, MONTH, WEEK, Stretch
from linli.people.models import Role
from linli.people.scope import Scope, scope

LEADING = (Role.LEADER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR)


def leads(sight: Scope) -> bool:
    """Tell whether bulletins are for somebody: those who lead the work of the town."""
    return sight.has(*LEADING)


def asked_for(sight: Scope, period: str) -> Stretch:
    """Return which day, week or month is asked for, by somebody who may."""
    if not leads(sight):
        raise PermissionDenied
    try:
        return stretch.read(period)
    except ValueError as fault:
        raise Http404(str(fault)) from fault


@login_required
@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """Lead on to the last month that is over, or to what was picked."""
    picked = request.GET.get("period", "").strip()
    sight = scope(request.user)
    if not leads(sight):
        raise PermissionDenied
    try:
        return redirect("bulletin", str(stretch.read(picked or MONTH)))
    except ValueError as fault:
        return _page(request, stretch.read(MONTH), str(fault), 422)


@login_required
@require_safe
def bulletin(request: HttpRequest, period: str) -> HttpResponse:
    return _page(request, asked_for(scope(request.user), period))


def _page(request: HttpRequest, wanted: Stretch, fault: str = "", status: int = 200
          ) -> HttpResponse:  # fmt: skip
    told = contents.bulletin(wanted)
    context = {
        "told": told, "site": "", "drawn": drawing.drawn(told), "wanted": wanted, "fault": fault,
        "steps": _steps(wanted),
        "forms": [("docx", "Word"), ("pdf", "PDF"), ("html", _("web page"))],
    }  # fmt: skip
    return render(request, "indicators/bulletin.html", context, status=status)


def _steps(wanted: Stretch) -> dict[str, Any]:
    """Return where the picker leads: before, after, and day, week or month around."""
    following = wanted.whole.last + timedelta(1)
    day = f"{wanted.counted.last}"
    around = [
        (pgettext("length of a period", "Day"), DAY, day),
        (pgettext("length of a period", "Week"), WEEK, _week(day)),
        (pgettext("length of a period", "Month"), MONTH, day[:7]),
    ]
    after = ""
    if following <= wanted.today:
        texts = {DAY: f"{following}", WEEK: _week(f"{following}"), MONTH: f"{following:%Y-%m}"}
        after = texts[wanted.kind]
    return {
        "before": str(wanted.back(1)), "after": after,
        "around": [(label, text, kind == wanted.kind) for label, kind, text in around],
    }  # fmt: skip


def _week(day: str) -> str:
    year, week, _weekday = date.fromisoformat(day).isocalendar()
    return f"{year:04d}-W{week:02d}"


@login_required
@require_safe
def bulletin_file(request: HttpRequest, period: str, kind: str) -> HttpResponse:
    """Send a bulletin as a file."""
    wanted = asked_for(scope(request.user), period)
    if kind not in writing.FORMS:
        raise Http404
    return sent(wanted, kind)


def sent(wanted: Stretch, kind: str) -> HttpResponse:
    told = contents.bulletin(wanted)
    response = HttpResponse(
        writing.written(told, kind), content_type=writing.FORMS[kind].content_type
    )
    name = writing.name_of(told, kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def figure_of(wanted: Stretch, query: Any) -> Asked | None:
    """Return which figure a query names; None if it names what there is not."""
    name = query.get("figure") or "received"
    if name not in COUNTED:
        return None
    given = {key: (query.get(key) or "")[:60] for key in ("category", "grid", "organisation")}
    return Asked(wanted, name, **given)


@login_required
@require_safe
def bulletin_cases(request: HttpRequest, period: str) -> HttpResponse:
    """List the cases one figure of a bulletin counts, as far as the person sees them."""
    sight = scope(request.user)
    wanted = asked_for(sight, period)
    asked = figure_of(wanted, request.GET)
    figure = asked.figure() if asked else None
    if asked is None or figure is None:
        raise Http404
    cases = sight.of(Case).filter(pk__in=figure.cases().order_by().values("pk")).order_by("-id")
    page = Paginator(in_brief(cases), A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "indicators/bulletin_cases.html",
        {
            "wanted": wanted, "label": asked.counted.label, "whose": asked.whose(),
            "is_rate": bool(asked.counted.of), "value": figure.value(), "page": page,
            "rows": [(case, next_due(case)) for case in page], "query": query.urlencode(),
        },
    )  # fmt: skip
