"""What is measured, where it comes from, and what was wrong with it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from linli.assets.register.models import Asset
from linli.cases.models import Case
from linli.places.models import Named


class Source(Named):
    """A way in for what machines say: a broker, or a server that is subscribed to.

    `secret` is never shown again once it was given. `host` is the name under which this
    installation says that it is there, to edge nodes of Sparkplug. `security` is the policy of a
    line to OPC UA. `asset` is the plant it belongs to.
    """

    class Kind(models.TextChoices):
        MQTT = "mqtt", _("MQTT, plain JSON")
        SPARKPLUG = "sparkplug", _("MQTT, Sparkplug B")
        OPCUA = "opcua", _("OPC UA")

    class Security(models.TextChoices):
        NONE = "", _("In the open, not encrypted")
        BASIC256 = "Basic256Sha256", _("Signed and encrypted, Basic256Sha256")
        AES128 = "Aes128Sha256RsaOaep", _("Signed and encrypted, Aes128-Sha256-RsaOaep")
        AES256 = "Aes256Sha256RsaPss", _("Signed and encrypted, Aes256-Sha256-RsaPss")

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=300)
    topics = models.CharField(_("topics"), max_length=300, blank=True)
    client = models.CharField(_("client id"), max_length=60, blank=True)
    host = models.CharField(_("host id"), max_length=60, blank=True)
    username = models.CharField(_("user name"), max_length=120, blank=True)
    secret = models.CharField(_("password"), max_length=200, blank=True)
    security = models.CharField(
        _("security"), max_length=24, choices=Security.choices, blank=True, default=""
    )
    enabled = models.BooleanField(_("in use"), default=True)
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="sources",
        verbose_name=_("Plant"),
    )  # fmt: skip

    class Meta:
        ordering = ["code"]


class Line(models.Model):
    """How a source stands: what its worker writes every few seconds."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Not tried yet")
        OPEN = "open", _("Connected")
        BROKEN = "broken", _("Not connected")

    source = models.OneToOneField(Source, models.CASCADE, related_name="line")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    since = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)
    points = models.BigIntegerField(default=0)
    per_s = models.FloatField(default=0)
    lag_s = models.FloatField(null=True)
    error = models.CharField(max_length=300, blank=True)
    error_at = models.DateTimeField(null=True)


class Tag(Named):
    """One quantity of an asset that is measured again and again (遥测点).

    `key` names it within its asset; with the asset's code it makes `code` where none is given.
    Values beyond `low` and `high` are none the sensor can mean. `address` is how its source calls
    it: a node id of OPC UA, or the metric of a Sparkplug device where that is not `key`.
    `words` are what the numbers of a text stand for, in the order in which they came.
    """

    class Role(models.TextChoices):
        SENSOR = "sensor", _("Sensor")
        SETTING = "setting", _("Setting")
        COUNTER = "counter", _("Counter")
        STATE = "state", _("State")

    class Kind(models.TextChoices):
        NUMBER = "number", _("Number")
        FLAG = "flag", _("Yes or no")
        TEXT = "text", _("Words")

    code = models.CharField(max_length=80, unique=True)
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="tags")
    key = models.CharField(max_length=60, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.SENSOR)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NUMBER)
    unit = models.CharField(max_length=20, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    every_s = models.FloatField(null=True, blank=True)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, blank=True, related_name="tags")
    address = models.CharField(max_length=200, blank=True)
    raw_days = models.PositiveIntegerField(default=90)
    minute_days = models.PositiveIntegerField(default=730)
    late_hours = models.FloatField(default=72)
    words = models.JSONField(default=list, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["asset__path", "key"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "key"], name="one_tag_a_key"),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        """Give code and key to each other where one of them is missing."""
        self.name_itself()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def name_itself(self) -> None:
        """Make the code from the key, or the key from the code."""
        if not self.code:
            self.code = f"{self.asset.code}.{self.key}"
        if not self.key:
            self.key = self.code.removeprefix(f"{self.asset.code}.")[:60]


class Reason(models.TextChoices):
    """Why a point is not taken in."""

    UNKNOWN = "unknown", _("No such tag")
    FORM = "form", _("Not to be read")
    TYPE = "type", _("Wrong type")
    NAN = "nan", _("No number")
    RANGE = "range", _("Outside the range")
    UNIT = "unit", _("Another unit")
    LATE = "late", _("Too late")
    FUTURE = "future", _("From the future")
    BACK = "back", _("Clock went back")


class Refusal(models.Model):
    """How often points of a tag were refused for one reason, with the first and last of them.

    `name` is what was sent where no tag is known by it. A spell lasts as long as the fault comes
    again within some minutes; `case` is the one opened for the spell that runs.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, null=True, blank=True, related_name="refusals")
    source = models.ForeignKey(
        Source, models.SET_NULL, null=True, blank=True, related_name="refusals"
    )
    name = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    count = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    first = models.CharField(max_length=200)
    last_at = models.DateTimeField()
    last = models.CharField(max_length=200)
    spell_since = models.DateTimeField()
    told = models.BooleanField(default=False)

    class Meta:
        ordering = ["-last_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tag", "reason"], name="one_refusal_a_reason",
                                    condition=models.Q(tag__isnull=False)),
            models.UniqueConstraint(fields=["name", "reason"], name="one_refusal_a_name",
                                    condition=models.Q(tag__isnull=True)),
        ]  # fmt: skip


class Rule(Named):
    """When what is measured becomes a case: from a pack, or made here."""

    code = models.SlugField(unique=True)
    pack = models.CharField(max_length=50, blank=True)
    definition = models.JSONField(default=dict)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class Watch(models.Model):
    """How a rule stands with one tag, kept so that nothing is told twice after a restart."""

    class State(models.TextChoices):
        QUIET = "quiet", _("As it should be")
        PENDING = "pending", _("Beyond, not for long enough")
        RAISED = "raised", _("Alarm")

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="watches")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="watches")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUIET)
    since = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)
    value = models.FloatField(null=True)
    peak = models.FloatField(null=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [models.UniqueConstraint(fields=["rule", "tag"], name="one_watch_a_tag")]


class Reading(models.Model):
    """How far rules have read the journal: which segment, and up to which byte of it."""

    name = models.CharField(max_length=20, unique=True)
    segment = models.BigIntegerField(default=0)
    offset = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())


class Node(models.Model):
    """A node of Sparkplug, or a device of one: the aliases its birth gave to its metrics.

    They are kept, because messages that came while the worker was away name nothing else.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="nodes")
    group = models.CharField(max_length=120)
    edge = models.CharField(max_length=120)
    device = models.CharField(max_length=120, blank=True)
    aliases = models.JSONField(default=dict)
    online = models.BooleanField(default=False)
    born_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["group", "edge", "device"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "group", "edge", "device"], name="one_node_a_place"
            )
        ]
