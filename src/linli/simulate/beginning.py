"""A history for a town that has none. Half a one, left by somebody who stopped it, is known."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from linli.cases.models import Case
from linli.places.town import the_town
from linli.simulate.history import Written
from linli.simulate.writing import simulate

A_YEAR = 365.25


class HasCases(RuntimeError):
    """A simulated history must not mix with cases that are there already."""


def begin(
    reports: int,
    years: float,
    seed: int,
    ending: datetime,
    progress: Callable[[int], None] = lambda reports: None,
) -> Written:
    """Write a history of the loaded town.

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
    mark = _mark()
    mark.touch()
    written = simulate(reports, round(years * A_YEAR), seed, ending, progress)
    mark.unlink()
    return written


def is_half_written() -> bool:
    """Tell whether a history was begun here and never ended."""
    return _mark().exists()


def forget_the_half() -> None:
    """Note that what was half written has been thrown away."""
    _mark().unlink(missing_ok=True)


def _mark() -> Path:
    return Path(settings.HOME) / "half-written"
