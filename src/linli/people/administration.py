"""What administrators do with people: accounts, roles, leads. Within their own reach only.

An administrator's reach is that of their organisation's area. They change those whose every role
and lead lies in it, never themselves, and grant what lies in it: so nobody makes themselves, or
somebody they could then become, more than they are.
"""

import secrets
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from linli.people import audit, sessions
from linli.people.models import Lead, Membership, Organisation, Role, User
from linli.people.scope import Scope, scope, visible
from linli.places.models import Area
from linli.places.town import changed

# Letters that nobody mistakes for another when they are read out.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
P = ParamSpec("P")


class OutOfReach(PermissionDenied):
    """It is another administrator's to do."""


class Impossible(ValueError):
    """What is asked for cannot be; the message says why."""


class Reach:
    """How far a person administers."""

    def __init__(self, by: User) -> None:
        self.by = by
        self.paths = scope(by).paths(Role.ADMINISTRATOR)

    @property
    def is_whole(self) -> bool:
        """Tell whether it is the whole town."""
        return any(path.count("/") == 1 for path in self.paths)

    def within(self, lookup: str) -> Q:
        """Return what has its path, found by `lookup`, in reach."""
        found = Q(pk__in=[])
        for path in self.paths:
            found |= Q(**{f"{lookup}__startswith": path})
        return Q() if self.is_whole else found

    def covers(self, area: Area) -> bool:
        """Tell whether an area lies in reach."""
        return any(area.path.startswith(path) for path in self.paths)

    @cached_property
    def organisations(self) -> QuerySet[Organisation]:
        """The organisations in reach."""
        found = Organisation.objects.filter(self.within("area__path"), retired=False)
        return found.select_related("area").defer("area__wkb").order_by("code")

    def may_change(self, user: User) -> bool:
        """Tell whether the account of a person is theirs to change."""
        if user.pk == self.by.pk or (user.is_superuser and not self.by.is_superuser):
            return False
        if self.is_whole:
            return True
        places = {
            *Organisation.objects.filter(memberships__user=user).values_list(
                "area__path", flat=True
            ),
            *Area.objects.filter(leads__user=user).values_list("path", flat=True),
        }
        in_reach = all(any(path.startswith(own) for own in self.paths) for path in places)
        return in_reach and user.memberships.exists()

    def check(self, user: User) -> None:
        """Raise OutOfReach unless the person is theirs to change."""
        if not self.may_change(user):
            raise OutOfReach(_("This person is not yours to change."))

    def check_area(self, area: Area) -> None:
        """Raise OutOfReach unless the area is theirs."""
        if not self.covers(area):
            raise OutOfReach(_("This lies beyond what you administer."))


View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_administrators(view: View[P]) -> View[P]:
    """Show a page to administrators only."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not scope(request.user).has(Role.ADMINISTRATOR):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def for_the_towns_administrators(view: View[P]) -> View[P]:
    """Show a page to those who administer the whole town."""

    @for_administrators
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        assert isinstance(request.user, User)
        if not Reach(request.user).is_whole:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def temporary_password() -> str:
    """Draw a password that can be read out on the telephone; its owner changes it at once."""
    groups = ("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))
    return "-".join(groups)


# --- accounts --------------------------------------------------------------------------------


@transaction.atomic
def create_person(
    by: User, organisation: Organisation, role: str, username: str, name: str, name_en: str = ""
) -> tuple[User, str]:
    """Make an account with one role, and return it with its temporary password."""
    Reach(by).check_area(organisation.area)
    if User.objects.filter(username=username).exists():
        raise Impossible(_("The user name “%(name)s” is taken.") % {"name": username})
    password = temporary_password()
    user = User(username=username, name=name, name_en=name_en, password_is_temporary=True)
    user.set_password(password)
    user.save()
    Membership.objects.create(user=user, organisation=organisation, role=role)
    path = organisation.area.path
    audit.record("person-created", by, user, path=path, changes={"name": (None, name)})
    _record_role("role-granted", by, user, organisation, role)
    return user, password


@transaction.atomic
def change_person(by: User, user: User, **values: Any) -> None:
    """Change what an account says of its person."""
    Reach(by).check(user)
    changes = {
        name: (getattr(user, name), value)
        for name, value in values.items()
        if getattr(user, name) != value
    }
    if not changes:
        return
    for name, (_before, value) in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    if "email" in changes:  # that it changed is enough; addresses have no place in the trail
        changes["email"] = ("…", "…")
    audit.record("person-changed", by, user, changes=changes)


@transaction.atomic
def activate(by: User, user: User) -> None:
    """Open an account that was closed."""
    Reach(by).check(user)
    if not user.is_active:
        User.objects.filter(pk=user.pk).update(is_active=True)
        audit.record("person-activated", by, user)


@transaction.atomic
def deactivate(by: User, user: User, reason: str) -> list[Area]:
    """Close an account, end its sessions, and return the areas that lose a lead by it."""
    Reach(by).check(user)
    if not user.is_active:
        return []
    User.objects.filter(pk=user.pk).update(is_active=False)
    sessions.end_all(user, by)
    audit.record("person-deactivated", by, user, reason=reason)
    leads = list(user.leads.select_related("area", "user").order_by("area__code"))
    for lead in leads:
        _remove(by, lead)
    return [lead.area for lead in leads]


@transaction.atomic
def reset_password(by: User, user: User) -> str:
    """Give an account a temporary password, and return it: it is shown once and kept nowhere."""
    Reach(by).check(user)
    password = temporary_password()
    user.set_password(password)
    user.password_is_temporary = True
    user.save(update_fields=["password", "password_is_temporary"])
    sessions.end_all(user, by)
    audit.record("password-reset", by, user)
    return password


@transaction.atomic
def remove_second_factor(by: User, user: User) -> None:
    """Take away a second factor that its owner has lost."""
    Reach(by).check(user)
    removed, _kinds = Authenticator.objects.filter(user=user).delete()
    if removed:
        sessions.end_all(user, by)
        audit.record("sign-in-secured", by, user, changes={"second factor": ("totp", None)})


@transaction.atomic
def link(by: User, user: User, provider: str, identifier: str) -> SocialAccount:
    """Let an outside account open this person's."""
    Reach(by).check(user)
    taken = SocialAccount.objects.filter(provider=provider, uid=identifier)
    if taken.exists():
        raise Impossible(_("This outside account is linked to somebody already."))
    account = SocialAccount.objects.create(user=user, provider=provider, uid=identifier)
    audit.record("identity-linked", by, user, changes={provider: (None, identifier)})
    return account


