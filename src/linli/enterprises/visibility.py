"""Who may see the register, its figures, visits and difficulties."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from linli.enterprises.models import (
    Delegate,
    Difficulty,
    Enterprise,
    MonthFigures,
    Revision,
    Visit,
    YearFigures,
)
from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible
from linli.places.atlas import atlas

EVERYBODY, NOBODY = ~Q(pk__in=[]), Q(pk__in=[])
# Figures are the enterprises' own business: not for everybody who patrols past their gate.
READERS = (
    Role.OFFICER, Role.HEAD, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR,
)  # fmt: skip
# The field of work whose departments keep the register and plan the visits.
KEEPING = "industry"


def keeps(scope: Scope) -> bool:
    """Tell whether the person may change the register: an administrator, or its department."""
    if scope.has(Role.ADMINISTRATOR):
        return True
    offices = scope.organisations(Role.OFFICER, Role.HEAD)
    if not offices:
        return False
    return any(
        KEEPING in functions
        for functions in Organisation.objects.filter(pk__in=offices).values_list(
            "functions", flat=True
        )
    )


def works_here(scope: Scope) -> bool:
    """Tell whether somebody has an office in the town, or leads an area."""
    return scope.works_for_town


def within(paths: Iterable[str], link: str = "") -> Q:
    """Return the enterprises that lie below one of some paths of areas."""
    paths = sorted(set(paths))
    if any(path.count("/") == 1 for path in paths):
        return EVERYBODY  # the whole town
    return reduce(or_, (Q(**{f"{link}area__path__startswith": p}) for p in paths), NOBODY)


def _led(scope: Scope) -> list[str]:
    areas = atlas().areas
    return [areas[key].path for key in scope.led_areas if key in areas]


def reached(scope: Scope, link: str = "") -> Q:
    """Return the enterprises that lie where the person works or leads."""
    offices = [m.organisation.area.path for m in scope.offices]
    return within([*offices, *_led(scope)], link)


def read(scope: Scope, link: str = "") -> Q:
    """Return the enterprises whose figures the person may read."""
    return within([*scope.paths(*READERS), *_led(scope)], link)


def spoken_for(scope: Scope, link: str = "") -> Q:
    """Return the enterprise the person speaks for."""
    theirs = Delegate.objects.filter(user=scope.user.pk).order_by().values("enterprise")
    return Q(**{f"{link}pk__in" if link else "pk__in": theirs})


def _or_own(office: Q, scope: Scope, link: str) -> Q:
    return office if office is EVERYBODY else office | spoken_for(scope, link)


def has_figures(scope: Scope, enterprise: Enterprise) -> bool:
    """Tell whether the person may read the figures of an enterprise they see."""
    return Enterprise.objects.filter(
        _or_own(read(scope), scope, ""), pk=enterprise.pk
    ).exists()  # fmt: skip


def has_figures_somewhere(scope: Scope) -> bool:
    """Tell whether there may be enterprises whose figures the person may read."""
    return bool(
        scope.has(*READERS)
        or scope.led_areas
        or Delegate.objects.filter(user=scope.user.pk).exists()
    )


@visible(Enterprise)
def _enterprises(scope: Scope) -> Q:
    return _or_own(reached(scope), scope, "")


@visible(YearFigures)
@visible(MonthFigures)
@visible(Revision)
def _figures(scope: Scope) -> Q:
    return _or_own(read(scope, "enterprise__"), scope, "enterprise__")


@visible(Delegate)
def _delegates(scope: Scope) -> Q:
    return Q() if keeps(scope) else Q(user=scope.user.pk)


@visible(Visit)
def _visits(scope: Scope) -> Q:
    """Those who may read the figures, and the visitor; not the enterprise: notes are the town's."""
    office = read(scope, "enterprise__")
    return office if office is EVERYBODY else office | Q(visitor=scope.user.pk)


@visible(Difficulty)
def _difficulties(scope: Scope) -> Q:
    office = read(scope, "enterprise__")
    if office is EVERYBODY:
        return EVERYBODY
    return office | Q(visit__visitor=scope.user.pk) | spoken_for(scope, "enterprise__")
