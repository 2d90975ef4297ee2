"""The tree of a programme, its milestones, and what in it waits for what."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope, visible
from linli.places.models import Area, Named
from linli.programmes.bilingual import either
from linli.programmes.who import administers, staff


class Level(models.TextChoices):
    """What a node of the tree is; each lies below one of a higher level."""

    FRAMEWORK = "framework", _("Framework")
    GUIDANCE = "guidance", _("Guidance")
    ACTION = "action", _("Action")
    PROJECT = "project", _("Project")


RANK = {level: number for number, level in enumerate(Level)}


class Node(Named):
    """A framework, guidance, action or project.

    `path` holds the codes from the root down to this node, each followed by a stroke. Money is
    in whole yuan. `pack` is empty where the node came by an import. `shape` is a GeoJSON geometry
    in WGS-84, `lon` and `lat` where a map marks it.
    """

    code = models.CharField(max_length=50, unique=True)
    pack = models.CharField(max_length=50, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=220, db_index=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    partners = models.ManyToManyField(Organisation, blank=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    shape = models.JSONField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    began = models.DateField(null=True, blank=True)
    finished = models.DateField(null=True, blank=True)
    budget = models.BigIntegerField(null=True, blank=True)
    spent = models.BigIntegerField(default=0)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["parent", "code"], name="node_below")]

    @property
    def words(self) -> str:
        """What is said about it, in the language of the page."""
        return either(self.about, self.about_en)


class Milestone(Named):
    """A point a project must reach.

    `first_due` is the day of the first plan, by which slips are measured; `due` may be moved.
    Once it is done, `planned_days` and `taken_days` say how long the stretch before it was meant
    to take and took.
    """

    code = models.CharField(max_length=80, unique=True)
    node = models.ForeignKey(Node, models.CASCADE, related_name="milestones")
    number = models.PositiveSmallIntegerField(default=1)
    due = models.DateField()
    first_due = models.DateField()
    done = models.DateField(null=True, blank=True)
    planned_days = models.IntegerField(null=True, blank=True)
    taken_days = models.IntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    file = models.FileField(upload_to="milestones/%Y/%m/", blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["node", "number", "due", "id"]
        indexes = [models.Index(fields=["done", "due"], name="milestone_due")]

    def late_by(self, today: date) -> int:
        """Return by how many days it is late, or was when it was done; none if it is not."""
        return max(0, ((self.done or today) - self.due).days)


DATES = ("first_due", "due", "done")


class MilestoneChange(models.Model):
    """That a day of a milestone was changed, by whom and why; by nobody where a file said so."""

    class What(models.TextChoices):
        FIRST = "first_due", _("First plan")
        DUE = "due", _("Plan")
        DONE = "done", _("Reached")

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What.choices)
    was = models.DateField(null=True, blank=True)
    became = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]


class Link(models.Model):
    """`node` begins no sooner than `lag_days` after `after` has ended."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="waits")
    after = models.ForeignKey(Node, models.CASCADE, related_name="followed")
    lag_days = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "after"], name="one_link_a_pair")]


@visible(Node)
def _nodes(scope: Scope) -> Q:
    return staff(scope) & Q(retired=False)


@visible(Milestone)
def _milestones(scope: Scope) -> Q:
    return staff(scope) & Q(node__retired=False)


@visible(MilestoneChange)
def _changes(scope: Scope) -> Q:
    return staff(scope) & Q(milestone__node__retired=False)


DOES = (Role.WORKER, Role.OFFICER, Role.HEAD)


def may_change(scope: Scope, node: Node) -> bool:
    """Tell whether the person may say what was done: who works for its organisations."""
    own = scope.organisations(*DOES)
    return administers(scope) or bool(
        own
        and (node.owner_id in own or own & set(node.partners.values_list("pk", flat=True)))
    )  # fmt: skip


def may_plan(scope: Scope, node: Node) -> bool:
    """Tell whether the person may move its days: the officers and heads of its organisation."""
    return administers(scope) or node.owner_id in scope.organisations(Role.OFFICER, Role.HEAD)
