"""Remediation (整治): an area cut into blocks and parcels, and what is agreed with everyone on it.

Land is measured in mu, buildings in square metres, money in yuan with two decimals.
"""

from decimal import Decimal

import shapely
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from linli.cases.models import Case
from linli.people.models import Organisation, User
from linli.places.models import Area, Named
from linli.programmes.bilingual import either
from linli.programmes.ladders import Climb, Climber
from linli.programmes.remediation.policy import Disposition, Policy, Price

POSITIVE = [MinValueValidator(Decimal("0.01"))]
NOTIFIED, SIGNED = "notified", "signed"  # the stages between which time runs


class Campaign(Named):
    """One area to be cleared or renewed."""

    code = models.SlugField(unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="campaigns")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    given_mu = models.FloatField(null=True, blank=True, validators=POSITIVE)
    began_on = models.DateField()
    due_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    note_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-began_on", "code"]

    @property
    def words(self) -> str:
        """The note in the language of the page."""
        return either(self.note, self.note_en)


class Drawn(models.Model):
    """Something with a shape; `mu` is measured on the ellipsoid, `given_mu` what papers say."""

    given_mu = models.FloatField(null=True, blank=True, validators=POSITIVE)
    mu = models.FloatField(default=0)
    lon = models.FloatField(default=0)
    lat = models.FloatField(default=0)
    wkb = models.BinaryField()

    class Meta:
        abstract = True

    @property
    def geometry(self) -> BaseGeometry:
        """WGS-84 degrees."""
        return shapely.from_wkb(bytes(self.wkb))

    @property
    def off(self) -> float | None:
        """By which share of the given figure the measured one is larger; None without one."""
        return self.mu / self.given_mu - 1 if self.given_mu else None


class Block(Named, Drawn):
    """A part of a campaign, with an organisation that answers for it and a day."""

    code = models.SlugField(unique=True)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="blocks")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField()

    class Meta:
        ordering = ["code"]


class Parcel(Drawn):
    """A parcel (地块) of a block."""

    code = models.SlugField(unique=True)
    block = models.ForeignKey(Block, models.CASCADE, related_name="parcels")
    use = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Holding(Named, Climber):
    """An enterprise on a parcel, and what is to become of it."""

    Disposition = Disposition
    code = models.SlugField(unique=True)
    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="holdings")
    credit_code = models.CharField(max_length=18, blank=True)
    disposition = models.CharField(max_length=10, choices=Disposition.choices)
    land_mu = models.DecimalField(max_digits=10, decimal_places=2, validators=POSITIVE)
    negotiator = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["code"]

    @cached_property
    def campaign(self) -> Campaign:
        return self.parcel.block.campaign


class HoldingClimb(Climb):
    """A step of a holding on its ladder."""

    thing = models.ForeignKey(Holding, models.CASCADE, related_name="climbs")

    class Meta(Climb.Meta):
        indexes = [models.Index(fields=["stage", "on"], name="holding_climb_stage")]


class Item(models.Model):
    """Something counted on a holding: how much there is of a line of the price table."""

    code = models.CharField(max_length=80, unique=True)
    holding = models.ForeignKey(Holding, models.CASCADE, related_name="items")
    price = models.ForeignKey(Price, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=2, validators=POSITIVE)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["code"]


class Promise(models.Model):
    """What a negotiator has promised beside the price table: money, or words."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="promises")
    item = models.CharField(max_length=80)
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=POSITIVE
    )
    wording = models.CharField(max_length=300, blank=True)
    on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]


class Offer(models.Model):
    """A policy and compensation sheet as it was on the day it was offered.

    `lines` hold everything a line shows, so that no later price changes an old sheet; `until`
    is the last day on which its bonus holds.
    """

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="offers")
    number = models.PositiveSmallIntegerField()
    on = models.DateField()
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    total = models.DecimalField(max_digits=16, decimal_places=2)
    lines = models.JSONField(default=list)

    class Meta:
        ordering = ["holding", "number"]
        constraints = [
            models.UniqueConstraint(fields=["holding", "number"], name="one_offer_a_number")
        ]


class Talk(models.Model):
    """A line of the negotiation log."""

    class Way(models.TextChoices):
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Meeting")
        CALL = "call", _("Call")
        LETTER = "letter", _("Letter")

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="talks")
    on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    text = models.CharField(max_length=600)

    class Meta:
        ordering = ["-on", "-id"]


class Contract(models.Model):
    """A signed paper."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="contracts")
    file = models.FileField(upload_to="contracts")
    content_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Acknowledgement(models.Model):
    """Why a case is not treated as its like; `what` names exactly which difference is meant."""

    holding = models.ForeignKey(Holding, models.CASCADE, related_name="acknowledgements")
    what = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["holding", "what"], name="one_reason_a_difference")
        ]


class Alarm(models.Model):
    """A case that was opened for a stalled holding or a late block: one for each occasion."""

    what = models.CharField(max_length=120, unique=True)
    holding = models.ForeignKey(Holding, models.CASCADE, null=True, related_name="alarms")
    block = models.ForeignKey(Block, models.CASCADE, null=True, related_name="alarms")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
