"""How a report stands for whoever has its receipt, and what they may do with it."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from ninja import Router

from linli.cases import loop
from linli.cases.actors import Actor, holding
from linli.cases.api.given import body_of, filled
from linli.cases.api.trace import ToldShape
from linli.cases.file_views import sent_picture
from linli.cases.models import Case, Report, State
from linli.cases.pictures import KIND, Size, is_picture
from linli.cases.progress import progress
from linli.cases.receipt_views import answered
from linli.cases.timeline import public_lines
from linli.people.scope import scope
from linli.rest import Moment, Problem, Shape, by_key, found, given, operation

N = gettext_noop
router = Router()


class ProgressEventShape(Shape):
    """One step as the public may know it."""

    action: str
    label: str
    at: Moment
    told: list[ToldShape]


class StageShape(Shape):
    """A step of the line from report to end."""

    label: str
    is_done: bool
    is_next: bool
    at: Moment | None
    by_when: Moment | None


class ProgressShape(Shape):
    """How a report stands; nobody is named."""

    case: str
    state: Literal[tuple(State.values)]  # type: ignore[valid-type]
    state_label: str
    reported_at: Moment
    category: str | None
    stages: list[StageShape]
    events: list[ProgressEventShape]


@router.get("/receipts/{receipt}", auth=None, response=ProgressShape, **operation(
    N("How a report stands, for whoever has its receipt"),
    N("Needs no key: the receipt is the secret. Nobody is named."),
    name="receipt"))  # fmt: skip
def receipt(request: HttpRequest, receipt: str) -> dict[str, Any]:
    return _progress(_told(receipt).case)


def _told(receipt: str) -> Report:
    rows = Report.objects.select_related("case__category").defer("case__sketch")
    return found(rows.filter(receipt=receipt[:64].lower()).first())


def _progress(case: Case) -> dict[str, Any]:
    return {
        "case": case.code,
        "state": case.state,
        "state_label": str(State(case.state).label),
        "reported_at": localtime(case.reported_at),
        "category": case.category.code if case.category else None,
        "stages": [
            {"label": str(stage.label), "is_done": stage.is_done, "is_next": stage.is_next,
             "at": stage.at, "by_when": stage.by_when}
            for stage in progress(case)
        ],
        "events": [
            {
                "action": line.action,
                "label": str(line.label),
                "at": localtime(line.at),
                "told": [{"label": str(a), "value": str(b)} for a, b in line.told],
            }
            for line in public_lines(case)
        ],
    }  # fmt: skip


def _offer_to_holder(name: str) -> None:
    model = body_of(name)
    with override("en"):
        label = str(loop.ACTIONS[name].label)

    def step(request: HttpRequest, receipt: str) -> dict[str, Any]:
        report = _told(receipt)
        case = report.case
        if not loop.ACTIONS[name].who & holding(case, report.receipt):
            raise Problem(403, _("You may not do this with this case."))
        told = given(request, model)[0] if model.model_fields else model()
        form = filled(case, name, scope(request.user), told, [])
        loop.act_with_receipt(report, name, **form.inputs)
        return _progress(_told(receipt).case)

    step.__name__ = f"{name}_with_receipt"
    router.post(
        f"/receipts/{{receipt}}/{name}",
        auth=None,
        response=ProgressShape,
        **operation(
            label,
            N("For whoever reported without an account and has the receipt; needs no key."),
            takes=model if model.model_fields else None,
            name=f"receipt_{name}",
        ),
    )(step)


for _name, _action in loop.ACTIONS.items():
    if Actor.RECEIPT in _action.who:
        _offer_to_holder(_name)


PHOTO = operation(
    N("A photo of an official answer, for whoever has the receipt"), name="receipt_photo"
)
PHOTO["openapi_extra"]["responses"] = {
    200: {"content": {KIND: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/receipts/{receipt}/photos/{key}", auth=None, **PHOTO)
def photo(request: HttpRequest, receipt: str, key: int) -> HttpResponse:
    row = by_key(answered(_told(receipt).case), key)
    if not is_picture(row):
        raise Problem(404)
    return sent_picture(row, Size.SCREEN)
