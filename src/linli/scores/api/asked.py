"""What questions for figures have in common: who may ask them, and of which period."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from linli.cases.models import Case
from linli.cases.tables import CASES
from linli.clock import now
from linli.people.scope import Scope, scope
from linli.people.tables import works_here
from linli.rest import PageQuery, Problem, Text, page_of, row_of
from linli.rest.asking import EARLIEST, LATEST
from linli.scores.figures import Figure
from linli.scores.models import Tally
from linli.scores.periods import Period, local_day, month_of, parse

N = gettext_noop
PeriodText = Annotated[
    Text, Field(max_length=30, description=N("2020-01, 2020Q1, 2020 or 2020-01-05..2020-02-10"))
]
Slug = Annotated[Text, Field(max_length=40)]


def staff(request: HttpRequest) -> Scope:
    """Return the scope of somebody who works for the town; a Problem with 403 for others."""
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403, _("Figures are open to those who work for the town."))
    return sight


def period_of(text: str | None) -> Period:
    """Return the period that is asked for; left out, the last month in which anything was."""
    if not text:
        last = Tally.objects.order_by("-day").values_list("day", flat=True).first()
        return month_of(last or local_day(now()))
    try:
        return ours("period", parse(text))
    except (ValueError, OverflowError) as fault:
        raise Problem(422, errors=[("period", fault)]) from fault


def ours(field: str, period: Period) -> Period:
    """Return a period in years of which every clock thinks the same; or a Problem with 422."""
    if not EARLIEST <= period.first.year <= period.last.year < LATEST:
        years = {"first": EARLIEST, "last": LATEST - 1}
        words = _("must lie between %(first)d and %(last)d.") % years
        raise Problem(422, errors=[(field, words)])
    return period


def cases_of(figure: Figure, sight: Scope, wanted: PageQuery) -> dict[str, Any]:
    """Return a page of the cases that a figure counts, as far as this person sees them."""
    rows = sight.of(Case).filter(pk__in=figure.cases().order_by().values("pk"))
    page = page_of(rows, CASES, wanted)
    return {"items": [row_of(CASES, row) for row in page.rows], "next": page.next}
