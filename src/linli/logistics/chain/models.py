"""What the chain keeps: events whole, and compact rows that lead from thing to thing.

Moments in edges are whole milliseconds since 1970, as `linli.engines.lineage` has them.
"""

from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, User
from linli.places.models import Area, Named


class Party(Named):
    """A supplier, customer or carrier; of the park's own ones the credit code says which."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        CUSTOMER = "customer", _("Customer")
        BOTH = "both", _("Supplier and customer")
        CARRIER = "carrier", _("Carrier")
        OWN = "own", _("Own")

    code = models.SlugField(_("code"), unique=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    gln = models.CharField(_("GLN"), max_length=13, blank=True, db_index=True)
    credit_code = models.CharField(_("credit code"), max_length=18, blank=True, db_index=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    country = models.CharField(_("country"), max_length=2, blank=True)
    contact = models.CharField(_("contact"), max_length=120, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "gln"], condition=~Q(gln=""), name="one_party_a_gln"
            )
        ]


class Ware(Named):
    """A kind of goods by its GTIN."""

    gtin = models.CharField(max_length=14, unique=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    product = models.CharField(max_length=60, blank=True, db_index=True)
    unit = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ["gtin"]


class Place(models.Model):
    """A read point, a business location or a party, by its identifier."""

    uri = models.CharField(max_length=300, unique=True)
    gln = models.CharField(max_length=13, blank=True, db_index=True)
    name = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["uri"]


class Thing(models.Model):
    """Something that events tell of: a lot, a piece, a pallet, a crate, a device.

    `kind` is `linli.engines.gs1.Kind`, `code` its figures, `part` its lot or serial.
    """

    uri = models.CharField(max_length=300, unique=True)
    kind = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=34, blank=True)
    part = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["code", "part"], name="things_by_code"),
            models.Index(fields=["part"], condition=Q(kind=2), name="lots_by_part"),
        ]


class Capture(models.Model):
    """A capture job (EPCIS 2.0, 12.6): events handed in together, and what became of them."""

    class OnError(models.TextChoices):
        ROLLBACK = "rollback", _("All or nothing")
        PROCEED = "proceed", _("Take what is good")

    token = models.CharField(max_length=32, unique=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    on_error = models.CharField(max_length=10, choices=OnError.choices)
    success = models.BooleanField(default=False)
    events = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="captures_of")]


class Event(models.Model):
    """An event as it was captured (`body`, kept letter by letter), and what it is found by.

    `type` and `action` are places in `vocabulary.TYPES` and `ACTIONS` (-1 for none). `void` says
    that it was declared an error: the declaration is in the body then, and it leads nowhere.
    """

    owner = models.ForeignKey(Organisation, models.PROTECT, db_index=False, related_name="+")
    hash = models.CharField(max_length=64)
    event_id = models.CharField(max_length=300)
    type = models.SmallIntegerField()
    action = models.SmallIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    step = models.CharField(max_length=200, blank=True)
    disposition = models.CharField(max_length=200, blank=True)
    read_point = models.ForeignKey(
        Place, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    location = models.ForeignKey(Place, models.PROTECT, null=True, db_index=False, related_name="+")
    source = models.ForeignKey(Place, models.PROTECT, null=True, db_index=False, related_name="+")
    destination = models.ForeignKey(
        Place, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    transformation = models.CharField(max_length=300, blank=True)
    void = models.BooleanField(default=False)
    capture = models.ForeignKey(Capture, models.PROTECT, related_name="+")
    prefixes = models.JSONField(default=dict)
    body = models.TextField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["hash", "owner"], name="one_event_an_owner")]
        indexes = [
            models.Index(fields=["event_id"], name="events_by_id"),
            models.Index(fields=["at", "id"], name="events_by_time"),
            models.Index(fields=["step", "at"], name="events_by_step"),
            models.Index(fields=["read_point", "at"], name="events_by_read_point"),
            models.Index(fields=["location", "at"], name="events_by_location"),
            models.Index(
                fields=["source", "at"], condition=Q(source__isnull=False), name="events_by_source"
            ),
            models.Index(
                fields=["destination", "at"], condition=Q(destination__isnull=False),
                name="events_by_destination",
            ),
            models.Index(
                fields=["transformation"], condition=~Q(transformation=""),
                name="events_transforming",
            ),
        ]  # fmt: skip


class Role(models.IntegerChoices):
    """As what an event tells of a thing."""

    SEEN = 1, _("Seen")
    PARENT = 2, _("Container")
    CHILD = 3, _("Content")
    INPUT = 4, _("Taken")
    OUTPUT = 5, _("Made")


class Link(models.Model):
    """That an event tells of a thing; `at` is the event's, so that a thing's story is one index."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="links")
    thing = models.ForeignKey(Thing, models.PROTECT, db_index=False, related_name="links")
    role = models.PositiveSmallIntegerField(choices=Role.choices)
    at = models.DateTimeField()
    quantity = models.FloatField(null=True)
    uom = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ["thing", "at"]
        indexes = [models.Index(fields=["thing", "at"], name="links_of_thing")]


