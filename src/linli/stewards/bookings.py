"""Booking what the service list offers: free slots, a seat that is yours alone, and what follows.

`STEPS` says who may do what with a booking in which state, as `ACTIONS` does for cases.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.cases.calendar import calendar
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.directory import directory
from linli.people.models import Organisation, User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.places.town import the_town
from linli.stewards.models import Booking, Offer
from linli.stewards.visibility import SERVES

S = Booking.State
UNDER_WAY = frozenset({S.BOOKED, S.CONFIRMED})
AHEAD = 14  # days that can be booked
NOTICE = timedelta(hours=2)  # so that those who serve learn of it in time
MISSED_AT_MOST, MISSED_WITHIN = 3, timedelta(days=90)
LOWEST, HIGHEST = 1, 5
BOOKER, SERVER = "booker", "server"
L = gettext_lazy


@dataclass(frozen=True)
class Slot:
    """A time one may come, and how many places are left."""

    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True)
class Step:
    """One line of the table: from which states, by whom, to which state.

    `begun` is whether it makes sense only once the slot has begun (true) or only before.
    """

    label: str | Promise
    states: frozenset[str]
    who: frozenset[str]
    to: str
    begun: bool | None = None


def _step(label: str | Promise, states: object, who: object, to: str, begun: bool | None) -> Step:
    return Step(label, frozenset(states), frozenset(who), to, begun)  # type: ignore[call-overload]


STEPS = {
    "confirm": _step(L("Confirm"), {S.BOOKED}, {SERVER}, S.CONFIRMED, None),
    "move": _step(L("Choose another time"), UNDER_WAY, {SERVER, BOOKER}, S.CONFIRMED, False),
    "cancel": _step(L("Cancel the booking"), UNDER_WAY, {SERVER, BOOKER}, S.CANCELLED, False),
    "done": _step(L("Done"), UNDER_WAY, {SERVER}, S.DONE, True),
    "missed": _step(L("Did not come"), UNDER_WAY, {SERVER}, S.MISSED, True),
    "rate": _step(L("Rate"), {S.DONE}, {BOOKER}, S.DONE, None),
}


def provider(offer: Offer, grid: Area) -> Organisation | None:
    """Return who serves people of `grid`: the one named, the competent one, or the stewards."""
    if offer.organisation_id:
        return offer.organisation
    above = atlas().ancestors(grid.pk)
    if offer.function:
        return directory().competent(offer.function, above)
    return directory().team(above)


def slots(offer: Offer, organisation: Organisation) -> list[Slot]:
    """Return all slots from now on that could be booked, also those without a free place."""
    times = list(_times(offer))
    if not times:
        return []
    booked = Booking.objects.filter(
        offer=offer, organisation=organisation, starts_at__range=(times[0], times[-1])
    ).exclude(state=S.CANCELLED)
    taken = Counter(booked.order_by().values_list("starts_at", flat=True))
    return [Slot(at, at + offer.length, max(offer.capacity - taken[at], 0)) for at in times]


def _times(offer: Offer) -> Iterator[datetime]:
    zone, earliest = ZoneInfo(the_town().timezone), now() + NOTICE
    today = now().astimezone(zone).date()
    for day in (today + timedelta(n) for n in range(AHEAD + 1)):
        if day.isoweekday() not in offer.days or _is_holiday(day):
            continue
        for start, end in offer.hours:
            at = datetime.combine(day, time.fromisoformat(start), zone)
            until = datetime.combine(day, time.fromisoformat(end), zone)
            while at + offer.length <= until:
                if at >= earliest:
                    yield at
                at += offer.length


def _is_holiday(day: date) -> bool:
    """Tell whether a weekday is free of work: nobody serves on a public holiday."""
    return day.isoweekday() <= 5 and not calendar().is_workday(day)


def book(
    offer: Offer, grid: Area, starts_at: datetime, by: User, contact: str = "", remark: str = ""
) -> Booking:
    """Book a place for `by`.

    Raises
    ------
    Refused
        If nobody serves there, the time is none of the offer's or is full, the person has
        another booking then, or has let too many pass.
    """
    organisation = provider(offer, grid)
    if organisation is None:
        raise Refused(_("Nobody offers this at your place yet."))
    missed = Booking.objects.filter(
        booker=by, state=S.MISSED, starts_at__gte=now() - MISSED_WITHIN
    ).count()
    if missed >= MISSED_AT_MOST:
        raise Refused(
            ngettext(
                "You did not come %(n)d time lately: please speak with your steward.",
                "You did not come %(n)d times lately: please speak with your steward.",
                missed,
            )
            % {"n": missed}
        )
    booking = Booking(
        offer=offer, organisation=organisation, grid=grid, booker=by,
        contact=contact.strip(), remark=remark.strip(), booked_at=now(),
    )  # fmt: skip
    _sit(booking, starts_at)
    return booking


def _sit(booking: Booking, starts_at: datetime) -> None:
    """Take the first free place at `starts_at`.

    Two who want the same one are told apart by the database: the second tries the next.
    """
    offer = booking.offer
    if starts_at not in set(_times(offer)):
        raise Refused(_("This time is not offered: choose one from the list."))
    booked = Booking.objects.filter(
        offer=offer, organisation=booking.organisation_id, starts_at=starts_at
    ).exclude(state=S.CANCELLED)
    taken = set(booked.exclude(pk=booking.pk).values_list("seat", flat=True))
    for seat in range(offer.capacity):
        if seat in taken:
            continue
        booking.seat, booking.starts_at = seat, starts_at
        try:
            with transaction.atomic():
                booking.save()
        except IntegrityError:
            same = Booking.objects.filter(booker=booking.booker_id, starts_at=starts_at)
            if same.exclude(state=S.CANCELLED).exclude(pk=booking.pk).exists():
                raise Refused(_("You have another booking at this time.")) from None
        else:
            return
    raise Refused(_("This time is taken: choose another."))


def served(scope: Scope) -> QuerySet[Booking]:
    """Return what this person serves and is still to come or to be closed."""
    return scope.of(Booking).filter(
        organisation__in=scope.organisations(*SERVES), state__in=UNDER_WAY
    )


def standing(booking: Booking, scope: Scope) -> frozenset[str]:
    """Return what a person is to a booking."""
    found = set()
    if booking.booker_id == scope.user.pk:
        found.add(BOOKER)
    if booking.organisation_id in scope.organisations(*SERVES):
        found.add(SERVER)
    return frozenset(found)


def permitted(booking: Booking, scope: Scope) -> list[str]:
    """List the steps this person may take with a booking now, in the table's order."""
    roles, has_begun = standing(booking, scope), now() >= booking.starts_at
    return [
        name
        for name, step in STEPS.items()
        if booking.state in step.states
        and step.who & roles
        and step.begun in (None, has_begun)
        and not (name == "rate" and booking.stars)
    ]


