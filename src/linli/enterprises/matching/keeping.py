"""Who could supply which need, kept: worked out by the worker when wares or needs have changed."""

from django.db import transaction

from linli import bulk
from linli.enterprises.marks import MATCHES, MOST, take_up, waiting
from linli.enterprises.matching.models import Need, Product, Supply
from linli.enterprises.models import Enterprise

TOLD = ("place", "product", "product_en", "words", "is_industry", "likeness")


def refresh() -> int:
    """Take up the marks; return how many lines changed."""
    marks, _keys = waiting(MATCHES)
    if not marks:
        return 0
    changed = keep()
    take_up(marks)
    return changed


def keep() -> int:
    """Work out who could supply each need; write what differs, return how much."""
    fresh, changed = [], []
    kept = {(row.need_id, row.supplier_id): row for row in Supply.objects.order_by()}
    for row in supplies():
        before = kept.pop((row.need_id, row.supplier_id), None)
        if before is None:
            fresh.append(row)
        elif any(getattr(before, name) != getattr(row, name) for name in TOLD):
            row.pk = before.pk
            changed.append(row)
    gone = [row.pk for row in kept.values()]
    with transaction.atomic():
        for start in range(0, len(gone), MOST):
            Supply.objects.filter(pk__in=gone[start : start + MOST]).delete()
        bulk.insert(fresh)
        bulk.update(changed, TOLD)
    return len(fresh) + len(changed) + len(gone)


def supplies() -> list[Supply]:
    """Return for every need who could supply it, not kept yet."""
    # scipy takes its time to come in: only where it is needed, not at the start of the site.
    from linli.enterprises.matching.match import Market, Wanted, Ware, matches

    there = Enterprise.objects.exclude(status=Enterprise.Status.GONE)
    firms = {row.pk: row for row in there.only("code", "industry", "products", "products_en")}
    wares: dict[tuple[int, str], Ware] = {}
    for made in Product.objects.filter(enterprise__in=there).order_by("enterprise", "name"):
        kind = made.industry or firms[made.enterprise_id].industry
        wares[made.enterprise_id, made.name] = Ware(
            made.enterprise_id, made.name, made.name_en, kind
        )
    for firm in firms.values():
        names_en = firm.products_en if len(firm.products_en) == len(firm.products) else []
        for place, name in enumerate(firm.products):
            english = names_en[place] if names_en else ""
            wares.setdefault((firm.pk, name), Ware(firm.pk, name, english, firm.industry))
    needs = list(Need.objects.order_by("pk"))
    if not wares or not needs:
        return []
    codes = [firms[ware.enterprise].code for ware in wares.values()]
    wanted = [Wanted(need.enterprise_id, need.name, need.industry) for need in needs]
    found = matches(Market(list(wares.values())), wanted, codes)
    return [
        Supply(need=need, supplier_id=match.ware.enterprise, place=place, product=match.ware.name,
               product_en=match.ware.name_en, words=match.words, is_industry=match.is_industry,
               likeness=match.likeness)
        for need, lines in zip(needs, found, strict=True)
        for place, match in enumerate(lines, 1)
    ]  # fmt: skip
