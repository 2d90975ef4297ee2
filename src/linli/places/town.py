"""The loaded town, and what is computed once for each version of it."""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from django.db.models import F
from django.utils.translation import gettext as _

from linli import memory
from linli.places.models import Town

T = TypeVar("T")

# How long another process may go on with the version of the town it knows.
NOTICE_AFTER_S = 2.0

_known: tuple[float, Town] | None = None


class NoTown(LookupError):
    """Nothing can be located or dispatched before a town is loaded."""

    def __init__(self) -> None:
        super().__init__(_("No town is loaded yet: run `linli load towns/pinghu`."))


def the_town() -> Town:
    """Return the town of this installation, at most `NOTICE_AFTER_S` seconds old.

    Raises
    ------
    NoTown
        If none has been loaded.
    """
    global _known
    if _known is None or monotonic() - _known[0] > NOTICE_AFTER_S:
        town = Town.objects.first()
        if town is None:
            _known = None
            raise NoTown
        _known = monotonic(), town
    return _known[1]


def forget() -> None:
    """Look the town up afresh: it has just been loaded or changed."""
    global _known
    _known = None


def _version(town: Town) -> tuple[str, int, str]:
    return town.code, town.version, town.fingerprint


def once_a_version(build: Callable[[Town], T]) -> Callable[[], T]:
    """Keep what `build` makes of the town until another version of the town is loaded."""
    kept: list[tuple[Town, T]] = []

    def get() -> T:
        town = the_town()
        known, made = kept[0] if kept else (None, None)
        if known is town:
            return made  # type: ignore[return-value]
        if known is None or _version(known) != _version(town):
            made = build(town)
            memory.keep()
        kept[:] = [(town, made)]  # type: ignore[list-item]
        return made  # type: ignore[return-value]

    get.__doc__ = build.__doc__
    return get


def changed() -> None:
    """Let all processes see what was changed of the town outside its files.

    The fingerprint goes: loading the same files again brings the town back to what they say.
    """
    Town.objects.update(version=F("version") + 1, fingerprint="")
    forget()
