"""How often something happened, and the cases it happened with."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.models import Category
from linli.people.models import Organisation
from linli.places.models import Area
from linli.rest import Asked, PageQuery, Problem, Shape, asked, operation, page_shape
from linli.scores.api.asked import PeriodText, Slug, cases_of, period_of, staff
from linli.scores.counters import COUNTERS
from linli.scores.figures import Figure
from linli.scores.models import Tally

N = gettext_noop
router = Router()
if TYPE_CHECKING:  # mypy cannot read the words of a table
    Kind = str
    Counter = str
else:
    Kind = Literal[tuple(Tally.Kind.values)]
    Counter = Literal[tuple(COUNTERS)]


class FigureQuery(Asked):
    """Which figure."""

    counter: Annotated[
        list[Counter],
        Field(min_length=1, max_length=40, description=N("What is counted, added up")),
    ]
    period: PeriodText | None = None
    kind: Annotated[Kind, Field(description=N("As what the subjects are counted"))] = "town"
    subject: Annotated[
        list[Slug], Field(max_length=100, description=N("Codes of grids or organisations"))
    ] = []
    category: Annotated[Slug | None, Field(description=N("Code of a category"))] = None


class DayShape(Shape):
    """What a figure was on one day."""

    day: date
    value: int


class FigureShape(Shape):
    """A figure, and what it was on each day of the period on which it was not nothing."""

    period: str
    value: int
    days: list[DayShape]


def _figure(wanted: FigureQuery) -> Figure:
    is_grid = wanted.kind in (Tally.Kind.COMMUNITY, Tally.Kind.SERVICE)
    model: Any = Area if is_grid else Organisation
    known = dict(model.objects.filter(code__in=wanted.subject).values_list("code", "pk"))
    if wanted.kind == Tally.Kind.TOWN and wanted.subject:
        raise Problem(422, errors=[("subject", _("The whole town has no subjects."))])
    if unknown := [code for code in wanted.subject if code not in known]:
        words = _("“%(code)s” is not known here.") % {"code": unknown[0]}
        raise Problem(422, errors=[("subject", words)])
    category = None
    if wanted.category is not None:
        rows = Category.objects.filter(code=wanted.category)
        category = rows.values_list("pk", flat=True).first()
        if category is None:
            words = _("There is no category “%(value)s”.") % {"value": wanted.category}
            raise Problem(422, errors=[("category", words)])
    return Figure(tuple(wanted.counter), period_of(wanted.period), (wanted.kind,),
                  tuple(known.values()), category)  # fmt: skip


@router.get("/figures", response=FigureShape, **operation(
    N("How often something happened in a period, and on which days"),
    asks=FigureQuery, name="figures"))  # fmt: skip
def figures(request: HttpRequest) -> dict[str, Any]:
    staff(request)
    wanted = asked(request, FigureQuery)
    figure = _figure(wanted)
    sums = {f"sum_{name}": Sum(name) for name in set(wanted.counter)}
    rows: Any = figure.tallies().order_by("day").values("day").annotate(**sums)
    days: list[dict[str, Any]] = [
        {"day": row["day"], "value": sum(row[f"sum_{name}"] for name in wanted.counter)}
        for row in rows
    ]
    days = [day for day in days if day["value"]]
    return {"period": str(figure.period), "value": sum(d["value"] for d in days), "days": days}


class FigureCasesQuery(PageQuery, FigureQuery):
    """Which cases of which figure."""


@router.get("/figures/cases", response=page_shape("cases"), **operation(
    N("The cases that a figure counts"), N("As far as the owner of the key sees them."),
    asks=FigureCasesQuery, name="figure_cases"))  # fmt: skip
def figurecases_of(request: HttpRequest) -> dict[str, Any]:
    sight = staff(request)
    wanted = asked(request, FigureCasesQuery)
    return cases_of(_figure(wanted), sight, wanted)
