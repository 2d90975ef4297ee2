"""Pages of a campaign and its blocks. Each parses, asks once, renders."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from linli.clock import now
from linli.people.scope import Scope, scope
from linli.programmes.ladders import Stage
from linli.programmes.remediation import shapes, steps
from linli.programmes.remediation.cutting.ground import may_cut
from linli.programmes.remediation.models import Block, Campaign, Holding, Parcel
from linli.programmes.remediation.progress import Progress, overview
from linli.scores.periods import local_day

SHOWN = 8


@login_required
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    sight = scope(request.user)
    if not sight.works_for_town:
        raise PermissionDenied
    rows = list(
        sight.of(Campaign).select_related("policy", "organisation", "area").defer("area__wkb")
    )
    mine = (
        sight.of(Holding)
        .filter(negotiator=sight.user.pk)
        .select_related("ladder", "parcel__block")
        .defer("parcel__wkb", "parcel__block__wkb")
        .order_by("stage_since", "code")
    )
    open_ = [row for row in mine if not steps.has_signed(row)]
    return render(
        request,
        "remediation/campaigns.html",
        {
            "rows": [(row, overview(row).whole) for row in rows],
            "mine": open_[:SHOWN],
            "more": len(open_) - SHOWN,
            "today": local_day(now()),
        },
    )


def _campaign(sight: Scope, code: str) -> Campaign:
    rows = sight.of(Campaign).select_related("policy", "organisation", "area").defer("area__wkb")
    return get_object_or_404(rows, code=code)


@login_required
@require_safe
def campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Show a campaign: map, curve, the blocks side by side, who stalls."""
    sight = scope(request.user)
    found = _campaign(sight, campaign)
    seen, at = overview(found), request.GET.get("stage", "")
    urls = {
        part.block.code: reverse("remediation-block", args=[part.block.code])
        for part in seen.blocks
        if part.block
    }
    return render(
        request,
        "remediation/campaign.html",
        {
            "campaign": found,
            "may_cut": may_cut(sight, found),
            "whole": seen.whole,
            "parts": seen.blocks,
            "stalled": seen.whole.stalled[:SHOWN],
            "more": len(seen.whole.stalled) - SHOWN,
            "stages": _stages(found, seen.whole),
            "at": at,
            "standing": [row for row in seen.whole.rows if at and row.holding.stage == at],
            "shapes": shapes.of_blocks(seen.blocks, urls),
            "curve": shapes.curve(seen.whole),
            "compared": shapes.compared(seen.blocks),
        },
    )


def _stages(found: Campaign, whole: Progress) -> list[tuple[Stage, int]]:
    counts = whole.stages
    return [(stage, counts[stage.code]) for stage in found.policy.ladder.way]


@login_required
@require_safe
def block(request: HttpRequest, block: str) -> HttpResponse:
    """Show a block: its parcels, its curve, everybody on it."""
    sight = scope(request.user)
    found = get_object_or_404(
        sight.of(Block).select_related(
            "campaign__policy", "campaign__organisation", "organisation"
        ),
        code=block,
    )
    seen = overview(found.campaign)
    part = next(each for each in seen.blocks if each.block == found)
    order = {stage.code: stage.position for stage in found.campaign.policy.ladder.way}
    rows = sorted(
        part.rows,
        key=lambda row: (order.get(row.holding.stage, -1), -row.over_by, row.holding.code),
    )
    urls = {row.holding.code: reverse("holding", args=[row.holding.code]) for row in rows}
    parcels = list(Parcel.objects.filter(block=found))
    return render(
        request,
        "remediation/block.html",
        {
            "the_block": found,
            "campaign": found.campaign,
            "may_cut": may_cut(sight, found.campaign),
            "part": part,
            "rows": rows,
            "off": [p for p in parcels if p.off is not None and abs(p.off) > OFF],
            "shapes": shapes.of_parcels(parcels, rows, urls),
            "curve": shapes.curve(part),
            "alarms": found.alarms.select_related("case"),
        },
    )


OFF = 0.03  # a parcel whose measure differs more from its papers is pointed out
