"""Neighbour stewards (邻管家): the service list, its bookings, and where a resident is at home."""

from datetime import timedelta

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, User
from linli.places.models import Area, Named


class Home(models.Model):
    """The grid a resident says they live in: all that is known of their address."""

    user = models.OneToOneField(User, models.CASCADE, related_name="home")
    grid = models.ForeignKey(Area, models.CASCADE, related_name="+")
    since = models.DateTimeField()


class Offer(Named):
    """One line of the service list (清单服务): what is offered, by whom, when; from a pack.

    It is offered by `organisation` where one is named, else by the nearest organisation that
    has `function`, else by the stewards of the place. `days` are ISO weekdays, `hours` the
    stretches of a day in the town's time; a slot takes `minutes`, and `capacity` people are
    served side by side.
    """

    code = models.CharField(max_length=60, unique=True)
    pack = models.SlugField()
    description = models.TextField()
    description_en = models.TextField(blank=True)
    function = models.SlugField(blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="offers"
    )
    venue = models.CharField(max_length=120)
    venue_en = models.CharField(max_length=160, blank=True)
    at_home = models.BooleanField(default=False)
    days = models.JSONField(default=list)
    hours = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField(default=1)
    price = models.CharField(max_length=80)
    price_en = models.CharField(max_length=120, blank=True)
    audience = models.CharField(max_length=120)
    audience_en = models.CharField(max_length=160, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def said(self, name: str) -> str:
        """Return a text of the offer in the language of the page."""
        english = (get_language() or "").startswith("en") and getattr(self, f"{name}_en")
        return english or getattr(self, name)

    @property
    def length(self) -> timedelta:
        """How long one slot takes."""
        return timedelta(minutes=self.minutes)


class Booking(models.Model):
    """One place in one slot of an offer.

    `seat` numbers the places side by side, so that the database itself keeps two people off
    the same place. How to reach the person is wiped once the booking has ended.
    """

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CONFIRMED = "confirmed", _("Confirmed")
        DONE = "done", _("Done")
        MISSED = "missed", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="bookings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bookings")
    grid = models.ForeignKey(Area, models.PROTECT, related_name="+")
    booker = models.ForeignKey(User, models.CASCADE, related_name="bookings")
    starts_at = models.DateTimeField()
    seat = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.BOOKED)
    contact = models.CharField(max_length=60, blank=True)
    remark = models.CharField(max_length=200, blank=True)
    booked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    stars = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "organisation", "starts_at", "seat"],
                condition=~models.Q(state="cancelled"),
                name="one_booking_a_seat",
            ),
            models.UniqueConstraint(
                fields=["booker", "starts_at"],
                condition=~models.Q(state="cancelled"),
                name="one_booking_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "starts_at"], name="booking_to_serve"),
            models.Index(fields=["booker", "starts_at"], name="booking_of"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.starts_at:%Y-%m-%d %H:%M}"
