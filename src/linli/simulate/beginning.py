"""A history for a town that has none: all of it, or nothing."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases.models import Case
from linli.places.town import the_town
from linli.simulate.history import Life, simulate

A_YEAR = 365.25


class HasCases(RuntimeError):
    """A simulated history must not mix with cases that are there already."""


def begin(
    reports: int,
    years: float,
    seed: int,
    ending: datetime,
    progress: Callable[[int], None] = lambda reports: None,
) -> Life:
    """Write a history of the loaded town, in one transaction: half a history is none.

    Raises
    ------
    HasCases
        If the town has any.
    NoTown
        If none is loaded.
    """
    the_town()
    if Case.objects.exists():
        raise HasCases(
            _("This town has cases already. Make a new installation with `linli init DIR`.")
        )
    with transaction.atomic():
        return simulate(reports, round(years * A_YEAR), seed, ending, progress)
