"""Which other systems are told of what, over REST."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.doors import outbox
from linli.doors.models import Message, Webhook
from linli.doors.tables import MESSAGES, WEBHOOKS
from linli.doors.webhook_views import WebhookForm, kept, removed
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import Given, Problem, Shape, Text, by_key, given, operation, row_of, row_shape

N = gettext_noop
router = Router(tags=["messages"])
WebhookWhole: Any = row_shape("webhooks", alone=True)
Name = Annotated[Text, Field(min_length=1, max_length=80)]
Url = Annotated[Text, Field(min_length=1, max_length=500)]
Codes = Annotated[list[Text], Field(max_length=200)]


class WebhookBody(Given):
    """A webhook; no actions or categories means all of them."""

    name: Name
    url: Url
    active: bool = True
    actions: Codes = []
    categories: Codes = []


class WebhookChange(Given):
    """What is changed of a webhook; the rest stays as it is."""

    name: Name | None = None
    url: Url | None = None
    active: bool | None = None
    actions: Codes | None = None
    categories: Codes | None = None


class AddedShape(Shape):
    """A new webhook, and the secret that signs its messages: it is shown only now."""

    webhook: WebhookWhole
    secret: str


def _administrator(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not outbox.administers_town(sight):
        raise Problem(403)
    return sight


def _filled(told: dict[str, Any], row: Webhook | None = None) -> WebhookForm:
    form = WebhookForm(told, **({"instance": row} if row else {}))
    if not form.is_valid():
        errors = [(field, text) for field, texts in form.errors.items() for text in texts]
        raise Problem(422, errors=errors)
    return form


def _webhook(request: HttpRequest, key: int) -> tuple[Scope, Webhook]:
    sight = _administrator(request)
    row: Webhook = by_key(sight.of(Webhook), key)
    return sight, row


@router.post("/webhooks", response={201: AddedShape}, **operation(
    N("Tell another system of steps of cases"),
    N("The answer holds the secret that signs its messages; it is shown only now."),
    takes=WebhookBody, example={"name": "12345", "url": "https://hotline.example/linli"},
    name="add_webhook"))  # fmt: skip
def add(request: HttpRequest) -> Status:
    sight = _administrator(request)
    told, _files = given(request, WebhookBody)
    hook = kept(_filled(told.model_dump()), sight.user, "webhook-added")
    return Status(
        201, {"webhook": row_of(WEBHOOKS, hook, alone=True), "secret": hook.secret}
    )  # fmt: skip


@router.patch("/webhooks/{key}", response=WebhookWhole, **operation(
    N("Change a webhook"), N("Change what is given; the rest stays as it is."),
    takes=WebhookChange, name="change_webhook"))  # fmt: skip
def change(request: HttpRequest, key: int) -> dict[str, Any]:
    sight, row = _webhook(request, key)
    told, _files = given(request, WebhookChange)
    before = {name: getattr(row, name) for name in WebhookBody.model_fields}
    wanted = {name: value for name, value in told.model_dump().items() if value is not None}
    hook = kept(_filled(before | wanted, row), sight.user, "webhook-changed")
    return row_of(WEBHOOKS, hook, alone=True)


@router.delete("/webhooks/{key}", response={204: None}, **operation(
    N("Remove a webhook with all its messages"), name="remove_webhook"))  # fmt: skip
def remove(request: HttpRequest, key: int) -> Any:
    sight, row = _webhook(request, key)
    assert isinstance(sight.user, User)
    removed(row, sight.user)
    return Status(204, None)


@router.post("/messages/{key}/again", response=row_shape("messages", alone=True), **operation(
    N("Try a message once more that was given up"), name="send_again"))  # fmt: skip
def again(request: HttpRequest, key: int) -> dict[str, Any]:
    sight = _administrator(request)
    row: Message = by_key(sight.of(Message), key)
    if row.state != Message.State.GIVEN_UP:
        raise Problem(409, _("This message was not given up."))
    outbox.try_again(row)
    return row_of(MESSAGES, Message.objects.get(pk=row.pk), alone=True)
