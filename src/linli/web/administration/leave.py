"""Leave: everybody's own, and for heads and administrators that of others."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.clock import now
from linli.people import leave
from linli.people.administration import Impossible
from linli.people.models import Leave, Membership, Role, User
from linli.people.scope import scope
from linli.web.administration.forms import LeaveForm

COLLEAGUES, SHOWN = 200, 50


@login_required
@require_safe
def own_leave(request: HttpRequest) -> HttpResponse:
    return _page(request, LeaveForm())


def _page(request: HttpRequest, form: LeaveForm, status: int = 200) -> HttpResponse:
    user, sight = request.user, scope(request.user)
    assert isinstance(user, User)
    coming = sight.of(Leave).filter(until__gt=now()).select_related("user").order_by("since")
    mine = list(coming.filter(user=user))
    headed = sight.organisations(Role.HEAD)
    theirs = Membership.objects.filter(organisation__in=headed).values("user")
    return render(
        request,
        "administration/leave.html",
        {
            "form": form,
            "leaves": [(row, leave.covers(user, row.since, row.until)) for row in mine[:20]],
            "others": coming.exclude(user=user)[:SHOWN],
            "colleagues": User.objects.filter(pk__in=theirs, is_active=True)
            .exclude(pk=user.pk)
            .order_by("username")[:COLLEAGUES],
            "today": now(),
        },
        status=status,
    )


@login_required
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Enter leave for oneself, or for `person`."""
    by = request.user
    assert isinstance(by, User)
    name = request.POST.get("person", "")
    user = get_object_or_404(User, username=name) if name else by
    if not leave.may_enter(by, user):
        raise Http404  # whether there is such a person is nothing to be tried out here
    form = LeaveForm(request.POST)
    if form.is_valid():
        try:
            row = leave.enter(by, user, *form.span)
        except Impossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Leave entered."))
            for cover in leave.covers(user, row.since, row.until):
                if cover.is_bare:
                    messages.warning(
                        request, _("Nobody carries on in %(area)s.") % {"area": cover.area}
                    )
            return _back(request, user)
    return _page(request, form, status=422)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    row = get_object_or_404(scope(request.user).of(Leave).select_related("user"), pk=pk)
    try:
        leave.remove(request.user, row)
    except Impossible as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, _("Leave removed."))
    return _back(request, row.user)


def _back(request: HttpRequest, user: User) -> HttpResponse:
    if request.POST.get("from") == "person":
        return redirect("person", username=user.username)
    return redirect("my-leave")
