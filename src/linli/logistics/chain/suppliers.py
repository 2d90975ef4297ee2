"""How suppliers did, and who upstream nobody can stand in for."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from math import sqrt

from django.db.models import Max, Sum

from linli.clock import now
from linli.engines.supply import irreplaceable
from linli.logistics.chain.elsewhere import Inspected, inspected, on_time_shares
from linli.logistics.chain.models import Link, Party, Place, Recipe, Role, Supplied, Thing, Ware
from linli.logistics.chain.naming import parties_of
from linli.logistics.chain.tallies import RECEIVING
from linli.people.scope import Scope

MONTHS = 12
LOTS = 5_000  # of all suppliers together, the latest: what inspection is asked about


@dataclass
class Card:
    """What is known of one supplier in the last twelve months.

    Attributes
    ----------
    place, party
        Who it is; no party where nobody entered one for its GLN.
    lots, quantity, last
        What it delivered, and the month of the last.
    wares
        Which kinds of goods.
    parts, flawed, held
        What inspection found of its lots: parts seen, flawed ones, lots held.
    on_time, of
        How many of how many deliveries came in time.
    alone_for
        Goods of ours that cannot be made without it.
    """

    place: Place
    party: Party | None
    lots: int
    quantity: float
    last: object
    wares: list[str] = field(default_factory=list)
    parts: int = 0
    flawed: int = 0
    held: int = 0
    on_time: int = 0
    of: int = 0
    alone_for: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How the supplier is called."""
        if self.party is not None:
            return str(self.party)
        return self.place.name or self.place.gln or self.place.uri

    @property
    def flawed_share(self) -> float | None:
        """The share of flawed parts in per cent."""
        return 100 * self.flawed / self.parts if self.parts else None

    @property
    def flawed_band(self) -> tuple[float, float] | None:
        """What the share may be in truth (Wilson interval, 95 %), in per cent."""
        if not self.parts:
            return None
        n, p, z = self.parts, self.flawed / self.parts, 1.96
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return 100 * max(middle - half, 0), 100 * min(middle + half, 1)

    @property
    def on_time_share(self) -> float | None:
        """The share of deliveries in time, in per cent."""
        return 100 * self.on_time / self.of if self.of else None


def cards(sight: Scope, owners: Collection[int] | None) -> list[Card]:
    """Return a card for each supplier, those who deliver most first."""
    since = (now() - timedelta(days=31 * MONTHS)).date().replace(day=1)
    rows = sight.of(Supplied).filter(month__gte=since, lots__gt=0).order_by()
    sums = rows.values("place").annotate(n=Sum("lots"), q=Sum("quantity"), last=Max("month"))
    places = Place.objects.in_bulk([row["place"] for row in sums])
    parties = parties_of({place.gln for place in places.values() if place.gln}, owners)
    found = {
        row["place"]: Card(
            places[row["place"]], parties.get(places[row["place"]].gln), row["n"], row["q"],
            row["last"],
        )
        for row in sums
    }  # fmt: skip
    codes: dict[int, set[str]] = {}
    for place, code in rows.values_list("place", "code").distinct():
        codes.setdefault(place, set()).add(code)
    every = {code for of in codes.values() for code in of}
    wares = {row.gtin: str(row) for row in Ware.objects.filter(gtin__in=every)}
    for place, card in found.items():
        card.wares = sorted(wares.get(code, code) for code in codes[place])
    _what_inspection_found(sight, found, owners)
    _what_deliveries_told(sight, found)
    for place, goods in _alone(sight).items():
        if place in found:
            found[place].alone_for = goods
    return sorted(found.values(), key=lambda card: (-card.lots, card.place.uri))


def _what_inspection_found(
    sight: Scope, found: dict[int, Card], owners: Collection[int] | None
) -> None:
    links = Link.objects.filter(
        event__source__in=list(found), event__step__in=RECEIVING, event__void=False, role=Role.SEEN
    )
    if owners is not None:
        links = links.filter(event__owner__in=owners)
    latest = links.order_by("-at").values_list("thing_id", "event__source")[:LOTS]
    of_lot = dict(latest)
    things = Thing.objects.filter(pk__in=list(of_lot)).exclude(part="")
    told: dict[int, Inspected] = inspected(sight, list(things))
    for thing, one in told.items():
        card = found[of_lot[thing]]
        card.parts += one.parts
        card.flawed += one.flawed
        card.held += one.is_held


def _what_deliveries_told(sight: Scope, found: dict[int, Card]) -> None:
    by_code = {card.party.code: card for card in found.values() if card.party is not None}
    for code, (good, of) in on_time_shares(sight, list(by_code)).items():
        by_code[code].on_time, by_code[code].of = good, of


def _alone(sight: Scope) -> dict[int, list[str]]:
    """Return for each supplier (its place) which final goods cannot be made without it."""
    recipes: dict[str, list[frozenset[str]]] = {}
    for output, inputs in sight.of(Recipe).filter(times__gt=0).values_list("output", "inputs"):
        recipes.setdefault(output, []).append(frozenset(inputs))
    offers: dict[str, set[str]] = {}
    for place, code in sight.of(Supplied).filter(lots__gt=0).values_list("place", "code"):
        offers.setdefault(code, set()).add(str(place))
    used = {name for sets in recipes.values() for one in sets for name in one}
    final = [output for output in recipes if output not in used]
    told: dict[int, list[str]] = {}
    for goods, suppliers in irreplaceable(final, recipes, offers).items():
        for place in suppliers:
            told.setdefault(int(place), []).append(goods)
    codes = {code for goods in told.values() for code in goods}
    wares = {row.gtin: str(row) for row in Ware.objects.filter(gtin__in=codes)}
    return {p: sorted(wares.get(code, code) for code in goods) for p, goods in told.items()}
