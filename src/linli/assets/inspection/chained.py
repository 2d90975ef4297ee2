"""What the chain knows of a lot: its trace, and the passport everybody may read.

Rooms do not import each other; it is asked through the tables the chain declares.
"""

from dataclasses import dataclass

from django.urls import reverse

from linli.assets.inspection.models import Lot
from linli.people.scope import Scope
from linli.tables import Table, declared


@dataclass(frozen=True)
class Chained:
    """Where the chain tells of a lot; `code` and `passport` are empty while none is released."""

    trace: str
    code: str = ""
    passport: str = ""


def chained(sight: Scope, lot: Lot) -> Chained | None:
    """Return where the chain tells of a lot, if it does and this person may see it.

    Goods say by their product code which product they are; without that nothing is guessed.
    """
    wares, things, passports = (
        _table(n, sight) for n in ("wares", "chain-things", "lot-passports")
    )
    if wares is None or things is None or passports is None:
        return None
    goods = sight.of(wares.model).filter(**{wares.column("product").lookup: lot.product.code})
    gtin, uri = things.column("code").lookup, things.column("uri").lookup
    wanted = {things.column("part").lookup: lot.code, f"{uri}__contains": "/10/",
              f"{gtin}__in": goods.order_by().values(wares.column("gtin").lookup)}  # fmt: skip
    row = (
        sight.of(things.model).filter(**wanted).order_by("pk").values_list("pk", uri, gtin).first()
    )
    if row is None:
        return None
    trace = reverse("chain-thing", args=[row[0]])
    withdrawn = f"{passports.column('withdrawn_at').lookup}__isnull"
    released = {passports.column("thing").lookup: row[1], withdrawn: True}
    if not sight.of(passports.model).filter(**released).exists():
        return Chained(trace)
    return Chained(
        trace, reverse("chain-code", args=[row[0]]), reverse("passport", args=[row[2], lot.code])
    )  # fmt: skip


def _table(name: str, sight: Scope) -> Table | None:
    table = declared().get(name)
    return table if table is not None and table.may_list(sight) else None
