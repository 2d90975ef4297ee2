"""Matching: who could supply a need, and introducing them."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.enterprises.api.ladder import reader
from linli.enterprises.matching import introduce as introductions
from linli.enterprises.matching.models import Need, Supply
from linli.enterprises.matching.tables import NEEDS
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.people.scope import Scope
from linli.rest import Given, Problem, Shape, Text, found, given, operation

N = gettext_noop
router = Router()


class SupplierShape(Shape):
    """Who could supply, with which of its wares, and why."""

    enterprise: str
    name: str
    product: str
    words: list[str]
    is_industry: bool
    likeness: float


class SuppliersShape(Shape):
    """All who could, the most alike first."""

    items: list[SupplierShape]


class IntroduceBody(Given):
    """Whom to introduce."""

    supplier: Annotated[Text, Field(max_length=18)]


class IntroductionShape(Shape):
    """The case that an introduction has become."""

    case: str


def _need(sight: Scope, key: str) -> Need:
    assert NEEDS.find
    rows = sight.of(Need).select_related("enterprise__area")
    row: Need = found(rows.filter(**NEEDS.find(key)).first())
    return row


@router.get("/enterprise-needs/{key}/suppliers", response=SuppliersShape, **operation(
    N("Who in the park could supply a need, and the words that say so"),
    name="suppliers"))  # fmt: skip
def who(request: HttpRequest, key: str) -> dict[str, Any]:
    sight = reader(request)
    lines = sight.of(Supply).filter(need=_need(sight, key)).select_related("supplier")
    return {"items": [
        {"enterprise": s.supplier.code, "name": str(s.supplier), "product": s.product,
         "words": s.words, "is_industry": s.is_industry, "likeness": s.likeness}
        for s in lines.order_by("place")
    ]}  # fmt: skip


@router.post("/enterprise-needs/{key}/introductions", response={201: IntroductionShape},
             **operation(N("Introduce a supplier: a case, once for each"), takes=IntroduceBody,
                         name="introduce"))  # fmt: skip
def introduce(request: HttpRequest, key: str) -> Status:
    sight = reader(request)
    row = _need(sight, key)
    if not keeps(sight):
        words = _("Only those who keep the register introduce enterprises to each other.")
        raise Problem(403, words)
    told, _files = given(request, IntroduceBody)
    supplier: Enterprise = found(Enterprise.objects.filter(code=told.supplier).first())
    assert isinstance(request.user, User)
    return Status(201, {"case": introductions.introduce(row, supplier, request.user).case.code})
