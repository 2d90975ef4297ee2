"""Monthly ratings from both sides, and appeals against ratings of any kind."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.cases.due import next_due
from linli.cases.listing import in_brief
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope, scope
from linli.places.models import Area
from linli.scores import ratings, together
from linli.scores.models import Rating, RatingEntry
from linli.scores.periods import Period, local_day, month_of, parse, shifted
from linli.web.context import works_here

A_PAGE = 30
SIDES = {
    Rating.Side.GRID: gettext_lazy("Grids that rated departments"),
    Rating.Side.ORGANISATION: gettext_lazy("Departments that rated grids"),
}


class RatingForm(forms.Form):
    """One to five for each dimension of a side, and a comment."""

    def __init__(self, side: str, rating: Rating | None, data: Any = None) -> None:
        super().__init__(data)
        for name, label in ratings.DIMENSIONS[Rating.Side(side)].items():
            self.fields[name] = forms.TypedChoiceField(
                label=label, coerce=int, widget=forms.RadioSelect,
                choices=[(n, str(n)) for n in range(ratings.LOWEST, ratings.HIGHEST + 1)],
                initial=rating.scores.get(name) if rating else None,
            )  # fmt: skip
        self.fields["comment"] = forms.CharField(
            label=_("Comment"), max_length=1000, required=False,
            widget=forms.Textarea({"rows": 3}), initial=rating.comment if rating else "",
        )  # fmt: skip

    @property
    def scores(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "comment"}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _for_staff(sight: Scope) -> None:
    if not works_here(sight.user):
        raise PermissionDenied


def month_asked(text: str) -> Period:
    """Read a month; by default the last one that is over."""
    try:
        return month_of(parse(text).first)
    except ValueError:
        return shifted(month_of(local_day(now())), -1)


@login_required
@require_safe
def rating_list(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    _for_staff(sight)
    month = month_asked(request.GET.get("month", ""))
    mine = together.to_rate(_user(request), month)
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    following = shifted(month, 1)
    oversees = sight.has(*together.OVERSEE)
    return render(
        request,
        "web/ratings.html",
        {
            "month": month,
            "before": shifted(month, -1),
            "after": following if following.first <= local_day(now()) else None,
            "until": shifted(month, 1).last,
            "is_open": local_day(now()) <= shifted(month, 1).last,
            "page": page,
            "given": sum(one.rating is not None for one in mine),
            "about": [_told(row) for row in together.about(_user(request), month)[:A_PAGE]],
            "oversees": oversees,
            "progress": [
                (SIDES[Rating.Side(side)], have, could)
                for side, have, could in (together.progress(month) if oversees else ())
            ],
            "tables": [
                (label, side, ratings.DIMENSIONS[side].values(),
                 _table(ratings.rating_table(month, side), side))
                for side, label in (
                    (Rating.Side.GRID, _("Departments, as the grids see them")),
                    (Rating.Side.ORGANISATION, _("Grids, as the departments see them")),
                )
            ] if oversees else [],
            "query": f"month={month}",
        },
    )  # fmt: skip


def _table(opinions: list[ratings.Opinion], side: str) -> list[tuple[ratings.Opinion, list]]:
    names = ratings.DIMENSIONS[Rating.Side(side)]
    return [(o, [o.by_dimension.get(name) for name in names]) for o in opinions[:A_PAGE]]


def _told(row: Rating) -> dict[str, Any]:
    """Return a rating as the rated side reads it: what was said, not by whom."""
    names = ratings.DIMENSIONS[Rating.Side(row.side)]
    return {
        "row": row,
        "scores": [(label, row.scores.get(name)) for name, label in names.items()],
        "mean": sum(row.scores.values()) / max(len(row.scores), 1),
    }


@login_required
def rate(request: HttpRequest, month: str, side: str, grid: str, organisation: str) -> HttpResponse:
    """Ask for a rating with the month's facts beside it (GET), and keep it (POST)."""
    sight, user = scope(request.user), _user(request)
    _for_staff(sight)
    if side not in Rating.Side.values:
        raise Http404
    period = month_asked(month)
    place = get_object_or_404(sight.of(Area).defer("wkb"), code=grid)
    other = get_object_or_404(sight.of(Organisation), code=organisation)
    if not ratings.speaks(side, place, other, user):
        raise PermissionDenied
    rating = sight.of(Rating).filter(
        month=period.first, side=side, grid=place, organisation=other
    ).first()  # fmt: skip
    form = RatingForm(side, rating, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            ratings.rate(side, place, other, period.first, user, form.scores,
                         form.cleaned_data["comment"])  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept. You can change it until the time is over."))
            return redirect(f"/ratings/?month={period}")
    known = together.facts(period, frozenset({place.pk}), frozenset())
    return render(
        request,
        "web/rate.html",
        {
            "month": period,
            "rated": other if side == Rating.Side.GRID else place,
            "rater": place if side == Rating.Side.GRID else other,
            "facts": known.get((place.pk, other.pk), together.Facts()),
            "form": form,
            "rating": rating,
        },
        status=422 if form.is_bound else 200,
    )


@login_required
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    sight = scope(request.user)
    row = get_object_or_404(sight.of(Rating).select_related("grid", "organisation"), pk=pk)
    _say(request, lambda: ratings.appeal(row, _user(request), request.POST.get("reason", "")),
         _("The appeal is in. A supervisor rules on it."))  # fmt: skip
    return redirect(f"/ratings/?month={month_of(row.month)}")


def _say(request: HttpRequest, do: Any, done: str) -> None:
    try:
        do()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)


@login_required
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """List appeals that wait, against monthly ratings and against ratings of cases, and rulings."""
    sight = scope(request.user)
    _for_staff(sight)
    seen = sight.of(Rating).exclude(appeal="").select_related("grid", "organisation")
    seen = seen.defer("grid__wkb").prefetch_related("entries")
    waiting = in_brief(sight.of(Case).filter(appealed="asked").order_by("touched_at"))
    ruled = in_brief(sight.of(Case).filter(appealed__in=("upheld", "refused")).order_by("-id"))
    past = seen.exclude(appeal=Rating.Appeal.ASKED).order_by("-month", "-id")
    return render(
        request,
        "web/appeals.html",
        {
            "waiting": [_appeal(row) for row in seen.filter(appeal=Rating.Appeal.ASKED)[:A_PAGE]],
            "past": [_appeal(row) for row in past[:A_PAGE]],
            "cases": [(case, next_due(case)) for case in waiting[:A_PAGE]],
            "ruled": [(case, next_due(case)) for case in ruled[:A_PAGE]],
            "rules": sight.has(Role.SUPERVISOR, Role.DISPATCHER),
        },
    )


def _appeal(row: Rating) -> dict[str, Any]:
    said = {entry.action: entry for entry in row.entries.all()}
    asked, ruled = said.get(RatingEntry.Action.APPEAL), said.get(RatingEntry.Action.RULE)
    return _told(row) | {
        "reason": asked.data.get("reason", "") if asked else "",
        "ruling": ruled.data.get("reason", "") if ruled else "",
        "at": ruled.at if ruled else None,
    }


@login_required
@require_POST
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    sight = scope(request.user)
    row = get_object_or_404(sight.of(Rating).select_related("grid", "organisation"), pk=pk)
    upheld = request.POST.get("upheld")
    if upheld not in ("yes", "no"):
        raise Http404
    reason = request.POST.get("reason", "")
    _say(request, lambda: ratings.rule_on_appeal(row, _user(request), upheld == "yes", reason),
         _("Ruled."))  # fmt: skip
    return redirect("appeals")
