"""A case, the reports that tell of it, who has it, and the trace of all that happened."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, Side, User
from linli.places.models import Area, Named


class State(models.TextChoices):
    """Where a case stands in the loop."""

    REPORTED = "reported", _("Reported")
    TRIAGED = "triaged", _("Triaged")
    DISPATCHED = "dispatched", _("Dispatched")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    REOPENED = "reopened", _("Reopened")
    RESOLVED = "resolved", _("Resolved")
    VERIFIED = "verified", _("Verified")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")
    CANCELLED = "cancelled", _("Cancelled")


ENDED = frozenset({State.CLOSED, State.MERGED, State.CANCELLED})
OPEN = frozenset(State) - ENDED
WAITING = frozenset({State.DISPATCHED, State.REOPENED})  # to be accepted
WORKING = WAITING | {State.ACCEPTED}


class Source(models.TextChoices):
    """Who or what found it."""

    RESIDENT = "resident", _("Resident")
    STEWARD = "steward", _("Neighbour steward")
    HOTLINE = "hotline", _("Hotline")
    API = "api", _("Connected system")
    PATROL = "patrol", _("Patrol")
    VISIT = "visit", _("Visit to an enterprise")
    INSPECTION = "inspection", _("Inspection engine")
    MAINTENANCE = "maintenance", _("Maintenance engine")
    TELEMETRY = "telemetry", _("Telemetry rule")
    INDICATOR = "indicator", _("Indicator")
    PROGRAMME = "programme", _("Programme")
    LOGISTICS = "logistics", _("Logistics")


# Found by the town itself before anybody had to complain (CJ/T 292: 主动发现).
SELF_FOUND = frozenset(Source) - {Source.RESIDENT, Source.HOTLINE, Source.API}


class Triage(models.TextChoices):
    """Three-way triage (三事分流)."""

    PRIVATE = "private", _("Private matter")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood matter")
    PUBLIC = "public", _("Public matter")


class Category(Named):
    """What a case is about, and how such cases are handled; comes from a pack.

    `function` is the field of work whose department owns it; `lead_side` says which
    side of the double dispatch leads. Hours are hours of the working calendar.
    `joint` are fields of work whose departments are called in at the dispatch (会商); with
    `every_answer` each organisation that has the case owes the reporter a written answer, and
    with `separate` each report stays a case of its own. Of `automatic` ones only software opens
    cases (a late milestone, an indicator off its pace): nobody who reports is offered them.
    """

    code = models.CharField(max_length=60, unique=True)
    pack = models.SlugField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    standard = models.CharField(max_length=40, blank=True)
    function = models.SlugField()
    lead_side = models.CharField(max_length=20, choices=Side.choices[:2])
    accept_hours = models.FloatField()
    resolve_hours = models.FloatField()
    evaluation_days = models.PositiveSmallIntegerField(default=5)
    evidence = models.JSONField(default=list)
    triage = models.CharField(max_length=20, choices=Triage.choices, blank=True)
    examples = models.JSONField(default=list)
    joint = models.JSONField(default=list)
    every_answer = models.BooleanField(default=False)
    separate = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "categories"


_draw: ContextVar[Callable[[int], str]] = ContextVar("linli_draw", default=secrets.token_hex)


@contextmanager
def drawing(draw: Callable[[int], str]) -> Iterator[None]:
    """Let a simulation draw the codes below from its seed; they are secrets everywhere else."""
    token = _draw.set(draw)
    try:
        yield
    finally:
        _draw.reset(token)


def new_uid() -> str:
    """Draw what makes a case's chain of events its own."""
    return _draw.get()(16)


