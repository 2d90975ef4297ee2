"""What people write: a window, what was found."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.assets.maintenance.models import Finding


class WindowForm(forms.Form):
    """When an order is to begin."""

    begins = forms.DateTimeField(
        label=_("Begins"), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 3600},
                                   format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why so late"), max_length=300, required=False)


class FindingForm(forms.Form):
    """What was found on opening a machine."""

    condition = forms.ChoiceField(
        label=_("How it was found"), choices=Finding.Condition.choices, widget=forms.RadioSelect
    )
    part = forms.CharField(label=_("Which part"), max_length=120, required=False)
    wear = forms.IntegerField(
        label=_("Worn, in per cent (0 is new, 100 has failed)"), min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    renewed = forms.BooleanField(label=_("It was renewed: a new life begins"), required=False)
    note = forms.CharField(
        label=_("What else was seen"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("Photo"), required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )  # fmt: skip

    def __init__(self, *given: object, **options: object) -> None:
        super().__init__(*given, label_suffix="", **options)  # type: ignore[misc,arg-type]
        self.auto_id = "finding-%s"
