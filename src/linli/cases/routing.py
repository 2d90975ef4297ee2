"""Double dispatch (双交办): the territorial team and the competent department of a case."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from linli.cases.models import Case, Category, Ruling
from linli.people.directory import Directory, directory
from linli.people.models import Organisation, Side
from linli.places.atlas import Atlas, atlas


@dataclass(frozen=True)
class Route:
    """Both sides of a dispatch, each with the reason it was chosen."""

    territorial: Organisation | None
    functional: Organisation | None
    lead_side: str
    why: dict[str, dict] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return self.territorial is not None and self.functional is not None


@dataclass(frozen=True)
class Sides:
    """Both sides of a case about something whose keepers are known, in place of a `Router`.

    `asset` is the code of the asset it is about, if it is about one. Precedents of the town have
    no say in it.
    """

    territorial: Organisation
    functional: Organisation
    asset: str = ""

    def route(self, case: Case) -> Route:
        """Send a case whose category is known to the keepers."""
        assert case.category is not None
        why = {"by": "asset", "asset": self.asset} if self.asset else {"by": "owner"}
        both = {Side.TERRITORIAL.value: why, Side.FUNCTIONAL.value: why}
        return Route(self.territorial, self.functional, case.category.lead_side, both)


class Router:
    """Routes cases by the directory of the town and the precedents in force now."""

    def __init__(self, categories: Iterable[int] | None = None) -> None:
        # What was settled between the keepers of a plant is nothing to the rest of the town.
        rulings = Ruling.objects.filter(withdrawn=False, organisation__retired=False).exclude(
            organisation__kind=Organisation.Kind.PLANT
        )
        if categories is not None:
            rulings = rulings.filter(category__in=set(categories))
        self._precedents: dict[tuple[int, int, str], Ruling] = {}
        for ruling in rulings.select_related("organisation").order_by("id"):
            self._precedents[ruling.category_id, ruling.grid_id, ruling.side] = ruling
        self._atlas: Atlas = atlas()
        self._directory: Directory = directory()

    def precedent(self, case: Case, side: str) -> Ruling | None:
        """Return the ruling that settles `side` for cases like this one, if there is one."""
        grid = grid_of_side(case, side)
        if case.category_id is None or grid is None:
            return None
        return self._precedents.get((case.category_id, grid, side))

    def route(self, case: Case) -> Route:
        """Find both sides for a case whose category and place are known."""
        assert case.category is not None
        category: Category = case.category
        ancestors = self._atlas.ancestors(case.community_grid_id or case.area_id)
        chosen: dict[str, Organisation | None] = {
            Side.TERRITORIAL: self._directory.team(ancestors),
            Side.FUNCTIONAL: self._directory.competent(category.function, ancestors),
        }
        why: dict[str, dict] = {
            Side.TERRITORIAL: {"by": "area"},
            Side.FUNCTIONAL: {"by": "function", "function": category.function},
        }
        for side in chosen:
            ruling = self.precedent(case, side)
            if ruling:
                chosen[side] = ruling.organisation
                why[side] = {"by": "ruling", "ruling": ruling.pk}
        return Route(chosen[Side.TERRITORIAL], chosen[Side.FUNCTIONAL], category.lead_side, why)


def grid_of_side(case: Case, side: str) -> int | None:
    """Return the grid in which a question of competence on `side` is settled."""
    return case.service_grid_id if side == Side.FUNCTIONAL else case.community_grid_id
