"""The page on which anybody reports something, and what it answers while they type."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.cases.evidence import NotEvidence
from linli.cases.forms import ReportForm, areas_offered
from linli.cases.intake import Unusable
from linli.people.limits import limited
from linli.people.scope import scope

WORTH_SAYING = 0.03


def report(request: HttpRequest) -> HttpResponse:
    """Take a report; whoever has no account may send only so many from one address."""
    return _report(request) if request.user.is_authenticated else _guests_report(request)


def _report(request: HttpRequest) -> HttpResponse:
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(scope(request.user), *given)
    if form.is_bound and form.is_valid():
        try:
            receipt = form.send()
        except Unusable as fault:
            field = fault.field if fault.field in form.fields else None
            form.add_error(field, str(fault))
        except NotEvidence as fault:
            form.add_error("evidence", str(fault))
        else:
            messages.success(request, _("Thank you. Your report has been taken in."))
            return redirect("receipt", receipt=receipt.code)
    return render(
        request,
        "cases/report.html",
        {"form": form, "areas_all": areas_offered()},
        status=422 if form.is_bound else 200,
    )


_guests_report = limited("report", settings.GUESTS_REPORTS_AN_HOUR)(_report)


@require_POST
@limited("question", settings.GUESTS_QUESTIONS_AN_HOUR)
def already(request: HttpRequest) -> HttpResponse:
    """Say while somebody types what it seems to be about, and what was reported around already."""
    form = ReportForm(scope(request.user), request.POST)
    form.is_valid()  # half a report has faults; what is there already is enough to look around
    suggestions, near = form.around()
    # The likeliest is always said; what is hardly likely only stands in the way.
    suggestions = [pair for n, pair in enumerate(suggestions) if n == 0 or pair[1] >= WORTH_SAYING]
    return render(
        request, "cases/_already.html", {"form": form, "suggestions": suggestions, "near": near}
    )
