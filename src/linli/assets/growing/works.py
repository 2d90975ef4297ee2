"""The calendar of farm work: what is due in which greenhouse, from the stage its crop is at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import get_language

from linli.assets.growing.models import Growth, said
from linli.assets.register.models import Asset
from linli.clock import now


@dataclass(frozen=True)
class Work:
    """A work from its first to its last day; expected where its stage has not begun yet."""

    asset: Asset
    crop: str
    stage: str
    name: str
    begins: date
    ends: date
    is_expected: bool


@dataclass(frozen=True)
class Stretch:
    """A stage from its first to its last day, as far as one can tell."""

    place: int
    begins: date
    ends: date
    is_expected: bool


def today() -> date:
    """Return the town's day."""
    return timezone.localdate(now())


def stretches(growth: Growth) -> list[Stretch]:
    """Return the stage that is on and those to come, each as long as it usually lasts.

    A stage that lasts longer than usual goes on until today, and moves the later ones.
    """
    assert growth.crop is not None
    stages = growth.crop.told.stages
    at = growth.crop.told.place(growth.stage)
    if at < 0:
        return []
    begins = timezone.localdate(growth.since)
    found = []
    for place in range(at, len(stages)):
        ends = begins + timedelta(days=stages[place].usual_days - 1)
        if place == at:
            ends = max(ends, today())
        found.append(Stretch(place, begins, ends, place > at))
        begins = ends + timedelta(days=1)
    return found


def due(growths: Iterable[Growth], since: date, until: date) -> list[Work]:
    """Return the works that lie between two days, both counted, the first to begin first."""
    english = (get_language() or "").startswith("en")
    found = []
    for growth in growths:
        assert growth.crop is not None
        for stretch in stretches(growth):
            stage = growth.crop.told.stages[stretch.place]
            for work in stage.works:
                begins = stretch.begins + timedelta(days=work.first_day - 1)
                ends = stretch.begins + timedelta(days=work.last_day - 1)
                if begins > stretch.ends or ends < since or begins > until:
                    continue
                name = work.name_en if english and work.name_en else work.name
                found.append(Work(growth.asset, str(growth.crop), said(stage), name, begins,
                                  min(ends, stretch.ends), stretch.is_expected))  # fmt: skip
    return sorted(found, key=lambda work: (work.begins, work.asset.path, work.name))
