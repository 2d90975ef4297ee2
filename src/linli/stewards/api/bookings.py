"""What follows a booking: every step of the table is an operation."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from ninja import Router
from pydantic import Field, create_model

from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.rest import (
    Given,
    Moment,
    Problem,
    Shape,
    Text,
    by_key,
    given,
    operation,
    row_of,
    row_shape,
)
from linli.stewards import bookings
from linli.stewards.models import Booking
from linli.stewards.tables import BOOKINGS

N = gettext_noop
router = Router()
# What a step takes beside the booking.
TAKES: dict[str, dict[str, Any]] = {
    "move": {"starts_at": (Moment, ...)},
    "rate": {
        "stars": (Annotated[int, Field(ge=bookings.LOWEST, le=bookings.HIGHEST)], ...),
        "comment": (Annotated[Text, Field(max_length=200)], ""),
    },
}


class StepShape(Shape):
    """A step that may be taken now."""

    name: str
    label: str


class StepsShape(Shape):
    """All steps that may be taken now."""

    items: list[StepShape]


def _booking(request: HttpRequest, key: int) -> tuple[Booking, Scope]:
    sight = scope(request.user)
    row: Booking = by_key(sight.of(Booking).select_related("offer", "organisation", "grid"), key)
    return row, sight


@router.get("/bookings/{key}/steps", response=StepsShape, **operation(
    N("What the owner of the key may do with a booking now"), name="booking_steps"))  # fmt: skip
def steps(request: HttpRequest, key: int) -> dict[str, Any]:
    row, sight = _booking(request, key)
    return {
        "items": [
            {"name": name, "label": str(bookings.STEPS[name].label)}
            for name in bookings.permitted(row, sight)
        ]
    }


def _offer(name: str, step: bookings.Step) -> None:
    model = create_model(f"booking_{name}_body", __base__=Given, **TAKES.get(name, {}))
    with override("en"):
        label = str(step.label)

    def take(request: HttpRequest, key: int) -> dict[str, Any]:
        row, sight = _booking(request, key)
        if not step.who & bookings.standing(row, sight):
            raise Problem(403, _("You may not do this with this booking."))
        told = given(request, model)[0].model_dump() if name in TAKES else {}
        assert isinstance(sight.user, User)
        bookings.act(row, name, sight.user, **told)
        return row_of(BOOKINGS, _booking(request, key)[0], frozenset({row.pk}), alone=True)

    take.__name__ = f"{name}_booking"
    router.post(
        f"/bookings/{{key}}/{name}",
        response=row_shape("bookings", alone=True),
        **operation(
            label,
            N("A step of a booking: possible only in certain states and for certain people."),
            takes=model if name in TAKES else None,
            name=f"booking_{name}",
        ),
    )(take)


for _name, _step in bookings.STEPS.items():
    _offer(_name, _step)
