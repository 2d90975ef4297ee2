"""The receipt: how a case stands for whoever has its code, and what they may do with it."""

from io import BytesIO

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases import loop
from linli.cases.actors import holding
from linli.cases.evidence import NotEvidence
from linli.cases.file_views import sent_picture
from linli.cases.forms import ActionForm
from linli.cases.models import Case, Evidence, Report
from linli.cases.pictures import Size, is_picture
from linli.cases.progress import progress
from linli.cases.timeline import answers_of, public_lines
from linli.people.limits import limited
from linli.people.scope import Scope, scope

MAX_LOOKED_UP = 16


@require_safe
def find_receipt(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("code", "").strip().lower()[: MAX_LOOKED_UP + 1]
    if Report.objects.filter(receipt=code).exists():
        return redirect("receipt", receipt=code)
    return render(request, "cases/find_receipt.html", {"code": code}, status=404 if code else 200)


def _told(receipt: str) -> Report:
    return get_object_or_404(Report.objects.select_related("case__category"), receipt=receipt)


@require_safe
def receipt_page(request: HttpRequest, receipt: str) -> HttpResponse:
    """Show anybody who has the code how the case stands; nobody is named."""
    told = _told(receipt)
    return _receipt(request, told, _forms(told, scope(request.user)))


@require_POST
@limited("receipt", settings.GUESTS_REPORTS_AN_HOUR)
def act_with_receipt(request: HttpRequest, receipt: str, action: str) -> HttpResponse:
    """Take a step for whoever reported without an account and shows the code."""
    told = _told(receipt)
    if action not in loop.ACTIONS:
        raise Http404
    sight = scope(request.user)
    form = _form(action, told.case, sight, request.POST, request.FILES)
    if form.is_valid():
        try:
            loop.act_with_receipt(told, action, **form.inputs)
        except (loop.Refused, NotEvidence) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. It has been taken in."))
            return redirect("receipt", receipt=receipt)
    others = [other for other in _forms(told, sight) if other.action != action]
    return _receipt(request, told, [form, *others], status=422)


@require_safe
def receipt_qr(request: HttpRequest, receipt: str) -> HttpResponse:
    """Draw the way to the receipt, to be photographed from a screen or a sheet of paper."""
    address = request.build_absolute_uri(reverse("receipt", args=[_told(receipt).receipt]))
    code = segno.make(address, error="m", micro=False)
    drawing = BytesIO()
    code.save(drawing, kind="svg", scale=4, border=2, dark="#1f2a30", light="#fdfcf8")
    response = HttpResponse(drawing.getvalue(), content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
def receipt_picture(request: HttpRequest, receipt: str, pk: int, size: str) -> HttpResponse:
    """Show what was done, to whoever has the code: only the photos of an official answer."""
    row = get_object_or_404(answered(_told(receipt).case), pk=pk)
    if size not in list(Size) or not is_picture(row):
        raise Http404
    return sent_picture(row, Size(size))


def answered(case: Case) -> QuerySet[Evidence]:
    """Return the photos and files that came with an official answer."""
    return Evidence.objects.filter(case=case, action__in=answers_of(case))


def _form(
    name: str, case: Case, sight: Scope, data: object = None, files: object = None
) -> ActionForm:
    form = ActionForm(name, case, sight, data, files)
    if "evidence" in form.fields:
        # Photos come with the report; what is said later is words.
        del form.fields["evidence"]
    return form


def _forms(told: Report, sight: Scope) -> list[ActionForm]:
    names = loop.open_to(holding(told.case, told.receipt), told.case)
    return [_form(name, told.case, sight) for name in names]


def _receipt(
    request: HttpRequest, told: Report, forms: list[ActionForm], status: int = 200
) -> HttpResponse:
    case = told.case
    lines = public_lines(case)
    stages = progress(case)
    return render(
        request,
        "cases/receipt.html",
        {
            "receipt": told.receipt,
            "case": case,
            "stages": stages,
            "coming": next((stage for stage in stages if stage.is_next), None),
            "answers": [line for line in lines if line.action in answers_of(case) and line.told],
            "photos": [row for row in answered(case).order_by("id") if is_picture(row)],
            "lines": lines,
            "rating": next((form for form in forms if form.action == "evaluate"), None),
            "others": [form for form in forms if form.action != "evaluate"],
            "has_account": told.reporter_id is not None,
            "visible": scope(request.user).of(Case).filter(pk=case.pk).exists(),
        },
        status=status,
    )