def act(
    booking: Booking,
    name: str,
    by: User,
    *,
    starts_at: datetime | None = None,
    stars: int | None = None,
    comment: str = "",
) -> Booking:
    """Take one step of a booking.

    Raises
    ------
    Refused
        If the state, the person or what is given do not allow it. Nothing is written then.
    """
    with transaction.atomic():
        row = Booking.objects.select_for_update(of=("self",)).select_related("offer")
        booking = row.get(pk=booking.pk)
        if name not in permitted(booking, Scope(by)):
            raise Refused(_("This is not possible with this booking now."))
        if name == "move":
            if starts_at is None:
                raise Refused(_("Choose a time."))
            if SERVER in standing(booking, Scope(by)):
                booking.state = S.CONFIRMED
            else:
                booking.state = S.BOOKED  # those who serve have not seen the new time yet
            _sit(booking, starts_at)
            return booking
        if name == "rate":
            if stars is None or not LOWEST <= stars <= HIGHEST:
                raise Refused(_("Give one to five stars."))
            booking.stars, booking.comment = stars, comment.strip()
        booking.state = STEPS[name].to
        if booking.state not in UNDER_WAY:
            booking.ended_at = booking.ended_at or now()
            booking.contact = booking.remark = ""
        booking.save()
    return booking
