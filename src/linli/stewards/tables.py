"""What deliberations, the service list and bookings look like from outside."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Deliberation
from linli.people.scope import Scope
from linli.stewards import bookings
from linli.stewards.models import Booking, Offer
from linli.tables import Column, Kind, Table, declare


def meetings(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Deliberation]:
    """Return the deliberations in sight: those under way first, then the last to end."""
    return scope.of(Deliberation).order_by(
        F("ended_at").desc(nulls_first=True), "meets_at", "-id"
    )  # fmt: skip


def to_serve(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Booking]:
    """Return what is to be served, the nearest first; to whoever serves nothing, their own."""
    if not scope.organisations(*bookings.SERVES):
        return scope.of(Booking).order_by("-starts_at", "id")
    return bookings.served(scope).order_by("starts_at", "id")


declare(
    Table(
        "deliberations",
        _("Deliberations"),
        Deliberation,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases",
                   read=lambda row: row.case.code),
            Column("question", _("Question to the residents")),
            Column("grid", _("Grid"), Kind.KEY, path="case__community_grid__code", of="areas",
                   filters=True),
            Column("venue", _("Where they meet")),
            Column("meets_at", _("When they meet"), Kind.MOMENT, filters=True, sorts=True),
            Column("households", _("Households present"), Kind.WHOLE),
            Column("minutes", _("Minutes")),
            Column("outcome", _("Outcome"), Kind.CHOICE, filters=True,
                   choices=tuple(Deliberation.Outcome.choices)),
            Column("ended_at", _("Ended"), Kind.MOMENT, filters=True, sorts=True),
        ),
        words=("question", "minutes"),
        related=("case__community_grid",),
        deferred=("case__community_grid__wkb", "case__sketch", "case__body", "case__suggestions"),
        order=("-id",),
        narrow=meetings,
    )
)  # fmt: skip
declare(
    Table(
        "services",
        _("Service list"),
        Offer,
        "code",
        (
            Column("code", _("Code"), sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("description", _("Description")),
            Column("function", _("Function"), filters=True),
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", filters=True),
            Column("venue", _("Place")),
            Column("at_home", _("At home"), Kind.FLAG, filters=True),
            Column("days", _("Weekdays"), Kind.LIST,
                   read=lambda row: [str(day) for day in row.days]),
            Column("hours", _("Hours"), Kind.LIST,
                   read=lambda row: ["-".join(stretch) for stretch in row.hours]),
            Column("minutes", _("Minutes a booking"), Kind.WHOLE),
            Column("capacity", _("Side by side"), Kind.WHOLE),
            Column("price", _("Price")),
            Column("audience", _("For whom")),
        ),
        words=("name", "name_en", "description"),
        related=("organisation",),
        order=("code",),
        help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip
BOOKINGS = declare(
    Table(
        "bookings",
        _("Bookings"),
        Booking,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("service", _("Service"), Kind.KEY, path="offer__code", of="services",
                   filters=True),
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", filters=True),
            Column("grid", _("Grid"), Kind.KEY, path="grid__code", of="areas", filters=True),
            Column("starts_at", _("When"), Kind.MOMENT, filters=True, sorts=True),
            Column("state", _("State"), Kind.CHOICE, filters=True,
                   choices=tuple(Booking.State.choices)),
            Column("contact", _("How to reach the person"), personal=True),
            Column("remark", _("What to know"), personal=True),
            Column("stars", _("Stars"), Kind.WHOLE),
        ),
        # The scope shows a booking to nobody but its booker and those who serve.
        may_know=lambda scope, rows: frozenset(row.pk for row in rows),
        related=("offer", "organisation", "grid"),
        deferred=("grid__wkb",),
        order=("-starts_at",),
        narrow=to_serve,
    )
)  # fmt: skip
