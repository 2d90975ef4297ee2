"""What other rooms know of lots: inspections and deliveries, asked through their declared tables.

Rooms do not import each other. A table that is not there yet, or that a person may not list, tells
nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from linli.logistics.chain.models import Thing, Ware
from linli.people.scope import Scope
from linli.tables import Table, declared

INSPECTED, DELIVERIES = "inspection-lots", "delivery-orders"
HELD = "held"
A_QUESTION = 5_000


@dataclass(frozen=True)
class Inspected:
    """What inspection found of a lot."""

    code: str
    state: str
    word: str
    parts: int
    flawed: int
    url: str = ""

    @property
    def is_held(self) -> bool:
        """Whether the lot is held."""
        return self.state == HELD


@dataclass(frozen=True)
class Delivery:
    """A delivery with things of the chain in it."""

    code: str
    state: str
    on_time: bool | None
    url: str = ""


def _table(name: str, sight: Scope | None) -> Table | None:
    table = declared().get(name)
    if table is None or (sight is not None and not table.may_list(sight)):
        return None
    return table


def _rows(table: Table, sight: Scope | None) -> Any:
    return table.model._default_manager.all() if sight is None else sight.of(table.model)


def _link(page: str, key: Any) -> str:
    try:
        return reverse(page, args=[key])
    except NoReverseMatch:
        return ""


def inspected(sight: Scope | None, things: Collection[Thing]) -> dict[int, Inspected]:
    """Return what inspection found of lots, by the key of the thing.

    A lot is the same as one of inspection if it has its code, and its product too where the goods
    say which product they are. Without a `sight` it is what the owner releases.
    """
    table = _table(INSPECTED, sight)
    lots = {thing.part: thing for thing in things if thing.part}
    if table is None or not lots:
        return {}
    products = dict(
        Ware.objects.filter(gtin__in={thing.code for thing in lots.values()})
        .exclude(product="").values_list("gtin", "product")
    )  # fmt: skip
    column = table.column
    codes, found = sorted(lots), {}
    words = dict(column("state").choices)
    for at in range(0, len(codes), A_QUESTION):
        wanted = Q(**{f"{column('code').lookup}__in": codes[at : at + A_QUESTION]})
        names = [column(name).lookup for name in ("code", "product", "state", "parts", "flawed")]
        for pk, code, product, state, parts, flawed in (
            _rows(table, sight).filter(wanted).order_by().values_list("pk", *names)
        ):
            thing = lots[code]
            if products.get(thing.code, product) == product:
                found[thing.pk] = Inspected(
                    code, state, str(words.get(state, state)), parts, flawed,
                    _link("inspection-lot", pk) if sight is not None else "",
                )  # fmt: skip
    return found


def deliveries(sight: Scope, things: Collection[Thing]) -> list[Delivery]:
    """Return the deliveries that carry one of these things.

    The table `delivery-orders` names what it carries in a column `lot` (lot codes).
    """
    table = _table(DELIVERIES, sight)
    if table is None:
        return []
    names = {column.name for column in table.columns}
    if "lot" not in names:
        return []
    lookup = table.column("lot").lookup
    rows = _rows(table, sight).filter(**{f"{lookup}__in": {t.part for t in things if t.part}})
    return [_delivery(table, names, row) for row in rows.order_by(*table.order)[:50]]


def _delivery(table: Table, names: Collection[str], row: Any) -> Delivery:
    def value(name: str) -> Any:
        column = table.column(name)
        if column.read is not None:
            return column.read(row)
        found = row
        for part in column.lookup.split("__"):
            found = getattr(found, part, None)
        return dict(column.choices).get(found, found)

    key = value(table.key)
    return Delivery(
        str(key), str(value("state")) if "state" in names else "",
        value("on_time") if "on_time" in names else None, _link("delivery", key),
    )  # fmt: skip


def on_time_shares(sight: Scope, parties: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Return for suppliers by code how many deliveries were on time, of how many.

    From the table `delivery-orders` with the columns `supplier` and `on_time`, where it has them.
    """
    table = _table(DELIVERIES, sight)
    names = {column.name for column in table.columns} if table is not None else set()
    if table is None or not {"supplier", "on_time"} <= names:
        return {}
    supplier, on_time = table.column("supplier").lookup, table.column("on_time").lookup
    counts: dict[str, tuple[int, int]] = {}
    rows = _rows(table, sight).filter(**{f"{supplier}__in": parties}).order_by()
    for code, good in rows.values_list(supplier, on_time):
        was = counts.get(code, (0, 0))
        if good is not None:
            counts[code] = (was[0] + bool(good), was[1] + 1)
    return counts
