"""What the pages of the loop share: finding a case by its number, and putting notices away.

The list, a case, a report, a receipt and files have modules of their own beside this one.
"""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from linli.cases.forms import by_code
from linli.cases.models import Case, Notice
from linli.clock import now
from linli.people.scope import Scope, scope


def found_case(sight: Scope, code: str) -> Case:
    """Return the case people quote as `code`, or answer that there is none."""
    case = by_code(sight, code)
    if case is None:
        raise Http404
    return case


@login_required
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    scope(request.user).of(Notice).filter(read_at=None).update(read_at=now())
    return redirect("home")