@transaction.atomic
def unlink(by: User, account: SocialAccount) -> None:
    """Let an outside account open nothing any longer."""
    Reach(by).check(account.user)
    audit.record("identity-unlinked", by, account.user,
                 changes={account.provider: (account.uid, None)})  # fmt: skip
    account.delete()


# --- roles -----------------------------------------------------------------------------------


@transaction.atomic
def grant(by: User, user: User, organisation: Organisation, role: str) -> None:
    """Grant a person a role in an organisation."""
    reach = Reach(by)
    reach.check(user)
    reach.check_area(organisation.area)
    _row, is_new = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role
    )  # fmt: skip
    if is_new:
        _record_role("role-granted", by, user, organisation, role)


@transaction.atomic
def withdraw(by: User, membership: Membership) -> None:
    """Withdraw a role from a person."""
    reach = Reach(by)
    reach.check(membership.user)
    reach.check_area(membership.organisation.area)
    membership.delete()
    _record_role(
        "role-withdrawn", by, membership.user, membership.organisation, membership.role
    )  # fmt: skip


def _record_role(action: str, by: User, user: User, where: Organisation, role: str) -> None:
    said = f"{role} @ {where.code}"
    change = (None, said) if action == "role-granted" else (said, None)
    audit.record(action, by, user, path=where.area.path, changes={"role": change})


# --- leads (双组长) ---------------------------------------------------------------------------


@transaction.atomic
def appoint(by: User, area: Area, side: str, user: User) -> Lead:
    """Make a person the lead of an area from one side; whoever was it before is it no longer."""
    reach = Reach(by)
    reach.check_area(area)
    if not reach.may_change(user):
        raise OutOfReach(_("This person is not yours to change."))
    if not user.is_active:
        raise Impossible(_("%(name)s has no active account.") % {"name": user})
    if area.leads.filter(user=user).exclude(side=side).exists():
        raise Impossible(_("Two leads are two persons: %(name)s leads from the other side already.")
                         % {"name": user})  # fmt: skip
    before = area.leads.filter(side=side).select_related("user").first()
    if before and before.user_id == user.pk:
        return before
    lead, _is_new = Lead.objects.update_or_create(area=area, side=side, defaults={"user": user})
    was = before.user.username if before else None
    audit.record("lead-set", by, area, changes={side: (was, user.username)})
    changed()
    return lead


@transaction.atomic
def dismiss(by: User, lead: Lead) -> None:
    """Take the lead of an area from a person."""
    Reach(by).check_area(lead.area)
    if lead.user_id == by.pk:
        raise OutOfReach(_("This person is not yours to change."))
    _remove(by, lead)


def _remove(by: User, lead: Lead) -> None:
    lead.delete()
    audit.record("lead-removed", by, lead.area, changes={lead.side: (lead.user.username, None)})
    changed()


# --- who sees whom ---------------------------------------------------------------------------


def _administered(sight: Scope) -> Q | None:
    """Return the people an administrator sees; None where it is everybody."""
    paths = sight.paths(Role.ADMINISTRATOR)
    if any(path.count("/") == 1 for path in paths):
        return None
    found = Q(pk__in=[])
    for path in paths:
        members = Membership.objects.filter(organisation__area__path__startswith=path)
        leads = Lead.objects.filter(area__path__startswith=path)
        found |= Q(pk__in=members.order_by().values("user"))
        found |= Q(pk__in=leads.order_by().values("user"))
    return found


@visible(User)
def _users(sight: Scope) -> Q:
    found = _administered(sight)
    return Q() if found is None else found | Q(pk=sight.user.pk)
