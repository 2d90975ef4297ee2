"""The outbox: what is to leave the house, written with what it tells, and sent until it arrives.

A message is written in the transaction of the step it tells of, so none is lost and none tells of
what was taken back. The worker claims it for a time before sending: if it dies on the way,
another sends it again under the same key. So each arrives at least once, and a receiver that
keeps keys sees it once.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import get_language

from linli import bulk
from linli.cases import notices
from linli.cases.chain import Draft
from linli.cases.models import Case, Category
from linli.clock import now
from linli.doors.models import Message, NoticeChoice, Webhook
from linli.doors.sending import NotSent, post, post_letter
from linli.people.models import Role, User
from linli.people.scope import Scope, visible
from linli.places.atlas import atlas
from linli.places.town import the_town

BATCH = 50
TRIES = 10
FIRST_WAIT = timedelta(seconds=30)  # doubled each time: the last try comes some 4 hours later
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=30)
MORNING = time(8)
_NAMES = uuid.UUID("6f2bd6d2-5f5c-4a8b-9a53-6c1d1b6f5f0e")
_SALT = "linli.notices.address"


def administers_town(scope: Scope) -> bool:
    """Tell whether a person administers the whole town."""
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


@visible(Webhook)
def _webhooks(scope: Scope) -> Q:
    return Q() if administers_town(scope) else Q(pk__in=[])


@visible(Message)
def _messages(scope: Scope) -> Q:
    return Q() if administers_town(scope) else Q(user=scope.user.pk)


@visible(NoticeChoice)
def _choices(scope: Scope) -> Q:
    return Q(user=scope.user.pk)


# --- what is to be sent ----------------------------------------------------------------------


@notices.hears
def hear(drafts: Sequence[Draft], told: notices.Told) -> None:
    """Write the messages that steps call for."""
    messages = _to_webhooks(drafts)
    if told and settings.EMAIL_HOST:
        messages += _to_people(told)
    bulk.insert(messages)


def _to_webhooks(drafts: Sequence[Draft]) -> list[Message]:
    hooks = list(Webhook.objects.filter(active=True))
    if not hooks:
        return []
    parents = dict(Category.objects.values_list("pk", "parent__code"))
    moment = now()
    return [
        Message(
            kind=Message.Kind.WEBHOOK, webhook=hook, address=hook.url, at=moment, next_at=moment,
            key=_key(f"{draft.case.uid}/{draft.event.seq}/{hook.pk}"),
            payload=_payload(draft),
        )
        for hook in hooks
        for draft in drafts
        if _wants(hook, draft, parents)
    ]  # fmt: skip


def _key(what: str) -> str:
    return str(uuid.uuid5(_NAMES, what))


def _wants(hook: Webhook, draft: Draft, parents: Mapping[int, str | None]) -> bool:
    if hook.actions and draft.event.action not in hook.actions:
        return False
    category = draft.case.category
    known = {category.code, parents.get(category.pk)} if category else set()
    return not hook.categories or bool(known & set(hook.categories))


def _payload(draft: Draft) -> dict:
    """Say what happened, and nothing of who reported it or who did it."""
    case = draft.case
    return {
        "event": draft.event.action,
        "at": draft.event.at.astimezone(UTC).isoformat(),
        "case": {
            "code": case.code,
            "title": case.title,
            "state": case.state,
            "category": case.category.code if case.category else None,
            "area": _code(case.area_id),
            "community_grid": _code(case.community_grid_id),
            "service_grid": _code(case.service_grid_id),
            "url": f"{settings.SITE_URL}/cases/{case.code}/",
        },
    }


def _code(area: int | None) -> str | None:
    found = atlas().areas.get(area) if area else None
    return found.code if found else None


def _to_people(told: notices.Told) -> list[Message]:
    users = {user for user, _draft in told}
    choices = {
        choice.user_id: choice
        for choice in NoticeChoice.objects.filter(user__in=users, confirmed=True)
        if choice.address
    }
    moment = now()
    return [
        Message(
            kind=Message.Kind.EMAIL, user_id=user, address=choices[user].address, at=moment,
            next_at=when(choices[user], moment),
            key=_key(f"{draft.case.uid}/{draft.event.seq}/person/{user}"),
            payload=_in_brief(draft.event.action, draft.case),
        )
        for user, draft in told
        if user in choices and draft.event.action in choices[user].actions
    ]  # fmt: skip


def _in_brief(action: str, case: Case) -> dict:
    category = case.category.name if case.category else ""
    return {"action": action, "case": case.code, "category": category}


def when(choice: NoticeChoice, moment: datetime) -> datetime:
    """Return when somebody wants to hear of what happens at `moment`."""
    zone = ZoneInfo(the_town().timezone)
    local = moment.astimezone(zone)
    if choice.pace == NoticeChoice.Pace.HOURLY:
        local = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    elif choice.pace == NoticeChoice.Pace.DAILY:
        local = _next(local, MORNING)
    since, until = choice.quiet_from, choice.quiet_until
    if since is not None and until is not None and since != until:
        clock = local.time().replace(tzinfo=None)
        overnight = since > until
        is_quiet = (clock >= since or clock < until) if overnight else since <= clock < until
        if is_quiet:
            local = _next(local, until)
    return local.astimezone(UTC)


def _next(local: datetime, at: time) -> datetime:
    found = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return found if found > local else found + timedelta(days=1)


def ask_to_confirm(choice: NoticeChoice) -> Message:
    """Send a letter to an address that asks whether notices may come there."""
    token = signing.dumps([choice.user_id, choice.address], salt=_SALT)
    moment = now()
    return Message.objects.create(
        kind=Message.Kind.EMAIL, user_id=choice.user_id, address=choice.address, at=moment,
        next_at=moment, key=str(uuid.uuid4()), payload={"confirm": token},
    )  # fmt: skip


def confirm(user: User, token: str) -> bool:
    """Confirm the address a letter went to; tell whether the letter was a good one."""
    try:
        key, address = signing.loads(token, salt=_SALT, max_age=timedelta(days=7))
    except signing.BadSignature:
        return False
    found = NoticeChoice.objects.filter(user=user, address=address) if key == user.pk else None
    return bool(found and found.update(confirmed=True))


# --- sending ---------------------------------------------------------------------------------


def deliver() -> int:
    """Send what is due, at most one batch; return how many messages were tried."""
    claimed = _claim()
    letters = [m for m in claimed if m.kind == Message.Kind.EMAIL]
    posts = [m for m in claimed if m.kind == Message.Kind.WEBHOOK]
    for _who, group in groupby(sorted(letters, key=_letter_order), key=_letter_order):
        together = list(group)
        _try(together, partial(post_letter, together, _language(together[0])))
    for _hook, group in groupby(posts, key=lambda m: m.webhook_id):
        _post_all(list(group))
    return len(claimed)


def _letter_order(message: Message) -> tuple[str, str]:
    # A letter that asks to confirm an address stands alone.
    return message.address, message.key if "confirm" in message.payload else ""


def _language(message: Message) -> str:
    chosen = NoticeChoice.objects.filter(user=message.user_id).values_list("language", flat=True)
    return chosen.first() or get_language() or settings.LANGUAGE_CODE


def _claim() -> list[Message]:
    """Take messages that are due for a while; whoever dies with them gives them back by that."""
    with transaction.atomic():
        due = Message.objects.filter(state=Message.State.WAITING, next_at__lte=now())
        due = due.exclude(webhook__active=False)
        # SQLite has one writer at a time; the transaction itself is the lock there.
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        claimed = list(due.select_related("webhook").order_by("webhook", "id")[:BATCH])
        for message in claimed:
            message.tries += 1
            message.next_at = now() + LEASE
        bulk.update(claimed, ["tries", "next_at"])
    return claimed


def _post_all(messages: list[Message]) -> None:
    """Send messages to one webhook in order; once one fails, the others wait as long as it."""
    for at, message in enumerate(messages):
        if not _try([message], partial(post, message)):
            rest = messages[at + 1 :]
            for waiting in rest:
                waiting.tries -= 1
                waiting.next_at = message.next_at
            bulk.update(rest, ["tries", "next_at"])
            return


def _try(messages: list[Message], send: Callable[[], None]) -> bool:
    """Send, and write down what came of it; tell whether it was sent."""
    error = ""
    try:
        send()
    except NotSent as reason:
        error = str(reason)
    for message in messages:
        message.error = error[:300]
        if not error:
            message.state, message.sent_at = Message.State.SENT, now()
        elif message.tries >= TRIES:
            message.state = Message.State.GIVEN_UP
        else:
            message.next_at = now() + FIRST_WAIT * 2 ** (message.tries - 1)
    bulk.update(messages, ["state", "sent_at", "error", "next_at"])
    return not error


def sweep() -> None:
    """Forget what arrived a month ago."""
    Message.objects.filter(state=Message.State.SENT, sent_at__lt=now() - KEPT).delete()


def try_again(message: Message) -> None:
    """Send a message that was given up once more, from the first try on."""
    message.state, message.tries, message.next_at = Message.State.WAITING, 0, now()
    message.save(update_fields=["state", "tries", "next_at"])
