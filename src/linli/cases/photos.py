"""The photos of a case side by side: how it was found, and what it looks like since."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from linli.cases.models import Case, Evidence
from linli.cases.nearby import metres_between
from linli.cases.pictures import is_picture
from linli.cases.timeline import Line

FOUND = frozenset({"report", "follow", "add"})
DONE = frozenset({"resolve", "settle", "verify", "sign_off"})


@dataclass(frozen=True)
class Photo:
    """A photo, when and with which step it came, and how far from the case it was taken."""

    file: Evidence
    label: str | Promise
    at: datetime
    metres: int | None


@dataclass
class Photos:
    """Both sides, each in the order of time; files that are no photo are left out."""

    before: list[Photo] = field(default_factory=list)
    after: list[Photo] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def before_and_after(case: Case, lines: Iterable[Line], with_place: bool) -> Photos:
    """Sort the photos that `lines` carry by whether they show what was found or what was done.

    Parameters
    ----------
    with_place
        Whether the reader may know where a photo was taken: those whose office it is.
    """
    found = Photos()
    for line in sorted(lines, key=lambda line: line.at):
        side = found.before if line.action in FOUND else found.after
        if line.action in FOUND | DONE:
            side += [
                Photo(file, line.label, line.at, _off(case, file) if with_place else None)
                for file in line.files
                if is_picture(file)
            ]
    return found


def _off(case: Case, file: Evidence) -> int | None:
    if None in (case.lon, case.lat, file.lon, file.lat):
        return None
    return round(metres_between(case.lon, case.lat, file.lon, file.lat))  # type: ignore[arg-type]
