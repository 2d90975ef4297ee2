"""Orders and vehicles; plans with their tours; what drivers did.

Times of day are local ones of the town. A plan keeps the problem it was made from, so that a move
by hand or a change under way is judged by what was known then.
"""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, User
from linli.places.models import Named

KG, M3, PALLETS = "kg", "m3", "pallets"


def new_token() -> str:
    """Return a code nobody guesses, with which a customer follows an order."""
    return secrets.token_urlsafe(16)


class Depot(Named):
    """Where vehicles start, are loaded and end. Orders belong to the owner of their depot."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        ordering = ["code"]


class Vehicle(Named):
    """A vehicle with its crew for one shift a day."""

    class Energy(models.TextChoices):
        DIESEL = "diesel", _("Diesel")
        PETROL = "petrol", _("Petrol")
        GAS = "gas", _("Natural gas")
        ELECTRIC = "electric", _("Electric")

    code = models.SlugField(_("code"), unique=True)
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="vehicles")
    driver = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    capacities = models.JSONField(default=dict, blank=True)
    """What it can carry at most, by unit; of a unit that is not named, nothing."""
    shift_from = models.TimeField(_("shift from"))
    shift_until = models.TimeField(_("shift until"))
    """Not after the beginning: on the next day."""
    per_km = models.FloatField(_("cost per km"), default=1.0)
    per_hour = models.FloatField(_("cost per hour"), default=0.0)
    fixed = models.FloatField(_("cost of a day out"), default=0.0)
    max_km = models.FloatField(_("kilometres at most"), null=True, blank=True)
    skills = models.JSONField(_("skills"), default=list, blank=True)
    energy = models.CharField(_("energy"), max_length=10, choices=Energy.choices)
    per_100km = models.FloatField(_("energy per 100 km"), null=True, blank=True)
    """Litres, of gas kilograms, of electricity kWh."""
    retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        ordering = ["code"]


class Order(models.Model):
    """Goods for a customer, from a depot, on a day."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PLANNED = "planned", _("In a plan")
        UNDER_WAY = "under-way", _("Under way")
        DELIVERED = "delivered", _("Handed over")
        FAILED = "failed", _("Not delivered")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=40)
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="orders")
    customer = models.CharField(_("customer"), max_length=120)
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    day = models.DateField(_("day"))
    window_from = models.TimeField(_("not before"), null=True, blank=True)
    window_until = models.TimeField(_("not after"), null=True, blank=True)
    service_minutes = models.PositiveSmallIntegerField(_("minutes at the stop"), default=10)
    amounts = models.JSONField(default=dict, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
    """1 comes first."""
    skills = models.JSONField(_("skills"), default=list, blank=True)
    lot = models.CharField(_("lot"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN, db_index=True
    )
    promised_until = models.DateTimeField(_("promised until"), null=True, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "number"]
        constraints = [
            models.UniqueConstraint(fields=["depot", "number"], name="one_order_a_number"),
        ]
        indexes = [models.Index(fields=["depot", "day"], name="orders_of_a_day")]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """How it is called outside: its depot and its number."""
        return f"{self.depot.code}-{self.number}"


class Plan(models.Model):
    """Who drives where on a day from one depot.

    `problem` is what was planned, as `linli.engines.routes.reading` reads it; `content` is the
    engine's plan. The engine knows orders by their number and vehicles by their code.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being planned")
        DRAFT = "draft", _("Draft")
        RELEASED = "released", _("Released to drivers")
        DROPPED = "dropped", _("Dropped")
        FAILED = "failed", _("Could not be planned")

    depot = models.ForeignKey(Depot, models.PROTECT, related_name="plans")
    day = models.DateField(_("day"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    seconds = models.FloatField(default=10.0)
    problem = models.JSONField(default=dict, blank=True)
    content = models.JSONField(default=dict, blank=True)
    trouble = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)
    """Counts changes, so that nobody overwrites one they have not seen."""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["depot", "day"], condition=Q(state="released"), name="one_plan_drives"
            )
        ]


class Tour(models.Model):
    """What one vehicle drives by a released plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="tours")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="tours")
    driver = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tours")
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField()
    metres = models.FloatField(default=0)
    cost = models.FloatField(_("cost"), default=0)
    fill = models.JSONField(default=dict, blank=True)
    is_down = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan", "vehicle"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "vehicle"], name="one_tour_a_vehicle")
        ]

    @property
    def state(self) -> str:
        """Return whether it is ahead, under way or ended, by what became of its stops."""
        told = {stop.state for stop in self.stops.all()}
        if told <= {Stop.State.PLANNED}:
            return "ahead"
        return "under-way" if told & {Stop.State.PLANNED, Stop.State.ARRIVED} else "ended"


class Stop(models.Model):
    """A stop of a tour: what was planned, and what became of it."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Ahead")
        ARRIVED = "arrived", _("Arrived")
        DONE = "done", _("Handed over")
        FAILED = "failed", _("Not delivered")

    tour = models.ForeignKey(Tour, models.PROTECT, related_name="stops")
    order = models.ForeignKey(Order, models.PROTECT, related_name="stops")
    sequence = models.PositiveSmallIntegerField()
    arrives = models.DateTimeField(_("arrives"))
    departs = models.DateTimeField(_("departs"))
    metres = models.FloatField(default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["tour", "sequence"]
        constraints = [models.UniqueConstraint(fields=["tour", "order"], name="one_stop_an_order")]


class Act(models.Model):
    """What a driver's phone told, once: the phone makes the number, so repeats change nothing."""

    stop = models.ForeignKey(Stop, models.PROTECT, related_name="acts")
    number = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    content = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
