"""What somebody may do with a case now."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases import loop
from linli.cases.api.found import case_for
from linli.rest import Shape, operation

N = gettext_noop
router = Router()


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
