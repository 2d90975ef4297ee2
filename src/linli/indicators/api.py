"""Indicators over REST: how they stand, one with its path and forecast, the rows behind a value."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.indicators import showing, spans, wording
from linli.indicators.bulletins.api import router as bulletins
from linli.indicators.figures import FIGURES, may_enter
from linli.indicators.models import Indicator, works_here
from linli.indicators.schemes.api import router as schemes
from linli.people.scope import Scope, scope
from linli.rest import Asked, Given, Problem, Shape, Text, asked, found, given, operation
from linli.rest.listing import joined, rows_of

N = gettext_noop
router = Router()
ROUTERS = (router, bulletins, schemes)
MOST = 200


class PaceShape(Shape):
    """How a target stands in the last period that is over."""

    target: str
    name: str
    indicator: str
    area: str | None
    period: str | None
    actual: float | None
    expected: float | None
    value: float
    unit: str
    light: str
    missing: float | None
    turned: int | None
    added: int | None
    pieces: str


class StandingsShape(Shape):
    """How all targets stand, those behind first."""

    items: list[PaceShape]


class SeriesShape(Shape):
    """An indicator in one area: its values, the path of its targets, and what may come."""

    indicator: str
    unit: str
    formula: str
    periods: list[str]
    values: list[float]
    targets: list[PaceShape]
    forecast: dict[str, Any]


class RowsShape(Shape):
    """Rows behind a value, as their own table writes them, and how many there are."""

    table: str
    count: int
    items: list[dict[str, Any]]


class WhereQuery(Asked):
    area: Annotated[
        Text | None, Field(max_length=40, description=N("Code of the area; left out, all of it"))
    ] = None


class RowsQuery(WhereQuery):
    period: Annotated[Text, Field(max_length=7, description=N("2026-03, 2026Q1 or 2026"))]
    page: Annotated[int, Field(ge=1, le=100_000, description=N("Page, from 1"))] = 1


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403)
    return sight


def _standing(one: Any) -> dict[str, Any]:
    lacks = one.missing
    return {
        "target": one.target.code, "name": str(one.target), "indicator": one.entry.code,
        "area": one.target.area.code if one.target.area else None, "period": one.period or None,
        "actual": one.actual, "expected": one.expected, "value": one.value,
        "unit": one.entry.unit, "light": one.light.value,
        "missing": lacks.amount if lacks else None, "turned": lacks.turned if lacks else None,
        "added": lacks.added if lacks else None, "pieces": one.pieces,
    }  # fmt: skip


@router.get("/pace", response=StandingsShape, **operation(
    N("How all targets stand"),
    N("Those behind first: reached, on, slightly, behind or unknown; and what is missing."),
    name="pace"))  # fmt: skip
def pace(request: HttpRequest) -> dict[str, Any]:
    _sight(request)
    return {"items": [_standing(one) for one in showing.lights()]}


@router.get("/indicators/{code}/series", response=SeriesShape, **operation(
    N("An indicator in one area, with its targets and its forecast"),
    N("Values of the periods that are over, the oldest first."),
    asks=WhereQuery, name="indicator_series"))  # fmt: skip
def series(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = _sight(request)
    indicator = found(sight.of(Indicator).filter(code=code[:60]).first())
    shown = showing.sheet(indicator, _area(asked(request, WhereQuery)))
    entry = shown.entry
    return {
        "indicator": indicator.code, "unit": entry.unit,
        "formula": wording.in_words(shown.known, entry),
        "periods": [spans.name(n, entry.every) for n in shown.done],
        "values": [shown.values[n][0] for n in shown.done],
        "targets": [_standing(one) for one in shown.standings], "forecast": dict(shown.forecast),
    }  # fmt: skip


def _area(wanted: WhereQuery) -> Any:
    if not wanted.area:
        return None
    if wanted.area not in showing.atlas().by_code:
        raise Problem(404)
    return showing.area_of(wanted.area)


@router.get("/indicators/{code}/rows", response=RowsShape, **operation(
    N("The rows behind a value of an indicator"),
    N("As far as the owner of the key sees them; of indicators that count or sum rows."),
    asks=RowsQuery, name="indicator_rows"))  # fmt: skip
def rows(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = _sight(request)
    indicator = found(sight.of(Indicator).filter(code=code[:60]).first())
    wanted = asked(request, RowsQuery)
    entry = indicator.formula
    try:
        n = spans.number(wanted.period, entry.every)
    except ValueError:
        raise Problem(422, errors=[("period", wanted.period)]) from None
    behind = showing.rows_behind(entry, n, _area(wanted))
    if behind is None:
        raise Problem(404)
    table, q = behind
    visible = showing.visible_rows(sight, table, q)
    start = (wanted.page - 1) * MOST
    page = list(joined(visible, table)[start : start + MOST])
    return {"table": table.name, "count": visible.count(), "items": rows_of(table, page, sight)}


class FigureGiven(Given):
    """A figure, with where it comes from."""

    period: Annotated[Text, Field(max_length=7, description=N("2026-03, 2026Q1 or 2026"))]
    value: float
    source: Annotated[Text, Field(min_length=1, max_length=200)]
    area: Annotated[Text | None, Field(max_length=40)] = None


class IndicatorFigureShape(Shape):
    """The value that counts now."""

    indicator: str
    period: str
    value: float
    fate: str


@router.post("/indicators/{code}/figures", response=IndicatorFigureShape, **operation(
    N("Enter a figure"),
    N("The owner of an indicator enters it with its source; an earlier one of the same period "
      "stays, and no longer counts."),
    takes=FigureGiven, name="enter_figure"))  # fmt: skip
def enter(request: HttpRequest, code: str) -> dict[str, Any]:
    sight = _sight(request)
    indicator = found(sight.of(Indicator).filter(code=code[:60]).first())
    if not may_enter(sight, indicator):
        raise Problem(403)
    told, _files = given(request, FigureGiven)
    values = told.model_dump(exclude_none=True) | {"indicator": indicator.code}
    (outcome,) = FIGURES.check(sight, [values])
    if not isinstance(outcome, str):
        raise Problem(422, errors=[(wrong.column, wrong.message) for wrong in outcome])
    (fate,) = FIGURES.write(sight, [values])
    return {"indicator": indicator.code, "period": told.period, "value": told.value, "fate": fate}
