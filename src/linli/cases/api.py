"""What may be done with a case over REST; every step of the action table is an operation."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, create_model

from linli.cases import loop, waiting
from linli.cases.actors import Actor, holding, standing
from linli.cases.due import deadlines_of
from linli.cases.evidence import ACCEPTED, NotEvidence
from linli.cases.file_views import evidence_file
from linli.cases.forms import MAX_TEXT, ActionForm, ReportForm, by_code
from linli.cases.looks import look
from linli.cases.models import Case, Category, Notice, Report, State, Triage
from linli.cases.progress import progress
from linli.cases.tables import CASES
from linli.cases.timeline import Line, public_lines, tell
from linli.cases.visibility import in_office
from linli.clock import now
from linli.people.models import Organisation, Side, User
from linli.people.scope import Scope, scope
from linli.rest import (
    Asked,
    Given,
    Moment,
    Problem,
    Text,
    asked,
    found,
    given,
    operation,
    row_of,
    row_shape,
)

N = gettext_noop
router = Router(tags=["cases"])
CaseWhole = row_shape("cases", alone=True)


class Shape(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


# --- steps -----------------------------------------------------------------------------------

Words = Annotated[Text, Field(min_length=1, max_length=MAX_TEXT)]
Line300 = Annotated[Text, Field(min_length=1, max_length=300)]
Key = Annotated[Text, Field(min_length=1, max_length=150)]
# A need of the table → what is given for it: the key of a thing, not its number in our database.
GIVEN: dict[str, Any] = {
    "triage": Literal[tuple(Triage.values)],
    "category": Key,
    "area": Key,
    "organisation": Key,
    "person": Key,
    "reason": Words,
    "reply": Words,
    "comment": Words,
    "text": Words,
    "days": Annotated[int, Field(ge=1, le=60)],
    "satisfied": bool,
    "upheld": bool,
    "into": Key,
    "question": Line300,
    "venue": Annotated[Text, Field(min_length=1, max_length=160)],
    "meets_at": Moment,
    "minutes": Words,
    "households": Annotated[int, Field(ge=1, le=10_000)],
}
FILES = "evidence"


def _key(model: Any, name: str) -> Callable[[Any], Any]:
    """Return how the form wants a thing that is named by its key: -1 is none of them."""
    return lambda key: (
        model.objects.filter(**{name: key}).values_list("pk", flat=True).first() or -1
    )


# How a form wants what was given, where it differs.
AS_TYPED: dict[str, Callable[[Any], Any]] = {
    "organisation": _key(Organisation, "code"),
    "category": _key(Category, "code"),
    "person": _key(User, "username"),
    "satisfied": lambda answer: "yes" if answer else "no",
    "upheld": lambda answer: "yes" if answer else "no",
    "meets_at": lambda moment: localtime(moment).isoformat(),
}


def body_of(name: str) -> type[Given]:
    """Return the schema of what an action needs."""
    fields: dict[str, Any] = {}
    with override("en"):
        for need in loop.ACTIONS[name].needs:
            bare = need.removesuffix("?")
            if bare == FILES:
                continue
            label = Field(description=str(loop.NEEDS[bare]))
            is_needed = bare == need
            kind = GIVEN[bare] if is_needed else GIVEN[bare] | None
            fields[bare] = (Annotated[kind, label], ... if is_needed else None)
    return create_model(f"{name}_body", __base__=Given, **fields)


def case_for(request: HttpRequest, code: str) -> tuple[Case, Scope]:
    """Return the case people quote as `code`, and the scope of the person; or a problem."""
    sight = scope(request.user)
    return found(by_code(sight, code)), sight


def as_row(sight: Scope, code: str) -> dict[str, Any]:
    """Return a case as it stands in JSON."""
    return row_of(CASES, found(by_code(sight, code)), alone=True)


def _offer(name: str) -> None:
    action = loop.ACTIONS[name]
    model = body_of(name)
    takes_files = any(need.removesuffix("?") == FILES for need in action.needs)
    with override("en"):
        label = str(action.label)

    def step(request: HttpRequest, code: str) -> dict[str, Any]:
        case, sight = case_for(request, code)
        if model.model_fields or takes_files:
            told, files = given(request, model, FILES if takes_files else "")
        else:
            told, files = model(), []
        take(case, name, sight, told, files)
        return as_row(sight, code)

    step.__name__ = f"{name}_case"
    router.post(
        f"/cases/{{code}}/{name}",
        response=CaseWhole,
        **operation(
            label,
            N("A step of the loop: possible only in certain states and for certain people."),
            takes=model if model.model_fields or takes_files else None,
            files=FILES if takes_files else "",
            name=f"case_{name}",
        ),
    )(step)


def take(case: Case, name: str, sight: Scope, told: Given, files: list[Any]) -> None:
    """Take a step with what a request gave.

    Raises
    ------
    Problem
        403 if this person may not, 422 if something given cannot be used, 409 if the state of
        the case does not allow it.
    """
    if not loop.ACTIONS[name].who & standing(case, sight):
        raise Problem(403, _("You may not do this with this case."))
    form = filled(case, name, sight, told, files)
    assert isinstance(sight.user, User)
    try:
        loop.act(case, name, sight.user, **form.inputs)
    except NotEvidence as fault:
        raise Problem(422, str(fault), errors=[(FILES, str(fault))]) from fault
    except loop.Refused as refusal:
        raise Problem(409, str(refusal)) from refusal


def filled(case: Case, name: str, sight: Scope, told: Given, files: list[Any]) -> ActionForm:
    """Return the form of an action with what a request gave; or a Problem with 409 or 422."""
    if case.state not in loop.ACTIONS[name].states:
        label = State(case.state).label
        raise Problem(409, _("Not possible while the case is “%(state)s”.") % {"state": label})
    typed = {
        field: AS_TYPED.get(field, lambda value: value)(value)
        for field, value in told.model_dump().items()
        if value is not None
    }
    form = ActionForm(name, case, sight, typed, _Files(files))
    if not form.is_valid():
        errors = [(field, text) for field, texts in form.errors.items() for text in texts]
        raise Problem(422, errors=errors)
    return form


class _Files(dict):
    """The files of a request as a form reads them."""

    def __init__(self, files: list[Any]) -> None:
        super().__init__({FILES: files} if files else {})

    def getlist(self, name: str) -> list[Any]:
        return self.get(name, [])


def by_people(name: str) -> bool:
    """Tell whether a person with an account may ever take an action."""
    return bool(loop.ACTIONS[name].who - {Actor.SYSTEM, Actor.RECEIPT}) and name != LOOK


LOOK = "look"  # answers with more than the case: below
for _name in loop.ACTIONS:
    if by_people(_name):
        _offer(_name)


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
    if not loop.ACTIONS[LOOK].who & standing(case, sight):
        raise Problem(403, _("You may not do this with this case."))
    try:
        rows = look(case, sight.user)
    except loop.Refused as refusal:
        raise Problem(409, str(refusal)) from refusal
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


class NeedShape(Shape):
    """What an action needs."""

    name: str
    label: str
    required: bool


class ActionShape(Shape):
    """An action that may be taken now."""

    name: str
    label: str
    needs: list[NeedShape]


class ActionsShape(Shape):
    """All actions that may be taken now."""

    items: list[ActionShape]


@router.get("/cases/{code}/actions", response=ActionsShape, **operation(
    N("What the owner of the key may do with a case now"), name="case_actions"))  # fmt: skip
def actions(request: HttpRequest, code: str) -> dict[str, Any]:
    case, sight = case_for(request, code)
    return {
        "items": [
            {
                "name": name,
                "label": str(loop.ACTIONS[name].label),
                "needs": [
                    {
                        "name": need.removesuffix("?"),
                        "label": str(loop.NEEDS[need.removesuffix("?")]),
                        "required": not need.endswith("?"),
                    }
                    for need in loop.ACTIONS[name].needs
                ],
            }
            for name in loop.permitted(case, sight)
        ]
    }


# --- the case and its trace ------------------------------------------------------------------


class ToldShape(Shape):
    """Something that was said in a step."""

    label: str
    value: str


class FileShape(Shape):
    """A file that shows what was found or done."""

    id: int
    content_type: str
    at: Moment


class EventShape(Shape):
    """One step that was taken, in words."""

    action: str
    label: str
    at: Moment
    by: str
    sentence: str
    told: list[ToldShape]
    remarks: list[str]
    files: list[FileShape]


class EventsShape(Shape):
    """The trace of a case, the newest step first."""

    items: list[EventShape]


def _event(line: Line) -> dict[str, Any]:
    return {
        "action": line.action,
        "label": str(line.label),
        "at": localtime(line.at),
        "by": str(line.by),
        "sentence": str(line.sentence),
        "told": [{"label": str(label), "value": str(value)} for label, value in line.told],
        "remarks": [str(remark) for remark in line.remarks],
        "files": [
            {"id": file.pk, "content_type": file.content_type, "at": localtime(file.at)}
            for file in line.files
        ],
    }


@router.get("/cases/{code}/events", response=EventsShape, **operation(
    N("What happened to a case, in words"),
    N("As far as the owner of the key may know it; the newest step first."),
    name="case_events"))  # fmt: skip
def events(request: HttpRequest, code: str) -> dict[str, Any]:
    case, sight = case_for(request, code)
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    return {"items": [_event(line) for line in tell(case, sight, official)]}


class AssignmentShape(Shape):
    """Who has a case, on which side."""

    side: Literal[tuple(Side.values)]  # type: ignore[valid-type]
    organisation: str
    person: str | None
    leads: bool
    accepted_at: Moment | None
    signed_off_at: Moment | None
    answer: str | None


class AssignmentsShape(Shape):
    """Everybody who has a case."""

    items: list[AssignmentShape]


@router.get("/cases/{code}/assignments", response=AssignmentsShape, **operation(
    N("Who has a case: both sides of the dispatch, and those who joined"),
    name="case_assignments"))  # fmt: skip
def assignments(request: HttpRequest, code: str) -> dict[str, Any]:
    case, sight = case_for(request, code)
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    rows = case.assignments.filter(active=True).select_related("organisation", "person")
    return {
        "items": [
            {
                "side": row.side,
                "organisation": row.organisation.code,
                "person": row.person.username if row.person and official else None,
                "leads": row.leads,
                "accepted_at": row.accepted_at,
                "signed_off_at": row.signed_off_at,
                "answer": row.answer or None if official else None,
            }
            for row in rows
        ]
    }


class DeadlineShape(Shape):
    """A deadline: what for, when, how it stands, and the working hours left or past."""

    what: str
    moment: Moment
    level: str
    hours: float


class DeadlinesShape(Shape):
    """All deadlines of a case."""

    items: list[DeadlineShape]


@router.get("/cases/{code}/deadlines", response=DeadlinesShape, **operation(
    N("The deadlines of a case, counted on the town's working calendar"),
    name="case_deadlines"))  # fmt: skip
def deadlines(request: HttpRequest, code: str) -> dict[str, Any]:
    case, _sight = case_for(request, code)
    return {
        "items": [
            {"what": due.what, "moment": due.moment, "level": str(due.level),
             "hours": round(due.hours, 2)}
            for due in deadlines_of(case)
        ]
    }  # fmt: skip


BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = operation(N("A file that shows what was found or done"), name="evidence_file")
FILE["openapi_extra"]["responses"] = {200: {"content": dict.fromkeys(sorted(ACCEPTED), BYTES)}}


@router.get("/evidence/{key}", **FILE)
def evidence(request: HttpRequest, key: int) -> HttpResponse:
    if not 0 < key < 2**63:
        raise Problem(404)
    return evidence_file(request, key)


# --- what waits, notices ---------------------------------------------------------------------


class PileShape(Shape):
    """Cases that ask the same thing of the owner of the key."""

    name: str
    label: str
    advice: str
    count: int


class PilesShape(Shape):
    """Everything that waits; list a pile by `GET /cases?waiting=name`."""

    items: list[PileShape]


@router.get("/piles", response=PilesShape, **operation(
    N("What waits for the owner of the key, counted"),
    N("The cases of a pile are listed by the parameter “waiting” of the cases."),
    name="piles"))  # fmt: skip
def piles(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    cases = sight.of(Case)
    return {
        "items": [
            {"name": name, "label": str(pile.label), "advice": str(pile.advice),
             "count": cases.filter(pile.of(sight)).count()}
            for name, pile in waiting.PILES.items()
        ]
    }  # fmt: skip


class ReadShape(Shape):
    """How many notices were marked as read."""

    read: int


@router.post("/notices/read", response=ReadShape, **operation(
    N("Mark all notices as read"), name="read_notices"))  # fmt: skip
def read_notices(request: HttpRequest) -> dict[str, Any]:
    unread = scope(request.user).of(Notice).filter(read_at=None)
    return {"read": unread.update(read_at=now())}


# --- receipts --------------------------------------------------------------------------------


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
        told = given(request, model)[0] if model.model_fields else model()
        if not loop.ACTIONS[name].who & holding(case, report.receipt):
            raise Problem(403, _("You may not do this with this case."))
        form = filled(case, name, scope(request.user), told, [])
        try:
            loop.act_with_receipt(report, name, **form.inputs)
        except loop.Refused as refusal:
            raise Problem(409, str(refusal)) from refusal
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


# --- before a report -------------------------------------------------------------------------


class SuggestionQuery(Asked):
    """What somebody is about to report."""

    title: Annotated[Text, Field(max_length=200)]
    body: Annotated[Text, Field(max_length=4000)] = ""
    category: Annotated[Text | None, Field(max_length=60)] = None
    area: Annotated[Text | None, Field(max_length=40)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None


class LikelyShape(Shape):
    """A category that a text seems to be about."""

    category: str
    name: str
    probability: float


class NearShape(Shape):
    """An open case around; its title only where the owner of the key may see the case."""

    case: str | None
    title: str | None
    category: str | None
    state: Literal[tuple(State.values)]  # type: ignore[valid-type]
    reported_at: Moment
    likeness: float
    metres: float | None


class SuggestionShape(Shape):
    """What a text seems to be about, and what was reported around already."""

    categories: list[LikelyShape]
    near: list[NearShape]


@router.get("/suggestions", response=SuggestionShape, **operation(
    N("What a text seems to be about, and what was reported around already"),
    N("To ask before a report is sent; nothing is kept."),
    asks=SuggestionQuery, name="suggestions"))  # fmt: skip
def suggestions(request: HttpRequest) -> dict[str, Any]:
    sight = scope(request.user)
    wanted = asked(request, SuggestionQuery)
    typed = {name: value for name, value in wanted.model_dump().items() if value is not None}
    typed["category"] = AS_TYPED["category"](wanted.category) if wanted.category else ""
    form = ReportForm(sight, typed)
    if not form.is_valid():
        errors = [(field, text) for field, texts in form.errors.items() for text in texts]
        raise Problem(422, errors=errors)
    likely, near = form.around()
    return {
        "categories": [
            {"category": row.code, "name": str(row), "probability": round(float(p), 3)}
            for row, p in likely
        ],
        "near": [
            {
                "case": one.case.code if one.is_open_to_reader else None,
                "title": one.case.title if one.is_open_to_reader else None,
                "category": one.case.category.code if one.case.category else None,
                "state": one.case.state,
                "reported_at": localtime(one.case.reported_at),
                "likeness": round(float(one.likeness), 3),
                "metres": None if one.metres is None else round(float(one.metres), 1),
            }
            for one in near
        ],
    }
