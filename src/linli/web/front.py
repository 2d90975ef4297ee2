"""The front door: what Linli is, in one picture; in a demonstration also the way in as any role."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from linli.people.models import User
from linli.web.personas import PERSONAS
from linli.web.views import home


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Show whoever is signed in their work, and everybody else what this is."""
    if request.user.is_authenticated:
        return home(request)
    personas = PERSONAS if settings.DEMO else ()
    return render(request, "web/front.html", {"personas": personas, "body_class": "front"})


@require_POST
def enter(request: HttpRequest, username: str) -> HttpResponse:
    """Let a visitor of the demonstration in as one of its accounts, which exist nowhere else."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(User, username=username, is_demo=True, is_active=True)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    wanted = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    start = next((p.path for p in PERSONAS if p.username == username), "/")
    return redirect(wanted if allowed else start)
