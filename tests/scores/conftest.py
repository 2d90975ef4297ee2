"""A town just large enough to compare something: four grids, three departments, two teams."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import shapely

from linli import clock
from linli.cases.models import Case, Category, Event
from linli.people.models import Lead, Membership, Organisation, Role, User
from linli.places.models import Area, Layer, Town
from linli.places.town import forget

JANUARY = datetime(2020, 1, 15, 4, tzinfo=UTC)  # noon in the town


class SmallTown:
    """Writes rows directly, so that a test says exactly which events there were."""

    def __init__(self) -> None:
        Town.objects.create(code="t", name="小镇", timezone="Asia/Shanghai", version=1)
        for layer in ("community", "service"):
            Layer.objects.create(code=layer, name=layer)
        self.county = self._area("c", "county", None)
        self.north, self.south = (self._area(f"c{n}", "community", self.county) for n in "ns")
        self.grids = [
            self._area(f"{home.code}{i}", "grid", home, "community")
            for home in (self.north, self.south)
            for i in (1, 2)
        ]
        self.services = [self._area(f"s{i}", "grid", self.county, "service") for i in (1, 2)]
        kinds = Organisation.Kind
        self.teams = [self._organisation(f"team-{home.code}", kinds.TERRITORIAL, home)
                      for home in (self.north, self.south)]  # fmt: skip
        self.departments = [self._organisation(name, kinds.DEPARTMENT, self.county)
                            for name in ("housing", "order", "water")]  # fmt: skip
        self.centre = self._organisation("centre", kinds.PLATFORM, self.county)
        self.categories = [
            Category.objects.create(
                code=code, name=code, pack="p", function=code, lead_side="functional",
                accept_hours=4, resolve_hours=24,
            )
            for code in ("easy", "hard")
        ]  # fmt: skip
        self._numbers = count(1)

    def _area(self, code: str, kind: str, parent: Area | None, layer: str = "") -> Area:
        return Area.objects.create(
            code=code, name=code, kind=kind, parent=parent, layer=layer, is_grid=bool(layer),
            path=f"{parent.path if parent else '/'}{code}/", lon=120, lat=30,
            wkb=shapely.box(120, 30, 121, 31).wkb,
        )  # fmt: skip

    def _organisation(self, code: str, kind: str, area: Area) -> Organisation:
        return Organisation.objects.create(code=code, name=code, kind=kind, area=area)

    def person(self, name: str, organisation: Organisation | None = None,
               role: str = Role.OFFICER, leads: Area | None = None) -> User:  # fmt: skip
        user = User.objects.create(username=name, name=name)
        if organisation is not None:
            Membership.objects.create(user=user, organisation=organisation, role=role)
        if leads is not None:
            side = Lead.Side.COMMUNITY if leads.leads.exists() else Lead.Side.TOWN
            Lead.objects.create(area=leads, user=user, side=side)
        return user

    def case(self, at: datetime = JANUARY) -> Case:
        return Case.objects.create(
            source="resident", title=f"case {next(self._numbers)}", state="reported",
            reported_at=at, touched_at=at,
        )  # fmt: skip

    def event(
        self,
        case: Case,
        action: str,
        *,
        at: datetime = JANUARY,
        grid: int | None = 0,
        service: int | None = 0,
        team: int | None = 0,
        department: int | None = 0,
        category: int | None = 0,
        lead: str = "functional",
        source: str = "resident",
        by: User | None = None,
        **data: Any,
    ) -> Event:
        """Append a step; places and organisations are named by their position."""
        case.steps += 1
        case.save(update_fields=["steps"])

        def of(rows: list, position: int | None) -> Any:
            return None if position is None else rows[position]

        return Event.objects.create(
            case=case, seq=case.steps, action=action, by=by, at=at, data=data, source=source,
            category=of(self.categories, category), community_grid=of(self.grids, grid),
            service_grid=of(self.services, service), territorial=of(self.teams, team),
            functional=of(self.departments, department), lead_side=lead, hash="",
        )  # fmt: skip

    def resolved(self, times: int, late: int = 0, **where: Any) -> None:
        """Let so many cases be resolved, the first `late` of them too late."""
        for i in range(times):
            data = {"late": True, "overdue": True} if i < late else {"late": False}
            self.event(self.case(), "resolve", hours=2.0, **data, **where)


@pytest.fixture
def small(db: None) -> Iterator[SmallTown]:
    forget()
    yield SmallTown()
    forget()


@pytest.fixture
def noon() -> Iterator[datetime]:
    with clock.at(JANUARY):
        yield JANUARY
