"""What has to become somebody's work: a stalled holding, a block not all signed by its day."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from linli.cases.intake import Report, receive
from linli.cases.models import Category, Source
from linli.clock import now
from linli.programmes.remediation.models import Alarm, Block, Campaign, Holding
from linli.programmes.remediation.progress import overview

MOST = 200  # cases a round; the rest come with the next


@dataclass(frozen=True)
class Occasion:
    """Why a case is due; `what` is the same as long as it is the same occasion."""

    what: str
    title: str
    body: str
    category: str
    lon: float
    lat: float
    holding: Holding | None = None
    block: Block | None = None


def look() -> int:
    """Open a case for every new occasion, once, and return how many were opened.

    The category's organisation owns the case: the pack says which for stalls and for blocks.
    """
    with translation.override(settings.LANGUAGE_CODE):
        due = [
            occasion
            for campaign in Campaign.objects.select_related("policy")
            for occasion in _occasions(campaign)
        ]
    known = set(Alarm.objects.values_list("what", flat=True))
    fresh = [occasion for occasion in due if occasion.what not in known][:MOST]
    if not fresh:
        return 0
    there = set(Category.objects.filter(retired=False).values_list("code", flat=True))
    with transaction.atomic():
        receipts = receive([_report(occasion, there) for occasion in fresh])
        Alarm.objects.bulk_create(
            [
                Alarm(what=o.what, holding=o.holding, block=o.block, case=receipt.case, at=now())
                for o, receipt in zip(fresh, receipts, strict=True)
            ],
            ignore_conflicts=True,
        )
    return len(fresh)


def _report(occasion: Occasion, categories: set[str]) -> Report:
    return Report(
        occasion.title[:200], occasion.body, source=Source.PROGRAMME,
        external_id=f"remediation:{occasion.what}",
        category=occasion.category if occasion.category in categories else None,
        lon=occasion.lon, lat=occasion.lat,
    )  # fmt: skip


def _occasions(campaign: Campaign) -> Iterator[Occasion]:
    seen = overview(campaign)
    policy = campaign.policy
    for row in seen.whole.stalled:
        holding = row.holding
        words = {
            "campaign": campaign, "name": holding, "stage": holding.stage_name,
            "days": holding.days_here(seen.whole.today), "over": row.over_by,
            "since": holding.stage_since, "negotiator": holding.negotiator or "–",
            "code": holding.code,
        }  # fmt: skip
        yield Occasion(
            f"stall:{holding.pk}:{holding.stage}:{holding.stage_since}",
            _("%(name)s has stood at “%(stage)s” for %(days)d days") % words,
            _("%(campaign)s, %(code)s. At “%(stage)s” since %(since)s, %(over)d days longer than "
              "usual. Negotiator: %(negotiator)s.") % words,
            policy.stall_category, holding.parcel.lon, holding.parcel.lat, holding=holding,
        )  # fmt: skip
    for part in seen.blocks:
        if not part.is_late or part.block is None:
            continue
        words = {"campaign": campaign, "name": part.block, "left": part.left, "n": part.n,
                 "due": part.due_on}  # fmt: skip
        yield Occasion(
            f"late:{part.block.pk}:{part.due_on}",
            _("%(name)s: %(left)d of %(n)d have not signed by %(due)s") % words,
            _("%(campaign)s. All enterprises of %(name)s were to sign by %(due)s; %(left)d of "
              "%(n)d have not.") % words,
            policy.late_category, part.block.lon, part.block.lat, block=part.block,
        )  # fmt: skip
