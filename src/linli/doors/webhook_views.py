"""Which other systems are told of what, and what became of the messages to them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.cases.loop import ACTIONS
from linli.cases.models import Category
from linli.cases.timeline import done
from linli.clock import now
from linli.doors import outbox
from linli.doors.models import Message, Webhook
from linli.doors.sending import PORTS
from linli.people import audit
from linli.people.models import User
from linli.people.scope import Scope, scope

L = gettext_lazy
SHOWN = 50


class WebhookForm(forms.ModelForm):
    """What is asked of a webhook."""

    actions = forms.MultipleChoiceField(
        required=False, label=L("Steps"), widget=forms.CheckboxSelectMultiple,
        help_text=L("None chosen means all of them."),
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        required=False, label=L("Categories"), help_text=L("None chosen means all of them."),
        widget=forms.SelectMultiple({"size": 8}),
    )  # fmt: skip

    url = forms.URLField(
        label=L("Address"), max_length=500, assume_scheme="https",
        widget=forms.URLInput({"placeholder": "https://"}),
    )  # fmt: skip

    class Meta:
        model = Webhook
        fields = ["name", "url", "active", "actions", "categories"]
        labels = {"name": L("Name"), "active": L("Send")}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["actions"].choices = [(name, done(name)) for name in ACTIONS]  # type: ignore
        rows = Category.objects.filter(retired=False)
        self.fields["categories"].choices = [(row.code, str(row)) for row in rows]  # type: ignore

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url.partition(":")[0].lower() not in PORTS:
            raise forms.ValidationError(_("The address must begin with http or https."))
        return url


def _administrator(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not outbox.administers_town(sight):
        raise PermissionDenied
    return sight


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """List the webhooks with how they fare, and add one."""
    sight = _administrator(request)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hook = kept(form, sight.user, "webhook-added")
        messages.success(request, _("Its messages are signed with this secret, which is shown only "
                                    "now: %(secret)s") % {"secret": hook.secret})  # fmt: skip
        return redirect("webhook", pk=hook.pk)
    rows = sight.of(Webhook).annotate(
        waiting=Count("messages", Q(messages__state=Message.State.WAITING)),
        given_up=Count("messages", Q(messages__state=Message.State.GIVEN_UP)),
    )
    lost = sight.of(Message).filter(kind=Message.Kind.EMAIL, state=Message.State.GIVEN_UP)
    context = {"hooks": rows, "form": form, "letters": lost.order_by("-id")[:SHOWN],
               "nets": settings.WEBHOOK_NETS}  # fmt: skip
    return render(request, "doors/webhooks.html", context, status=422 if form.errors else 200)


@transaction.atomic
def kept(form: WebhookForm, by: Any, action: str) -> Webhook:
    """Keep what a form says of a webhook, and note it in the trail."""
    hook: Webhook = form.save(commit=False)
    assert isinstance(by, User)
    if hook.pk is None:
        hook.by, hook.at = by, now()
    before = {name: form.initial.get(name) for name in form.changed_data}
    hook.save()
    changes = {name: (before[name], getattr(hook, name)) for name in form.changed_data}
    audit.record(action, by, hook, key=hook.pk, changes=changes)
    return hook


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one webhook with its last messages, and change it."""
    sight = _administrator(request)
    hook = get_object_or_404(sight.of(Webhook), pk=pk)
    form = WebhookForm(request.POST or None, instance=hook)
    if request.method == "POST" and form.is_valid():
        kept(form, sight.user, "webhook-changed")
        messages.success(request, _("Kept."))
        return redirect("webhook", pk=pk)
    sent = sight.of(Message).filter(webhook=hook).order_by("-id")[:SHOWN]
    context = {"hook": hook, "form": form, "sent": [(m, done(m.payload["event"])) for m in sent]}
    return render(request, "doors/webhook.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a webhook with all its messages."""
    sight = _administrator(request)
    hook = get_object_or_404(sight.of(Webhook), pk=pk)
    assert isinstance(sight.user, User)
    removed(hook, sight.user)
    return redirect("webhooks")


@transaction.atomic
def removed(hook: Webhook, by: User) -> None:
    """Remove a webhook with all its messages, and note it in the trail."""
    audit.record("webhook-removed", by, hook, key=hook.pk, changes={"url": (hook.url, None)})
    hook.delete()


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a message once more that was given up."""
    sight = _administrator(request)
    message = get_object_or_404(sight.of(Message), pk=pk, state=Message.State.GIVEN_UP)
    outbox.try_again(message)
    messages.success(request, _("It is sent once more."))
    return (
        redirect("webhook", pk=message.webhook_id) if message.webhook_id else redirect("webhooks")
    )
