"""API keys on their page: one's own to issue and revoke, and for administrators all in reach."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.clock import now
from linli.doors import keys
from linli.doors.models import ApiKey
from linli.people.models import Role, User
from linli.people.scope import scope

A_PAGE = 50
DAYS = 365


class KeyForm(forms.Form):
    """A new key: what for, what it may do, and until when."""

    name = forms.CharField(
        label=L("What it is for"), max_length=80, help_text=L("Such as: hotline system.")
    )
    scopes = forms.MultipleChoiceField(
        label=L("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    expires = forms.DateField(
        label=L("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["scopes"].choices = list(keys.scopes().items())  # type: ignore[attr-defined]

    @property
    def expires_at(self) -> datetime | None:
        """The midnight after the last day."""
        day = self.cleaned_data["expires"]
        if day is None:
            return None
        zone = timezone.get_current_timezone()
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)


def _member(request: HttpRequest) -> User:
    """Return who asks; keys are for those who work for the town."""
    if not scope(request.user).memberships:
        raise PermissionDenied
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_safe
def key_list(request: HttpRequest) -> HttpResponse:
    last = timezone.localtime(now()).date() + timedelta(days=DAYS)
    return _page(request, _member(request), KeyForm(initial={"expires": last}))


def _page(request: HttpRequest, user: User, form: KeyForm, status: int = 200) -> HttpResponse:
    page = Paginator(keys.keys_of(user).order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    names = keys.scopes()
    rows = [(key, [names.get(name, name) for name in key.scopes]) for key in page]
    manages = scope(user).has(Role.ADMINISTRATOR)
    context = {"page": page, "rows": rows, "form": form, "manages": manages}
    return render(request, "doors/keys.html", context, status=status)


@login_required
@require_POST
@never_cache
def issue_key(request: HttpRequest) -> HttpResponse:
    """Issue a key to whoever asks, and show its secret this once."""
    user, form = _member(request), KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form, status=422)
    told = form.cleaned_data
    try:
        key, secret = keys.issue(user, told["name"], told["scopes"], form.expires_at)
    except keys.NoKey as why:
        form.add_error(None, str(why))
        return _page(request, user, form, status=422)
    manages = scope(user).has(Role.ADMINISTRATOR)
    context = {"key": key, "secret": secret, "manages": manages}
    return render(request, "doors/new_key.html", context)


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    key = get_object_or_404(scope(request.user).of(ApiKey), pk=pk)
    keys.revoke(key, request.user)
    messages.success(request, _("Revoked: it opens nothing any more."))
    return redirect("keys")
