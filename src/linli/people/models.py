"""Who acts in the town: persons, their organisations, roles, leads and leave."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.places.models import Area, Named


class Role(models.TextChoices):
    """What a person does for an organisation."""

    WORKER = "worker", _("Grid worker")
    OFFICER = "officer", _("Officer")
    HEAD = "head", _("Head of organisation")
    DISPATCHER = "dispatcher", _("Dispatcher")
    STEWARD = "steward", _("Neighbour steward")
    SUPERVISOR = "supervisor", _("Supervisor")
    LEADER = "leader", _("Leader")
    ADMINISTRATOR = "administrator", _("Administrator")


class Side(models.TextChoices):
    """The two sides of a double dispatch, and those who join them."""

    TERRITORIAL = "territorial", _("Territorial")
    FUNCTIONAL = "functional", _("Functional")
    JOINT = "joint", _("Joint handling")


class User(AbstractUser):
    """A person who signs in. Only the name is asked for; contact data stays optional."""

    name = models.CharField(_("name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)
    # Somebody else knows it: the first thing its owner does is to choose their own.
    password_is_temporary = models.BooleanField(default=False, editable=False)

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return (self.name_en if english and self.name_en else self.name) or self.username


class Organisation(Named):
    """A team, department, station or the platform itself.

    `functions` are the fields of work it is competent for in its area; the
    *territorial* kind is the team of whatever lies in its area. Departments and crews of a
    plant work for that plant alone: no case of the town goes to them, and they are compared
    with nobody.
    """

    class Kind(models.TextChoices):
        TERRITORIAL = "territorial", _("Territorial team")
        DEPARTMENT = "department", _("Department")
        STATION = "station", _("Station")
        PLATFORM = "platform", _("Platform")
        PLANT = "plant", _("Plant")

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    functions = models.JSONField(default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class Membership(models.Model):
    """A person's role in an organisation; it reaches as far as the organisation's area."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="one_membership_a_role"
            )
        ]


class Lead(models.Model):
    """One of the two persons answerable for an area (双组长)."""

    class Side(models.TextChoices):
        TOWN = "town", _("Town's staff")
        COMMUNITY = "community", _("Community")

    area = models.ForeignKey(Area, models.CASCADE, related_name="leads")
    user = models.ForeignKey(User, models.CASCADE, related_name="leads")
    side = models.CharField(max_length=20, choices=Side.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "side"], name="one_lead_a_side"),
        ]


class Leave(models.Model):
    """A time in which a person is away; the other lead carries on."""

    user = models.ForeignKey(User, models.CASCADE, related_name="leaves")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["since", "until"])]


class SignedIn(models.Model):
    """A session somebody has open: since when, last seen when, on what kind of device."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    session = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField()
    seen = models.DateTimeField()
    device = models.CharField(max_length=60, blank=True)


class Attempts(models.Model):
    """How often something was tried in one window of time; `who` is a hash that fades daily."""

    what = models.CharField(max_length=40)
    who = models.CharField(max_length=32)
    ends_at = models.BigIntegerField()
    times = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "who", "ends_at"], name="one_count_a_window")
        ]
        indexes = [models.Index(fields=["ends_at"], name="attempts_ends_at")]


class AuditEntry(models.Model):
    """One administrative act: who, when, what, on what; chained to the one before it.

    `path` is that of the area it concerns, empty where it is the whole town's; `changes` has
    for each field what was before and what is now.
    """

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    kind = models.CharField(max_length=30, blank=True)
    key = models.CharField(max_length=150, blank=True)
    name = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=400, blank=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    address = models.CharField(max_length=32, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["by", "-number"], name="audit_by"),
            models.Index(fields=["action", "-number"], name="audit_action"),
            models.Index(fields=["kind", "key", "-number"], name="audit_object"),
            models.Index(fields=["at"], name="audit_at"),
        ]


class AuditHead(models.Model):
    """The end of the chain of audit entries: one row, locked by whoever adds to it."""

    count = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
