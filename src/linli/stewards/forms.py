"""What the steward's pages ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import AreaField
from linli.stewards.bookings import HIGHEST, LOWEST
from linli.stewards.models import Offer


class HomeForm(forms.Form):
    """Which grid a resident lives in."""

    grid = AreaField(
        label=_("The grid you live in"), help_text=_("Only the grid is kept, no address.")
    )


class TimeForm(forms.Form):
    """A time."""

    starts_at = forms.DateTimeField(widget=forms.HiddenInput)


class BookingForm(TimeForm):
    """A time, and how those who serve reach the person."""

    def __init__(self, offer: Offer, *given: Any) -> None:
        super().__init__(*given)
        self.fields["contact"] = forms.CharField(
            label=_("How to reach you"), max_length=60, required=False,
            help_text=_("Seen only by those who serve you; wiped afterwards."),
            widget=forms.TextInput({"autocomplete": "tel"}),
        )  # fmt: skip
        self.fields["remark"] = forms.CharField(
            label=_("Where to come, and what to know") if offer.at_home else _("What to know"),
            max_length=200, required=offer.at_home,
            help_text=_("Seen only by those who serve you; wiped afterwards."),
        )  # fmt: skip


class StarsForm(forms.Form):
    """How a service was."""

    stars = forms.TypedChoiceField(
        label=_("How was it?"), coerce=int, widget=forms.RadioSelect,
        choices=[(n, "★" * n) for n in range(HIGHEST, LOWEST - 1, -1)],
    )  # fmt: skip
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)


class ProposalForm(forms.Form):
    """One way to settle it."""

    text = forms.CharField(label=_("Proposal"), max_length=300)


class FollowUpForm(forms.Form):
    """Who does what by when."""

    what = forms.CharField(label=_("What"), max_length=200)
    who = forms.CharField(
        label=_("Who"), max_length=80, help_text=_("An office or a body, no private person.")
    )
    by = forms.DateField(
        label=_("By when"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class MeetingForm(forms.Form):
    """Minutes, households present, and the votes on each proposal."""

    households = forms.IntegerField(label=_("Households present"), min_value=1, max_value=10_000)
    minutes = forms.CharField(
        label=_("Minutes"), max_length=4000, widget=forms.Textarea({"rows": 6})
    )

    def __init__(self, proposals: Any, *given: Any) -> None:
        super().__init__(*given)
        self.rows = []
        for proposal in proposals:
            names = []
            for vote, label in (
                ("favour", _("For")), ("against", _("Against")), ("abstain", _("Abstaining"))
            ):  # fmt: skip
                name = f"{vote}-{proposal.pk}"
                self.fields[name] = forms.IntegerField(
                    label=label, min_value=0, max_value=10_000, required=False
                )
                names.append(name)
            self.rows.append((proposal, [self[name] for name in names]))

    @property
    def votes(self) -> dict[int, dict[str, int]]:
        """The votes by proposal, where any were counted."""
        found: dict[int, dict[str, int]] = {}
        for proposal, _fields in self.rows:
            counts = {
                vote: self.cleaned_data.get(f"{vote}-{proposal.pk}")
                for vote in ("favour", "against", "abstain")
            }
            if any(count is not None for count in counts.values()):
                found[proposal.pk] = {vote: count or 0 for vote, count in counts.items()}
        return found
