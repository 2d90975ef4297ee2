"""The page of a part, and the queue in which an inspector judges one after the other."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.assets.inspection import judging, queue, seen
from linli.assets.inspection.models import FlawKind, Inspection, Verdict
from linli.assets.inspection.views import found_station
from linli.assets.inspection.who import may_judge
from linli.cases.evidence import UNREADABLE
from linli.cases.file_views import sent
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope, scope

KEYS = 9  # kinds of flaws that have a key of their own
UNDONE = "inspection-last"  # the part somebody judged last, in their session


def found_part(sight: Scope, pk: int) -> Inspection:
    """Return a part the person sees, or answer that there is none."""
    rows = sight.of(Inspection).select_related(
        "station__asset", "station__product", "lot__product", "version", "judged_by"
    )
    found: Inspection = get_object_or_404(rows.prefetch_related("flaws__kind", "flaws__by"), pk=pk)
    return found


@login_required
@require_safe
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a part with all that is said of it."""
    sight = scope(request.user)
    return _part(request, sight, found_part(sight, pk))


def _part(
    request: HttpRequest, sight: Scope, found: Inspection, fault: str = "", status: int = 200
) -> HttpResponse:
    judges = may_judge(sight, found.station)
    last = request.session.get(UNDONE)
    template = (
        "inspection/_part.html" if request.headers.get("HX-Request") else "inspection/part.html"
    )
    return render(
        request,
        template,
        {
            "part": found, "station": found.station, "may_judge": judges,
            "kinds": _kinds(found) if judges else [], "around": queue.around(found),
            "case_seen": _sees(sight, found.case_id), "fault": fault,
            "measure": seen.measure(found), "likes": seen.likes(found),
            "lacks_kind": found.truth == Verdict.FLAWED and not any(
                flaw.kind_id for flaw in found.flaws.all()),
            "last": last if judges and last else None,
            "wrong": _("Good after all") if found.verdict == "flawed" else _("Flawed after all"),
        },
        status=status,
    )  # fmt: skip


def _kinds(part: Inspection) -> list[tuple[int | None, FlawKind]]:
    """Return the kinds a flaw may have here, the first nine with their key."""
    rows = [
        kind for kind in FlawKind.objects.filter(retired=False)
        if kind.product_id in (None, part.station.product_id)
    ]  # fmt: skip
    return [(at if at <= KEYS else None, kind) for at, kind in enumerate(rows, 1)]


def _sees(sight: Scope, case: int | None) -> Case | None:
    found: Case | None = sight.of(Case).filter(pk=case).defer("sketch").first() if case else None
    return found


@login_required
@require_safe
def judge_queue(request: HttpRequest, station: str) -> HttpResponse:
    """Lead to the flawed part that has waited longest for a judgement."""
    sight = scope(request.user)
    found = found_station(sight, station)
    if not may_judge(sight, found):
        raise PermissionDenied
    waiting = queue.first(found)
    if waiting is None:
        return render(request, "inspection/all_judged.html", {
            "station": found, "last": request.session.get(UNDONE)})  # fmt: skip
    return redirect("part", pk=waiting.pk)


@login_required
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or overrule what a machine says of a part, and go on to the next that waits."""
    assert isinstance(request.user, User)
    sight = scope(request.user)
    found = found_part(sight, pk)
    if not may_judge(sight, found.station):
        raise PermissionDenied
    kind = _kind(request.POST.get("kind", ""))
    try:
        judging.judge(found, request.user, request.POST.get("judgement", ""), kind=kind)
    except Refused as refusal:
        return _part(request, sight, found_part(sight, pk), str(refusal), 422)
    request.session[UNDONE] = {
        "pk": found.pk, "name": found.serial or f"#{found.pk}",
        "judgement": found.get_judgement_display(), "kind": str(kind) if kind else "",
    }  # fmt: skip
    return _on(request, sight, found)


def _kind(text: str) -> FlawKind | None:
    if not text:
        return None
    found: FlawKind = get_object_or_404(FlawKind, code=text, retired=False)
    return found


def _on(request: HttpRequest, sight: Scope, judged: Inspection) -> HttpResponse:
    """Go on to the next part that waits, or to the page that says none does."""
    near = queue.around(judged)
    then = near.next or queue.first(judged.station)
    if then is None:
        address = reverse("judge-queue", args=[judged.station.code])
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = address
            return answer
        return redirect(address)
    if request.headers.get("HX-Request"):
        answer = _part(request, sight, found_part(sight, then.pk))
        answer["HX-Push-Url"] = reverse("part", args=[then.pk])
        return answer
    return redirect("part", pk=then.pk)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a judgement, and show that part again."""
    assert isinstance(request.user, User)
    sight = scope(request.user)
    found = found_part(sight, pk)
    if not may_judge(sight, found.station):
        raise PermissionDenied
    try:
        judging.undo(found, request.user)
    except Refused as refusal:
        return _part(request, sight, found_part(sight, pk), str(refusal), 422)
    request.session.pop(UNDONE, None)
    if request.headers.get("HX-Request"):
        answer = _part(request, sight, found_part(sight, pk))
        answer["HX-Push-Url"] = reverse("part", args=[pk])
        return answer
    messages.success(request, _("The judgement is taken back."))
    return redirect("part", pk=pk)


@login_required
@require_safe
def picture(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Give the picture of a part, small or as it is, or its heat map."""
    found = get_object_or_404(scope(request.user).of(Inspection), pk=pk)
    return sent_picture(found, what)


def sent_picture(part: Inspection, what: str) -> HttpResponse:
    """Answer with a picture whose reader has been checked; it never changes."""
    try:
        given = seen.picture(part, what)
    except UNREADABLE as fault:
        raise Http404 from fault
    if given is None:
        raise Http404
    content, kind = given
    answer = sent(content, kind, f"{part.pk}-{what}.{kind.rpartition('/')[2]}", False)
    answer["Cache-Control"] = "private, max-age=604800, immutable"
    return answer


@login_required
@require_safe
def sample(request: HttpRequest, station: str, name: str) -> HttpResponse:
    """Give a good picture that a station learnt from."""
    content = seen.sample(found_station(scope(request.user), station), name)
    if content is None:
        raise Http404
    answer = sent(content, "image/jpeg", "sample.jpeg", False)
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
