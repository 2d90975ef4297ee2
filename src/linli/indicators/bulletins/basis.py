"""What a bulletin is made from: everything it needs of the database, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, Sum

from linli.clock import now
from linli.engines.pace import Light
from linli.indicators import showing
from linli.indicators.bulletins import reach
from linli.indicators.bulletins.changes import BEFORE
from linli.indicators.bulletins.counted import COUNTED, NAMES, Asked, Sums, sums
from linli.indicators.bulletins.stretch import Stretch
from linli.indicators.known import Known
from linli.indicators.targets import Standing, standings
from linli.places.models import Area
from linli.scores.figures import SIDES
from linli.scores.models import Backlog, Tally

OF_ORGANISATIONS = tuple(
    sorted({name for one in ("overdue", "resolved") for name in COUNTED[one].names})
)
STATES = ("reported", "triaged", "dispatched", "accepted", "returned", "reopened", "resolved",
          "verified")  # fmt: skip


@dataclass
class Basis:
    """A period and an area (None: the whole town). No word of it depends on a language."""

    stretch: Stretch
    area: Area | None = None
    at: datetime = field(default_factory=now)

    @property
    def code(self) -> str:
        """The code of the area, "" for the whole town."""
        return self.area.code if self.area else ""

    def asked(self, name: str, **narrowed: str) -> Asked:
        """Return a figure of this bulletin."""
        whole = "" if "organisation" in narrowed or "grid" in narrowed else self.code
        return Asked(self.stretch, name, area=whole, **narrowed)

    @property
    def _kinds(self) -> tuple[str, ...]:
        return (Tally.Kind.COMMUNITY,) if self.area else (Tally.Kind.TOWN,)

    @cached_property
    def categories(self) -> Sums:
        """Sums by category."""
        return sums(self.stretch, self._kinds, "category", self.area)

    @cached_property
    def whole(self) -> Mapping[int, Mapping[str, int]]:
        """Sums of everything, by how many periods back."""
        return {
            n: {
                name: sum(row[name] for (back, _key), row in self.categories.items() if back == n)
                for name in NAMES
            }
            for n in range(BEFORE + 1)
        }

    @cached_property
    def organisations(self) -> Sums:
        """Sums by organisation, of the whole town: an organisation works in many areas."""
        if self.area is not None:
            return {}
        return sums(self.stretch, SIDES, "subject", names=OF_ORGANISATIONS)

    @cached_property
    def grids(self) -> Sums:
        """Sums by grid, where a bulletin is about an area of the town."""
        if self.area is None:
            return {}
        return sums(self.stretch, (Tally.Kind.COMMUNITY,), "subject", self.area)

    @cached_property
    def received(self) -> Mapping[int, dict[str, int]]:
        """Sums of this period by community grid."""
        found = sums(self.stretch, (Tally.Kind.COMMUNITY,), "subject", self.area, back=0)
        return {key: counts for (_n, key), counts in found.items()}

    @cached_property
    def lying(self) -> Mapping[str, int]:
        """What lies open now, by the states of cases; "overdue" and "open" beside them."""
        theirs = Q(kind=Tally.Kind.TOWN, subject=0)
        if self.area is not None:
            theirs = Q(kind=Tally.Kind.COMMUNITY, subject__in=reach.grids(self.area))
        rows = Backlog.objects.filter(theirs)
        found: dict[str, Any] = rows.aggregate(**{n: Sum(n) for n in (*STATES, "overdue")})
        counts = {name: n or 0 for name, n in found.items()}
        return {**counts, "open": sum(counts[name] for name in STATES)}

    @cached_property
    def known(self) -> Known:
        return Known.now()

    @cached_property
    def aims(self) -> list[Standing]:
        """Return how the targets of this area stand."""
        key = self.area.pk if self.area else None
        return standings([t for t in showing.current() if t.area_id == key], self.known)

    @property
    def behind(self) -> list[Standing]:
        """The targets behind their path, those due first."""
        late = [one for one in self.aims if one.light == Light.BEHIND]
        return sorted(late, key=lambda one: one.target.by)
