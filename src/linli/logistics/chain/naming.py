"""How things, processes, places and parties are called on a page."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linli.engines.gs1 import Kind
from linli.logistics.chain.epcis.vocabulary import said
from linli.logistics.chain.models import Event, Party, Place, Thing, Ware

SORTS = {
    Kind.LOT: gettext_lazy("Lot"), Kind.ITEM: gettext_lazy("Piece"),
    Kind.CLASS: gettext_lazy("Goods"), Kind.UNIT: gettext_lazy("Pallet or parcel"),
    Kind.RETURNABLE: gettext_lazy("Crate"), Kind.ASSET: gettext_lazy("Device"),
    Kind.PART: gettext_lazy("Component"),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How one node is called: a word for the drawing, what it is, more of it, its page."""

    short: str
    sort: str
    note: str
    url: str = ""
    kind: str = ""


@dataclass
class Names:
    """Names of all that a page shows."""

    things: Mapping[int, Thing]
    wares: Mapping[str, Ware]
    parties: Mapping[str, Party]
    events: Mapping[int, Event] = field(default_factory=dict)

    def of(self, key: int) -> Words:
        """Return how a node is called: a thing by its key, a process by minus its event's."""
        if key < 0:
            event = self.events.get(-key)
            step = str(said(event.step)) if event and event.step else _("Making")
            return Words(step, "process", event.at.date().isoformat() if event else "")
        thing = self.things[key]
        return self.thing(thing)

    def thing(self, thing: Thing) -> Words:
        """Return how a thing is called."""
        ware = self.wares.get(thing.code)
        sort = str(SORTS.get(Kind(thing.kind), _("Thing")))
        short = thing.part or thing.code or thing.uri.rsplit(":", 1)[-1]
        if thing.kind == Kind.CLASS and ware:
            short = str(ware)
        note = str(ware) if ware else thing.code if thing.code != short else ""
        return Words(short, Kind(thing.kind).name.lower(), note,
                     reverse("chain-thing", args=[thing.pk]), sort)  # fmt: skip

    def place(self, place: Place | None) -> str:
        """Return how a place or party is called."""
        if place is None:
            return ""
        party = self.parties.get(place.gln)
        if place.name:
            english = (get_language() or "").startswith("en")
            return (place.name_en if english else "") or place.name
        if party is not None:
            end = place.uri.partition("/254/")[2]
            return f"{party} · {end}" if end else str(party)
        return place.uri.rsplit("/", 1)[-1] if "id.gs1.org" in place.uri else place.uri


def names_of(
    things: Iterable[Thing], events: Iterable[Event], owners: Collection[int] | None,
    places: Iterable[Place] = (),
) -> Names:  # fmt: skip
    """Look the names of things and of the places of events up, in two questions."""
    by_key = {thing.pk: thing for thing in things}
    codes = {thing.code for thing in by_key.values() if thing.code}
    wares = {row.gtin: row for row in Ware.objects.filter(gtin__in=codes)}
    told = list(events)
    glns = {place.gln for place in places}
    for event in told:
        for place in (event.read_point, event.location, event.source, event.destination):
            if place is not None and place.gln:
                glns.add(place.gln)
    return Names(by_key, wares, parties_of(glns - {""}, owners), {e.pk: e for e in told})


def parties_of(glns: Collection[str], owners: Collection[int] | None) -> dict[str, Party]:
    """Return the parties with these GLNs."""
    whose: Any = Q() if owners is None else Q(owner__in=owners)
    return {row.gln: row for row in Party.objects.filter(whose, gln__in=glns)}
