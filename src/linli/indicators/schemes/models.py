"""Schemes as packs say them, and what people judged of their items."""

from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.indicators.schemes.grammar import SchemeEntry
from linli.people.models import User
from linli.people.scope import Scope, visible
from linli.places.models import Named


class Scheme(Named):
    """A scheme from a pack; `definition` is what the pack says."""

    code = models.CharField(max_length=60, unique=True)
    pack = models.SlugField()
    definition = models.JSONField()
    every = models.CharField(max_length=10)
    threshold = models.FloatField()
    retired = models.BooleanField(default=False)

    class Meta:
        app_label = "indicators"
        ordering = ["code"]

    @cached_property
    def told(self) -> SchemeEntry:
        """What the pack says, as it was checked when it was loaded."""
        return SchemeEntry.model_validate(self.definition, strict=False)


class Assessment(models.Model):
    """How many points somebody gave an item in a period, and what shows it.

    Whoever does the work assesses it, somebody else reviews that; both stay, side by side. The
    newest of a side counts, the earlier ones stay as they were.

    Attributes
    ----------
    area
        Key of an area, 0 for the whole town: as of a `Value`.
    evidence
        What shows it, or why the review says so, in words; `files` hang on it.
    entered
        Who brought it in for `by`, from a file of the time before.
    """

    class Side(models.TextChoices):
        OWN = "self", _("Self-assessment")
        REVIEW = "review", _("Review")

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="assessments")
    item = models.CharField(max_length=60)
    area = models.BigIntegerField(default=0)
    period = models.CharField(max_length=7)
    side = models.CharField(max_length=10, choices=Side.choices)
    points = models.FloatField()
    evidence = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    newest = models.BooleanField(default=True)

    class Meta:
        app_label = "indicators"
        ordering = ["-id"]
        indexes = [models.Index(fields=["scheme", "period", "newest"], name="assessments_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "item", "area", "period", "side"], condition=Q(newest=True),
                name="one_newest_assessment",
            )
        ]  # fmt: skip


class Proof(models.Model):
    """A file that shows what an assessment says: kept as it came, under its own hash."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="files")
    file = models.FileField(upload_to="assessments/%Y/%m/")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)

    class Meta:
        app_label = "indicators"
        ordering = ["id"]


def _works(scope: Scope) -> bool:
    return scope.works_for_town


@visible(Scheme)
def _schemes(scope: Scope) -> Q:
    return Q(retired=False) if _works(scope) else Q(pk__in=[])


@visible(Assessment)
def _assessments(scope: Scope) -> Q:
    return Q(scheme__retired=False) if _works(scope) else Q(pk__in=[])


@visible(Proof)
def _proofs(scope: Scope) -> Q:
    return Q(assessment__scheme__retired=False) if _works(scope) else Q(pk__in=[])
