"""What a list shows, as a file; each is written into the trail of administrative acts."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from linli.clock import now
from linli.doors import exporting
from linli.people import audit
from linli.people.models import User
from linli.people.scope import scope
from linli.streams import sent
from linli.tables import exportable


@login_required
@require_safe
def export(request: HttpRequest, table: str, kind: str) -> StreamingHttpResponse:
    """Send the rows that a page shows with the same query; written down before the first goes."""
    declaration = exportable().get(table)
    if declaration is None or kind not in exporting.TYPES:
        raise Http404
    sight = scope(request.user)
    if not declaration.may_list(sight):
        raise PermissionDenied
    query = request.GET.copy()
    (encoding,) = query.pop("encoding", ["utf-8"])[:1]
    if encoding not in exporting.ENCODINGS:
        encoding = "utf-8"
    rows = exporting.narrowed(declaration, sight, query)
    assert isinstance(request.user, User)
    audit.record(
        "exported", request.user, kind="table", key=table, name=str(declaration.label),
        changes={"rows": (None, exporting.count(rows)), "filter": (None, query.urlencode()),
                 "format": (None, kind)},
        request=request,
    )  # fmt: skip
    content_type = exporting.TYPES[kind]
    if kind == exporting.CSV:
        content_type += f"; charset={encoding}"
    made = exporting.export(declaration, sight, rows, kind, encoding)
    response = StreamingHttpResponse(sent(request, made), content_type=content_type)
    name = f"{declaration.label}-{localtime(now()):%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response
