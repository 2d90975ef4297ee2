"""How far somebody's cockpit reaches: the areas over which they hold an office that leads."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from linli.cases.visibility import under
from linli.people.models import Role
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import COMMUNITY, Area
from linli.programmes.remediation.visibility import OVERSEE
from linli.scores.models import Tally

ROLES = (Role.LEADER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Reach:
    """Areas by their paths; those who reach equally far share what is read for them.

    `over` are those a person leads or oversees: there they see the campaigns of remediation.
    """

    paths: tuple[str, ...]
    over: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole town, and with it what has no place yet."""
        return any(path.count("/") == 1 for path in self.paths)

    def cases(self) -> Q:
        """Return the cases within reach."""
        return under(self.paths)

    def tallies(self) -> Q:
        """Return the tallies (and backlogs) whose sum is what lies within reach."""
        if self.is_whole:
            return Q(kind=Tally.Kind.TOWN)
        return Q(kind=Tally.Kind.COMMUNITY, subject__in=self.grids)

    @cached_property
    def grids(self) -> list[int]:
        """Community grids within reach."""
        return [a.pk for a in self._areas if a.is_grid and a.layer == COMMUNITY]

    @cached_property
    def area(self) -> Area | None:
        """The area within which leagues compare; None for the whole town."""
        if self.is_whole:
            return None
        return min(self._areas, key=lambda area: area.path.count("/"), default=None)

    @cached_property
    def _areas(self) -> list[Area]:
        return [a for a in atlas().areas.values() if a.path.startswith(self.paths)]


def reach_of(sight: Scope) -> Reach | None:
    """Return how far this person's cockpit reaches; None if they have none."""
    paths = sight.paths(*ROLES)
    return Reach(tuple(paths), tuple(sight.paths(*OVERSEE))) if paths else None
