"""Files, served only to those who may see their case, and so that they can do no harm."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from linli.cases.evidence import PDF, UNREADABLE
from linli.cases.models import Evidence
from linli.cases.pictures import KIND, Size, is_picture, picture
from linli.cases.visibility import handles
from linli.people.scope import scope


@login_required
@require_safe
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the file: as it came to those who handle the case, to others the pixels of a photo."""
    sight = scope(request.user)
    row = get_object_or_404(sight.of(Evidence).select_related("case"), pk=pk)
    is_own = row.by_id is not None and row.by_id == sight.user.pk
    if is_picture(row) and not is_own and not handles(sight, row.case):
        return sent_picture(row, Size.SCREEN)
    with row.file.open("rb") as file:
        content = file.read()
    name = f"{row.case_id}-{row.pk}.{row.file.name.rpartition('.')[2]}"
    return sent(content, row.content_type, name, row.content_type == PDF)


@login_required
@require_safe
def picture_file(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """Give a photo in one of the sizes of a page."""
    row = get_object_or_404(scope(request.user).of(Evidence), pk=pk)
    if not is_picture(row) or size not in list(Size):
        raise Http404
    return sent_picture(row, Size(size))


def sent_picture(row: Evidence, size: Size) -> HttpResponse:
    """Answer with a photo whose reader has been checked."""
    try:
        content = picture(row, size)
    except UNREADABLE as fault:
        raise Http404 from fault
    return sent(content, KIND, f"{row.case_id}-{row.pk}-{size}.webp", False)


def sent(content: bytes, kind: str, name: str, is_download: bool) -> HttpResponse:
    """Answer with a file that came from outside, so that it can do no harm."""
    response = HttpResponse(content, content_type=kind)
    way = "attachment" if is_download else "inline"
    response["Content-Disposition"] = f'{way}; filename="{name}"'
    # The file came from outside: let it run nothing, whatever a browser makes of it.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response
