"""What people may change of their own account."""

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from linli.people.models import User


class SignUpForm(SignupForm):
    """A resident's own account: a name besides what django-allauth asks for."""

    name = forms.CharField(label=_("Your name"), max_length=60)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.order_fields(["name", "username", "password1", "password2"])
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def save(self, request: HttpRequest) -> User:
        """Make the account. It holds no role: roles are granted by administrators."""
        user: User = super().save(request)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        return user
