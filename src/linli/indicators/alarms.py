"""Targets off their pace become cases of those who answer for them."""

from linli.clock import now
from linli.engines.pace import Light
from linli.indicators.models import Alarm, Target
from linli.indicators.targets import standings
from linli.places.atlas import atlas


def sweep() -> int:
    """Open a case for the owner of each target that is behind; return how many were opened.

    Not again while that case is open, and at most once a period: a case that was closed with
    the target still behind is followed by another when the next period is over.
    """
    from linli.cases.intake import Report, receive
    from linli.cases.models import OPEN, Category, Source
    from linli.indicators.wording import told_of

    targets = list(
        Target.objects.filter(retired=False, indicator__retired=False)
        .exclude(indicator__category="")
        .select_related("indicator", "area")
        .defer("area__wkb")
    )
    known = set(Category.objects.filter(retired=False).values_list("code", flat=True))
    late = [
        standing for standing in standings(targets)
        if standing.light == Light.BEHIND and standing.target.indicator.category in known
    ]  # fmt: skip
    told = list(
        Alarm.objects.filter(target__in=[standing.target.pk for standing in late])
        .values_list("target", "period", "case__state")
    )  # fmt: skip
    is_open = {target for target, _period, state in told if state in OPEN}
    before = {(target, period) for target, period, _state in told}
    opened = 0
    for standing in late:
        target = standing.target
        if target.pk in is_open or (target.pk, standing.period) in before:
            continue
        title, body = told_of(standing)
        report = Report(
            title, body=body, source=Source.INDICATOR, category=target.indicator.category,
            area=target.area.code if target.area else _root(),
            external_id=f"{target.code} {standing.period}",
        )  # fmt: skip
        receipt = receive([report])[0]
        Alarm.objects.get_or_create(
            target=target, period=standing.period, defaults={"case": receipt.case, "at": now()}
        )
        opened += 1
    return opened


def _root() -> str:
    return next(area.code for area in atlas().areas.values() if area.parent_id is None)
