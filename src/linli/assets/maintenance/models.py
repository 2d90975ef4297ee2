"""How machines are kept: what is watched, what was told of each, what is planned and was found.

Life is counted in cycles (hours run, strokes, days: as the upkeep of a kind says), everything
that people plan by in days.
"""

from functools import cached_property

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.assets.maintenance.grammar import UpkeepEntry
from linli.assets.register.models import Asset
from linli.cases.models import Case
from linli.people.models import User
from linli.places.models import Named


class Upkeep(Named):
    """How machines of some kinds are kept, from a pack; `definition` is what the pack says.

    `wanted` is when somebody asked for a new fit that has not been made yet, `trouble` what kept
    the last one from being made.
    """

    code = models.SlugField(unique=True)
    pack = models.SlugField()
    definition = models.JSONField()
    wanted = models.DateTimeField(null=True, blank=True)
    wanted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    trouble = models.JSONField(default=list, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    @cached_property
    def told(self) -> UpkeepEntry:
        """What the pack says, as it was checked when it was loaded."""
        return UpkeepEntry.model_validate(self.definition, strict=False)


class Version(models.Model):
    """A life model of an upkeep as it was learnt once; one of them is in use.

    `figures` are those of its trial on lives it did not learn from, `before` those of the version
    then in use. `settings` and `sensors` are the keys it was learnt from, in their order.
    """

    upkeep = models.ForeignKey(Upkeep, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    fitted_at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=list)
    sensors = models.JSONField(default=list)
    lives = models.PositiveIntegerField()
    censored = models.PositiveIntegerField(default=0)
    usual = models.FloatField(help_text="median life in cycles")
    figures = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    file = models.CharField(max_length=200)
    used = models.BooleanField(default=False)

    class Meta:
        ordering = ["upkeep", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["upkeep", "number"], name="one_upkeep_version"),
            models.UniqueConstraint(
                fields=["upkeep"], condition=Q(used=True), name="one_upkeep_version_used"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upkeep.code} {self.number}"


class Prediction(models.Model):
    """What was told of a machine on a day; `newest` is what holds now.

    Attributes
    ----------
    age, began
        Cycles since it was renewed, and when that was.
    pace
        Cycles a day, by its use of late.
    mean, low, high
        Remaining life in cycles with the interval; None without a life model.
    days, days_low, days_high
        The same in days.
    quantiles
        Pairs of a share and the cycles within which that share fails.
    drift
        `score` (share of the alarm limit), `is_drifting`, `alarm` and `since` (moments), `sensors`
        (key, share, shift in deviations).
    trace
        Of the drift statistic over time, of the newest one only: `times` and `score`.
    trouble
        What was wrong with what the machine says: words of `wording.TROUBLES` with their values.
    """

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="predictions")
    upkeep = models.ForeignKey(Upkeep, models.CASCADE, related_name="predictions")
    version = models.ForeignKey(Version, models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    began = models.DateTimeField(null=True)
    age = models.FloatField(null=True)
    pace = models.FloatField(null=True)
    mean = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    days = models.FloatField(null=True)
    days_low = models.FloatField(null=True)
    days_high = models.FloatField(null=True)
    quantiles = models.JSONField(default=list)
    drift = models.JSONField(default=dict)
    trace = models.JSONField(default=dict)
    trouble = models.JSONField(default=list)
    newest = models.BooleanField(default=True)

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "day"], name="one_prediction_a_day"),
            models.UniqueConstraint(
                fields=["asset"], condition=Q(newest=True), name="one_newest_prediction"
            ),
        ]
        indexes = [models.Index(fields=["newest", "days_low"], name="prediction_urgency")]

    @property
    def is_drifting(self) -> bool:
        return bool(self.drift.get("is_drifting"))


class WorkOrder(models.Model):
    """That a machine is to be opened: why, until when, what it takes, and when it is planned.

    `why` says what set it off (`life` or `drift`) with the figures of then. `plan` holds what the
    last planning said: costs, alternatives, and for one without a window the reasons.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be planned")
        AGREED = "agreed", _("Window booked")
        DONE = "done", _("Opened and noted")
        DROPPED = "dropped", _("Not needed any more")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="work_orders")
    upkeep = models.ForeignKey(Upkeep, models.PROTECT, related_name="work_orders")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    why = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due = models.DateTimeField()
    hours = models.FloatField()
    crew = models.JSONField(default=dict)
    spares = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    begins = models.DateTimeField(null=True, blank=True)
    ends = models.DateTimeField(null=True, blank=True)
    plan = models.JSONField(default=dict)
    agreed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told = models.JSONField(default=dict)

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "upkeep"], condition=Q(state__in=["open", "agreed"]),
                name="one_open_work_order",
            )
        ]  # fmt: skip

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.OPEN, self.State.AGREED)

    @property
    def key(self) -> str:
        """What names it for people: the asset and its number there."""
        return f"{self.asset.code}-{self.pk}"


class KeptPlan(models.Model):
    """A plant's plan as its page draws it, kept so that opening it plans nothing.

    `mark` is what it was made from: where that differs, the worker makes it anew. `drawn` holds
    the drawing by language.
    """

    plant = models.OneToOneField(Asset, models.CASCADE, related_name="kept_plan")
    at = models.DateTimeField()
    mark = models.CharField(max_length=64)
    cost = models.BigIntegerField()
    counted = models.BooleanField()
    drawn = models.JSONField(default=dict)


class Reservation(models.Model):
    """Spares kept for a booked window, by the code the plant's store knows them by."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="reservations")
    spare = models.CharField(max_length=40)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "spare"], name="one_reservation_a_spare")
        ]
        indexes = [models.Index(fields=["spare"], name="reservation_spare")]


class Finding(models.Model):
    """What was found when a machine was opened, or that it failed: a label to learn from.

    `wear` is per cent. `renewed` says that a new life began then. `cycles` is its age as counted
    then, `predicted` what was told of it before: `left` and the interval, in cycles, and the day.
    """

    class Condition(models.TextChoices):
        FAILED = "failed", _("Has failed")
        WORN = "worn", _("Worn")
        FINE = "fine", _("In good order")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="findings")
    upkeep = models.ForeignKey(Upkeep, models.PROTECT, related_name="findings")
    order = models.ForeignKey(
        WorkOrder, models.SET_NULL, null=True, blank=True, related_name="findings"
    )
    at = models.DateTimeField()
    condition = models.CharField(max_length=10, choices=Condition.choices)
    part = models.CharField(max_length=120, blank=True)
    wear = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    note = models.CharField(max_length=600, blank=True)
    photo = models.FileField(upload_to="findings/%Y/%m/", blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    renewed = models.BooleanField(default=True)
    cycles = models.FloatField(null=True, blank=True)
    predicted = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["asset", "at"], name="one_finding_a_moment")]
