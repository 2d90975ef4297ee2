"""Indicators: definitions, the values kept of them, figures entered by hand, targets."""

from functools import cached_property
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.schemes import models as schemes  # noqa: F401 (a part of the room)
from linli.people.models import User
from linli.people.scope import Scope, visible
from linli.places.models import Area, Named

TOWN = 0  # stands for the whole town among the areas of values


class Indicator(Named):
    """A definition over data, from a pack; `definition` is what the pack says."""

    code = models.CharField(max_length=60, unique=True)
    pack = models.SlugField()
    definition = models.JSONField()
    unit = models.SlugField()
    every = models.CharField(max_length=10)
    function = models.SlugField()
    category = models.CharField(max_length=60, blank=True)
    place = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    stale = models.BooleanField(default=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["place", "code"]

    @cached_property
    def formula(self) -> IndicatorEntry:
        """What the pack says, as it was checked when it was loaded."""
        return IndicatorEntry.model_validate(self.definition, strict=False)

    def said(self, name: str) -> str:
        """Return a text of the definition in the language of the page."""
        english = (get_language() or "").startswith("en")
        text = (english and getattr(self.formula, f"{name}_en")) or getattr(self.formula, name)
        return text or ""


class Value(models.Model):
    """What an indicator was in an area (`TOWN`, or the key of one) and a period; `n` rows made it.

    Always what the sources say now: made by `keeping`, never written by anything else.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    area = models.BigIntegerField(default=TOWN)
    period = models.CharField(max_length=7)
    value = models.FloatField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area", "period"], name="one_value_a_cell")
        ]
        indexes = [models.Index(fields=["period", "indicator"], name="values_of_a_period")]


class Revision(models.Model):
    """A value that was told once and is another now, and why."""

    class Why(models.TextChoices):
        ROWS = "rows", _("Rows changed")
        DEFINITION = "definition", _("Definition changed")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="revisions")
    area = models.BigIntegerField(default=TOWN)
    period = models.CharField(max_length=7)
    before = models.FloatField(null=True)
    after = models.FloatField(null=True)
    why = models.CharField(max_length=20, choices=Why.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["indicator", "area", "at"], name="revisions_of")]


class Figure(models.Model):
    """A figure entered by hand. The newest of a cell counts, the earlier ones stay as they were."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="figures")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    period = models.CharField(max_length=7)
    value = models.FloatField()
    source = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    newest = models.BooleanField(default=True)

    class Meta:
        ordering = ["-period", "-id"]
        indexes = [models.Index(fields=["indicator", "newest", "period"], name="figures_of")]


class Target(Named):
    """What an indicator is to reach, by when, on which path; from a pack."""

    code = models.CharField(max_length=60, unique=True)
    pack = models.SlugField()
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.CharField(max_length=7)
    by = models.CharField(max_length=7)
    value = models.FloatField()
    base = models.FloatField(null=True, blank=True)
    measure = models.CharField(max_length=10)
    path = models.CharField(max_length=10)
    steps = models.JSONField(default=list)
    slack = models.FloatField(default=0.1)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["indicator__place", "by", "code"]


class Alarm(models.Model):
    """The case that was opened for the owner of a target off its pace."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="alarms")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    period = models.CharField(max_length=7)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["target", "period"], name="one_alarm_a_period")
        ]


class Forecast(models.Model):
    """What may come: the chosen forecast of an indicator with its interval, and the naive ones."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="forecasts")
    area = models.BigIntegerField(default=TOWN)
    last = models.CharField(max_length=7)
    told = models.JSONField()
    stale = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "area"], name="one_forecast")]


class Mark(models.Model):
    """Rows of a table that indicators count have changed: those named, else those of periods,
    else any of them."""

    table = models.CharField(max_length=60)
    rows = models.JSONField(default=list)
    periods = models.JSONField(default=list)


class Reading(models.Model):
    """When a table was last read whole, and how many rows it had."""

    table = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)


class Kept(models.Model):
    """A token that every process replaces which stores values from what it has in memory."""

    token = models.CharField(max_length=32)

    @classmethod
    def now(cls) -> str:
        """Return the token of the values as they are."""
        row = cls.objects.filter(pk=1).first()
        return row.token if row else cls.objects.get_or_create(pk=1, defaults=_drawn())[0].token

    @classmethod
    def taken(cls, token: str) -> str | None:
        """Replace a token until the transaction ends; None where it is another by now."""
        row = cls.objects.select_for_update().filter(pk=1).first()
        if row is None or row.token != token:
            return None
        row.token = _drawn()["token"]
        row.save()
        return row.token


def _drawn() -> dict[str, str]:
    return {"token": uuid4().hex}


def works_here(scope: Scope) -> bool:
    """Tell whether somebody works for the town: indicators are open to all who do."""
    return scope.works_for_town


@visible(Indicator)
@visible(Target)
def _not_retired(scope: Scope) -> Q:
    return Q(retired=False) if works_here(scope) else Q(pk__in=[])


@visible(Value)
@visible(Figure)
@visible(Revision)
@visible(Forecast)
def _of_indicators(scope: Scope) -> Q:
    return Q(indicator__retired=False) if works_here(scope) else Q(pk__in=[])


@visible(Alarm)
def _alarms(scope: Scope) -> Q:
    return Q() if works_here(scope) else Q(pk__in=[])


from linli.indicators.bulletins.models import BulletinTemplate, Issue, IssuedFile  # noqa: E402, F401
