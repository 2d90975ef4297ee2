"""Products and needs that come in from outside."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import clock
from linli.enterprises.credit_code import plain
from linli.enterprises.industries import is_known
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import keeps
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong, touched


def writer(model: Any, table: str) -> Writer:
    """Return how products, or needs, are written: rows of the table of this name."""

    def firms(rows: Sequence[Values]) -> dict[str, int]:
        codes = {plain(row.get("enterprise") or "") for row in rows}
        return dict(Enterprise.objects.filter(code__in=codes).values_list("code", "pk"))

    def stored(known: dict[str, int]) -> dict[tuple[int, str], Any]:
        rows = model.objects.filter(enterprise__in=known.values())
        return {(row.enterprise_id, row.name): row for row in rows}

    def wrongs(row: Values, known: dict[str, int]) -> list[Wrong]:
        found = []
        name, industry = row.get("name") or "", row.get("industry") or ""
        if plain(row.get("enterprise") or "") not in known:
            found.append(Wrong("enterprise", _("“%(code)s” is not in the register.")
                               % {"code": str(row.get("enterprise"))[:30]}))  # fmt: skip
        if not name.strip():
            found.append(Wrong("name", _("is missing.")))
        for column, limit in (("name", 120), ("name_en", 160)):
            if len(row.get(column) or "") > limit:
                found.append(Wrong(column, _("Longer than %(n)d characters.") % {"n": limit}))
        if industry and not is_known(industry):
            found.append(Wrong("industry", _("“%(code)s” is no code of GB/T 4754-2017: two to four "
                                             "figures, the first two a division.")
                               % {"code": industry[:20]}))  # fmt: skip
        return found

    def told(row: Values) -> dict[str, str]:
        return {name: row[name] or "" for name in ("name_en", "industry") if name in row}

    def fate(row: Values, there: Any) -> str:
        if there is None:
            return NEW
        return CHANGED if any(getattr(there, k) != v for k, v in told(row).items()) else UNCHANGED

    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        known = firms(rows)
        kept = stored(known)
        return [
            wrongs(row, known)
            or fate(row, kept.get((known[plain(row["enterprise"])], row["name"].strip())))
            for row in rows
        ]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        fates = []
        with transaction.atomic():
            known = firms(rows)
            kept = stored(known)
            for row in rows:
                key = (known[plain(row["enterprise"])], row["name"].strip())
                there = kept.get(key)
                fates.append(fate(row, there))
                if there is None:
                    kept[key] = model.objects.create(
                        enterprise_id=key[0], name=key[1], at=clock.now(), **told(row)
                    )
                elif fates[-1] == CHANGED:
                    for name, value in told(row).items():
                        setattr(there, name, value)
                    there.save(update_fields=list(told(row)))
            if set(fates) - {UNCHANGED}:
                touched(table)
        return fates

    return Writer(may=keeps, check=check, write=write)
