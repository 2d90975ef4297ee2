"""From lead to production: how many stand where, how many go on, how long it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from linli.engines.durations import Durations, durations
from linli.programmes.investment.models import Incubator, Investment, InvestmentStep, Origin
from linli.programmes.ladders import Ladder, Stage
from linli.programmes.passages import along


@dataclass(frozen=True)
class Step:
    """A stage of the funnel.

    Attributes
    ----------
    here, amount
        How many stand on it now, and what they agreed to invest.
    reached
        How many ever came onto it, or past it.
    onward
        How long it takes from here to the next stage, with those still under way.
    share
        Of those who came here, how many have gone on, per cent; None at the end.
    """

    stage: Stage
    here: int
    amount: int
    reached: int
    onward: Durations | None

    @property
    def share(self) -> int | None:
        if self.onward is None or not self.onward.count:
            return None
        return round(100 * self.onward.arrived / self.onward.count)


def funnel(projects: QuerySet[Investment], ladder: Ladder, today: date) -> list[Step]:
    """Return the stages of the way in order, and those aside."""
    now: dict[str, tuple[int, int]] = {}
    rows = projects.order_by().values_list("stage")
    for stage, n, amount in rows.annotate(n=Count("pk"), a=Sum("amount")):
        now[stage] = (n, amount or 0)
    steps = InvestmentStep.objects.filter(thing__in=projects.order_by().values("pk"))
    taken = steps.order_by("thing_id", "on", "id").values_list("thing_id", "stage", "on")
    ways = along(ladder, taken.iterator(5000), today)
    found = []
    for stage in ladder.stages:
        here, amount = now.get(stage.code, (0, 0))
        if stage.is_aside:
            found.append(Step(stage, here, amount, here, None))
            continue
        after = ladder.way[stage.position + 1 :]
        onward = None
        if after:
            passages = ways[after[0].code]
            onward = durations([(passage.days, passage.arrived) for passage in passages])
        last = ways[stage.code] if stage.position else []
        reached = onward.count if onward else sum(passage.arrived for passage in last)
        found.append(Step(stage, here, amount, reached, onward))
    return found


SIGNED = Q(signed__isnull=False)


def by_origin(projects: QuerySet[Investment]) -> list[tuple[str, str, int, int, int]]:
    """Return for each source: code, name, projects, signed, amount agreed; most signed first."""
    rows = projects.order_by().values_list("origin")
    counted = rows.annotate(
        n=Count("pk"), s=Count("pk", filter=SIGNED),
        a=Sum("amount", filter=SIGNED),
    )  # fmt: skip
    names: dict[Any, Any] = dict(Origin.choices)
    found = [(o, str(names.get(o, "–")), n, s, a or 0) for o, n, s, a in counted]
    return sorted(found, key=lambda row: (-row[3], -row[2]))


def by_incubator(projects: QuerySet[Investment]) -> Sequence[Incubator]:
    """Return the incubators with `n` projects, `s` of them signed for `a` yuan."""
    mine = Q(projects__in=projects.order_by().values("pk"))
    signed = mine & Q(projects__signed__isnull=False)
    return list(
        Incubator.objects.annotate(
            n=Count("projects", filter=mine), s=Count("projects", filter=signed),
            a=Sum("projects__amount", filter=signed),
        ).order_by("-s", "code")
    )  # fmt: skip


def in_order_of_stage(ladder: Ladder) -> Case:
    """Return what orders projects by how far they are, the farthest first."""
    whens = [When(stage=stage.code, then=Value(-stage.position)) for stage in ladder.way]
    return Case(*whens, default=Value(1), output_field=IntegerField())
