"""The same step with many cases of the desk at once."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from ninja import Router
from pydantic import Field, create_model

from linli.cases import desk, loop
from linli.cases.api.given import Key, body_of, see_usable, unchecked
from linli.cases.forms import number_of
from linli.people.models import User
from linli.people.scope import scope
from linli.rest import Given, Shape, given, operation

N = gettext_noop
router = Router()
Codes = Annotated[
    list[Key],
    Field(min_length=1, max_length=desk.MAX_MANY, description=N("Numbers of the cases")),
]


class RefusedShape(Shape):
    """A case with which the step was not taken, and why."""

    case: str
    why: str


class OutcomeShape(Shape):
    """With which cases a step was taken, and with which it was refused."""

    done: list[str]
    refused: list[RefusedShape]


def _offer(name: str) -> None:
    model: Any = create_model(f"many_{name}_body", __base__=body_of(name), cases=(Codes, ...))
    with override("en"):
        label = str(loop.ACTIONS[name].label)

    def many(request: HttpRequest) -> dict[str, Any]:
        sight = scope(request.user)
        mine = desk.on_desk(sight)
        told: Any = given(request, model)[0]
        keys = {code: number_of(code) for code in dict.fromkeys(told.cases)}
        cases = list(mine.filter(pk__in=[key for key in keys.values() if key]).order_by("pk"))
        there = {case.pk for case in cases}
        absent = [code for code, key in keys.items() if key not in there]
        done, refused = [], [{"case": code, "why": _("Not on your desk.")} for code in absent]
        if cases:
            form = unchecked(cases[0], name, sight, _without_cases(told), [])
            see_usable(form)
            inputs = {n: v for n, v in form.cleaned_data.items() if v not in (None, "", [])}
            assert isinstance(request.user, User)
            outcome = desk.act_on_many(cases, name, request.user, **inputs)
            done = [case.code for case in outcome.done]
            refused += [{"case": case.code, "why": why} for case, why in outcome.refused]
        return {"done": done, "refused": refused}

    many.__name__ = f"{name}_many"
    router.post(
        f"/desk/many/{name}",
        response=OutcomeShape,
        **operation(
            label,
            N("The same step with many cases of the desk, each by itself: one that is refused "
              "keeps back no other."),
            takes=model,
            name=f"desk_many_{name}",
        ),
    )(many)  # fmt: skip


def _without_cases(told: Given) -> Given:
    return told.model_copy(update={"cases": None})


for _name in desk.MANY:
    _offer(_name)
