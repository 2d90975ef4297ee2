"""Pages of rulings: list, search, what each routed, withdrawing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases import rulings
from linli.cases.due import next_due
from linli.cases.listing import A_PAGE, in_brief
from linli.cases.models import Case, Ruling
from linli.people.models import Role, User
from linli.people.scope import Scope, scope


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sight.has(Role.DISPATCHER, Role.ADMINISTRATOR):
        raise PermissionDenied
    return sight


def _seen(sight: Scope) -> QuerySet[Ruling]:
    rows: QuerySet[Ruling] = sight.of(Ruling)
    return rows.select_related(
        "category", "grid", "organisation", "event__by", "event__case"
    ).defer("grid__wkb", "event__case__sketch", "event__case__body")  # fmt: skip


@login_required
@require_safe
def ruling_list(request: HttpRequest) -> HttpResponse:
    sight = _sight(request)
    words, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found = rulings.search(_seen(sight), words, state).order_by("-id")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    manages = sight.has(Role.ADMINISTRATOR)
    context = {
        "manages": manages,
        "page": page,
        "words": words,
        "state": state,
        "query": query.urlencode(),
    }
    return render(request, "cases/rulings.html", context)


@login_required
@require_safe
def ruling_page(request: HttpRequest, pk: int) -> HttpResponse:
    sight = _sight(request)
    ruling = get_object_or_404(_seen(sight), pk=pk)
    return _ruling(request, sight, ruling)


def _ruling(
    request: HttpRequest, sight: Scope, ruling: Ruling, fault: str = "", status: int = 200
) -> HttpResponse:
    routed = rulings.routed(ruling)
    seen = sight.of(Case).filter(pk__in=routed.values("pk")).order_by("-id")
    return render(
        request,
        "cases/ruling.html",
        {
            "ruling": ruling,
            "manages": sight.has(Role.ADMINISTRATOR),
            "withdrawal": rulings.withdrawal(ruling) if ruling.withdrawn else None,
            "may_withdraw": not ruling.withdrawn and rulings.may_withdraw(sight, ruling),
            "routed": routed.count(),
            "rows": [(case, next_due(case)) for case in in_brief(seen)[:A_PAGE]],
            "fault": fault,
        },
        status=status,
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    sight = _sight(request)
    assert isinstance(request.user, User)
    ruling = get_object_or_404(_seen(sight), pk=pk)
    if not rulings.may_withdraw(sight, ruling):
        raise PermissionDenied
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _ruling(request, sight, ruling, _("A reason is needed."), status=422)
    rulings.withdraw(ruling, request.user, reason[:500])
    messages.success(request, _("Withdrawn. It routes no more cases."))
    return redirect("ruling", pk=ruling.pk)