class Edge(models.Model):
    """A step from what went in to what came out (`linli.engines.lineage`).

    `source` and `target` are keys of things; of a process, minus the key of its first event.
    `owner`, `event` and `ended` (the event that unpacked) are keys too. `changed` is the ledger's
    version when it was written last, by which a process brings what it keeps up to date.
    """

    source = models.BigIntegerField(db_index=True)
    target = models.BigIntegerField(db_index=True)
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    kind = models.SmallIntegerField()
    owner = models.BigIntegerField()
    event = models.BigIntegerField()
    ended = models.BigIntegerField(default=0)
    quantity = models.FloatField(null=True)
    changed = models.BigIntegerField(db_index=True)

    class Meta:
        ordering = ["id"]


class Paper(models.Model):
    """A business transaction an event belongs to: order, despatch advice, invoice."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="papers")
    type = models.CharField(max_length=200, blank=True)
    uri = models.CharField(max_length=300, db_index=True)

    class Meta:
        ordering = ["id"]


class Ledger(models.Model):
    """The one row that a capture locks: captures are written one after the other."""

    version = models.BigIntegerField(default=0)


class Recipe(models.Model):
    """Which kinds of goods a kind of goods was made of together, kept with each capture."""

    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    output = models.CharField(max_length=34)
    inputs = models.JSONField(default=list)
    key = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "output", "key"], name="one_recipe_a_set")
        ]


class Supplied(models.Model):
    """Which kinds of goods came from whom in a month, kept with each capture."""

    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    place = models.ForeignKey(Place, models.CASCADE, related_name="+")
    code = models.CharField(max_length=34)
    month = models.DateField()
    lots = models.PositiveIntegerField(default=0)
    quantity = models.FloatField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "place", "code", "month"], name="one_supply_a_month"
            )
        ]


class NamedQuery(models.Model):
    """A query kept under a name (EPCIS 2.0, 12.7)."""

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    query = models.JSONField(default=dict)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_query_a_name")]


class Passport(models.Model):
    """What its owner releases of a lot, for everybody who reads its code.

    `shown` are the parts released (`passports.PARTS`), `said` words of the owner's own. `content`
    is what these parts said when they were released: the public page reads nothing else.
    """

    thing = models.OneToOneField(Thing, models.PROTECT, related_name="passport")
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    shown = models.JSONField(default=list)
    said = models.CharField(max_length=600, blank=True)
    said_en = models.CharField(max_length=800, blank=True)
    content = models.JSONField(default=dict)
    released_at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-released_at"]


class Drill(models.Model):
    """A recall drill: what was asked, and what it found in how long."""

    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    asked = models.JSONField(default=dict)
    lots = models.PositiveIntegerField(default=0)
    containers = models.PositiveIntegerField(default=0)
    parties = models.PositiveIntegerField(default=0)
    ms = models.FloatField(default=0)
    case = models.ForeignKey("cases.Case", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    @property
    def query(self) -> str:
        """What its page is asked with to find the same."""
        told = {key: value[:10] if key in ("since", "until") else value
                for key, value in self.asked.items() if value}  # fmt: skip
        return urlencode(told)
