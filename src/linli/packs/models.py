"""The texts a town was made from, version by version."""

from django.db import models
from django.db.models import Q

from linli.people.models import Role, User
from linli.people.scope import Scope, visible


class SourceText(models.Model):
    """One text of a town's files, kept once however many versions have it."""

    sha256 = models.CharField(max_length=64, unique=True)
    packed = models.BinaryField()


class TownVersion(models.Model):
    """The files a town was made from, or, as a draft, could be made from.

    `files` are file name → sha256 of its text. People are not among them: who works for the
    town is kept by its administrators, and no copies of it lie about. `changes` is what
    applying it changed, or would change.
    """

    class How(models.TextChoices):
        LOADED = "loaded"
        PACK = "pack"
        TOWN = "town"
        RESTORED = "restored"

    how = models.CharField(max_length=10, choices=How.choices)
    name = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    files = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    based_on = models.PositiveIntegerField(default=0)
    # The version of the town it made; none as long as it is a draft.
    number = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-id"]


@visible(TownVersion)
def _versions(scope: Scope) -> Q:
    paths = scope.paths(Role.ADMINISTRATOR)
    return Q() if any(path.count("/") == 1 for path in paths) else Q(pk__in=[])
