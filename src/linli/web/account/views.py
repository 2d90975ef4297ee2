"""My settings: language, colours, password, second factor, open sessions."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from linli.people import audit, sessions
from linli.people.limits import too_many
from linli.people.models import User
from linli.people.signing_in import barred, failed


@login_required
@require_safe
def own_settings(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    kinds = Authenticator.objects.filter(user=request.user).values_list("type", flat=True)
    return render(
        request,
        "account/settings.html",
        {
            "memberships": request.user.memberships.select_related("organisation"),
            "has_password": request.user.has_usable_password(),
            "has_second_factor": Authenticator.Type.TOTP in kinds,
            "must_have_it": sessions.needs_second_factor(request.user),
            "sessions": sessions.open_sessions(request.user),
            "here": request.session.session_key,
            "idle_hours": max(round(settings.SESSION_COOKIE_AGE / 3600), 1),
        },
    )


@sensitive_post_parameters()
@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    form = PasswordChangeForm(user, request.POST or None)
    if form.is_bound and (seconds := barred(request, user.username)):
        return too_many(request, seconds)
    if form.is_bound and form.is_valid():
        user.password_is_temporary = False
        form.save()
        update_session_auth_hash(request, user)
        others = sessions.open_sessions(user).exclude(session=request.session.session_key)
        sessions.end(others, user)
        sessions.keep(request, user)
        audit.record("password-changed", user, user)
        messages.success(request, _("Your password is changed; other sessions are ended."))
        return redirect("settings")
    if "old_password" in form.errors:
        failed(request, user.username)
    context = {"form": form, "must": request.session.get(sessions.MUST) == sessions.PASSWORD}
    status = 422 if form.is_bound else 200
    return render(request, "account/password.html", context, status=status)


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    mine = sessions.open_sessions(request.user).exclude(session=request.session.session_key)
    if not sessions.end(mine.filter(pk=pk), request.user):
        raise Http404
    messages.success(request, _("The session is ended."))
    return redirect("settings")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    mine = sessions.open_sessions(request.user)
    sessions.end(mine.exclude(session=request.session.session_key), request.user)
    messages.success(request, _("All other sessions are ended."))
    return redirect("settings")