class Case(models.Model):
    """Anything someone must act on (事件). The row is the current state of its events."""

    source = models.CharField(max_length=20, choices=Source.choices)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("description"), blank=True)
    reported_at = models.DateTimeField()

    state = models.CharField(max_length=20, choices=State.choices)
    triage = models.CharField(max_length=20, choices=Triage.choices, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True)
    lead_side = models.CharField(max_length=20, blank=True)

    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    community_grid = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    service_grid = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    located_by = models.CharField(max_length=10, blank=True)
    territorial = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    functional = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    dispatched_at = models.DateTimeField(null=True, blank=True)
    accept_due = models.DateTimeField(null=True, blank=True)
    resolve_due = models.DateTimeField(null=True, blank=True)
    first_response_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    extension_days = models.PositiveSmallIntegerField(null=True, blank=True)
    supervised = models.BooleanField(default=False)
    was_returned = models.BooleanField(default=False)
    reopenings = models.PositiveSmallIntegerField(default=0)
    satisfied = models.BooleanField(null=True, blank=True)
    appealed = models.CharField(max_length=10, blank=True)
    escalated_to = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    clock = models.CharField(max_length=30, blank=True)
    clock_at = models.DateTimeField(null=True, blank=True)
    fired = models.JSONField(default=list)

    # What comes next, to order by and to tell what is overdue; follows from the row.
    due_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()
    uid = models.CharField(max_length=32, default=new_uid)
    steps = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    sketch = models.BinaryField(null=True)
    suggestions = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["clock_at"], condition=models.Q(clock_at__isnull=False), name="case_clock"
            ),
            models.Index(fields=["community_grid", "reported_at"], name="case_grid_reported"),
            models.Index(fields=["service_grid", "reported_at"], name="case_service_reported"),
            models.Index(fields=["category", "reported_at"], name="case_category_reported"),
            models.Index(fields=["reported_at"], name="case_reported"),
            models.Index(fields=["state", "due_at"], name="case_state_due_at"),
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(ended_at__isnull=True),
                name="case_open_due",
            ),
            models.Index(fields=["id"], condition=models.Q(appealed="asked"), name="case_appealed"),
            models.Index(
                fields=["id"], condition=models.Q(supervised=True), name="case_supervised"
            ),
            models.Index(
                fields=["id"], condition=models.Q(satisfied=False), name="case_unsatisfied"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """The number people quote."""
        return f"{localtime(self.reported_at):%y}-{self.pk:06d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


def new_receipt() -> str:
    """Draw the unguessable code with which a reporter without an account follows a case."""
    return _draw.get()(6)


class Report(models.Model):
    """One telling of a case. The first founds it; later ones follow it and are never lost."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reports")
    source = models.CharField(max_length=20, choices=Source.choices)
    # Null, not empty, where the sender has no number: only given ones must be unique.
    external_id = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001
    reporter = models.ForeignKey(User, models.SET_NULL, null=True, related_name="reports")
    author = models.CharField(max_length=80, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    created = models.DateTimeField()
    likes = models.PositiveIntegerField(default=0)
    receipt = models.CharField(max_length=16, unique=True, default=new_receipt)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_report_an_id"),
        ]

    @property
    def is_staffs(self) -> bool:
        """Whether telling it was somebody's work, so that their name is no private matter."""
        return self.source in SELF_FOUND


class Event(models.Model):
    """One step of a case (留痕): who, when, what, chained to the step before it.

    `sets` are the case fields it changed and `moves` the assignments it changed, so
    that the case row can be rebuilt from its events. The columns below `folded` say
    where the case stood, so that figures can be tallied from single events.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=30)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    sets = models.JSONField(default=dict)
    moves = models.JSONField(default=list)
    hash = models.CharField(max_length=64)

    folded = models.BooleanField(default=False)
    source = models.CharField(max_length=20)
    # No index of their own: what asks by them asks for a time as well.
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )
    community_grid = models.ForeignKey(
        Area, models.PROTECT, null=True, related_name="+", db_index=False
    )
    service_grid = models.ForeignKey(
        Area, models.PROTECT, null=True, related_name="+", db_index=False
    )
    territorial = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False
    )
    functional = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False
    )
    lead_side = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_event_a_step")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(folded=False), name="event_unfolded"),
            models.Index(fields=["action", "at"], name="event_action_at"),
            models.Index(fields=["at"], name="event_at"),
        ]


class Assignment(models.Model):
    """One side of a double dispatch, or an organisation that joined (会办)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    side = models.CharField(max_length=20, choices=Side.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    leads = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    signed_off_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    why = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["organisation", "active"], name="assignment_active"),
            models.Index(
                fields=["organisation"], condition=models.Q(side="joint"), name="assignment_joint"
            ),
            models.Index(
                fields=["organisation"], condition=models.Q(active=False), name="assignment_former"
            ),
            models.Index(
                fields=["organisation"],
                condition=models.Q(person__isnull=False),
                name="assignment_personal",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation", "side"], name="one_assignment_a_side"
            )
        ]


class Ruling(models.Model):
    """A dispatcher's settlement of who owns a kind of case in a place (终审); a precedent."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="rulings")
    grid = models.ForeignKey(Area, models.PROTECT, related_name="rulings")
    side = models.CharField(max_length=20, choices=Side.choices[:2])
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rulings")
    reason = models.TextField()
    event = models.OneToOneField(Event, models.PROTECT, related_name="ruling")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["category", "grid", "side"], name="ruling_lookup")]


class Deliberation(models.Model):
    """A neighbourhood matter that the residents of a grid talk over, a steward leading (议事).

    Who came is kept as a number of households, never as a list of names.
    """

    class Outcome(models.TextChoices):
        SETTLED = "settled", _("Settled by the residents")
        PUBLIC = Triage.PUBLIC.value, _("Became a public matter")
        PRIVATE = Triage.PRIVATE.value, _("Turned out to be a private matter")

    case = models.ForeignKey(Case, models.PROTECT, related_name="deliberations")
    question = models.CharField(max_length=300)
    venue = models.CharField(max_length=160)
    meets_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    households = models.PositiveIntegerField(null=True, blank=True)
    minutes = models.TextField(blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(ended_at=None), name="one_deliberation_at_once"
            )
        ]
        indexes = [models.Index(fields=["ended_at", "meets_at"], name="deliberation_meets")]

    def __str__(self) -> str:
        return self.question


class Proposal(models.Model):
    """One way to settle it, and the households' votes; empty until the meeting was held."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="proposals")
    text = models.CharField(max_length=300)
    favour = models.PositiveIntegerField(null=True, blank=True)
    against = models.PositiveIntegerField(null=True, blank=True)
    abstain = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Support(models.Model):
    """A resident is for a proposal, before or beside the meeting; counted, never listed."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="supports")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "user"], name="one_support_a_person")
        ]


class FollowUp(models.Model):
    """What was agreed to do: what, by whom (an office or a body, no private person), by when."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="follow_ups")
    what = models.CharField(max_length=200)
    who = models.CharField(max_length=80)
    by = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["by", "id"]


class Evidence(models.Model):
    """A file that shows what was found or done (佐证)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    action = models.CharField(max_length=30)
    file = models.FileField(upload_to="evidence/%Y/%m/")
    content_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)


class Notice(models.Model):
    """A line that tells one person of one event."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    case = models.ForeignKey(Case, models.CASCADE, related_name="notices")
    action = models.CharField(max_length=30)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]


class Words(models.Model):
    """The terms a case is found by; `search` keeps them, and each database its own index."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True)
    words = models.TextField()


class SavedFilter(models.Model):
    """A way of narrowing the list of cases that somebody wants again."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="filters")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_filter_a_name")]
