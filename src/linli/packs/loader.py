"""Load a town: read its folder and packs, check them whole, write them in one transaction."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.db.models import F

from linli.packs import versions
from linli.packs.folder import read_folder
from linli.packs.sections import OWNERS
from linli.people import audit
from linli.people.models import User
from linli.places.models import Town
from linli.places.section import TownEntry
from linli.places.town import forget
from linli.rows import Counts
from linli.sections import Faults, Read


@dataclass(frozen=True)
class Loaded:
    """A loaded town. `counts` says for areas, people, categories … what became of the rows."""

    town: Town
    changed: bool
    counts: dict[str, Counts] = field(default_factory=dict)

    @property
    def created(self) -> int:
        return self._total.created

    @property
    def updated(self) -> int:
        return self._total.updated

    @property
    def removed(self) -> int:
        return self._total.removed

    @property
    def retired(self) -> int:
        return self._total.retired

    @property
    def _total(self) -> Counts:
        return sum(self.counts.values(), Counts())


def load(folder: Path, by: User | None = None) -> Loaded:
    """Bring the database to what a town folder and its packs say.

    Loading the same content again changes nothing. Rows are recognised by their codes; what
    the files no longer name is deleted, or retired where something ended still refers to it.
    The texts are kept with who loaded them and when.

    Raises
    ------
    Faulty
        With every fault found in the files, or with what is still open where the files leave
        something out. Nothing is written then.
    """
    read = checked(Path(folder))
    with transaction.atomic():
        loaded = _unchanged(read)
        if loaded is None:
            loaded = write(read)
            number = loaded.town.version
            audit.record("town-loaded", by, loaded.town, changes={"version": (number - 1, number)})
            versions.keep(Path(folder), loaded.town, by)
        elif not versions.are_kept():
            versions.keep(Path(folder), loaded.town, by)
    forget()
    return loaded


def checked(folder: Path, with_people: bool = True) -> Read:
    """Read a town folder and check it whole, against itself and against the database.

    Raises
    ------
    Faulty
        With every fault found.
    """
    faults = Faults()
    read = read_folder(folder, faults, with_people)
    for owner in OWNERS:
        owner.check(read, faults)
        owner.obstacles(read, faults)
    faults.stop()
    return read


def _unchanged(read: Read) -> Loaded | None:
    town = Town.objects.select_for_update().filter(fingerprint=read.fingerprint).first()
    return Loaded(town, changed=False) if town else None


def write(read: Read) -> Loaded:
    """Write what was read, in the transaction of the caller."""
    # Asked again now that nobody else writes: a case may have come in since.
    faults = Faults()
    for owner in OWNERS:
        owner.obstacles(read, faults)
    faults.stop()
    counts: dict[str, Counts] = {}
    for owner in OWNERS:
        counts |= owner.write(read)
    # From the top floor down: what is left out may be referred to from above.
    for owner in reversed(OWNERS):
        for name, taken in owner.clear(read).items():
            counts[name] = counts.get(name, Counts()) + taken
    entry = read.only(TownEntry)
    assert entry is not None
    Town.objects.filter(code=entry.value.code).update(version=F("version") + 1)
    return Loaded(Town.objects.get(code=entry.value.code), changed=True, counts=counts)
