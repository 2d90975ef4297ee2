"""The dispatcher's desk: a queue, one case of it, and steps with one case or many."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from linli.cases import desk as work
from linli.cases import loop
from linli.cases.due import next_due
from linli.cases.evidence import NotEvidence
from linli.cases.forms import ActionForm, Select, areas_offered, by_code, categories
from linli.cases.list_views import is_partial
from linli.cases.models import Assignment, Case, Category, Ruling, State, Triage
from linli.people.models import User
from linli.people.scope import Scope, scope

# Actions that have a place of their own on the desk, or are seldom taken from here.
ELSEWHERE = ("note", "deliberate", "minute", "settle", "evaluate")


@login_required
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def desk(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    code = request.GET.get("case", "")
    if is_partial(request) and request.headers.get("HX-Target") == "panel":
        queue = request.GET.get("queue", "")
        case = _on_desk(sight, code)
        shown = {"queue": queue, **_panel(case, sight, queue, work.suspicions(sight))}
        return render(request, "cases/_desk_case.html", shown)
    return _desk(request, sight, request.GET.get("queue", ""), code)


def _on_desk(sight: Scope, code: str) -> Case:
    case = by_code(sight, code)
    if case is None or not work.on_desk(sight).filter(pk=case.pk).exists():
        raise Http404
    return case


def _desk(
    request: HttpRequest, sight: Scope, queue: str, code: str = "", at: int = 0, **more: Any
) -> HttpResponse:
    """Show a queue and one case of it: the one named, or the one that now stands at `at`."""
    found = work.suspicions(sight)
    counts = work.counts(sight, len(found))
    if queue not in work.QUEUES:
        queue = next((name for name, n in counts.items() if n), "unlocated")
    rows = work.queued(sight, queue, found)
    codes = [case.code for case in rows]
    case = _on_desk(sight, code) if code else rows[min(at, len(rows) - 1)] if rows else None
    shown = {
        "queue": queue,
        "advice": work.QUEUES[queue].advice,
        "queues": [(name, q.label, counts[name]) for name, q in work.QUEUES.items()],
        "rows": [(row, next_due(row)) for row in rows],
        "left": max(counts[queue] - len(rows), 0),
        "at": codes.index(case.code) if case and case.code in codes else 0,
        "many": [(name, loop.ACTIONS[name].label) for name in work.MANY],
        "many_category": Select(choices=[("", "—"), *categories()]).render(
            "category", "", {"id": "many-category"}
        ),
        "areas_all": areas_offered(),
        **more,
    }
    if case is not None:
        whole = more.get("form") and more["form"].case
        shown |= _panel(whole or by_code(sight, case.code), sight, queue, found, more.get("form"))
    part = is_partial(request)
    return render(request, "cases/_desk.html" if part else "cases/desk.html", shown)


def _panel(
    case: Case | None,
    sight: Scope,
    queue: str,
    found: list[work.Suspicion],
    bound: ActionForm | None = None,
) -> dict[str, Any]:
    """Gather what a dispatcher needs to see of one case, and what may be done with it."""
    if case is None:
        return {}
    forms = {
        name: bound if bound and bound.action == name else ActionForm(name, case, sight)
        for name in loop.permitted(case, sight)
        if name not in ELSEWHERE
    }
    if "rule" in forms:  # chosen from the candidates or from the list, whichever is nearer
        chosen = forms["rule"].fields["organisation"].widget
        chosen.use_required_attribute = lambda initial: False
    pair = next((one for one in found if one.later == case.pk), None)
    twin = sight.of(Case).filter(pk=pair.earlier).first() if pair else None
    shown: dict[str, Any] = {
        "case": case,
        "due": next_due(case),
        "assignments": list(_assignments(case)),
        "twin": twin,
        "alike": round(100 * pair.alike) if pair else 0,
        "merge": forms.pop("merge", None),
        "triage": forms.pop("triage", None),
        "rule": forms.pop("rule", None),
        "plain": [form for form in forms.values() if _is_plain(form)],
        "others": [form for form in forms.values() if not _is_plain(form)],
    }
    if case.state == State.REPORTED:
        shown["guesses"] = work.guesses(case)
    if case.state == State.RETURNED:
        shown["dispute"] = work.dispute(case)
    return shown


def _is_plain(form: ActionForm) -> bool:
    return form.action in ("urge", "grant_extension", "close", "dispatch")


def _assignments(case: Case) -> Any:
    rows = Assignment.objects.filter(case=case, active=True)
    return rows.select_related("organisation", "person")


def _given(request: HttpRequest, action: str) -> QueryDict:
    """Return what was filled in; a suggestion or precedent that was chosen says the rest."""
    given = request.POST.copy()
    if action == "triage" and (guess := given.get("guess", "")).isdigit():
        category = Category.objects.filter(pk=guess, retired=False).first()
        given["category"] = guess
        given["triage"] = (category and category.triage) or Triage.PUBLIC
    if action == "rule":
        given["organisation"] = given.get("organisation") or given.get("candidate", "")
        if (chosen := given.get("precedent", "")).isdigit():
            ruling = Ruling.objects.filter(pk=chosen, withdrawn=False).first()
            if ruling is not None:
                given["organisation"], given["reason"] = str(ruling.organisation_id), ruling.reason
    return given


@login_required
@require_POST
def act(request: HttpRequest, code: str, action: str) -> HttpResponse:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    case = _on_desk(sight, code)
    if action not in loop.ACTIONS:
        raise Http404
    queue, at = request.POST.get("queue", ""), request.POST.get("at", "")
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else 0
    form = ActionForm(action, case, sight, _given(request, action), request.FILES)
    if form.is_valid():
        try:
            loop.act(case, action, request.user, **form.inputs)
        except (loop.Refused, NotEvidence) as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Done: %(action)s.") % {"action": form.label}
            stays = action in ("urge", "join")
            return _desk(request, sight, queue, at=place + stays, said=f"{case.title} · {said}")
    return _desk(request, sight, queue, case.code, form=form)


@login_required
@require_POST
def act_on_many(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    sight = scope(request.user)
    queue, action = request.POST.get("queue", ""), request.POST.get("action", "")
    if action not in work.MANY:
        raise Http404
    keys = [int(key) for key in request.POST.getlist("pick") if key.isascii() and key.isdigit()]
    cases = list(work.on_desk(sight).filter(pk__in=keys[: work.MAX_MANY]).order_by("pk"))
    if not cases:
        return _desk(request, sight, queue, wrong=_("Choose at least one case."))
    given = request.POST.copy()
    if action == "triage":
        chosen = given.get("category", "")
        known = Category.objects.filter(pk=chosen if chosen.isdigit() else 0, retired=False)
        category = known.first()
        given["triage"] = (category and category.triage) or Triage.PUBLIC
    form = ActionForm(action, cases[0], sight, given)
    if action == "triage":
        form.fields["category"].required = True
    if not form.is_valid():
        faults = [
            f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
            for name, errors in form.errors.items()
            for error in errors
        ]
        return _desk(request, sight, queue, wrong=" ".join(faults))
    inputs = {name: v for name, v in form.cleaned_data.items() if v not in (None, "", [])}
    return _desk(
        request, sight, queue, outcome=work.act_on_many(cases, action, request.user, **inputs)
    )
