"""Pages of one item of a scheme: both judgements side by side, the form, the files."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812
from django.views.decorators.http import require_POST, require_safe

from linli.cases.evidence import PDF, NotEvidence
from linli.cases.file_views import sent
from linli.cases.forms import FilesField
from linli.cases.refusal import Refused
from linli.indicators import wording
from linli.indicators.models import works_here
from linli.indicators.schemes import assessing, saying, standing
from linli.indicators.schemes.assessing import LONGEST, SHORTEST, Judgement
from linli.indicators.schemes.grammar import Item
from linli.indicators.schemes.models import Assessment, Proof
from linli.indicators.schemes.standing import Ground
from linli.indicators.schemes.views import Asked, chance, percent
from linli.people.scope import scope

SHOWN = 24
Side = Assessment.Side


class JudgeForm(forms.Form):
    """How many points an item gets, and what shows it."""

    side = forms.ChoiceField(label=L("As"))
    points = forms.FloatField(label=L("Points"), min_value=0)
    evidence = forms.CharField(
        label=L("What shows it"), min_length=SHORTEST, max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        help_text=L("Documents with their number, figures, cases, places: whatever the other side can look up."),  # noqa: E501
    )  # fmt: skip
    proofs = FilesField(label=L("Photos and files"), required=False)

    def __init__(self, item: Item, sides: list[Side], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        side, points = self.fields["side"], self.fields["points"]
        assert isinstance(side, forms.ChoiceField)
        side.choices = [(one, Side(one).label) for one in sides]
        side.initial = sides[0] if sides else None
        if len(sides) == 1:
            side.widget = forms.HiddenInput()
        most = saying.points(item.points or 0.0)
        points.label = _("Points, 0 to %(most)s") % {"most": most}
        points.widget.attrs |= {"max": most, "step": "any", "inputmode": "decimal"}


@login_required
@require_safe
def item(request: HttpRequest, code: str, item: str) -> HttpResponse:
    """Show how an item stands: what is judged with both sides and the form, others with figures."""
    return _page(request, Asked(request, code), item)


def _page(
    request: HttpRequest, asked: Asked, code: str, form: JudgeForm | None = None
) -> HttpResponse:
    earlier = standing.before(asked.scheme, asked.period)
    ground = Ground(asked.scheme, [asked.period, earlier], [asked.key])
    shown = ground.sheet(asked.period, asked.key)
    line = shown.line(code)
    if line is None or not line.is_leaf:
        raise Http404
    status = 200 if form is None else 422
    sides = assessing.sides(asked.sight, asked.scheme, line.item, asked.area)
    if form is None and sides:
        form = JudgeForm(line.item, sides, initial={"side": _due(line, sides)})
    history = asked.scheme.assessments.filter(item=code, period=asked.period, area=asked.key)
    kept = list(history.select_related("by", "entered").prefetch_related("files")[:SHOWN])
    newest = {one.side: one for one in kept if one.newest}
    was = ground.sheet(earlier, asked.key).line(code)
    next_one = next((chance(one) for one in shown.ranked if one[0] is line), None)
    return render(
        request,
        "indicators/scheme_item.html",
        {
            **asked.head(shown), "line": line, "rule": saying.rule(line),
            "judged": standing.said(line.item, "judged"), "figure": saying.figure(line),
            "score": "–" if line.score is None else saying.points(line.score),
            "points": saying.points(line.points),
            "got": percent(line.score or 0.0, line.points),
            "before": saying.points(was.score) if was and was.score is not None else "",
            "before_words": wording.period(earlier),
            "difference": saying.signed(line.difference),
            "sides": [(side, Side(side).label, newest.get(side)) for side in Side],
            "next": next_one, "form": form, "history": kept if len(kept) > len(newest) else [],
        },
        status=status,
    )  # fmt: skip


def _due(line: standing.Line, sides: list[Side]) -> Side:
    """Return the side on which somebody with both would judge next."""
    if Side.REVIEW in sides and line.own is not None:
        return Side.REVIEW
    return sides[0]


@login_required
@require_POST
def assess(request: HttpRequest, code: str, item: str) -> HttpResponse:
    """Keep a judgement."""
    asked = Asked(request, code)
    wanted = assessing.item_of(asked.scheme, item)
    if wanted is None:
        raise Http404
    sides = assessing.sides(asked.sight, asked.scheme, wanted, asked.area)
    if not sides:
        raise PermissionDenied
    form = JudgeForm(wanted, sides, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, asked, item, form)
    given = form.cleaned_data
    one = Judgement(asked.scheme, wanted, asked.key, asked.period, given["side"],
                    given["points"], given["evidence"])  # fmt: skip
    try:
        assessing.assess(one, asked.sight, given["proofs"])
    except (Refused, NotEvidence) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, asked, item, form)
    messages.success(request, _("Your judgement is kept."))
    return redirect(f"{reverse('scheme', args=[code])}?{asked.link()}#{item}")


@login_required
@require_safe
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a file that shows what a judgement says."""
    sight = scope(request.user)
    if not works_here(sight):
        raise PermissionDenied
    return sent_proof(get_object_or_404(sight.of(Proof), pk=pk))


def sent_proof(row: Proof) -> HttpResponse:
    """Answer with a file whose reader has been checked."""
    with row.file.open("rb") as file:
        content = file.read()
    name = f"assessment-{row.assessment_id}-{row.pk}.{row.content_type.split('/')[1]}"
    return sent(content, row.content_type, name, row.content_type == PDF)
