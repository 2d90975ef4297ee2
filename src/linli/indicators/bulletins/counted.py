"""What bulletins count: figures over tallies, by the same names in numbers, links and lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as L  # noqa: N812

from linli.cases.models import Category
from linli.clock import now
from linli.indicators.bulletins.changes import BEFORE
from linli.indicators.bulletins.stretch import Stretch
from linli.people.models import Organisation
from linli.places.atlas import atlas
from linli.places.town import the_town
from linli.scores.figures import SIDES, Figure
from linli.scores.leagues import MEASURES
from linli.scores.models import Tally
from linli.scores.periods import local_day

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


@dataclass(frozen=True)
class Asked:
    """Which figure a link is about, and for whom: the town, a category, a grid, an organisation."""

    stretch: Stretch
    name: str
    category: str = ""
    grid: str = ""
    organisation: str = ""

    @property
    def counted(self) -> Counted:
        return COUNTED[self.name]

    def link(self) -> str:
        """Return the address of the list of the cases it counts."""
        query = {"figure": self.name, "category": self.category, "grid": self.grid,
                 "organisation": self.organisation}  # fmt: skip
        given = {key: value for key, value in query.items() if value}
        return f"{reverse('bulletin-cases', args=[str(self.stretch)])}?{urlencode(given)}"

    def whose(self) -> str:
        """Return the name of what it is narrowed to, "" for the whole town."""
        named: Any = ""
        if self.category:
            named = Category.objects.filter(code=self.category).first()
        elif self.grid:
            named = atlas().by_code.get(self.grid)
        elif self.organisation:
            named = Organisation.objects.filter(code=self.organisation).first()
        return str(named or "")

    def figure(self) -> Figure | None:
        """Return the figure; None if it names what there is not. A rate leads to all it is of."""
        counters = self.counted.of or self.counted.counts
        kinds: tuple[str, ...] = (Tally.Kind.TOWN,)
        subjects: tuple[int, ...] = ()
        category: int | None = None
        if self.category:
            keys = Category.objects.filter(code=self.category).values_list("pk", flat=True)
            category = keys.first()
            if category is None:
                return None
        if self.grid:
            area = atlas().by_code.get(self.grid)
            if area is None or not area.is_grid:
                return None
            kinds, subjects = (area.layer,), (area.pk,)
        elif self.organisation:
            found = Organisation.objects.filter(code=self.organisation).values_list("pk").first()
            if found is None:
                return None
            kinds, subjects = SIDES, found
        return Figure(counters, self.stretch.counted, kinds, subjects, category)


SETTLED_S, FRESH_S, KEPT = 900.0, 5.0, 400
_kept: dict[Any, tuple[float, dict[int, dict[str, int]]]] = {}


def sums(
    stretch: Stretch, kinds: tuple[str, ...], by: str, names: Sequence[str] = NAMES,
    back: int = BEFORE,
) -> Sums:  # fmt: skip
    """Sum tallies of this stretch and of those before by "category" or "subject".

    Bulletins of neighbouring periods are made of the same sums, and what is over hardly changes
    any more: each period's are kept a while for everybody.
    """
    return {
        (n, key): counts
        for n in range(back + 1)
        for key, counts in _sums(stretch.back(n) if n else stretch, kinds, by, names).items()
    }


def _sums(
    stretch: Stretch, kinds: tuple[str, ...], by: str, names: Sequence[str]
) -> dict[int, dict[str, int]]:
    town, period = the_town(), stretch.counted
    key = (town.code, town.version, town.fingerprint, kinds, by, tuple(names), period)
    until, found = _kept.get(key, (0.0, {}))
    if monotonic() < until:
        return found
    rows = Tally.objects.filter(kind__in=kinds, day__range=(period.first, period.last))
    told = rows.order_by().values_list(by).annotate(*map(Sum, names))
    found = {subject: dict(zip(names, counts, strict=True)) for subject, *counts in told}
    is_settled = period.last < local_day(now())
    _kept.pop(key, None)
    _kept[key] = monotonic() + (SETTLED_S if is_settled else FRESH_S), found
    for old in list(_kept)[:-KEPT]:
        _kept.pop(old, None)
    return found
