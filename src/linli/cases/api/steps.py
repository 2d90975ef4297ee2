"""Every step of the action table that people take is an operation."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop, override
from ninja import Router

from linli.cases import loop
from linli.cases.actors import Actor
from linli.cases.api.found import CaseWhole, as_row, case_for, see_allowed
from linli.cases.api.given import FILES, body_of, filled
from linli.cases.evidence import NotEvidence
from linli.cases.models import Case
from linli.people.models import User
from linli.people.scope import Scope
from linli.rest import Given, Problem, given, operation

N = gettext_noop
router = Router()
LOOK = "look"  # answers with more than the case: `reporters`


def _offer(name: str) -> None:
    action = loop.ACTIONS[name]
    model = body_of(name)
    takes_files = any(need.removesuffix("?") == FILES for need in action.needs)
    with override("en"):
        label = str(action.label)

    def step(request: HttpRequest, code: str) -> dict[str, Any]:
        case, sight = case_for(request, code)
        see_allowed(case, name, sight)
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
    """Take a step, which this person may take, with what a request gave.

    Raises
    ------
    Problem
        422 if something given cannot be used, 409 if the state of the case does not allow it.
    """
    form = filled(case, name, sight, told, files)
    assert isinstance(sight.user, User)
    try:
        loop.act(case, name, sight.user, **form.inputs)
    except NotEvidence as fault:
        raise Problem(422, str(fault), errors=[(FILES, str(fault))]) from fault


def by_people(name: str) -> bool:
    """Tell whether a person with an account may ever take an action."""
    return bool(loop.ACTIONS[name].who - {Actor.SYSTEM, Actor.RECEIPT}) and name != LOOK


for _name in loop.ACTIONS:
    if by_people(_name):
        _offer(_name)
