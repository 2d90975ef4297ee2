"""The list of cases, and the filters that people keep."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from linli.cases import listing, search, waiting
from linli.cases.due import next_due
from linli.cases.forms import areas_offered
from linli.cases.models import Case, SavedFilter
from linli.engines.text import question
from linli.people.scope import scope


def is_partial(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page; going back it wants all of it."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


@login_required
@require_safe
@vary_on_headers("HX-Request")
def case_list(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    filters = listing.Filters(sight, request.GET)
    chosen = filters.chosen
    cases = listing.narrowed(sight.of(Case), chosen, sight)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    page = listing.page_of(cases, chosen, before, after)
    words = question(chosen.get("q", "")).words
    query = listing.bare(request.GET)
    partial = is_partial(request)
    shown = {
        "filters": filters,
        "is_narrowed": bool(chosen.keys() - {"sort"}),
        "pile": waiting.pile(chosen.get("waiting", "")),
        "page": page,
        "counted": listing.COUNTED,
        "rows": [
            (case, next_due(case), search.highlighted(case.title, words),
             search.snippet(case.body, words) if words else "")
            for case in page.cases
        ],
        "query": query.urlencode(),
        "chips": list(listing.chips(filters, query)),
        "saved": sight.of(SavedFilter),
    }  # fmt: skip
    if not partial:
        shown["areas_wide"] = areas_offered(grids=False)
    response = render(request, "cases/_list.html" if partial else "cases/list.html", shown)
    if partial:
        kept = query.copy()
        kept.update({"before": before} if before else {"after": after} if after else {})
        # What stands in the address bar can be kept, sent on and come back to.
        response["HX-Push-Url"] = f"{request.path}?{kept.urlencode()}".removesuffix("?")
    return response


@login_required
@require_POST
def keep_filter(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:40]
    if not name:
        messages.warning(request, _("Give the filter a name."))
        return redirect(f"{reverse('cases')}?{request.POST.get('query', '')}")
    saved = listing.keep(scope(request.user), name, request.POST.get("query", ""))
    messages.success(request, _("Kept as “%(name)s”.") % {"name": saved.name})
    return redirect(f"{reverse('cases')}?{saved.query}")


@login_required
@require_POST
def drop_filter(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(scope(request.user).of(SavedFilter), pk=pk)
    saved.delete()
    messages.success(request, _("“%(name)s” is not kept any more.") % {"name": saved.name})
    return redirect("cases")
