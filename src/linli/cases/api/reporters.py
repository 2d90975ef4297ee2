"""Who reported a case: told on request, and every look is an event."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.api.found import case_for, see_allowed
from linli.cases.api.steps import LOOK
from linli.cases.looks import look
from linli.people.models import User
from linli.rest import Moment, Shape, operation

N = gettext_noop
router = Router()


class ReporterShape(Shape):
    """Who reported a case."""

    source: str
    told_at: Moment
    name: str | None
    contact: str | None
    username: str | None


class ReportersShape(Shape):
    """Everybody who reported a case."""

    items: list[ReporterShape]


@router.post("/cases/{code}/look", response=ReportersShape, **operation(
    N("See who reported a case, for those who handle it"),
    N("Each look is an event of the case, and whoever reported it can see that there was one."),
    name="case_look"))  # fmt: skip
def see_reporters(request: HttpRequest, code: str) -> dict[str, Any]:
    case, sight = case_for(request, code)
    assert isinstance(sight.user, User)
    see_allowed(case, LOOK, sight)
    rows = look(case, sight.user)
    return {
        "items": [
            {
                "source": row.source,
                "told_at": localtime(row.created),
                "name": row.author or (str(row.reporter) if row.reporter else None),
                "contact": row.contact or None,
                "username": row.reporter.username if row.reporter else None,
            }
            for row in rows
        ]
    }
