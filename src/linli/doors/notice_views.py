"""What one person wants to be told by e-mail: which steps, where to, how often, when not."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases.notices import TELL
from linli.cases.timeline import done
from linli.doors import outbox
from linli.doors.models import NoticeChoice
from linli.people.models import User

L = gettext_lazy


class NoticeForm(forms.ModelForm):
    """What the page asks."""

    actions = forms.MultipleChoiceField(
        required=False, label=L("Tell me when a case that concerns me is"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    class Meta:
        model = NoticeChoice
        fields = ["address", "actions", "pace", "quiet_from", "quiet_until"]
        labels = {
            "address": L("E-mail address"), "pace": L("How often"),
            "quiet_from": L("Quiet from"), "quiet_until": L("Quiet until"),
        }  # fmt: skip
        help_texts = {
            "address": L("For nothing else; leave it empty and no letter is sent."),
            "quiet_until": L("What happens meanwhile is told afterwards, in one letter."),
        }
        widgets = {
            "quiet_from": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "address": forms.EmailInput({"autocomplete": "email"}),
        }

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["actions"].choices = [(name, done(name)) for name in TELL]  # type: ignore

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end."))
        return given


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Show and keep what this person chose; a new address is asked by letter first."""
    assert isinstance(request.user, User)
    mine = NoticeChoice.objects.filter(user=request.user).first()
    chosen = mine or NoticeChoice(user=request.user)
    before = chosen.address
    form = NoticeForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        _chosen, is_asked = kept(form, before, get_language() or settings.LANGUAGE_CODE)
        if is_asked:
            messages.success(request, _("Kept. A letter asks you to confirm the address."))
        else:
            messages.success(request, _("Kept."))
        return redirect("notice-settings")
    context = {
        "form": form,
        "can_send": bool(settings.EMAIL_HOST),
        "waits": bool(mine and mine.address and not mine.confirmed),
    }
    return render(request, "doors/notices.html", context, status=422 if form.errors else 200)


def kept(form: NoticeForm, before: str, language: str) -> tuple[NoticeChoice, bool]:
    """Keep what somebody chose, and tell whether a letter asks them to confirm a new address."""
    chosen = form.save(commit=False)
    chosen.language = language
    is_new = chosen.address != before
    if is_new:
        chosen.confirmed = False
    chosen.save()
    is_asked = bool(is_new and chosen.address and settings.EMAIL_HOST)
    if is_asked:
        outbox.ask_to_confirm(chosen)
    return chosen, is_asked


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address: asked once more, because mail programs open links by themselves."""
    if request.method == "POST":
        assert isinstance(request.user, User)
        if outbox.confirm(request.user, token):
            messages.success(request, _("Your address is confirmed."))
        else:
            messages.error(
                request, _("This link is too old, or was for another person or address.")
            )
        return redirect("notice-settings")
    return render(request, "doors/confirm.html")
