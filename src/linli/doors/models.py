"""Files and messages on their way in and out, and the keys with which programs come in."""

import secrets
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.clock import now
from linli.people.models import Membership, Role, User
from linli.people.scope import Scope, visible


class ColumnMap(models.Model):
    """Which heading of a kind of file is which column of a table, kept under a name."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="column_maps")
    table = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    mapping = models.JSONField(default=dict)
    headings = models.JSONField(default=list)

    class Meta:
        ordering = ["table", "name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "table", "name"], name="one_map_a_name")
        ]

    def __str__(self) -> str:
        return self.name


def new_token() -> str:
    """Draw what makes the address of a file unguessable."""
    return secrets.token_hex(12)


class Upload(models.Model):
    """A file somebody wants to import: kept for the time of its preview, for nobody else.

    `sheet` and `mapping` are how it is read. Once it is taken in, the file is deleted and only
    what became of its rows stays for a while.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Not taken in yet")
        TAKING = "taking", _("Being taken in")
        DONE = "done", _("Taken in")

    token = models.CharField(max_length=24, unique=True, default=new_token)
    owner = models.ForeignKey(User, models.CASCADE, related_name="uploads")
    table = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    sheet = models.CharField(max_length=120, blank=True)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(settings.HOME) / "uploads" / self.token

    @property
    def lines_path(self) -> Path:
        """Where it is written down what becomes of its rows."""
        return self.path.with_suffix(".json")


class NoticeChoice(models.Model):
    """What one person wants to be told by e-mail, and when."""

    class Pace(models.TextChoices):
        AT_ONCE = "at-once", _("At once")
        HOURLY = "hourly", _("Together, once an hour")
        DAILY = "daily", _("Together, every morning at eight")

    user = models.OneToOneField(User, models.CASCADE, related_name="notice_choice")
    address = models.EmailField(blank=True)
    confirmed = models.BooleanField(default=False)
    actions = models.JSONField(default=list)
    pace = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")


def new_secret() -> str:
    """Draw the secret with which the messages to one webhook are signed."""
    return secrets.token_urlsafe(32)


class Webhook(models.Model):
    """An address of another system that is told of steps of cases.

    `actions` and `categories` say of which; empty means all of them.
    """

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=64, default=new_secret)
    actions = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


# Why a message did not arrive, in the words of whoever reads it; the detail follows the blank.
FAULTS = {
    "url": _("“%(detail)s” is no http or https address."),
    "unknown": _("The host “%(detail)s” is not known."),
    "private": _("%(detail)s lies in a private network that webhooks may not reach "
                 "(LINLI_WEBHOOK_NETS)."),
    "answered": _("The receiver answered %(detail)s."),
    "unreached": _("Not reached (%(detail)s)"),
}  # fmt: skip


class Message(models.Model):
    """One message on its way out (the outbox), written in the transaction of what it tells.

    `key` stays the same however often it is sent, so that a receiver can tell a repetition.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        GIVEN_UP = "given-up", _("Given up")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=36, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    webhook = models.ForeignKey(Webhook, models.CASCADE, null=True, related_name="messages")
    address = models.CharField(max_length=500)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(state="waiting"), name="message_waiting"
            ),
            models.Index(fields=["webhook", "-id"], name="message_of_webhook"),
            models.Index(fields=["state", "-id"], name="message_state"),
        ]

    @property
    def fault(self) -> str:
        """Why it did not arrive at the last try."""
        kind, _blank, detail = self.error.partition(" ")
        return str(FAULTS[kind]) % {"detail": detail} if kind in FAULTS else self.error


class ApiKey(models.Model):
    """A key that acts as its owner over REST, as far as its scopes reach and never further.

    The secret is shown once and kept only as its SHA-256: it has 256 bits of chance, which
    nobody guesses, so nothing slower is needed. `prefix` lets people tell their keys apart.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=8, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_valid(self) -> bool:
        """Whether it opens anything now."""
        is_over = self.expires_at is not None and self.expires_at <= now()
        return self.revoked_at is None and not is_over and self.owner.is_active


@visible(ApiKey)
def _keys(scope: Scope) -> Q:
    """One's own; administrators see those of the people in their area, to revoke them."""
    found = Q(owner=scope.user.pk)
    for path in scope.paths(Role.ADMINISTRATOR):
        if path.count("/") == 1:
            return Q()
        members = Membership.objects.filter(organisation__area__path__startswith=path)
        found |= Q(owner__in=members.order_by().values("user"))
    return found
