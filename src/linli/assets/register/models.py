"""An asset, its place in the tree, and what is kept with it.

The tree: plant, line, machine, part; or a structure of the town with its machines. Times are
moments, money is yuan, an ideal cycle is seconds for one piece.
"""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.people.models import Organisation, User
from linli.places.models import Area, Named

NOT_NEGATIVE = [MinValueValidator(0)]


class Level(models.TextChoices):
    """Where in the tree an asset stands."""

    PLANT = "plant", _("Plant")
    LINE = "line", _("Line")
    MACHINE = "machine", _("Machine")
    PART = "part", _("Part")
    STRUCTURE = "structure", _("Structure")


class AssetKind(Named):
    """A kind of asset, from a pack: its picture, its level, and what counts as its running."""

    code = models.SlugField(unique=True)
    pack = models.SlugField()
    icon = models.CharField(max_length=40)
    level = models.CharField(max_length=20, choices=Level.choices)
    running = models.CharField(max_length=160, blank=True)
    running_en = models.CharField(max_length=200, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class Skill(Named):
    """Something that maintenance people can do, from a pack."""

    code = models.SlugField(unique=True)
    pack = models.SlugField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class Asset(Named):
    """Something that is kept running (设备).

    `path` holds the codes from the top of the tree down to this asset, each ended by a slash, so
    that one prefix finds a plant with all in it. `organisation` runs it: the crew of a line, the
    station of a town's pump. What it says nothing of, it has from the asset above it.
    """

    code = models.CharField(max_length=40, unique=True)
    level = models.CharField(max_length=20, choices=Level.choices)
    kind = models.SlugField(blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=400, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="assets"
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    maker = models.CharField(max_length=120, blank=True)
    type = models.CharField(max_length=120, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    commissioned = models.DateField(null=True, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["path"]

    @property
    def top(self) -> str:
        """The code of the plant or structure at the top."""
        return self.path.split("/", 1)[0]

    @property
    def above(self) -> list[str]:
        """The codes from this asset up to the top, its own first."""
        return self.path.rstrip("/").split("/")[::-1]


class AssetCase(models.Model):
    """A case that was opened about an asset; `external_id` says for what occasion."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    source = models.CharField(max_length=20)
    external_id = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["asset", "case"], name="one_case_an_asset")]
        indexes = [models.Index(fields=["source", "external_id"], name="asset_case_occasion")]


class Health(models.Model):
    """What one of those who watch an asset says of it; the worst word counts.

    `by` names the watcher ("telemetry", "maintenance"); `since` is when it began to say so.
    """

    class State(models.TextChoices):
        OK = "ok", _("Healthy")
        WATCH = "watch", _("Watch")
        ACT = "act", _("Act")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="healths")
    by = models.SlugField()
    state = models.CharField(max_length=10, choices=State.choices)
    why = models.CharField(max_length=200, blank=True)
    why_en = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "by"], name="one_word_a_watcher")]

    @property
    def words(self) -> str:
        """Why, in the language of the page."""
        english = (get_language() or "").startswith("en")
        return self.why_en if english and self.why_en else self.why


class Manual(models.Model):
    """A file about one asset, or about all of a kind (and type, where one is named)."""

    title = models.CharField(max_length=160)
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, blank=True, related_name="manuals")
    kind = models.SlugField(blank=True)
    type = models.CharField(max_length=120, blank=True)
    file = models.FileField(upload_to="manuals")
    content_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["title", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(asset__isnull=False) | ~Q(kind=""), name="manual_is_about_something"
            )
        ]


class Entry(models.Model):
    """A line of an asset's history: what was done and what was found."""

    class What(models.TextChoices):
        INSPECTED = "inspected", _("Inspected")
        MAINTAINED = "maintained", _("Maintained")
        REPAIRED = "repaired", _("Repaired")
        REPLACED = "replaced", _("Replaced")
        NOTED = "noted", _("Noted")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    what = models.CharField(max_length=20, choices=What.choices)
    done = models.CharField(max_length=600)
    found = models.CharField(max_length=600, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["asset", "-at"], name="asset_history")]


class Spare(Named):
    """A spare part in a plant's store. `fits` are codes of assets or of kinds of assets."""

    code = models.CharField(max_length=40, unique=True)
    plant = models.ForeignKey(Asset, models.PROTECT, related_name="spares")
    fits = models.JSONField(default=list, blank=True)
    stock = models.IntegerField(default=0)
    minimum = models.PositiveIntegerField(default=0)
    lead_days = models.PositiveIntegerField(default=0)
    price_yuan = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), validators=NOT_NEGATIVE
    )
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(stock__gte=0), name="stock_never_negative")
        ]

    @property
    def is_low(self) -> bool:
        return self.stock < self.minimum


class SpareMove(models.Model):
    """A movement of a spare: what came in, went out or was counted, and what was there then."""

    class Reason(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        USED = "used", _("Used")
        RETURNED = "returned", _("Put back")
        COUNTED = "counted", _("Counted")

    spare = models.ForeignKey(Spare, models.PROTECT, related_name="moves")
    change = models.IntegerField()
    balance = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class Shift(Named):
    """A shift of a plant's week; one that ends at or before its beginning ends the next day.

    `days` are days of the week on which it begins, Monday is 1.
    """

    code = models.CharField(max_length=40, unique=True)
    plant = models.ForeignKey(Asset, models.CASCADE, related_name="shifts")
    days = models.JSONField(default=list)
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["plant", "begins", "code"]


class ShiftDay(models.Model):
    """A day on which a plant works otherwise: only the `shifts` named, none for a day off."""

    plant = models.ForeignKey(Asset, models.CASCADE, related_name="shift_days")
    day = models.DateField()
    shifts = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["plant", "day"], name="one_word_a_day")]


class CrewSkill(models.Model):
    """How many people of an organisation have a skill in a shift (in every one if none)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="crew_skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    shift = models.ForeignKey(Shift, models.CASCADE, null=True, blank=True, related_name="+")
    people = models.PositiveIntegerField()

    class Meta:
        ordering = ["organisation", "skill", "shift"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "skill", "shift"], name="one_count_a_skill_and_shift"
            ),
            models.UniqueConstraint(
                fields=["organisation", "skill"],
                condition=Q(shift=None),
                name="one_count_a_skill",
            ),
        ]


class Stop(models.Model):
    """A time in which an asset stood still; without `until` it still does."""

    class Cause(models.TextChoices):
        FAILURE = "failure", _("Failure")
        PLANNED = "planned", _("Planned")
        SETUP = "setup", _("Setting up")
        SHORTAGE = "shortage", _("Nothing to work on")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="stops")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=20, choices=Cause.choices)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="stop_ends_after_it_began"
            ),
            models.UniqueConstraint(fields=["asset", "since"], name="one_stop_a_moment"),
        ]


class Output(models.Model):
    """What an asset made from one moment to another, of that good, and its ideal cycle."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="outputs")
    since = models.DateTimeField()
    until = models.DateTimeField()
    made = models.PositiveIntegerField()
    good = models.PositiveIntegerField()
    ideal_s = models.FloatField(validators=NOT_NEGATIVE)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="output_ends_after_it_began"
            ),
            models.CheckConstraint(condition=Q(good__lte=F("made")), name="no_more_good_than_made"),
            models.UniqueConstraint(fields=["asset", "since"], name="one_output_a_moment"),
        ]
