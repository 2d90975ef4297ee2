"""What a step takes over REST, made from what the action table says it needs."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.forms import Form
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override
from pydantic import Field, create_model

from linli.cases import loop
from linli.cases.forms import MAX_TEXT, ActionForm
from linli.cases.models import Case, Category, State, Triage
from linli.people.models import Organisation, User
from linli.people.scope import Scope
from linli.rest import Given, Moment, Problem, Text

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


def filled(case: Case, name: str, sight: Scope, told: Given, files: list[Any]) -> ActionForm:
    """Return the form of an action with what a request gave; or a Problem with 409 or 422."""
    if case.state not in loop.ACTIONS[name].states:
        label = State(case.state).label
        raise Problem(409, _("Not possible while the case is “%(state)s”.") % {"state": label})
    form = unchecked(case, name, sight, told, files)
    see_usable(form)
    return form


def unchecked(case: Case, name: str, sight: Scope, told: Given, files: list[Any]) -> ActionForm:
    """Return the form of an action with what a request gave, before anybody looked at it."""
    typed = {
        field: AS_TYPED.get(field, lambda value: value)(value)
        for field, value in told.model_dump().items()
        if value is not None
    }
    return ActionForm(name, case, sight, typed, _Files(files))


def see_usable(form: Form) -> None:
    """See that all of a form can be used; or a Problem (422) with each field that cannot."""
    if not form.is_valid():
        errors = [(field, text) for field, texts in form.errors.items() for text in texts]
        raise Problem(422, errors=errors)


class _Files(dict):
    """The files of a request as a form reads them."""

    def __init__(self, files: list[Any]) -> None:
        super().__init__({FILES: files} if files else {})

    def getlist(self, name: str) -> list[Any]:
        return self.get(name, [])
