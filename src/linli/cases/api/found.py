"""The case that an address names, as far as the owner of the key may see it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.cases import loop
from linli.cases.actors import standing
from linli.cases.forms import by_code
from linli.cases.models import Case
from linli.cases.tables import CASES
from linli.people.scope import Scope, scope
from linli.rest import Problem, found, row_of, row_shape

CaseWhole = row_shape("cases", alone=True)


def case_for(request: HttpRequest, code: str) -> tuple[Case, Scope]:
    """Return the case people quote as `code`, and the scope of the person; or a problem."""
    sight = scope(request.user)
    return found(by_code(sight, code)), sight


def as_row(sight: Scope, code: str) -> dict[str, Any]:
    """Return a case as it stands in JSON."""
    return row_of(CASES, found(by_code(sight, code)), alone=True)


def see_allowed(case: Case, name: str, sight: Scope) -> None:
    """See that a person may take an action with a case in one of its states; or a Problem (403)."""
    if not loop.ACTIONS[name].who & standing(case, sight):
        raise Problem(403, _("You may not do this with this case."))
