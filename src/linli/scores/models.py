"""Tallies of what happened each day, and what grids and departments think of each other."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope, visible
from linli.places.models import Area


class Tally(models.Model):
    """How often each thing happened to one subject on one day in one category.

    Made from the events alone by `tallies.fold`; never written by anything else. The
    key columns are plain numbers, 0 for "the whole town" and for "no category yet",
    because the row must be found again by its whole key and no two nulls are equal.
    """

    class Kind(models.TextChoices):
        TOWN = "town", _("Whole town")
        COMMUNITY = "community", _("Community grid")
        SERVICE = "service", _("Service grid")
        TERRITORIAL = "territorial", _("Territorial")
        FUNCTIONAL = "functional", _("Functional")

    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.BigIntegerField(default=0)
    category = models.BigIntegerField(default=0)

    received = models.BigIntegerField(db_default=0)
    self_found = models.BigIntegerField(db_default=0)
    located = models.BigIntegerField(db_default=0)
    followed = models.BigIntegerField(db_default=0)
    triaged = models.BigIntegerField(db_default=0)
    settled = models.BigIntegerField(db_default=0)
    dispatched = models.BigIntegerField(db_default=0)
    led = models.BigIntegerField(db_default=0)
    responded = models.BigIntegerField(db_default=0)
    responded_late = models.BigIntegerField(db_default=0)
    response_minutes = models.BigIntegerField(db_default=0)
    resolved = models.BigIntegerField(db_default=0)
    on_time = models.BigIntegerField(db_default=0)
    overdue = models.BigIntegerField(db_default=0)
    work_minutes = models.BigIntegerField(db_default=0)
    returned = models.BigIntegerField(db_default=0)
    ruled = models.BigIntegerField(db_default=0)
    reworked = models.BigIntegerField(db_default=0)
    verified = models.BigIntegerField(db_default=0)
    evaluated = models.BigIntegerField(db_default=0)
    satisfied = models.BigIntegerField(db_default=0)
    urged = models.BigIntegerField(db_default=0)
    escalated = models.BigIntegerField(db_default=0)
    supervised = models.BigIntegerField(db_default=0)
    extended = models.BigIntegerField(db_default=0)
    closed = models.BigIntegerField(db_default=0)
    closed_silently = models.BigIntegerField(db_default=0)
    merged = models.BigIntegerField(db_default=0)
    cancelled = models.BigIntegerField(db_default=0)

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "day", "subject", "category"], name="one_tally_a_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.subject} {self.category}"


class Backlog(models.Model):
    """How many open cases of one subject stand in each state now, and how many are overdue.

    Made by `backlog.refresh` from the open cases; `subject` is 0 for the whole town.
    """

    kind = models.CharField(max_length=20, choices=Tally.Kind.choices)
    subject = models.BigIntegerField(default=0)
    reported = models.PositiveIntegerField(default=0)
    triaged = models.PositiveIntegerField(default=0)
    dispatched = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    resolved = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], name="one_backlog_a_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.open} open, {self.overdue} overdue"

    @property
    def open(self) -> int:
        return (
            self.reported + self.triaged + self.dispatched + self.accepted
            + self.returned + self.reopened + self.resolved + self.verified
        )  # fmt: skip


class Rating(models.Model):
    """What a grid thinks of a department in a month, or a department of a grid.

    `scores` are 1 to 5 by the dimensions of `ratings.DIMENSIONS`. The row is the current
    state of its `entries`; nothing is deleted.
    """

    class Side(models.TextChoices):
        GRID = "grid", _("Grid rates department")
        ORGANISATION = "organisation", _("Department rates grid")

    class Appeal(models.TextChoices):
        NONE = "", _("None")
        ASKED = "asked", _("Asked")
        UPHELD = "upheld", _("Upheld")
        REFUSED = "refused", _("Refused")

    month = models.DateField()
    side = models.CharField(max_length=20, choices=Side.choices)
    grid = models.ForeignKey(Area, models.PROTECT, related_name="ratings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="ratings")
    scores = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    appeal = models.CharField(max_length=10, choices=Appeal.choices, blank=True)

    class Meta:
        ordering = ["-month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "side", "grid", "organisation"], name="one_rating_a_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.rater} → {self.rated}"

    @property
    def rater(self) -> Area | Organisation:
        return self.grid if self.side == self.Side.GRID else self.organisation

    @property
    def rated(self) -> Area | Organisation:
        return self.organisation if self.side == self.Side.GRID else self.grid

    @property
    def counts(self) -> bool:
        """Whether it enters the figures: not if an appeal against it was upheld."""
        return self.appeal != self.Appeal.UPHELD


class RatingEntry(models.Model):
    """One write to a rating: who, when, what. Only ever added to."""

    class Action(models.TextChoices):
        RATE = "rate", _("Rated")
        CHANGE = "change", _("Changed")
        APPEAL = "appeal", _("Appealed")
        RULE = "rule", _("Ruled on the appeal")

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="entries")
    action = models.CharField(max_length=10, choices=Action.choices)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "rating entries"

    def __str__(self) -> str:
        return f"{self.rating}: {self.get_action_display()}"


class KeptLeague(models.Model):
    """A league table as it was computed: which, when, from which version of the town.

    Layer and kind of area are empty for contests of organisations. `stale` says that
    something of its days was counted or rated since.
    """

    contest = models.CharField(max_length=20)
    layer = models.CharField(max_length=40, blank=True)
    area_kind = models.CharField(max_length=20, blank=True)
    first = models.DateField()
    last = models.DateField()
    weights = models.JSONField(default=dict)
    dropped = models.JSONField(default=list)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField()
    stale = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "layer", "area_kind", "first", "last"], name="one_kept_league"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contest} {self.layer} {self.area_kind} {self.first}..{self.last}"


class Placing(models.Model):
    """One line of a kept league; `unit` is the key of an area or an organisation."""

    league = models.ForeignKey(KeptLeague, models.CASCADE, related_name="placings")
    unit = models.BigIntegerField()
    rank = models.PositiveIntegerField()
    rank_low = models.PositiveIntegerField()
    rank_high = models.PositiveIntegerField()
    score = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    parts = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    subjects = models.JSONField(default=list)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["league", "unit"], name="one_placing_a_unit")
        ]
        indexes = [
            models.Index(fields=["league", "rank"], name="placing_rank"),
            models.Index(fields=["unit"], name="placing_unit"),
        ]


@visible(Placing)
def _placings(scope: Scope) -> Q:
    """Leagues are open to everybody who works for the town."""
    return Q() if scope.works_for_town else Q(pk__in=[])


@visible(Backlog)
@visible(Tally)
def _tallies(scope: Scope) -> Q:
    """Figures are open to everybody who works for the town."""
    return Q() if scope.works_for_town else Q(pk__in=[])


def _concerned(scope: Scope, prefix: str) -> Q:
    """Select the ratings of which this person is a side, or over which they rule."""
    q = Q(**{f"{prefix}grid__in": scope.led_areas})
    q |= Q(**{f"{prefix}organisation__in": scope.organisations(Role.HEAD)})
    for path in scope.paths(Role.SUPERVISOR, Role.DISPATCHER, Role.LEADER, Role.ADMINISTRATOR):
        q |= Q(**{f"{prefix}grid__path__startswith": path})
    return q


@visible(Rating)
def _ratings(scope: Scope) -> Q:
    return _concerned(scope, "")


@visible(RatingEntry)
def _rating_entries(scope: Scope) -> Q:
    return _concerned(scope, "rating__")


class Pulse(models.Model):
    """When something that runs by itself was last known to run, by the wall's time."""

    name = models.SlugField(unique=True)
    at = models.DateTimeField()
