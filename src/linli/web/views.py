"""The front of the house: my work, sign-in, health."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.cases import loop
from linli.cases.forms import by_code
from linli.cases.list_views import is_partial
from linli.cases.models import Notice
from linli.cases.mywork import work
from linli.cases.timeline import done
from linli.cases.waiting import PILES
from linli.people.models import User
from linli.people.scope import scope
from linli.web.context import THEME, THEMES
from linli.web.errands import errands

SHOWN = 20
HEAVY = ("body", "sketch", "suggestions", "fired")


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _home(request)


@login_required
@require_POST
def take_on(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Take the step that a pile asks for, where it needs no more than a tap."""
    assert isinstance(request.user, User)
    pile = PILES.get(name)
    case = by_code(scope(request.user), code)
    if case is None or pile is None or not pile.tap:
        raise Http404
    try:
        loop.act(case, pile.tap, request.user, **dict(pile.given))
    except loop.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        done_so = _("Done: %(action)s.") % {"action": pile.tap_label}
        messages.success(request, f"{case.title} · {done_so}")
    return _home(request) if is_partial(request) else redirect("home")


def _home(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    notices = sight.of(Notice).filter(read_at=None)
    partial = is_partial(request)
    return render(
        request,
        "web/_work.html" if partial else "web/home.html",
        {
            "partial": partial,
            "work": work(sight),
            "errands": errands(sight),
            "notices": [
                (notice, done(notice.action))
                for notice in notices.select_related("case").defer(*(f"case__{n}" for n in HEAVY))[
                    :SHOWN
                ]
            ],
            "unread": notices.count(),
        },
    )


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the colours a reader chose, and go back to the page they came from."""
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if allowed else "home")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(THEME, chosen, max_age=31_536_000, samesite="Lax")
    else:
        response.delete_cookie(THEME)
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
