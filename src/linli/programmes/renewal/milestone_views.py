"""What is done with a milestone: report it done, move its days, look at what shows it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases.evidence import ACCEPTED, PDF, NotEvidence
from linli.cases.file_views import sent
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.renewal import views
from linli.programmes.renewal.dates import redate
from linli.programmes.renewal.doing import finish
from linli.programmes.renewal.forms import DatesForm, DoneForm
from linli.programmes.renewal.models import Milestone, may_change, may_plan
from linli.programmes.who import administers, at_work


def _milestone(request: HttpRequest, pk: int) -> tuple[Milestone, Scope, User]:
    sight = at_work(request)
    found = get_object_or_404(sight.of(Milestone).select_related("node"), pk=pk)
    assert isinstance(request.user, User)
    return found, sight, request.user


@login_required
@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in that a milestone was reached."""
    milestone, sight, user = _milestone(request, pk)
    if not may_change(sight, milestone.node):
        raise PermissionDenied
    form = DoneForm(milestone, request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            finish(milestone, user, given["on"], given["note"], given["evidence"])
        except (Refused, NotEvidence) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept: “%(name)s” is done.") % {"name": milestone})
            return redirect("programme", code=milestone.node.code)
    return _again(request, milestone, sight, form)


@login_required
@require_POST
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in that days of a milestone are others."""
    milestone, sight, user = _milestone(request, pk)
    if not may_plan(sight, milestone.node):
        raise PermissionDenied
    form = DatesForm(milestone, administers(sight), request.POST)
    if form.is_valid():
        try:
            redate(milestone, user, form.cleaned_data["reason"], form.days)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept: the days of “%(name)s”.") % {"name": milestone})
            return redirect("programme", code=milestone.node.code)
    return _again(request, milestone, sight, form)


def _again(
    request: HttpRequest, milestone: Milestone, sight: Scope, form: forms.Form
) -> HttpResponse:  # fmt: skip
    node = get_object_or_404(views.nodes(sight), pk=milestone.node_id)
    return views.shown(request, node, sight, form, milestone.pk, 422)


@login_required
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the file that shows a milestone was reached."""
    row, _sight, _user = _milestone(request, pk)
    if not row.file or row.content_type not in ACCEPTED:
        raise Http404
    with row.file.open("rb") as kept:
        content = kept.read()
    name = f"{row.code}.{row.content_type.split('/')[1]}"
    return sent(content, row.content_type, name, row.content_type == PDF)
