"""The times of a service that can be booked, and booking one of them."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import (
    Given,
    Moment,
    Problem,
    Shape,
    Text,
    found,
    given,
    operation,
    row_of,
    row_shape,
)
from linli.stewards import bookings
from linli.stewards.models import Offer
from linli.stewards.tables import BOOKINGS
from linli.stewards.visibility import home_of

N = gettext_noop
router = Router()


class SlotShape(Shape):
    """A time one may come, and how many places are left."""

    starts_at: Moment
    ends_at: Moment
    free: int


class SlotsShape(Shape):
    """Who serves where the owner of the key lives, and when."""

    organisation: str | None
    items: list[SlotShape]


def _offer(sight: Scope, code: str) -> Offer:
    offers = sight.of(Offer).select_related("organisation")
    offer: Offer = found(offers.filter(code=code[:60]).first())
    return offer


@router.get("/services/{code}/slots", response=SlotsShape, **operation(
    N("The times of a service that can be booked"),
    N("Where the owner of the key lives; empty as long as they have not said where."),
    name="service_slots"))  # fmt: skip
def slots(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = scope(request.user)
    offer, home = _offer(sight, code), home_of(sight)
    organisation = bookings.provider(offer, home.grid) if home else None
    return {
        "organisation": organisation.code if organisation else None,
        "items": [
            {"starts_at": localtime(slot.starts_at), "ends_at": localtime(slot.ends_at),
             "free": slot.free}
            for slot in (bookings.slots(offer, organisation) if organisation else [])
        ],
    }  # fmt: skip


class BookingBody(Given):
    """A time, and how those who serve reach the person."""

    starts_at: Moment
    contact: Annotated[Text, Field(max_length=60)] = ""
    remark: Annotated[Text, Field(max_length=200)] = ""


@router.post("/services/{code}/bookings", response={201: row_shape("bookings", alone=True)},
             **operation(N("Book one of the times of a service"), takes=BookingBody,
    name="book"))  # fmt: skip
def book(request: HttpRequest, code: str) -> Status:
    sight = scope(request.user)
    offer, home = _offer(sight, code), home_of(sight)
    told, _files = given(request, BookingBody)
    if offer.at_home and not told.remark.strip():
        words = _("“%(field)s” is missing.") % {"field": _("Where to come, and what to know")}
        raise Problem(422, errors=[("remark", words)])
    if home is None:
        raise Problem(409, _("Say first in which grid you live."))
    assert isinstance(request.user, User)
    row = bookings.book(
        offer, home.grid, told.starts_at, request.user, told.contact, told.remark
    )  # fmt: skip
    return Status(201, row_of(BOOKINGS, row, frozenset({row.pk}), alone=True))
