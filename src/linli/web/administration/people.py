"""People: search, account, roles, outside accounts, leave."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.clock import now
from linli.people import administration, listing
from linli.people.administration import Impossible, Reach, for_administrators
from linli.people.models import AuditEntry, Role, User
from linli.people.scope import scope
from linli.web.administration.forms import (
    IdentityForm,
    LeaveForm,
    NewPersonForm,
    PersonForm,
    ReasonForm,
    RoleForm,
)

A_PAGE = 50


def administrator(request: HttpRequest) -> User:
    """Return who asks; the page is for administrators only."""
    assert isinstance(request.user, User)
    return request.user


def found_person(request: HttpRequest, username: str) -> User:
    """Return a person in sight."""
    return get_object_or_404(scope(request.user).of(User), username=username)


@for_administrators
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    words, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    state = request.GET.get("state", "")
    found = listing.people(scope(request.user), request.GET)
    page = Paginator(found.prefetch_related("memberships__organisation"), A_PAGE).get_page(
        request.GET.get("page")
    )
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "administration/people.html",
        {"page": page, "words": words, "role": role, "state": state, "roles": Role.choices,
         "query": query.urlencode(), "is_narrowed": bool(words or role or state)},
    )  # fmt: skip


@for_administrators
@never_cache
def new_person(request: HttpRequest) -> HttpResponse:
    by = administrator(request)
    form = NewPersonForm(Reach(by), request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            user, password = administration.create_person(by, **form.cleaned_data)
        except Impossible as why:
            form.add_error("username", str(why))
        else:
            return _told(request, user, password)
    status = 422 if form.is_bound else 200
    return render(request, "administration/new_person.html", {"form": form}, status=status)


def _told(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Show a temporary password, this once."""
    context = {"person": user, "password": password}
    return render(request, "administration/temporary_password.html", context)


@for_administrators
@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    return _person(request, found_person(request, username))


def _person(
    request: HttpRequest, user: User, bound: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    reach = Reach(administrator(request))
    said = {"name": user.name, "name_en": user.name_en, "email": user.email}
    forms: dict[str, Form] = {
        "person_form": PersonForm(initial=said),
        "role_form": RoleForm(reach),
        "reason_form": ReasonForm(),
        "leave_form": LeaveForm(),
        "identity_form": IdentityForm(request),
    }
    memberships = user.memberships.select_related("organisation__area").defer(
        "organisation__area__wkb"
    )
    entries = scope(request.user).of(AuditEntry).filter(kind="user", key=user.username)
    return render(
        request,
        "administration/person.html",
        {
            "person": user,
            "may_change": reach.may_change(user),
            "memberships": [(m, reach.covers(m.organisation.area)) for m in memberships],
            "leads": user.leads.select_related("area").defer("area__wkb").order_by("area__code"),
            "leaves": user.leaves.filter(until__gt=now()).order_by("since"),
            "has_second_factor": Authenticator.objects.filter(user=user).exists(),
            "identities": SocialAccount.objects.filter(user=user),
            "entries": entries.select_related("by")[:10],
            **forms,
            **(bound or {}),
        },
        status=status,
    )


def _change(
    request: HttpRequest,
    username: str,
    name: str,
    form: Form,
    act: Callable[[User], Any],
    done: str,
) -> HttpResponse:
    """Do one thing to a person, or show what is wrong with what was asked."""
    user = found_person(request, username)
    if form.is_valid():
        try:
            act(user)
        except Impossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, done)
            return redirect("person", username=user.username)
    return _person(request, user, {name: form}, status=422)


@for_administrators
@require_POST
def change_person(request: HttpRequest, username: str) -> HttpResponse:
    by, form = administrator(request), PersonForm(request.POST)
    return _change(
        request, username, "person_form", form,
        lambda user: administration.change_person(by, user, **form.cleaned_data), _("Changed."),
    )  # fmt: skip


@for_administrators
@require_POST
def deactivate(request: HttpRequest, username: str) -> HttpResponse:
    by, user, form = (
        administrator(request),
        found_person(request, username),
        ReasonForm(request.POST),
    )
    if not form.is_valid():
        return _person(request, user, {"reason_form": form}, status=422)
    bare = administration.deactivate(by, user, form.cleaned_data["reason"])
    messages.success(request, _("The account is closed and its sessions are ended."))
    if bare:
        text = ngettext("%(n)d area has lost a lead: %(names)s.",
                        "%(n)d areas have lost a lead: %(names)s.", len(bare))  # fmt: skip
        messages.warning(request, text % {"n": len(bare), "names": "、".join(map(str, bare[:8]))})
    return redirect("person", username=username)


@for_administrators
@require_POST
def activate(request: HttpRequest, username: str) -> HttpResponse:
    administration.activate(administrator(request), found_person(request, username))
    messages.success(request, _("The account is open again."))
    return redirect("person", username=username)


@for_administrators
@require_POST
@never_cache
def reset_password(request: HttpRequest, username: str) -> HttpResponse:
    user = found_person(request, username)
    return _told(request, user, administration.reset_password(administrator(request), user))


@for_administrators
@require_POST
def remove_second_factor(request: HttpRequest, username: str) -> HttpResponse:
    user = found_person(request, username)
    administration.remove_second_factor(administrator(request), user)
    messages.success(request, _("The second factor is removed."))
    return redirect("person", username=username)


@for_administrators
@require_POST
def grant(request: HttpRequest, username: str) -> HttpResponse:
    by = administrator(request)
    form = RoleForm(Reach(by), request.POST)
    return _change(
        request, username, "role_form", form,
        lambda user: administration.grant(by, user, **form.cleaned_data), _("Role granted."),
    )  # fmt: skip


@for_administrators
@require_POST
def withdraw(request: HttpRequest, username: str, pk: int) -> HttpResponse:
    user = found_person(request, username)
    rows = user.memberships.select_related("organisation__area", "user")
    administration.withdraw(administrator(request), get_object_or_404(rows, pk=pk))
    messages.success(request, _("Role withdrawn."))
    return redirect("person", username=username)


@for_administrators
@require_POST
def link(request: HttpRequest, username: str) -> HttpResponse:
    by, form = administrator(request), IdentityForm(request, request.POST)
    return _change(
        request, username, "identity_form", form,
        lambda user: administration.link(by, user, **form.cleaned_data), _("Linked."),
    )  # fmt: skip


@for_administrators
@require_POST
def unlink(request: HttpRequest, username: str, pk: int) -> HttpResponse:
    user = found_person(request, username)
    account = get_object_or_404(SocialAccount.objects.select_related("user"), pk=pk, user=user)
    administration.unlink(administrator(request), account)
    messages.success(request, _("Unlinked."))
    return redirect("person", username=username)
