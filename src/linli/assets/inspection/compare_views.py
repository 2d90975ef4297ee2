"""Photos of a case side by side: how it was found against what it looks like since."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.assets.inspection import changes
from linli.cases.file_views import sent
from linli.cases.models import Case
from linli.cases.photos import Photo, Photos, before_and_after
from linli.cases.timeline import tell
from linli.cases.views import found_case
from linli.cases.visibility import in_office
from linli.people.scope import Scope, scope


def _photos(sight: Scope, case: Case) -> Photos:
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    return before_and_after(case, tell(case, sight, official), official)


def _chosen(photos: list[Photo], asked: str, usual: int) -> Photo:
    if not photos:
        raise Http404
    by_key = {str(photo.file.pk): photo for photo in photos}
    if asked and asked not in by_key:
        raise Http404
    return by_key[asked] if asked else photos[usual]


@login_required
@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Show the first photo of what was found and the last of what was done, or others."""
    sight = scope(request.user)
    case = found_case(sight, code)
    photos = _photos(sight, case)
    before = _chosen(photos.before, request.GET.get("before", ""), 0)
    after = _chosen(photos.after, request.GET.get("after", ""), -1)
    return render(
        request,
        "inspection/compare.html",
        {"case": case, "photos": photos, "before": before, "after": after,
         "both": [(before, _("Before")), (after, _("After"))],
         "told": changes.told(before.file, after.file)},
    )  # fmt: skip


@login_required
@require_safe
def change(
    request: HttpRequest, code: str, before: int, after: int, what: str
) -> HttpResponse:  # fmt: skip
    """Give the heat of change between two photos of a case, or the earlier laid onto the later."""
    sight = scope(request.user)
    case = found_case(sight, code)
    photos = _photos(sight, case)
    first = _chosen(photos.before, str(before), 0)
    last = _chosen(photos.after, str(after), -1)
    drawn = changes.drawn(first.file, last.file, what)
    if drawn is None:
        raise Http404
    answer = sent(drawn, "image/webp", f"{case.code}-{before}-{after}-{what}.webp", False)
    answer["Cache-Control"] = "private, max-age=604800, immutable"
    return answer
