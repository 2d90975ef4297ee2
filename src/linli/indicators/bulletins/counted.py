"""What bulletins count: figures over tallies, by the same names in numbers, links and lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as L  # noqa: N812

from linli.cases.models import Category
from linli.indicators.bulletins import reach
from linli.indicators.bulletins.changes import BEFORE
from linli.indicators.bulletins.stretch import Stretch
from linli.people.models import Organisation
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.scores.figures import SIDES, Figure
from linli.scores.leagues import MEASURES
from linli.scores.models import Tally

Sums = dict[tuple[int, int], dict[str, int]]  # (periods back, key) → counter → how often


@dataclass(frozen=True)
class Counted:
    """A number, or a rate of `of` in percent. `better` is "up", "down" or "" for neither."""

    label: str | Promise
    counts: tuple[str, ...]
    of: tuple[str, ...] = ()
    bad: bool = False
    better: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return self.counts + self.of

    def pair(self, sums: Mapping[str, int]) -> tuple[int, int]:
        """Return how often, and out of how many."""
        n, whole = (sum(sums.get(name, 0) for name in names) for names in (self.counts, self.of))
        n = min(n, whole) if self.of else n
        return (whole - n if self.bad else n), whole

    def value(self, sums: Mapping[str, int]) -> float | None:
        """Return the number or the rate; None of nothing."""
        n, whole = self.pair(sums)
        if not self.of:
            return n
        return 100 * n / whole if whole else None


COUNTED: dict[str, Counted] = {
    "received": Counted(L("Received"), ("received",)),
    "resolved": Counted(L("Resolved"), ("resolved", "settled"), better="up"),
    "overdue": Counted(L("Fell overdue"), ("overdue",), better="down"),
    "returned": Counted(L("Returned"), ("returned",), better="down"),
    "escalated": Counted(L("Escalated"), ("escalated",), better="down"),
    "urged": Counted(L("Urged"), ("urged",), better="down"),
    "reworked": Counted(L("Reworked"), ("reworked",), better="down"),
    **{
        name: Counted(m.label, m.counts, m.of, m.bad, "up")
        for name, m in MEASURES.items()
        if m.of and name != "rework"
    },
}
NAMES = tuple(sorted({name for one in COUNTED.values() for name in one.names}))
# What lies open now, whatever the period: it comes from the backlog and leads to the open cases.
LYING: dict[str, str | Promise] = {"open": L("Open now"), "overdue-now": L("Overdue now")}


@dataclass(frozen=True)
class Asked:
    """Which figure a link is about, and of what: the town, an area, one of its categories …"""

    stretch: Stretch
    name: str
    category: str = ""
    grid: str = ""
    organisation: str = ""
    area: str = ""

    @property
    def counted(self) -> Counted:
        return COUNTED[self.name]

    def link(self) -> str:
        """Return the address of the list of the cases it counts."""
        query = {"figure": self.name, "category": self.category, "grid": self.grid,
                 "organisation": self.organisation, "area": self.area}  # fmt: skip
        given = {key: value for key, value in query.items() if value}
        return f"{reverse('bulletin-cases', args=[str(self.stretch)])}?{urlencode(given)}"

    def whose(self) -> str:
        """Return the name of what it is narrowed to, "" for the whole town."""
        named: list[Any] = []
        if self.grid or self.area:
            named.append(atlas().by_code.get(self.grid or self.area))
        if self.category:
            named.append(Category.objects.filter(code=self.category).first())
        if self.organisation:
            named.append(Organisation.objects.filter(code=self.organisation).first())
        return " · ".join(str(one) for one in named if one)

    def may(self, sight: Scope) -> bool:
        """Tell whether somebody may know it: of an organisation, who leads the whole town."""
        code = "" if self.organisation else self.grid or self.area
        return reach.may(sight, atlas().by_code.get(code))

    def figure(self) -> Figure | None:
        """Return the figure; None if it names what there is not. A rate leads to all it is of."""
        counters = self.counted.of or self.counted.counts
        category: int | None = None
        if self.category:
            keys = Category.objects.filter(code=self.category).values_list("pk", flat=True)
            category = keys.first()
            if category is None:
                return None
        found = self._subjects()
        if found is None:
            return None
        kinds, subjects = found
        return Figure(counters, self.stretch.counted, kinds, subjects, category)

    def _subjects(self) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
        """Return as what and whom it counts; None if it names what there is not."""
        if self.organisation:
            one = Organisation.objects.filter(code=self.organisation).values_list("pk").first()
            return (SIDES, one) if one else None
        area = atlas().by_code.get(self.grid or self.area)
        if self.grid:
            return ((area.layer,), (area.pk,)) if area and area.is_grid else None
        if not self.area:
            return (Tally.Kind.TOWN,), ()
        # An area without grids has no cases: no grid has the key 0.
        return ((Tally.Kind.COMMUNITY,), tuple(reach.grids(area)) or (0,)) if area else None


def sums(
    stretch: Stretch, kinds: tuple[str, ...], by: str, area: Area | None = None,
    names: Sequence[str] = NAMES, back: int = BEFORE,
) -> Sums:  # fmt: skip
    """Sum tallies of this stretch and of those before by "category" or "subject".

    Those of an area are the sums of its grids: `kinds` must be the community layer's then.
    """
    rows = Tally.objects.filter(kind__in=kinds).order_by()
    if area is not None:
        rows = rows.filter(subject__in=reach.grids(area))
    found = {}
    for n in range(back + 1):
        period = stretch.back(n).counted if n else stretch.counted
        days = rows.filter(day__range=(period.first, period.last))
        for key, *counts in days.values_list(by).annotate(*map(Sum, names)):
            found[n, key] = dict(zip(names, counts, strict=True))
    return found
