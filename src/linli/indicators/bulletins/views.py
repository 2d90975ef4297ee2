"""Pages of bulletins. Each parses, asks once, renders."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from linli.cases.due import next_due
from linli.cases.listing import A_PAGE, in_brief
from linli.cases.models import Case
from linli.indicators.bulletins import (
    drawing,
    issues,
    listing,
    making,
    reach,
    saying,
    sending,
    stretch,
    writing,
)
from linli.indicators.bulletins.counted import COUNTED, Asked
from linli.indicators.bulletins.models import Issue
from linli.indicators.bulletins.stretch import DAY, MONTH, WEEK, Stretch
from linli.people.scope import Scope, scope
from linli.places.models import Area

PAST_A_PAGE = 30


def asked_for(sight: Scope, period: str, code: str = "") -> tuple[Stretch, Area | None]:
    """Return which period is asked for and of which area, by somebody who may."""
    if not reach.leads(sight):
        raise PermissionDenied
    try:
        wanted = stretch.read(period)
        area = reach.named(code) if code else reach.own(sight)
    except (ValueError, LookupError) as fault:
        raise Http404(str(fault)) from fault
    if not reach.may(sight, area):
        raise PermissionDenied
    return wanted, area


def of_request(request: HttpRequest, period: str) -> tuple[Stretch, Area | None]:
    values = request.POST if request.method == "POST" else request.GET
    return asked_for(scope(request.user), period, values.get("area", "")[:40])


def address(name: str, period: object, area: Area | None, **more: Any) -> str:
    """Return the address of a page about a bulletin."""
    query = {key: value for key, value in more.items() if value}
    if area:
        query = {"area": area.code, **query}
    kept = {key: query.pop(key) for key in ("kind",) if key in query}
    found = reverse(name, args=[str(period), *kept.values()])
    return f"{found}?{urlencode(query)}" if query else found


# --- the list --------------------------------------------------------------------------------


@login_required
@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """List the bulletins that were made, by day, kind and area."""
    sight = scope(request.user)
    if not reach.leads(sight):
        raise PermissionDenied
    chosen = listing.Chosen.of(sight, request.GET)
    page = Paginator(listing.past(sight, chosen), PAST_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "indicators/bulletins.html",
        {
            "chosen": chosen, "page": page, "rows": [listing.line(issue) for issue in page],
            "latest": listing.latest(reach.own(sight)), "kinds": Issue.Kind.choices,
            "areas": reach.offered(sight), "query": query.urlencode(),
        },
    )  # fmt: skip


# --- one bulletin ----------------------------------------------------------------------------


@login_required
@require_safe
def bulletin(request: HttpRequest, period: str) -> HttpResponse:
    """Show a bulletin as it is kept; one that is not there yet is asked for."""
    wanted, area = of_request(request, period)
    assert request.user.is_authenticated
    version = _version(request)
    fault, issue, newest = "", None, None
    try:
        newest = issues.asked(wanted, area)
    except issues.Busy as busy:
        fault = str(busy)
    if newest is not None:
        is_newest = newest.made_at is not None and version in (None, newest.version)
        issue = newest if is_newest else issues.shown(wanted, area, version)
        if issue is None and version is not None:
            raise Http404
        fault = making.refused(newest)
    context: dict[str, Any] = {
        "wanted": wanted, "area": area, "issue": issue, "fault": fault,
        "is_waiting": newest is not None and newest.made_at is None and not newest.fault,
        "steps": _steps(wanted, area), "areas": reach.offered(scope(request.user)),
        "versions": issues.versions(wanted, area).filter(made_at__isnull=False),
    }  # fmt: skip
    if issue is None:
        return render(request, "indicators/bulletin.html", context, status=503 if fault else 202)
    told = issues.said(issue)
    context |= {
        "told": told, "site": "", "links": True, "is_page": True, "head": saying.head(told),
        "blocks": drawing.drawn(told), "forms": _forms(wanted, area, version),
        "recipients": sending.recipients(area, request.user),
    }  # fmt: skip
    return render(request, "indicators/bulletin.html", context)


def _version(request: HttpRequest) -> int | None:
    text = request.GET.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None


def _forms(wanted: Stretch, area: Area | None, version: int | None) -> list[tuple[str, str]]:
    names = (("docx", "Word"), ("pdf", "PDF"), ("html", _("web page")))
    return [
        (address("bulletin-file", wanted, area, kind=kind, version=version), label)
        for kind, label in names
    ]


def _steps(wanted: Stretch, area: Area | None) -> dict[str, Any]:
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
        after = address("bulletin", texts[wanted.kind], area)
    return {
        "before": address("bulletin", wanted.back(1), area), "after": after,
        "around": [(label, address("bulletin", text, area), kind == wanted.kind)
                   for label, kind, text in around],
    }  # fmt: skip


def _week(day: str) -> str:
    year, week, _weekday = date.fromisoformat(day).isocalendar()
    return f"{year:04d}-W{week:02d}"


@login_required
@require_safe
def bulletin_file(request: HttpRequest, period: str, kind: str) -> HttpResponse:
    """Send a bulletin as a file; one that is not written yet is waited for on its page."""
    wanted, area = of_request(request, period)
    if kind not in writing.FORMS:
        raise Http404
    version = _version(request)
    issue = issues.shown(wanted, area, version)
    body = issues.file(issue, kind) if issue else None
    if issue is None or body is None:
        if issue is not None:
            issues.want_files(issue)
            messages.info(request, _("The file is being written: ask for it again in a moment."))
        return redirect(address("bulletin", wanted, area, version=version))
    return sent(issue, kind, body)


def sent(issue: Issue, kind: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=writing.FORMS[kind].content_type)
    name = writing.name_of(issues.said(issue), kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@login_required
@require_POST
def bulletin_anew(request: HttpRequest, period: str) -> HttpResponse:
    """Have a bulletin made anew; one that was issued stays beside the new version."""
    wanted, area = of_request(request, period)
    assert request.user.is_authenticated
    issues.anew(wanted, area, request.user, request.POST.get("why", "").strip())
    messages.success(request, _("It is being made anew."))
    return redirect(address("bulletin", wanted, area))


@login_required
@require_POST
def bulletin_send(request: HttpRequest, period: str) -> HttpResponse:
    """Send a bulletin on by e-mail to people who may open it."""
    wanted, area = of_request(request, period)
    issue = issues.shown(wanted, area)
    if issue is None:
        raise Http404
    assert request.user.is_authenticated
    n = sending.send(issue, area, request.user, request.POST.getlist("to"))
    text = ngettext("Sent to %(n)d person.", "Sent to %(n)d people.", n) % {"n": n}
    messages.success(request, text) if n else messages.info(request, _("Nobody was chosen."))
    return redirect(address("bulletin", wanted, area))


# --- the cases behind its figures ------------------------------------------------------------


def figure_of(wanted: Stretch, query: Any) -> Asked | None:
    """Return which figure a query names; None if it names what there is not."""
    name = query.get("figure") or "received"
    if name not in COUNTED:
        return None
    keys = ("category", "grid", "organisation", "area")
    return Asked(wanted, name, **{key: (query.get(key) or "")[:60] for key in keys})


@login_required
@require_safe
def bulletin_cases(request: HttpRequest, period: str) -> HttpResponse:
    """List the cases one figure of a bulletin counts, as far as the person sees them."""
    sight = scope(request.user)
    wanted, _area = asked_for(sight, period)
    asked = figure_of(wanted, request.GET)
    figure = asked.figure() if asked else None
    if asked is None or figure is None:
        raise Http404
    if not asked.may(sight):
        raise PermissionDenied
    cases = sight.of(Case).filter(pk__in=figure.cases().order_by().values("pk")).order_by("-id")
    page = Paginator(in_brief(cases), A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "indicators/bulletin_cases.html",
        {
            "wanted": wanted, "label": asked.counted.label, "whose": asked.whose(),
            "area": asked.area, "is_rate": bool(asked.counted.of), "value": figure.value(),
            "page": page, "rows": [(case, next_due(case)) for case in page],
            "query": query.urlencode(),
        },
    )  # fmt: skip
