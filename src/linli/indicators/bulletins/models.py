"""Templates of bulletins, and the bulletins that were issued, with their files."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.people.models import User
from linli.people.scope import Scope, visible
from linli.places.atlas import atlas
from linli.places.models import Named

TOWN = 0  # stands for the whole town


class BulletinTemplate(Named):
    """What the bulletin of a day, a week or a month shows, from a pack; `code` is which."""

    code = models.CharField(max_length=10, unique=True)
    pack = models.SlugField()
    definition = models.JSONField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class Issue(models.Model):
    """A bulletin of a period and an area: as it was issued, or as it stands while that runs.

    Attributes
    ----------
    told
        Language → what it says (`document.plain`); empty until it is made.
    is_final
        It was made when its period was over: nothing changes it any more. Made anew on
        purpose it becomes the next `version`, with who wanted it and why.
    wanted
        It is to be made, or made again because its period goes on.
    fault
        Why the last attempt came to nothing.
    """

    class Kind(models.TextChoices):
        DAY = "day", _("Day")
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    first = models.DateField()
    last = models.DateField()
    area = models.BigIntegerField(default=TOWN)
    version = models.PositiveSmallIntegerField(default=1)
    told = models.JSONField(default=dict)
    made_at = models.DateTimeField(null=True)
    is_final = models.BooleanField(default=False)
    wanted = models.BooleanField(default=True)
    fault = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-last", "-first", "area", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first", "area", "version"], name="one_bulletin_a_version"
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(wanted=True), name="bulletin_wanted"),
            models.Index(fields=["-last", "-first"], name="bulletin_last"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.area_code} {self.version}".replace("  ", " ")

    @property
    def period(self) -> str:
        """The period as `stretch.read` reads it."""
        return name_of(self.kind, self.first)

    @property
    def area_code(self) -> str:
        """The code of the area it is about, "" for the whole town."""
        found = atlas().areas.get(self.area) if self.area else None
        return found.code if found else ""


def name_of(kind: str, first: date) -> str:
    """Return a period as it stands in addresses: 2026-10-05, 2026-W41 or 2026-10."""
    if kind == Issue.Kind.MONTH:
        return f"{first:%Y-%m}"
    year, week, _day = first.isocalendar()
    return f"{first}" if kind == Issue.Kind.DAY else f"{year:04d}-W{week:02d}"


class IssuedFile(models.Model):
    """A bulletin as a file in one language, as it was written when it was made."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="files")
    language = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "language", "kind"], name="one_bulletin_file")
        ]


@visible(Issue)
def _issues(scope: Scope) -> Q:
    from linli.indicators.bulletins.reach import LEADING

    paths = scope.paths(*LEADING)
    if any(path.count("/") == 1 for path in paths):
        return Q()
    areas = atlas().areas.values()
    return Q(area__in=[a.pk for a in areas if a.path.startswith(tuple(paths))] if paths else [])


@visible(IssuedFile)
def _files(scope: Scope) -> Q:
    return Q(issue__in=Issue.objects.filter(_issues(scope)).order_by().values("pk"))
