"""Stages of the ladder, titles that were granted, and next steps that became cases."""

from django.db import models

from linli.cases.models import Case
from linli.enterprises.ladder.conditions import Condition, Met, of
from linli.enterprises.models import Enterprise
from linli.people.models import User
from linli.places.models import Named


class Rung(Named):
    """One stage, from a pack; `position` orders them from the ground up.

    Attributes
    ----------
    conditions
        What an enterprise must show to enter.
    known_by
        How it is known who stands here: by the conditions themselves ("conditions"), by a flag
        of the year ("above_scale"), or by a title somebody granted ("title").
    category
        Category of the case that a next step onto this rung becomes.
    """

    CONDITIONS, ABOVE_SCALE, TITLE = "conditions", "above_scale", "title"

    code = models.SlugField(max_length=50, unique=True)
    pack = models.SlugField()
    position = models.PositiveSmallIntegerField()
    conditions = models.JSONField(default=list)
    known_by = models.CharField(max_length=20, default=CONDITIONS)
    category = models.CharField(max_length=60, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "code"]

    @property
    def asks(self) -> list[Condition]:
        """The conditions of entry."""
        return [of(told) for told in self.conditions]


class Title(models.Model):
    """That an enterprise was granted a stage: since when, by which document."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="titles")
    rung = models.ForeignKey(Rung, models.PROTECT, related_name="titles")
    since = models.DateField()
    document = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "rung"], name="one_title_a_rung")
        ]


class NextStep(models.Model):
    """That the way of an enterprise onto a rung was made a case, once a year."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="next_steps")
    rung = models.ForeignKey(Rung, models.PROTECT, related_name="next_steps")
    year = models.PositiveSmallIntegerField()
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "rung", "year"], name="one_next_step_a_year"
            )
        ]


class Standing(models.Model):
    """Where an enterprise stands by the figures of `year`, and what it lacks for the next rung.

    Always what the register says now: made by `ladder.keeping`, never written by anything else.

    Attributes
    ----------
    at
        Position of the rung, from the ground up.
    lacking
        How many conditions of the next rung are not met.
    progress
        How far it is in all (0 to 1), to order those who lack as many.
    values
        For each condition of the next rung what the enterprise has in each year looked at.
    """

    enterprise = models.OneToOneField(Enterprise, models.CASCADE, related_name="standing")
    year = models.PositiveSmallIntegerField()
    at = models.PositiveSmallIntegerField()
    rung = models.ForeignKey(Rung, models.CASCADE, related_name="standings")
    next = models.ForeignKey(Rung, models.CASCADE, null=True, related_name="climbers")
    is_new = models.BooleanField(default=False)
    lacking = models.PositiveSmallIntegerField(default=0)
    progress = models.FloatField(default=0.0)
    values = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["rung", "enterprise"], name="standing_on"),
            models.Index(fields=["next", "lacking"], name="standing_candidates"),
        ]

    @property
    def met(self) -> list[Met]:
        """How it stands to each condition of the next rung."""
        asks = self.next.asks if self.next else []
        return [
            asked.met([float("nan") if v is None else v for v in values], self.year)
            for asked, values in zip(asks, self.values, strict=False)
        ]

    @property
    def lacks(self) -> list[str]:
        """What is lacking, in numbers."""
        return [one.lack for one in self.met if not one.is_met]
