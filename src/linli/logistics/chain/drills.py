"""A recall drill: what is asked, what it finds, and what is kept of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.clock import now
from linli.logistics.chain import finding, recalling
from linli.logistics.chain.elsewhere import Inspected, inspected
from linli.logistics.chain.epcis.vocabulary import said
from linli.logistics.chain.models import Drill, Party, Place, Supplied, Thing
from linli.logistics.chain.naming import Names, Words, names_of
from linli.logistics.chain.visibility import owners, writes_for
from linli.people.models import Organisation, User
from linli.people.scope import Scope

MOST = 200  # lots shown on a page; the file has all
HEADINGS = (_("Identifier"), _("Goods"), _("Lot or serial number"), _("Where it is"),
            _("Seen last"), _("State"), _("Inspection"))  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is suspected: a lot by number or identifier, or all a supplier delivered in a time."""

    lot: str = ""
    supplier: str = ""
    ware: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_asked(self) -> bool:
        """Whether it names anything."""
        return bool(self.lot or self.supplier or self.ware)

    def told(self) -> dict[str, str]:
        """Return it as it is kept."""
        return {
            "lot": self.lot, "supplier": self.supplier, "ware": self.ware,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One affected thing: how it is called, where it is, since when, how it stands."""

    thing: Thing
    words: Words
    place: str
    at: datetime | None
    state: str
    inspected: Inspected | None


@dataclass
class Found:
    """What a drill found.

    Attributes
    ----------
    lines
        Affected lots, as many as were asked for.
    places
        Where they are: name and how many, most first.
    told
        Whom to tell: name, how many went there, and the party where it is known.
    """

    asked: Asked
    start: list[Thing]
    lots: int
    containers: int
    ms: float
    lines: list[Line] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    told: list[tuple[str, int, Party | None]] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether more lots are affected than stand here."""
        return self.lots > len(self.lines)


def drill(sight: Scope, asked: Asked, most: int | None = MOST) -> Found:
    """Find everything affected by what is suspected, as far as this person may see."""
    known = owners(sight)
    start = _start(sight, asked)
    if not start:
        return Found(asked, [], 0, 0, 0.0)
    affected = recalling.affected(start, known)
    where = recalling.whereabouts(affected.goods, affected.containers, known)
    places = recalling.places_of([*where.places, *where.told])
    keys = affected.goods[:most] if most is not None else affected.goods
    things = recalling.things_in(keys)
    begun = list(Thing.objects.filter(pk__in=affected.start[:20]))
    names = names_of([*things, *begun], [], known, places.values())
    tested = inspected(sight, things)
    found = Found(
        asked, begun, len(affected.goods), len(affected.containers), affected.ms,
        [_line(one, names, where, places, tested) for one in things],
    )  # fmt: skip
    found.places = [
        (names.place(places[key]) if key is not None else str(_("nobody knows")), n)
        for key, n in where.places.most_common()
    ]
    found.told = [
        (names.place(places[key]), n, names.parties.get(places[key].gln))
        for key, n in where.told.most_common()
    ]
    return found


def _start(sight: Scope, asked: Asked) -> list[int]:
    if asked.lot:
        return list(finding.found(sight, asked.lot).values_list("pk", flat=True))
    places: list[int] = []
    if asked.supplier:
        glns = Party.objects.filter(code=asked.supplier).exclude(gln="").values_list("gln")
        by_party = Place.objects.filter(gln__in=glns) if glns else Place.objects.none()
        own = Place.objects.filter(gln=asked.supplier)
        places = [*by_party.values_list("pk", flat=True), *own.values_list("pk", flat=True)]
        if not places:
            return []
    return recalling.suspects(
        owners(sight), supplier=places, codes=[asked.ware.zfill(14)] if asked.ware else [],
        since=asked.since, until=asked.until,
    )  # fmt: skip


def _line(
    thing: Thing, names: Names, where: recalling.Whereabouts, places: dict[int, Place],
    tested: dict[int, Inspected],
) -> Line:  # fmt: skip
    place, at, state = where.last.get(thing.pk, (None, None, ""))
    return Line(
        thing, names.thing(thing), names.place(places.get(place)) if place else "", at,
        str(said(state)) if state else "", tested.get(thing.pk),
    )  # fmt: skip


def lines(found: Found) -> Iterator[list[Any]]:
    """Yield all affected lots as rows of a file."""
    for one in found.lines:
        yield [one.thing.uri, one.words.note, one.thing.part or one.thing.code, one.place,
               one.at.isoformat() if one.at else "", one.state,
               one.inspected.word if one.inspected else ""]  # fmt: skip


def record(sight: Scope, by: User, asked: Asked) -> Drill:
    """Keep what a drill found now, and how long it took."""
    return keep(drill(sight, asked, most=0), writes_for(sight), by)


def keep(found: Found, owner: Organisation | None, by: User, case: Case | None = None) -> Drill:
    """Keep what was found, and the case that was opened for it."""
    return Drill.objects.create(
        owner=owner, by=by, at=now(), asked=found.asked.told(), lots=found.lots, case=case,
        containers=found.containers, parties=len(found.told), ms=round(found.ms, 2),
    )  # fmt: skip


def suppliers(sight: Scope) -> list[tuple[str, str]]:
    """Return whom a drill may ask about: code or GLN, and name."""
    glns = list(
        sight.of(Supplied).order_by().exclude(place__gln="")
        .values_list("place__gln", flat=True).distinct()
    )  # fmt: skip
    parties = {row.gln: row for row in sight.of(Party).filter(gln__in=glns)}
    found = [(parties[g].code, str(parties[g])) if g in parties else (g, g) for g in glns]
    return sorted(found, key=lambda one: one[1])
