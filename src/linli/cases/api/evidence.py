"""Files that show what was found or done."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.evidence import ACCEPTED
from linli.cases.file_views import evidence_file
from linli.rest import Problem, operation

N = gettext_noop
router = Router()
BYTES = {"schema": {"type": "string", "format": "binary"}}
FILE = operation(N("A file that shows what was found or done"), name="evidence_file")
FILE["openapi_extra"]["responses"] = {200: {"content": dict.fromkeys(sorted(ACCEPTED), BYTES)}}


@router.get("/evidence/{key}", **FILE)
def evidence(request: HttpRequest, key: int) -> HttpResponse:
    if not 0 < key < 2**63:
        raise Problem(404)
    return evidence_file(request, key)
