"""What is reported because a visitor's desk is nearly empty: a matter that comes to this desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

from linli.cases.actors import STAFF
from linli.cases.models import Category, Source, Triage
from linli.people.directory import directory
from linli.people.models import Membership, Role, Side, User
from linli.people.scope import Scope
from linli.places.atlas import Location, atlas
from linli.simulate.rhythm import Rhythm
from linli.simulate.telling import Teller, Told

TRIES = 200
Matter = tuple[Category, Location]


class Wishes:
    """Draws matters that find their way to somebody by themselves."""

    def __init__(self, rhythm: Rhythm, teller: Teller, rng: Random) -> None:
        self._rhythm, self._teller, self._rng = rhythm, teller, rng

    def grant(self, user: User, moment: datetime) -> Told | None:
        """Return a report that somebody gets to do with; None if nothing comes to them."""
        sight = Scope(user)
        if not sight.memberships:
            return self._by(user, moment)
        for membership in sight.memberships:
            for category, place in self._matters(membership, sight.led_areas):
                return self._about(category, place, moment, membership.role)
        return None

    def _by(self, reporter: User, moment: datetime) -> Told:
        """Let it be the person who reports."""
        category = self._rng.choice(self._of(Triage.PUBLIC) or self._rhythm.categories)
        told = self._teller.tell(moment, category, self._rhythm.place(category))
        return self._plainly(told, reporter=reporter)

    def _about(self, category: Category, place: Location, moment: datetime, role: str) -> Told:
        told = self._plainly(self._teller.tell(moment, category, place))
        if role == Role.DISPATCHER:
            # Nobody can tell from it where that is, so somebody has to look.
            unsorted = replace(told.report, category=None, lon=None, lat=None, reporter=None)
            return replace(told, report=unsorted)
        return told

    def _plainly(self, told: Told, reporter: User | None = None) -> Told:
        """Let it be told so that nothing is in doubt: what it is, and where."""
        place, report = told.place, told.report
        plain = replace(
            report, source=Source.RESIDENT, reporter=reporter, category=told.category.code,
            lon=place.lon, lat=place.lat, area=None,
        )  # fmt: skip
        return replace(told, report=plain)

    def _matters(self, membership: Membership, led: frozenset[int]) -> Iterator[Matter]:
        """Yield matters that come to a person in one office."""
        organisation = membership.organisation
        points = self._rhythm.points_in(organisation.area.path)
        points = [p for p in points if p.community_grid in led] or points
        if membership.role == Role.STEWARD:
            yield from self._drawn(self._of(Triage.NEIGHBOURHOOD), points)
        elif membership.role == Role.DISPATCHER:
            yield from self._drawn(self._rhythm.categories, points)
        elif membership.role in STAFF:
            for category, point in self._drawn(self._of(Triage.PUBLIC), points):
                areas = atlas().ancestors(point.community_grid)
                is_functional = category.lead_side == Side.FUNCTIONAL
                leading = (
                    directory().competent(category.function, areas)
                    if is_functional
                    else directory().team(areas)
                )
                if leading == organisation:
                    yield category, point

    def _of(self, triage: Triage) -> list[Category]:
        return [c for c in self._rhythm.categories if c.triage == triage]

    def _drawn(self, categories: list[Category], points: list[Location]) -> Iterator[Matter]:
        if categories and points:
            for _ in range(TRIES):
                yield self._rng.choice(categories), self._rng.choice(points)
