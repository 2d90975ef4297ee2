"""What administrators fill in."""

from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812

from linli.people.administration import Reach
from linli.people.models import Lead, Organisation, Role, User


class OrganisationChoice(forms.ModelChoiceField):
    """One of the organisations in reach, named by its code."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Organisation.objects.none(), to_field_name="code", **more)


class RoleForm(forms.Form):
    """A role in an organisation."""

    organisation = OrganisationChoice(label=L("Organisation"))
    role = forms.ChoiceField(label=L("Role"), choices=Role.choices)

    def __init__(self, reach: Reach, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["organisation"].queryset = reach.organisations  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """What an account says of its person."""

    name = forms.CharField(label=L("Full name"), max_length=60)
    name_en = forms.CharField(label=L("English name"), max_length=80, required=False)
    email = forms.EmailField(
        label=L("E-mail"), required=False, help_text=L("Only for notices by e-mail.")
    )


class NewPersonForm(RoleForm):
    """A new person with a first role."""

    username = forms.CharField(
        label=L("User name"), max_length=150, validators=[UnicodeUsernameValidator()]
    )
    name = forms.CharField(label=L("Full name"), max_length=60)
    name_en = forms.CharField(label=L("English name"), max_length=80, required=False)
    field_order = ["username", "name", "name_en", "organisation", "role"]


class IdentityForm(forms.Form):
    """An account elsewhere."""

    provider = forms.ChoiceField(label=L("Signs in with"))
    identifier = forms.CharField(
        label=L("Identifier there"),
        max_length=191,
        help_text=L("As the other system names this person: the subject or user number."),
    )

    def __init__(self, request: HttpRequest, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            (provider.sub_id, provider.name) for provider in get_adapter().list_providers(request)
        ]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=L("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class LeadForm(forms.Form):
    """Who leads from one side; empty takes the lead away."""

    side = forms.ChoiceField(choices=Lead.Side.choices, widget=forms.HiddenInput)
    person = forms.CharField(
        label=L("Person"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_person(self) -> User | None:
        """Find the person by user name, or by name where only one has it."""
        words = self.cleaned_data["person"].strip()
        if not words:
            return None
        found = list(
            User.objects.filter(Q(username=words) | Q(name=words) | Q(name_en=words),
                                is_active=True).order_by("username")[:2]
        )  # fmt: skip
        if not found:
            raise forms.ValidationError(_("Nobody is called “%(name)s”.") % {"name": words})
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several people are called “%(name)s”; give the user name.") % {"name": words}
            )
        return found[0]


class LeaveForm(forms.Form):
    """Days away, both included."""

    first = forms.DateField(
        label=L("First day away"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=L("Last day away"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        """See that it ends after it begins."""
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("Leave ends after it begins."))
        return given

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the first midnight up to that after the last day."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        zone = timezone.get_current_timezone()
        midnight = datetime.min.time()
        return (
            datetime.combine(first, midnight, zone),
            datetime.combine(last + timedelta(days=1), midnight, zone),
        )
