"""What a cockpit shows of remediation, programmes and investment, kept ready by the worker.

Counting them for every look would be slow where there are thousands. The worker counts now and
then and writes only what has changed; a cockpit reads a row for each.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Count, Sum

from linli.clock import now
from linli.places.models import Named
from linli.programmes.climbing import stuck
from linli.programmes.investment.models import LADDER, Investment
from linli.programmes.ladders import Ladder
from linli.programmes.remediation.models import Campaign
from linli.programmes.remediation.progress import Progress, overview
from linli.programmes.renewal import progress
from linli.programmes.renewal.models import Level, Node
from linli.scores.periods import local_day

PROGRAMMES, INVESTMENT, CAMPAIGN = "programmes", "investment", "campaign"
MOST_LATE, MOST_DAYS = 6, 120
Told = dict[str, Any]


class Gauge(models.Model):
    """One thing counted: `name` is its kind, and its code where there are several of the kind.

    `path` is that of the area it belongs to, empty for the whole town.
    """

    name = models.CharField(max_length=80, unique=True)
    path = models.CharField(max_length=200, blank=True)
    told = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]


def kept() -> list[Gauge]:
    """Return what is kept; counts once where nothing is yet."""
    found = list(Gauge.objects.all())
    if not found:
        refresh()
        found = list(Gauge.objects.all())
    return found


def refresh() -> int:
    """Count everything, keep what has changed, and return how many gauges that were."""
    there = {row.name: row for row in Gauge.objects.all()}
    found = {name: (path, told) for name, path, told in _counted()}
    changed = 0
    for name, (path, told) in found.items():
        row = there.get(name)
        if row is None or (row.path, row.told) != (path, told):
            given = {"path": path, "told": told, "at": now()}
            Gauge.objects.update_or_create(name=name, defaults=given)
            changed += 1
    Gauge.objects.filter(name__in=there.keys() - found.keys()).delete()
    return changed


def _counted() -> Iterator[tuple[str, str, Told]]:
    yield PROGRAMMES, "", _programmes()
    yield INVESTMENT, "", _investment()
    for campaign in Campaign.objects.select_related("policy", "area").defer("area__wkb"):
        yield f"{CAMPAIGN}:{campaign.code}", campaign.area.path, _campaign(campaign)


def _named(thing: Named) -> dict[str, str]:
    return {"name": thing.name, "name_en": thing.name_en}


def _programmes() -> Told:
    today = local_day(now())
    projects = Node.objects.filter(level=Level.PROJECT, retired=False)
    each = progress.sums(projects, "level", today)
    whole = sum(each.values(), progress.Sums())
    late = progress.late_ones(projects.order_by().values("pk"), today).select_related("node")
    return {
        "projects": whole.projects, "milestones": whole.milestones, "done": whole.done,
        "late": whole.late, "budget": whole.budget, "spent": whole.spent,
        "latest": [
            {"code": row.node.code, "project": _named(row.node), "milestone": _named(row),
             "due": str(row.due)}
            for row in late[:MOST_LATE]
        ],
    }  # fmt: skip


def _investment() -> Told:
    ladder = Ladder.objects.filter(code=LADDER, retired=False).first()
    if ladder is None:
        return {"stages": [], "stuck": 0}
    rows = Investment.objects.order_by().values_list("stage")
    here = {stage: (n, amount or 0)
            for stage, n, amount in rows.annotate(n=Count("pk"), a=Sum("amount"))}  # fmt: skip
    return {
        "stages": [
            {"code": stage.code, "name": stage.name, "name_en": stage.name_en,
             "n": here.get(stage.code, (0, 0))[0], "amount": here.get(stage.code, (0, 0))[1]}
            for stage in ladder.way
        ],
        "stuck": Investment.objects.filter(stuck([ladder], local_day(now()))).count(),
    }  # fmt: skip


def _campaign(campaign: Campaign) -> Told:
    seen = overview(campaign)
    whole = seen.whole
    return {
        "code": campaign.code, **_named(campaign), "n": whole.n, "signed": whole.signed,
        "week": whole.pace, "stalled": len(whole.stalled),
        "middle": str(whole.middle or ""), "last": str(whole.last_signed or ""),
        "curve": [n for _day, n in whole.curve][-MOST_DAYS:],
        "blocks": [
            {"code": part.block.code, **_named(part.block), "n": part.n, "signed": part.signed,
             "state": _state(part), "due": str(part.due_on or "")}
            for part in seen.blocks
            if part.block
        ],
    }  # fmt: skip


def _state(part: Progress) -> str:
    if not part.left:
        return "met"
    return "overdue" if part.is_late else "soon" if part.is_at_risk else "on-time"
