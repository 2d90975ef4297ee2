"""A number on a page, and the cases it counts."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from linli.cases.models import Case, Event
from linli.scores import plants
from linli.scores.counters import COUNTERS, LEAD
from linli.scores.models import Tally
from linli.scores.periods import Period
from linli.scores.tallies import withdrawn_events

Kind = Tally.Kind
COLUMN = {
    Kind.COMMUNITY: "community_grid",
    Kind.SERVICE: "service_grid",
    Kind.TERRITORIAL: "territorial",
    Kind.FUNCTIONAL: "functional",
}
SIDES = (Kind.TERRITORIAL, Kind.FUNCTIONAL)


@dataclass(frozen=True)
class Figure:
    """How often something happened to some subjects in a period.

    Attributes
    ----------
    counters
        Names in `counters.COUNTERS`; several are added up.
    kinds
        As what the subjects are counted: one layer's grids, or either side of a dispatch.
    subjects
        Keys of grids or organisations; empty for all of that kind.
    category
        Key of a category, 0 for none yet, None for all.
    """

    counters: tuple[str, ...]
    period: Period
    kinds: tuple[str, ...] = (Kind.TOWN,)
    subjects: tuple[int, ...] = ()
    category: int | None = None

    def tallies(self) -> QuerySet[Tally]:
        """Return the tallies it is the sum of."""
        rows = Tally.objects.filter(
            kind__in=self.kinds, day__range=(self.period.first, self.period.last)
        )
        if self.subjects:
            rows = rows.filter(subject__in=self.subjects)
        return rows if self.category is None else rows.filter(category=self.category)

    def value(self) -> int:
        """Return the number."""
        sums = self.tallies().aggregate(**{f"sum_{n}": Sum(n) for n in self.counters})
        return sum(value or 0 for value in sums.values())

    def events(self) -> QuerySet[Event]:
        """Return the events it counts; an upheld appeal has taken out those it was about."""
        asked = Q(pk__in=[])
        for name in self.counters:
            counter = COUNTERS[name]
            asked |= counter.q() & self._theirs(counter.on == LEAD)
        found = Event.objects.filter(
            asked, folded=True, at__gte=self.period.begins, at__lt=self.period.ends
        )
        if self.category is not None:
            found = found.filter(category=self.category or None)
        return found.exclude(pk__in=withdrawn_events())

    def cases(self) -> QuerySet[Case]:
        """Return the cases behind it, all of them: what a person may see is `Scope`'s word."""
        return Case.objects.filter(pk__in=self.events().order_by().values("case"))

    def _theirs(self, leading: bool) -> Q:
        q = Q(pk__in=[])
        for kind in self.kinds:
            if kind == Kind.TOWN:
                return Q()
            column = COLUMN[Kind(kind)]
            own = (
                Q(**{f"{column}__in": self.subjects})
                if self.subjects
                else Q(**{f"{column}__isnull": False})
            )
            if kind not in SIDES:
                own &= ~plants.theirs()
            q |= own & Q(lead_side=kind) if leading and kind in SIDES else own
        return q


def cases_behind(figure: Figure) -> QuerySet[Case]:
    """Return the cases that a figure counts."""
    return figure.cases()
