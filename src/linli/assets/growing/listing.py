"""What pages show of greenhouses: what grows, on which day of its stage, what is measured, due."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from django.db.models import Q
from django.utils import timezone

from linli.assets.growing import works
from linli.assets.growing.courses import standing
from linli.assets.growing.models import Growth
from linli.assets.growing.recording import kinds
from linli.assets.growing.works import Work
from linli.assets.register.models import Asset
from linli.assets.telemetry import overview
from linli.assets.telemetry.models import Rule, Tag, Watch
from linli.assets.telemetry.overview import Told
from linli.assets.telemetry.rules import Course, holds, in_force, tags_of
from linli.assets.telemetry.saying import number
from linli.people.scope import Scope

WEEK = timedelta(days=7)


@dataclass
class Greenhouse:
    """A greenhouse as a list shows it."""

    asset: Asset
    growth: Growth | None
    tags: list[Told] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)

    @property
    def alarms(self) -> list[Watch]:
        return [watch for tag in self.tags for watch in tag.alarms]

    @property
    def day(self) -> int:
        """The day of its stage, from 1."""
        assert self.growth is not None
        return (works.today() - timezone.localdate(self.growth.since)).days + 1

    @property
    def usual_days(self) -> int:
        """How many days the stage usually lasts; 0 where nobody says."""
        if self.growth is None or self.growth.crop is None:
            return 0
        place = self.growth.crop.told.place(self.growth.stage)
        return self.growth.crop.told.stages[place].usual_days if place >= 0 else 0

    @property
    def is_long(self) -> bool:
        """Whether the stage lasts longer than it usually does: has nobody said the next one?"""
        return 0 < self.usual_days < self.day


def assets(sight: Scope) -> list[Asset]:
    """Return the greenhouses a person sees."""
    rows = sight.of(Asset).filter(retired=False)
    return list(rows.filter(Q(kind__in=kinds()) | Q(growths__isnull=False)).distinct()
                .order_by("path"))  # fmt: skip


def growing(sight: Scope) -> list[Growth]:
    """Return what grows in the greenhouses a person sees."""
    rows = assets(sight)
    found = standing(rows)
    for row in rows:
        if row.pk in found:
            found[row.pk].asset = row
    return list(found.values())


def greenhouses(sight: Scope, rows: Sequence[Asset]) -> list[Greenhouse]:
    """Tell of greenhouses: what stands in alarm comes first."""
    grown = standing(rows)
    told: dict[int, Greenhouse] = {row.pk: Greenhouse(row, grown.get(row.pk)) for row in rows}
    tags = sight.of(Tag).filter(asset__in=list(told), retired=False, role=Tag.Role.SENSOR)
    for one in overview.tell(list(tags.select_related("asset")), sight, with_sparks=False):
        told[one.tag.asset_id].tags.append(one)
    for growth in grown.values():
        growth.asset = told[growth.asset_id].asset
    day = works.today()
    for work in works.due(grown.values(), day, day + WEEK - timedelta(days=1)):
        told[work.asset.pk].works.append(work)
    return sorted(told.values(), key=lambda one: (not one.alarms, one.asset.path))


@dataclass(frozen=True)
class Limit:
    """A rule that holds for a greenhouse at the stage it is at."""

    rule: Rule
    tag: Tag
    words: str
    back: str


def limits(asset: Asset, growth: Growth | None) -> list[Limit]:
    """Return the limits in force in a greenhouse now."""
    stage = f"{growth.crop.code}.{growth.stage}" if growth and growth.crop else ""
    course = Course(np.zeros(1, np.int64), [stage])
    found = []
    for rule, entry in in_force():
        is_other = entry.asset_kind not in ("", asset.kind) or entry.silence or entry.rate
        if is_other or not holds(entry, course, np.ones(1, np.int64))[0]:
            continue
        sign = "＞" if entry.above is not None else "＜"
        found += [
            Limit(rule, tag, f"{sign} {number(entry.threshold)}", number(entry.back))
            for tag in tags_of(entry).filter(asset=asset)
        ]
    return found


def month_of(text: str) -> date:
    """Return the first day of a month written YYYY-MM; of this month where it is none."""
    try:
        year, month = map(int, text.split("-"))
        return date(year, month, 1)
    except ValueError:
        return works.today().replace(day=1)
