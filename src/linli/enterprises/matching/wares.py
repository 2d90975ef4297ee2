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
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong


def writer(model: Any) -> Writer:
    """Return how products, or needs, are written."""

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
        elif len(name) > 120:
            found.append(Wrong("name", _("Longer than %(n)d characters.") % {"n": 120}))
        if industry and not is_known(industry):
            found.append(Wrong("industry", _("“%(code)s” is no code of GB/T 4754-2017: two to four "
                                             "figures, the first two a division.")
                               % {"code": industry[:20]}))  # fmt: skip
        return found

    def fate(row: Values, there: Any) -> str:
        if there is None:
            return NEW
        is_same = "industry" not in row or there.industry == (row["industry"] or "")
        return UNCHANGED if is_same else CHANGED

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
                there, industry = kept.get(key), row.get("industry") or ""
                fates.append(fate(row, there))
                if there is None:
                    kept[key] = model.objects.create(
                        enterprise_id=key[0], name=key[1], industry=industry, at=clock.now()
                    )
                elif fates[-1] == CHANGED:
                    there.industry = industry
                    there.save(update_fields=["industry"])
        return fates

    return Writer(may=keeps, check=check, write=write)
