"""Rulings: what each routed, and taking one back."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases import rulings
from linli.cases.models import Case, Ruling
from linli.cases.tables import CASES, RULINGS
from linli.people.models import User
from linli.people.scope import scope
from linli.people.tables import works_here
from linli.rest import (
    Given,
    PageQuery,
    Problem,
    Text,
    asked,
    by_key,
    given,
    operation,
    page_of,
    page_shape,
    row_of,
    row_shape,
)

N = gettext_noop
router = Router()


class WhyBody(Given):
    """Why."""

    reason: Annotated[Text, Field(min_length=1, max_length=500, pattern=r"\S")]


def _ruling(request: HttpRequest, key: int) -> Ruling:
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403)
    rows = sight.of(Ruling).select_related("category", "grid", "organisation", "event__case")
    found: Ruling = by_key(rows, key)
    return found


@router.get("/rulings/{key}/cases", response=page_shape("cases"), **operation(
    N("The cases that a ruling routed"), N("As far as the owner of the key sees them."),
    asks=PageQuery, name="ruling_cases"))  # fmt: skip
def routed(request: HttpRequest, key: int) -> dict[str, Any]:
    ruling = _ruling(request, key)
    wanted = asked(request, PageQuery)
    seen = scope(request.user).of(Case).filter(pk__in=rulings.routed(ruling).values("pk"))
    page = page_of(seen, CASES, wanted)
    return {"items": [row_of(CASES, row) for row in page.rows], "next": page.next}


@router.post("/rulings/{key}/withdraw", response=row_shape("rulings", alone=True), **operation(
    N("Take a ruling back: it routes no more cases"),
    N("What it routed stays where it is."), takes=WhyBody, name="withdraw_ruling"))  # fmt: skip
def withdraw(request: HttpRequest, key: int) -> dict[str, Any]:
    ruling = _ruling(request, key)
    if not rulings.may_withdraw(scope(request.user), ruling):
        raise Problem(403)
    told, _files = given(request, WhyBody)
    assert isinstance(request.user, User)
    rulings.withdraw(ruling, request.user, told.reason.strip())
    return row_of(RULINGS, ruling, alone=True)
