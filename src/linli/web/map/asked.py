"""What the address of the map page asks for; what is missing or mistyped gets a sensible value."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from linli.cases.models import Category
from linli.clock import now
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY, SERVICE, Area
from linli.scores.models import Tally
from linli.scores.periods import local_day, parse
from linli.web.map.measures import MEASURES, Measure

LAYERS = (COMMUNITY, SERVICE)


@dataclass(frozen=True)
class Asked:
    """A measure of a layer's grids, in an area, a month and a category."""

    layer: str
    name: str
    month: date
    category: int | None
    area: Area

    @property
    def measure(self) -> Measure:
        return MEASURES[self.name]

    @cached_property
    def categories(self) -> frozenset[int]:
        """The category and those below it; none for all."""
        if self.category is None:
            return frozenset()
        own = Q(pk=self.category) | Q(parent=self.category)
        return frozenset(Category.objects.filter(own).values_list("pk", flat=True))

    @cached_property
    def children(self) -> list[Area]:
        """What the area is divided into, on the way down to the grids of the layer."""
        return [a for a in atlas().areas.values()
                if a.parent_id == self.area.pk and a.layer in ("", self.layer)]  # fmt: skip

    @cached_property
    def grids(self) -> list[Area]:
        """Grids of the layer in the area, itself included."""
        return [a for a in atlas().areas.values()
                if a.is_grid and a.layer == self.layer and self.area.covers(a)]  # fmt: skip

    @property
    def trail(self) -> list[Area]:
        """The areas above, from the whole down."""
        above = atlas().ancestors(self.area.parent_id)
        return [atlas().areas[pk] for pk in reversed(above)]

    def query(self, **changed: str) -> str:
        """Return the address's query for this, with some of it changed."""
        said = {
            "layer": self.layer, "measure": self.name, "month": f"{self.month:%Y-%m}",
            "category": str(self.category or ""), "area": self.area.code,
        }  # fmt: skip
        return urlencode({key: value for key, value in (said | changed).items() if value})


def asked(query: QueryDict, months: list[date]) -> Asked:
    """Read what is asked for; `months` are those in which anything was counted."""
    layer = query.get("layer", "")
    layer = layer if layer in LAYERS else COMMUNITY
    name = query.get("measure", "")
    category = query.get("category", "")
    return Asked(
        layer,
        name if name in MEASURES else "open",
        _month(query.get("month", ""), months),
        int(category) if category.isascii() and category.isdigit() and len(category) < 10 else None,
        _area(query.get("area", ""), layer),
    )


def _month(text: str, months: list[date]) -> date:
    try:
        wanted = parse(text).first
    except ValueError:
        return months[-1]
    return wanted if wanted in months else months[-1]


def _area(code: str, layer: str) -> Area:
    """Return the area, or the nearest above it through which the layer's grids are reached."""
    areas = atlas()
    found = areas.by_code.get(code)
    while found is not None and found.layer not in ("", layer):
        found = areas.areas.get(found.parent_id) if found.parent_id else None
    return found or next(a for a in areas.areas.values() if a.parent_id is None)


def months() -> list[date]:
    """List the first days of the months from the first that was counted until now."""
    today = local_day(now())
    first = Tally.objects.filter(kind=Tally.Kind.TOWN).order_by("day").values_list("day", flat=True)
    start = (first.first() or today).replace(day=1)
    count = (today.year - start.year) * 12 + today.month - start.month
    return [
        date(start.year + (start.month - 1 + i) // 12, (start.month - 1 + i) % 12 + 1, 1)
        for i in range(max(count, 0) + 1)
    ]
