"""Monthly ratings between grids and departments, and appeals against them."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import Organisation, User
from linli.people.scope import scope
from linli.people.tables import works_here
from linli.places.models import Area
from linli.rest import (
    Asked,
    Given,
    Moment,
    Problem,
    Shape,
    Text,
    asked,
    by_key,
    given,
    operation,
    row_of,
    row_shape,
)
from linli.scores import ratings
from linli.scores.api.asked import Slug, ours
from linli.scores.models import Rating
from linli.scores.periods import local_day, month_of
from linli.scores.tables import RATINGS
from linli.scores.together import OVERSEE, progress, to_rate

N = gettext_noop
router = Router()


class MonthQuery(Asked):
    """Which month."""

    month: Annotated[date | None, Field(description=N("Any day of the month"))] = None


class PairShape(Shape):
    """Whom the owner of the key may rate."""

    side: Literal[tuple(Rating.Side.values)]  # type: ignore[valid-type]
    grid: str
    organisation: str
    cases: int
    on_time: int
    late: int
    rework: int
    rated: bool
    dimensions: dict[str, str]


class PairsShape(Shape):
    """All whom the owner of the key may rate for a month."""

    month: date
    items: list[PairShape]


@router.get("/ratings/due", response=PairsShape, **operation(
    N("Whom the owner of the key may rate for a month"), asks=MonthQuery,
    name="ratings_due"))  # fmt: skip
def ratings_due(request: HttpRequest) -> dict[str, Any]:
    assert isinstance(request.user, User)
    month = ours("month", month_of(asked(request, MonthQuery).month or local_day(now())))
    return {
        "month": month.first,
        "items": [
            {
                "side": one.side,
                "grid": one.grid.code,
                "organisation": one.organisation.code,
                "cases": one.facts.cases,
                "on_time": one.facts.on_time,
                "late": one.facts.late,
                "rework": one.facts.rework,
                "rated": one.rating is not None,
                "dimensions": {
                    name: str(label)
                    for name, label in ratings.DIMENSIONS[Rating.Side(one.side)].items()
                },
            }
            for one in to_rate(request.user, month)
        ],
    }


class OpinionShape(Shape):
    """What the other side thinks of one unit: the mean of all scores, and of each dimension."""

    code: str
    n: int
    set_aside: int
    mean: float | None
    by_dimension: dict[str, float]


class OpinionsShape(Shape):
    """What was thought of everybody whom a side rates in a month, and how many have rated."""

    month: date
    have_rated: int
    could_rate: int
    items: list[OpinionShape]


class OpinionsQuery(MonthQuery):
    """Of which month, and who rates."""

    side: Literal[tuple(Rating.Side.values)]  # type: ignore[valid-type]


@router.get("/ratings/table", response=OpinionsShape, **operation(
    N("What the other side thought of each in a month, the best first"), asks=OpinionsQuery,
    name="ratings_table"))  # fmt: skip
def ratings_table(request: HttpRequest) -> dict[str, Any]:
    if not scope(request.user).has(*OVERSEE):
        raise Problem(403)
    wanted = asked(request, OpinionsQuery)
    month = ours("month", month_of(wanted.month or local_day(now())))
    have, could = next((a, b) for side, a, b in progress(month) if side == wanted.side)
    return {
        "month": month.first,
        "have_rated": have,
        "could_rate": could,
        "items": [
            {"code": one.unit.code, "n": one.n, "set_aside": one.set_aside, "mean": one.mean,
             "by_dimension": one.by_dimension}
            for one in ratings.rating_table(month, wanted.side)
        ],
    }  # fmt: skip


class EntryShape(Shape):
    """Something that was done with a rating, and why."""

    action: str
    label: str
    at: Moment
    reason: str | None
    upheld: bool | None


class EntriesShape(Shape):
    """What was done with a rating, the first first."""

    items: list[EntryShape]


@router.get("/ratings/{key}/entries", response=EntriesShape, **operation(
    N("What was done with a rating: given, appealed against, ruled on"),
    N("Nobody is named."), name="rating_entries"))  # fmt: skip
def entries(request: HttpRequest, key: int) -> dict[str, Any]:
    if not works_here(scope(request.user)):
        raise Problem(403)
    return {
        "items": [
            {"action": row.action, "label": row.get_action_display(), "at": localtime(row.at),
             "reason": row.data.get("reason"), "upheld": row.data.get("upheld")}
            for row in _rating(request, key).entries.order_by("id")
        ]
    }  # fmt: skip


class RatingBody(Given):
    """A rating: 1 to 5 for each dimension of the side."""

    side: Literal[tuple(Rating.Side.values)]  # type: ignore[valid-type]
    grid: Slug
    organisation: Slug
    month: date
    scores: dict[Text, Annotated[int, Field(ge=1, le=5)]]
    comment: Annotated[Text, Field(max_length=2000)] = ""


class ReasonBody(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


class RulingBody(ReasonBody):
    """How an appeal is settled."""

    upheld: bool


RatingWhole = row_shape("ratings", alone=True)


def _named(model: Any, field: str, code: str) -> Any:
    row = model.objects.filter(code=code, retired=False).first()
    if row is None:
        raise Problem(422, errors=[(field, _("“%(code)s” is not known here.") % {"code": code})])
    return row


@router.post("/ratings", response={201: RatingWhole}, **operation(
    N("Rate the other side for a month, or change what was said"), takes=RatingBody,
    example={"side": "grid", "grid": "w1", "organisation": "housing", "month": "2026-03-01",
             "scores": {"promptness": 5, "result": 4, "manner": 5, "cooperation": 4}},
    name="rate"))  # fmt: skip
def rate(request: HttpRequest) -> Status:
    assert isinstance(request.user, User)
    if not works_here(scope(request.user)):
        raise Problem(403)
    told, _files = given(request, RatingBody)
    grid = _named(Area, "grid", told.grid)
    organisation = _named(Organisation, "organisation", told.organisation)
    try:
        rating = ratings.rate(told.side, grid, organisation, told.month, request.user,
                              told.scores, told.comment)  # fmt: skip
    except (Refused, ValueError, OverflowError) as refusal:
        raise Problem(409, str(refusal)) from refusal
    return Status(201, row_of(RATINGS, rating, alone=True))


def _rating(request: HttpRequest, key: int) -> Rating:
    rows = scope(request.user).of(Rating).select_related("grid", "organisation")
    rating: Rating = by_key(rows, key)
    return rating


def _see(may: Callable[[Rating, User], None], rating: Rating, by: User) -> None:
    """See that somebody may do something with a rating; or a Problem with 403."""
    try:
        may(rating, by)
    except Refused as refusal:
        raise Problem(403, str(refusal)) from refusal


@router.post("/ratings/{key}/appeal", response=RatingWhole, **operation(
    N("Appeal against a rating of one's own side"), takes=ReasonBody,
    name="appeal_rating"))  # fmt: skip
def appeal(request: HttpRequest, key: int) -> dict[str, Any]:
    assert isinstance(request.user, User)
    rating = _rating(request, key)
    _see(ratings.see_may_appeal, rating, request.user)
    told, _files = given(request, ReasonBody)
    rating = ratings.appeal(rating, request.user, told.reason)
    return row_of(RATINGS, rating, alone=True)


@router.post("/ratings/{key}/rule", response=RatingWhole, **operation(
    N("Settle an appeal against a rating"), takes=RulingBody,
    name="rule_on_rating"))  # fmt: skip
def rule(request: HttpRequest, key: int) -> dict[str, Any]:
    assert isinstance(request.user, User)
    rating = _rating(request, key)
    _see(ratings.see_may_rule, rating, request.user)
    told, _files = given(request, RulingBody)
    rating = ratings.rule_on_appeal(rating, request.user, told.upheld, told.reason)
    return row_of(RATINGS, rating, alone=True)
