"""Who acts in the simulated town: who works where, how fast, and who is away."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from linli import bulk
from linli.cases.actors import STAFF
from linli.cases.models import Case
from linli.people.models import Lead, Leave, Membership, Organisation, Role, Side, User
from linli.places.atlas import atlas

AWAY_EVERY = 150  # days from one leave to the next, in the mean
ABOVE, TO_THE_TOP = 0.6, 0.04  # how often a case goes to the organisation above
SPREAD = 0.38  # of the speed of organisations, as the deviation of its logarithm


class Cast:
    """The people of the town by what they may do; who is `spared` does nothing."""

    def __init__(self, rng: Random, spared: frozenset[int] = frozenset()) -> None:
        self._rng = rng
        self._by_role: dict[tuple[int, str], list[User]] = defaultdict(list)
        self._over: dict[str, list[tuple[str, User]]] = defaultdict(list)
        self._leaves: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.organisations: dict[int, Organisation] = {
            o.pk: o for o in Organisation.objects.filter(retired=False).order_by("code")
        }
        rows = Membership.objects.filter(organisation__in=self.organisations, user__is_active=True)
        self.staff: list[User] = []
        rows = rows.exclude(user__in=spared)
        for row in rows.select_related("user", "organisation__area").order_by("id"):
            self._by_role[row.organisation_id, row.role].append(row.user)
            self._over[row.role].append((row.organisation.area.path, row.user))
            self.staff.append(row.user)
        self.leads: dict[int, list[User]] = defaultdict(list)
        for lead in Lead.objects.exclude(user__in=spared).select_related("user").order_by("id"):
            self.leads[lead.area_id].append(lead.user)
        self.residents = list(
            User.objects.filter(memberships=None, leads=None, is_active=True)
            .exclude(pk__in=spared)
            .order_by("id")
        )
        self.homes = {user.pk: self._home() for user in self.residents}
        self.speed = {pk: rng.lognormvariate(0, SPREAD) for pk in self.organisations}
        self.care = {pk: min(0.97, rng.betavariate(14, 2)) for pk in self.organisations}

    def _home(self) -> int:
        grids = [a.pk for a in atlas().areas.values() if a.is_grid and a.layer == "community"]
        return self._rng.choice(grids)

    def send_on_leave(self, first: datetime, last: datetime, rng: Random) -> None:
        """Let everybody take some days off between two moments."""
        rows = []
        for user in {user.pk: user for user in self.staff}.values():
            day = first + timedelta(days=rng.expovariate(1 / AWAY_EVERY))
            while day < last:
                back = day + timedelta(days=rng.randint(1, 6))
                rows.append(Leave(user=user, since=day, until=back))
                day = back + timedelta(days=rng.expovariate(1 / AWAY_EVERY))
        with transaction.atomic():
            bulk.insert(rows)

    def know_leaves(self) -> None:
        """Read the leaves that are known already."""
        for user, since, until in Leave.objects.values_list("user_id", "since", "until"):
            self._leaves[user].append((since, until))

    def _is_here(self, user: User, moment: datetime) -> bool:
        return not any(since <= moment < until for since, until in self._leaves[user.pk])

    def _one(self, users: Iterable[User], moment: datetime) -> User | None:
        users = list(users)
        here = [user for user in users if self._is_here(user, moment)]
        return self._rng.choice(here or users) if users else None

    def worker(self, organisation: int, moment: datetime) -> User | None:
        """Somebody of an organisation who handles cases; its head if there is nobody else."""
        users = [u for role in STAFF[:2] for u in self._by_role[organisation, role]]
        return self._one(users or self._by_role[organisation, Role.HEAD], moment)

    def head(self, organisation: int, moment: datetime) -> User | None:
        """The head of an organisation."""
        return self._one(self._by_role[organisation, Role.HEAD], moment)

    def over(self, role: Role, case: Case, moment: datetime) -> User | None:
        """Somebody whose office reaches the place of a case, as near to it as there is."""
        area = atlas().areas.get(case.area_id or 0)
        path = area.path if area else ""
        found = [(reach, u) for reach, u in self._over[role] if path.startswith(reach)]
        if not found:
            found = [(reach, u) for reach, u in self._over[role] if reach.count("/") == 1]
        nearest = max((len(reach) for reach, _user in found), default=0)
        return self._one([u for reach, u in found if len(reach) == nearest], moment)

    def other(self, organisation: int, side: str, case: Case) -> Organisation | None:
        """Another organisation that might be competent instead: the one above, or a neighbour."""
        mine = self.organisations[organisation]
        above = self.organisations.get(mine.parent_id or 0)
        # What is passed to the very top is rare, and is nobody's everyday work there.
        often = ABOVE if above is not None and above.parent_id else TO_THE_TOP
        if above is not None and self._rng.random() < often:
            return above
        kinds = (
            (Organisation.Kind.TERRITORIAL,)
            if side == Side.TERRITORIAL
            else (Organisation.Kind.DEPARTMENT, Organisation.Kind.STATION)
        )
        area = atlas().areas.get(case.area_id or 0)
        path = area.path if area else ""
        near = [
            o for o in self.organisations.values()
            if o.kind in kinds and o.pk != organisation
            and path.startswith(atlas().areas[o.area_id].path)
        ]  # fmt: skip
        return self._rng.choice(near) if near else None
