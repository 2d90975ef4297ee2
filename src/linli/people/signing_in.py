"""Who may sign in, and how often it may be tried.

Accounts are made by administrators. Outside accounts (OpenID Connect, DingTalk) open the account
an administrator has linked them to, and no other.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.people.limits import MINUTE, Limit, address_of, count, disguised, wait
from linli.people.models import User
from linli.people.sessions import needs_second_factor

# Failures in a quarter of an hour. A house full of people may share one address.
FROM_ADDRESS = Limit(50, 15 * MINUTE)
ON_ACCOUNT = Limit(10, 15 * MINUTE)


class Accounts(ModelBackend):
    """Django's accounts, less the demo ones outside demo mode."""

    def user_can_authenticate(self, user: User | None) -> bool:  # type: ignore[override]
        """Tell whether this account may be used here."""
        if user is not None and user.is_demo and not settings.DEMO:
            return False
        return super().user_can_authenticate(user)


def barred(request: HttpRequest, name: str) -> int:
    """Return for how many seconds nobody may try to sign in from here, or as `name`."""
    return max(
        wait("sign-in", address_of(request), FROM_ADDRESS),
        wait("sign-in-as", disguised(name), ON_ACCOUNT),
    )


def failed(request: HttpRequest, name: str) -> None:
    """Count one failure to sign in."""
    count("sign-in", address_of(request), FROM_ADDRESS)
    count("sign-in-as", disguised(name), ON_ACCOUNT)


def too_often(seconds: int) -> str:
    """Say that it was tried too often, and when to come again."""
    minutes = -(-seconds // MINUTE)
    return ngettext(
        "Too many failed tries. Please try again in %(n)d minute.",
        "Too many failed tries. Please try again in %(n)d minutes.",
        minutes,
    ) % {"n": minutes}


class _Counted:
    """A form for the second factor whose failures count like those with a password."""

    user: User

    def clean_code(self) -> str:
        """Check the code, if there is room for another try."""
        who = disguised(f"code {self.user.pk}")
        if seconds := wait("code", who, ON_ACCOUNT):
            raise forms.ValidationError(too_often(seconds))
        try:
            return super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            count("code", who, ON_ACCOUNT)
            raise


class CodeForm(_Counted, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(_Counted, ReauthenticateForm):
    """The second factor once more, before something delicate."""


class AccountAdapter(DefaultAccountAdapter):
    """How django-allauth treats our accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Residents may make an account themselves where the town wants that."""
        return settings.SIGN_UP

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Check the password once more; a wrong one counts like one given at the door."""
        who = disguised(user.username)
        if wait("sign-in-as", who, ON_ACCOUNT):
            return False
        if super().reauthenticate(user, password):
            return True
        count("sign-in-as", who, ON_ACCOUNT)
        return False

    def send_notification_mail(self, *_arguments: Any, **_more: Any) -> None:
        """Send nothing: the trail of acts tells."""


class OutsideAdapter(DefaultSocialAccountAdapter):
    """Outside accounts open what an administrator linked them to, and make nothing new."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Make no account for somebody from outside."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whoever is linked; nobody links an account to themselves."""
        connects = sociallogin.state.get("process") == "connect"
        user = sociallogin.user if sociallogin.is_existing else None
        if connects or user is None or not Accounts().user_can_authenticate(user):
            self._refuse(
                request,
                _("This account is not linked to anybody here. Ask your administrator to link it."),
            )

    def on_authentication_error(self, request: HttpRequest, *_told: Any, **_more: Any) -> None:
        """Say on our own page that it did not work."""
        self._refuse(request, _("Signing in there did not work. Please try again."))

    def _refuse(self, request: HttpRequest, why: str) -> NoReturn:
        page = render(request, "account/outside_refused.html", {"why": why}, status=403)
        raise ImmediateHttpResponse(page)


class SecondFactorAdapter(DefaultMFAAdapter):
    """How django-allauth treats second factors."""

    def get_totp_issuer(self) -> str:
        """Name the town in the authenticator app."""
        return "Linli"

    def encrypt(self, text: str) -> str:
        """Keep the secrets of second factors unreadable without the installation's key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the factor of those whose role asks for one."""
        return not needs_second_factor(authenticator.user)


def _cipher() -> Fernet:
    key = sha256(f"second factor/{settings.SECRET_KEY}".encode()).digest()
    return Fernet(urlsafe_b64encode(key))
