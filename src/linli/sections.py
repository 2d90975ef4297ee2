"""What a town folder and its packs are read into: entries that know where they stand, and faults.

Each app declares in its `section.py` the entries it owns and has four functions that the
loader in `packs` calls floor by floor: `check` (the files against themselves), `obstacles`
(the files against the database), `write` and `clear` (rows the files no longer name).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

# Raise this when the loader writes the same files differently, so that towns are written anew.
EDITION = 1


class Declaration(BaseModel):
    """One thing a file declares; what it does not know it refuses."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _split(text: Any) -> Any:
    return text.split() if isinstance(text, str) else text


Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[\w.-]+$")]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[a-zA-Z0-9_-]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
EnglishName = Annotated[str, StringConstraints(max_length=160, strip_whitespace=True)]
Words = Annotated[list[str], BeforeValidator(_split)]
"""Words with blanks between them, as a cell of a CSV file holds a list."""

D = TypeVar("D", bound=Declaration)
LINE, ROW, FEATURE = "line", "row", "feature"
_PLACES = {
    LINE: gettext_lazy("line %(number)s"),
    ROW: gettext_lazy("row %(number)s"),
    FEATURE: gettext_lazy("feature %(number)s"),
    "": "",
}
_FIELDS = {
    LINE: gettext_lazy("key “%(field)s”"),
    ROW: gettext_lazy("column “%(field)s”"),
    FEATURE: gettext_lazy("property “%(field)s”"),
    "": "%(field)s",
}


@dataclass(frozen=True)
class Spot:
    """A place in a file. Rows are numbered as spreadsheets do: the header is row 1."""

    file: str
    kind: str = ""
    number: int = 0
    code: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.kind:
            parts.append(str(_PLACES[self.kind]) % {"number": f"{self.number:,}"})
        code = _(" (code %(code)s)") % {"code": self.code} if self.code else ""
        return ", ".join(parts) + code


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a town's files: where, in which field, and what."""

    spot: Spot
    field: str
    message: str

    def __str__(self) -> str:
        if not self.field:
            return f"{self.spot}: {self.message}"
        column = str(_FIELDS[self.spot.kind]) % {"field": self.field}
        return f"{self.spot}, {column}: {self.message}"


class Faulty(ValueError):
    """A town's files have faults; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Entry(Generic[D]):
    """A declaration and where it stands; `lines` are the lines of its keys, by path."""

    value: D
    spot: Spot
    pack: str = ""
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False)

    def at(self, path: tuple[str | int, ...]) -> Spot:
        """Return the spot of a field, or of the nearest thing around it whose line is known."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return replace(self.spot, number=self.lines[path[:length]])
        return self.spot


@dataclass
class Table(Generic[D]):
    """All entries of one kind.

    `broken` are the codes of entries left out for faults of their own, so that what refers
    to them is not called wrong as well; `readable` is false where a whole file could not be read.
    """

    entries: list[Entry[D]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    has_broken: bool = False
    readable: bool = True

    @property
    def is_whole(self) -> bool:
        return self.readable and not self.has_broken

    def by(self, name: str = "code") -> dict[str, Entry[D]]:
        """Return the entries by their code; of entries with the same code, the first."""
        return {getattr(entry.value, name): entry for entry in reversed(self.entries)}

    def knows(self, code: str, name: str = "code") -> bool:
        """Tell whether something may refer to `code` as far as can be said."""
        return not self.readable or code in self.broken or code in self.by(name)


class Faults(list[Fault]):
    """Faults found so far."""

    def tell(self, where: Entry[Any] | Spot, path: str | tuple[str | int, ...], what: str) -> None:
        """Note a fault at a field (a name or a path; "" for the whole) of an entry."""
        steps = path if isinstance(path, tuple) else (path,) if path else ()
        spot = where.at(steps) if isinstance(where, Entry) else where
        names = [step for step in steps if isinstance(step, str)]
        self.append(Fault(spot, names[-1] if names else "", what))

    def stop(self) -> None:
        """Raise what was found.

        Raises
        ------
        Faulty
            If there is any fault.
        """
        if self:
            raise Faulty(sorted(self, key=lambda fault: (fault.spot.file, fault.spot.number)))


class Read:
    """A town folder and its packs, as read: one table for each kind of declaration."""

    def __init__(self) -> None:
        self._tables: dict[type[Declaration], Table[Any]] = {}

    def of(self, kind: type[D]) -> Table[D]:
        """Return the table of one kind of declaration."""
        return self._tables.setdefault(kind, Table())

    def only(self, kind: type[D]) -> Entry[D] | None:
        """Return the one entry of a kind that stands alone, None if it could not be read."""
        entries = self.of(kind).entries
        return entries[0] if entries else None

    @property
    def fingerprint(self) -> str:
        """A hash over what the files say, whatever their order, comments and spacing."""
        content = sorted(
            (kind.__name__, entry.pack, orjson.dumps(entry.value.model_dump(mode="json")).hex())
            for kind, table in self._tables.items()
            for entry in table.entries
        )
        return sha256(orjson.dumps([EDITION, content])).hexdigest()


def check_codes(table: Table[D], faults: Faults, name: str = "code") -> None:
    """Note entries whose code an earlier entry has already."""
    first: dict[str, Entry[D]] = {}
    for entry in table.entries:
        code = getattr(entry.value, name)
        if code in first:
            where = first[code].at((name,))
            faults.tell(entry, name, _("“%(code)s” is taken: %(spot)s has the same code.")
                        % {"code": code, "spot": where})  # fmt: skip
        first.setdefault(code, entry)


def check_parents(table: Table[Any], faults: Faults) -> bool:
    """Note unknown parents and circles; tell whether the parents form trees."""
    by_code = table.by()
    before = len(faults)
    for entry in table.entries:
        parent = entry.value.parent
        if parent and not table.knows(parent):
            faults.tell(entry, "parent", _("“%(code)s” is not known here.") % {"code": parent})
    for circle in circles({code: entry.value.parent for code, entry in by_code.items()}):
        faults.tell(by_code[circle[0]], "parent", _("the parents run in a circle: %(circle)s.")
                    % {"circle": " → ".join([*circle, circle[0]])})  # fmt: skip
    return len(faults) == before


def circles(parents: Mapping[str, str | None]) -> Iterable[list[str]]:
    """Find each circle among parents once, from its smallest code on."""
    done: set[str] = set()
    for start in sorted(parents):
        walk: list[str] = []
        code: str | None = start
        while code and code in parents and code not in done and code not in walk:
            walk.append(code)
            code = parents[code]
        done.update(walk)
        if code in walk:
            circle = walk[walk.index(code):]  # fmt: skip
            turn = circle.index(min(circle))
            yield circle[turn:] + circle[:turn]
