"""Which cases, reports, files and notices a person may see."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from linli.cases.actors import STAFF
from linli.cases.models import (
    Assignment,
    Case,
    Category,
    Event,
    Evidence,
    Notice,
    Report,
    Ruling,
)
from linli.people.directory import directory
from linli.people.models import Role, Side
from linli.people.scope import Scope, visible
from linli.places.atlas import atlas
from linli.places.models import Area

OVERSEERS = (
    Role.DISPATCHER,
    Role.STEWARD,
    Role.SUPERVISOR,
    Role.LEADER,
    Role.ADMINISTRATOR,
)
# Those who talk with a reporter or judge the answer; leaders read figures, not addresses.
HANDLERS = (Role.DISPATCHER, Role.STEWARD, Role.SUPERVISOR)
NOBODY, EVERYBODY = Q(pk__in=[]), ~Q(pk__in=[])


def within(scope: Scope, roles: tuple[Role, ...]) -> Q:
    """Return the cases that lie where the person holds one of `roles`."""
    return under(scope.paths(*roles))


def under(paths: Iterable[str]) -> Q:
    """Return the cases that lie in one of the areas with these paths."""
    paths = list(paths)
    if any(path.count("/") == 1 for path in paths):
        return EVERYBODY  # the whole town, and with it what has no place yet
    below = _any(Q(path__startswith=path) for path in paths)
    return Q(area__in=Area.objects.filter(below).order_by().values("pk")) if paths else NOBODY


def led(scope: Scope) -> Q:
    """Return the cases the person answers for as a lead; what a plant keeps is its own matter."""
    areas = scope.led_areas
    found = _any(
        Q(**{f"{name}__in": areas})
        for name in ("community_grid", "service_grid", "escalated_to")
        if areas
    )
    plants = directory().plants if areas else {}
    return found & ~Q(territorial__in=list(plants)) if plants else found


def of_own_plants(scope: Scope) -> Q:
    """Return the cases of the plants at whose top the person stands."""
    kept = directory().of_plants(scope.organisations(Role.HEAD))
    return Q(territorial__in=kept) | Q(functional__in=kept) if kept else NOBODY


def assigned(scope: Scope) -> Q:
    """Return the cases that the person's organisations have, or had until a ruling."""
    organisations = scope.organisations(*STAFF)
    if not organisations:
        return NOBODY
    organisations |= directory().of_plants(scope.organisations(Role.HEAD))
    # The two sides in force stand in the case itself; only the others are looked up.
    others = Assignment.objects.filter(
        Q(side=Side.JOINT) | Q(active=False), organisation__in=organisations
    )
    return (
        Q(territorial__in=organisations)
        | Q(functional__in=organisations)
        | Q(pk__in=others.order_by().values("case"))
    )


def own(scope: Scope) -> Q:
    """Return the cases the person reported."""
    theirs = Report.objects.filter(reporter=scope.user.pk)
    return Q(pk__in=theirs.order_by().values("case"))


def in_office(scope: Scope) -> Q:
    """Return the cases the person sees because of an office, not as their reporter."""
    return within(scope, OVERSEERS) | assigned(scope) | led(scope)


def handled(scope: Scope) -> Q:
    """Return the cases whose reporter the person may know."""
    return within(scope, HANDLERS) | assigned(scope) | led(scope)


def handles(scope: Scope, case: Case) -> bool:
    """Tell whether the person may know who reported `case`."""
    return scope.of(Case).filter(handled(scope), pk=case.pk).exists()


def _any(parts: Iterable[Q]) -> Q:
    return reduce(or_, parts, NOBODY)


@visible(Case)
def _cases(scope: Scope) -> Q:
    return in_office(scope) | own(scope)


@visible(Evidence)
def _evidence(scope: Scope) -> Q:
    return Q(case__in=Case.objects.filter(_cases(scope)).values("pk"))


@visible(Report)
def _reports(scope: Scope) -> Q:
    theirs = Q(reporter=scope.user.pk)
    return theirs | Q(case__in=Case.objects.filter(handled(scope)).values("pk"))


@visible(Notice)
def _notices(scope: Scope) -> Q:
    return Q(user=scope.user.pk)


@visible(Category)
def _categories(scope: Scope) -> Q:
    return Q(retired=False)


@visible(Event)
def _events(scope: Scope) -> Q:
    if within(scope, OVERSEERS) is EVERYBODY:
        return EVERYBODY
    return Q(case__in=Case.objects.filter(in_office(scope)).order_by().values("pk"))


@visible(Ruling)
def _rulings(scope: Scope) -> Q:
    paths = scope.paths(Role.DISPATCHER, Role.ADMINISTRATOR)
    if any(path.count("/") == 1 for path in paths):
        return EVERYBODY
    if not paths:
        return NOBODY
    grids = [a for a in atlas().areas.values() if a.is_grid and a.path.startswith(tuple(paths))]
    # A ruling on a service grid routes what lies in it, whoever dispatches there; to know what
    # routes one's cases takes no right to withdraw it.
    around = {atlas().of_area(grid.pk).service_grid for grid in grids}
    here = _any(Q(grid__path__startswith=path) for path in paths)
    return here | Q(grid__in=around - {None})
