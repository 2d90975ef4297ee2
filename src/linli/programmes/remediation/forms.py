"""What a negotiator writes."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.programmes.bilingual import day_input
from linli.programmes.remediation.models import Talk


class Stacked(forms.Form):
    """A form of one idea; its fields carry its name, for several stand on a page."""

    def __init__(self, *given: object, **options: object) -> None:
        super().__init__(*given, label_suffix="", **options)  # type: ignore[misc,arg-type]
        name = type(self).__name__.lower().removesuffix("form")
        self.auto_id = f"{name}-%s"


class ClimbForm(Stacked):
    """A step: which, when, why."""

    stage = forms.SlugField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Day"), required=False, widget=day_input())
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *given: object, today: date | None = None, **options: object) -> None:
        super().__init__(*given, **options)
        if today:
            self.fields["on"].widget.attrs["max"] = str(today)


class PromiseForm(Stacked):
    """A promise: money, words, or both."""

    item = forms.CharField(label=_("What"), max_length=80)
    amount = forms.DecimalField(
        label=_("Yuan"), required=False, min_value=0.01, max_digits=14, decimal_places=2
    )
    wording = forms.CharField(label=_("Wording"), required=False, max_length=300)

    def clean(self) -> None:
        """See that it says something."""
        told = self.cleaned_data
        if told.get("amount") is None and not told.get("wording") and not self.errors:
            raise forms.ValidationError(_("Say how much, or what."))


class ReasonForm(Stacked):
    """Why."""

    what = forms.CharField(widget=forms.HiddenInput, max_length=160)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class TalkForm(Stacked):
    """A line of the log."""

    way = forms.ChoiceField(label=_("How"), choices=Talk.Way.choices)
    text = forms.CharField(
        label=_("What was said"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )


class ContractForm(Stacked):
    """A signed paper."""

    file = forms.FileField(
        label=_("Photo or PDF of the contract"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )
