"""Hot topics: what many people write about these weeks, and the cases that tell of it."""

from django.db import models
from django.db.models import Q

from linli.cases.models import Case
from linli.people.scope import Scope, visible


class Sweep(models.Model):
    """One look over the reports of the last weeks: when, and the newest report it saw."""

    at = models.DateTimeField()
    newest = models.BigIntegerField()
    read = models.PositiveIntegerField()


class Topic(models.Model):
    """Something several people write about, as the last sweep found it.

    A topic found again keeps its row, so that its address stays; `rank` is empty for one that
    is no topic any longer. `curve` holds the reports of each week, oldest first.
    """

    title = models.CharField(max_length=200)
    place = models.CharField(max_length=120, blank=True)
    terms = models.JSONField(default=list)
    rank = models.PositiveSmallIntegerField(null=True, blank=True, db_index=True)
    count = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    likes = models.PositiveIntegerField()
    growth = models.FloatField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    curve = models.JSONField(default=list)
    cases = models.ManyToManyField(Case, through="Member", related_name="topics")
    joint = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return self.title


class Member(models.Model):
    """A case that tells of a topic."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="members")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "case"], name="one_member_a_case")]


@visible(Topic)
def _topics(scope: Scope) -> Q:
    """What the town talks of is open to everybody who works for it; the cases are not."""
    return Q() if scope.works_for_town else Q(pk__in=[])
