"""What is asked of whoever says what grows in a greenhouse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.assets.growing.models import Growth, said
from linli.assets.growing.recording import crops_for
from linli.assets.register.models import Asset
from linli.clock import now

EMPTY = "-"


class StageForm(forms.Form):
    """A stage, and since when it holds."""

    stage = forms.ChoiceField(label=_("What grows, and its stage"))
    since = forms.DateTimeField(
        label=_("Since"), required=False, help_text=_("Left empty: from now on."),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, asset: Asset, growth: Growth | None, *given: object) -> None:
        super().__init__(*given, label_suffix="")  # type: ignore[misc,arg-type]
        choices: list[tuple[str, object]] = [
            (str(crop), [(f"{crop.code}.{stage.code}", said(stage)) for stage in crop.told.stages])
            for crop in crops_for(asset)
        ]
        choices.append((EMPTY, _("Nothing: the greenhouse is empty")))
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]
        if growth and growth.crop:
            place = growth.crop.told.place(growth.stage)
            later = growth.crop.told.stages[place + 1 :][:1]
            code = later[0].code if later else growth.stage
            self.fields["stage"].initial = f"{growth.crop.code}.{code}"

    def clean_since(self) -> object:
        """See that the moment has come."""
        since = self.cleaned_data["since"]
        if since and since > now():
            raise forms.ValidationError(_("That moment has not come yet."))
        return since

    @property
    def said(self) -> tuple[str, str]:
        """The codes of crop and stage; both empty for an empty greenhouse."""
        crop, _dot, stage = self.cleaned_data["stage"].partition(".")
        return ("", "") if crop == EMPTY else (crop, stage)
