"""What the pages of enterprises ask for."""

from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import AreaField
from linli.clock import now
from linli.enterprises.models import Enterprise
from linli.enterprises.visiting import Request, categories
from linli.people.models import User

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
REQUESTS = 5
MOST_AT_ONCE = 50


class PersonField(forms.CharField):
    """Somebody's user name, given back as the person."""

    default_error_messages = {"unknown": _("There is nobody with this user name.")}

    def clean(self, value: Any) -> User | None:
        name = super().clean(value)
        if not name:
            return None
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found


class PlanForm(forms.Form):
    """Who goes, and when."""

    visitor = PersonField(label=_("Visitor"), max_length=150, help_text=_("User name"))
    on = forms.DateField(label=_("Planned for"), widget=DAY)
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)

    def __init__(self, by: User, *given: Any) -> None:
        super().__init__(*given)
        self.fields["visitor"].initial = by.username
        self.fields["on"].initial = localtime(now()).date()


class RoundForm(PlanForm):
    """Who goes to those of a park that have waited longest."""

    area = AreaField(label=_("Park or grid"), required=False)
    count = forms.IntegerField(
        label=_("How many of those that have waited longest"), initial=5, min_value=1,
        max_value=MOST_AT_ONCE,
    )  # fmt: skip


class VisitForm(forms.Form):
    """What a visit found."""

    met = forms.CharField(
        label=_("Whom did you meet?"), max_length=60, required=False,
        help_text=_("The office, such as general manager; no name"),
    )  # fmt: skip
    research = forms.CharField(
        label=_("Research strength"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    sales = forms.CharField(
        label=_("Sales and market"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    plans = forms.CharField(
        label=_("Development plans"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


class RequestForm(forms.Form):
    """One thing the enterprise asks for; left empty it is none."""

    title = forms.CharField(label=_("What is asked for"), max_length=120, required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    body = forms.CharField(
        label=_("Details"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        rows = [(row.code, str(row)) for row in categories()]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *rows]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("title") and not told.get("category"):
            self.add_error("category", _("Say what kind of request it is."))
        if (told.get("body") or told.get("category")) and not told.get("title"):
            self.add_error("title", _("Say in a few words what is asked for."))
        return told


def request_forms(data: Any = None) -> list[RequestForm]:
    """Return the forms for what is asked for on a visit."""
    return [RequestForm(data, prefix=f"request{n}") for n in range(1, REQUESTS + 1)]


def requests_of(forms_: list[RequestForm]) -> list[Request]:
    """Return what was asked for."""
    told = [form.cleaned_data for form in forms_]
    return [Request(t["title"], t["body"], t["category"]) for t in told if t["title"]]


class ReasonForm(forms.Form):
    """Why a visit is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DelegateForm(forms.Form):
    """An account that is to speak for an enterprise."""

    user = PersonField(label=_("User name"), max_length=150)


class FilterForm(forms.Form):
    """What narrows the list of enterprises."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    area = forms.ChoiceField(label=_("Park or grid"), required=False)
    size = forms.ChoiceField(
        label=_("Size"), required=False,
        choices=[("", _("Any")), *Enterprise.Size.choices],
    )  # fmt: skip
    above = forms.ChoiceField(label=_("Above scale in"), required=False)
    digital = forms.BooleanField(label=_("Core of the digital economy"), required=False)
    stale = forms.BooleanField(label=_("Not visited lately"), required=False)

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Offer these values for a field, and any."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Any")), *choices]
