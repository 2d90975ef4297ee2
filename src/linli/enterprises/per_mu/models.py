"""How enterprises are scored, what each scored in a year, and appeals against it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.enterprises import quantities
from linli.enterprises.models import Enterprise
from linli.enterprises.per_mu import formula
from linli.people.models import User
from linli.places.models import Named


class Scheme(Named):
    """How enterprises of some sections of industries are scored; from a pack."""

    code = models.SlugField(max_length=50, unique=True)
    pack = models.SlugField()
    position = models.PositiveSmallIntegerField(default=0)
    sections = models.JSONField(default=list)
    above_scale = models.BooleanField(default=True)
    least = models.PositiveSmallIntegerField(default=5)
    cap = models.FloatField(default=1.5)
    measures = models.JSONField(default=list)
    classes = models.JSONField(default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "code"]

    @property
    def formula(self) -> formula.Scheme:
        """The scheme as arithmetic takes it."""
        return formula.Scheme(
            tuple(
                formula.Measure(m["code"], m["of"], m["per"], m["weight"]) for m in self.measures
            ),
            tuple(formula.Grade(c["code"], c["share"]) for c in self.classes),
            self.cap,
        )

    @property
    def figures(self) -> list[str]:
        """The figures it looks at."""
        return sorted({m[side] for m in self.measures for side in ("of", "per")})


class Score(models.Model):
    """What an enterprise scored in a year within its industry, and the class that gave.

    Attributes
    ----------
    group
        Division of the industry, "" for those pooled because there are too few.
    points
        None where it could not be scored; `lacks` names the figures that are missing then.
    parts
        Measure → ratio, benchmark and points.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="scores")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="scores")
    year = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=2, blank=True)
    points = models.FloatField(null=True)
    grade = models.CharField(max_length=4, blank=True)
    rank = models.PositiveIntegerField(null=True)
    of = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=dict)
    lacks = models.JSONField(default=list)
    scored_at = models.DateTimeField()

    class Meta:
        ordering = ["-year", "group", "rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="one_score_a_year")
        ]
        indexes = [models.Index(fields=["year", "group", "rank"], name="score_league")]


class Appeal(models.Model):
    """That a figure behind a score is wrong, says somebody; another person rules on it."""

    class State(models.TextChoices):
        OPEN = "open", _("To be ruled on")
        UPHELD = "upheld", _("Upheld")
        REJECTED = "rejected", _("Rejected")

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="appeals")
    year = models.PositiveSmallIntegerField()
    figure = models.CharField(max_length=30)
    given = models.FloatField(null=True)
    claimed = models.FloatField()
    reason = models.CharField(max_length=600)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ruled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ruled_at = models.DateTimeField(null=True)
    ruling = models.CharField(max_length=600, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year", "figure"], condition=models.Q(state="open"),
                name="one_open_appeal_a_figure",
            )
        ]  # fmt: skip

    @property
    def label(self) -> Any:
        """How the figure is called."""
        return quantities.label(self.figure)

    @property
    def given_said(self) -> str:
        return "–" if self.given is None else quantities.quantity(self.figure, self.given)

    @property
    def claimed_said(self) -> str:
        return quantities.quantity(self.figure, self.claimed)
