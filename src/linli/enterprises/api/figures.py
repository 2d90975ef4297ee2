"""Figures of one enterprise and one period over REST, with where they were taken from."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.refusal import Refused
from linli.enterprises import giving
from linli.enterprises.api.ladder import enterprise_of, reader
from linli.enterprises.models import FIGURES, OF_A_YEAR
from linli.enterprises.periods import NotAPeriod
from linli.people.models import User
from linli.rest import Given, Problem, Shape, Text, given, operation

N = gettext_noop
router = Router()
WHOLE = ("staff", "researchers")


class FiguresBody(Given):
    """Figures of a year (`2025`) or a month (`2025-03`), by their names, and their source."""

    period: Annotated[Text, Field(max_length=10)]
    source: Annotated[Text, Field(min_length=1, max_length=200)]
    figures: dict[str, float | bool | None]


class GivenShape(Shape):
    """The figures of the period as they stand now."""

    enterprise: str
    period: str
    figures: dict[str, float | bool | None]


@router.post("/enterprises/{key}/figures", response=GivenShape, **operation(
    N("Give figures of one period, with where they were taken from"),
    N("The enterprise's own account fills in what nobody has given yet."),
    takes=FiguresBody, name="give_figures"))  # fmt: skip
def give(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = reader(request)
    row = enterprise_of(sight, key)
    if not giving.may_give(sight, row):
        raise Problem(403)
    told, _files = given(request, FiguresBody)
    try:
        period = giving.period_of(told.period)
    except NotAPeriod as error:
        raise Problem(422, errors=[("period", str(error))]) from error
    names = OF_A_YEAR if isinstance(period, int) else FIGURES
    if strange := [name for name in told.figures if name not in names]:
        words = _("“%(figure)s” is no figure of such a period.") % {"figure": strange[0][:30]}
        raise Problem(422, errors=[("figures", words)])
    assert isinstance(request.user, User)
    values = {
        name: int(value) if name in WHOLE and value is not None else value
        for name, value in told.figures.items()
    }
    try:
        wrongs = giving.give(row, period, values, told.source, request.user)
    except Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
    if wrongs:
        raise Problem(422, errors=[(wrong.column, wrong.message) for wrong in wrongs])
    stands = giving.row_of(row, period)
    return {
        "enterprise": row.code, "period": giving.text_of(period),
        "figures": {name: getattr(stands, name, None) for name in names},
    }  # fmt: skip
