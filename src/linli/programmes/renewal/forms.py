"""What is said of a milestone: that it was reached, or that a day of it is another."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.programmes.bilingual import day_input
from linli.programmes.renewal.models import Milestone


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=day_input(), **options)


class DoneForm(forms.Form):
    """That a milestone was reached."""

    on = _day(_("Reached on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    evidence = forms.FileField(
        label=_("Photo or PDF that shows it"), required=False,
        widget=forms.FileInput({"accept": "image/*,application/pdf"}),
    )  # fmt: skip

    def __init__(
        self, milestone: Milestone, told: Any = None, files: Any = None, today: date | None = None
    ) -> None:
        super().__init__(told, files, initial={"on": today}, auto_id=f"done{milestone.pk}_%s")


class DatesForm(forms.Form):
    """That days of a milestone are others, and why; the first plan only for the administrator."""

    due = _day(_("Plan"))
    first_due = _day(
        _("First plan"), help_text=_("Slips are measured by it: set it anew only with a new plan.")
    )
    done = _day(_("Reached"), required=False, help_text=_("Leave it empty to take it back."))
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, milestone: Milestone, resets: bool, told: Any = None) -> None:
        super().__init__(
            told, auto_id=f"dates{milestone.pk}_%s",
            initial={"due": milestone.due, "first_due": milestone.first_due,
                     "done": milestone.done},
        )  # fmt: skip
        if not resets:
            del self.fields["first_due"]
        if milestone.done is None:
            del self.fields["done"]

    @property
    def days(self) -> dict[str, date | None]:
        """The days it names."""
        return {name: day for name, day in self.cleaned_data.items() if name != "reason"}
