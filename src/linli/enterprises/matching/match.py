"""Who could supply a need: words in common, weighed by how rare they are, and the industry."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.engines.text import segment
from linli.enterprises.matching.models import Need, Product
from linli.enterprises.models import Enterprise

SAME_INDUSTRY = 0.2  # what the hint of an industry adds to the likeness of the words


@dataclass(frozen=True)
class Supplier:
    """An enterprise that could supply: how alike, which of its wares, and why."""

    enterprise: Enterprise
    product: str
    words: list[str]
    is_industry: bool
    likeness: float


def likeness(need: str, wares: Sequence[str]) -> list[tuple[float, list[str]]]:
    """Return for each ware how alike it is (0 to 1) and the words shared, the weightiest first."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # heavy: only where it is asked

    tokens = [[w.lower() for w in words if len(w) > 1] for words in segment([need, *wares])]
    if not tokens[0]:
        return [(0.0, []) for _ware in wares]
    weigh = TfidfVectorizer(analyzer=lambda words: words)
    matrix = weigh.fit_transform(tokens)
    names, first = weigh.get_feature_names_out(), matrix[0]
    found = []
    for row in range(1, len(tokens)):
        shared = first.multiply(matrix[row]).tocsr()
        order = sorted(zip(shared.data, shared.indices, strict=True), reverse=True)
        found.append((float(shared.sum()), [str(names[at]) for _weight, at in order]))
    return found


def suppliers(need: Need, most: int = 20) -> list[Supplier]:
    """Return who could supply, the most alike first: one line an enterprise, never itself."""
    others = Enterprise.objects.exclude(pk=need.enterprise_id).exclude(status="gone")
    firms = {firm.pk: firm for firm in others.defer("note")}
    told = Product.objects.filter(enterprise__in=firms).values_list(
        "enterprise", "name", "industry"
    )
    wares = {(key, name): industry for key, name, industry in told}
    for firm in firms.values():
        for name in firm.products:
            wares.setdefault((firm.pk, name), "")
    if not wares:
        return []
    best: dict[int, Supplier] = {}
    alike = likeness(need.name, [name for _key, name in wares])
    for ((key, name), industry), (score, words) in zip(wares.items(), alike, strict=True):
        kind = industry or firms[key].industry
        is_industry = bool(need.industry) and kind.startswith(need.industry)
        total = score * (1 - SAME_INDUSTRY) + SAME_INDUSTRY * is_industry
        if total > 0 and (key not in best or best[key].likeness < total):
            best[key] = Supplier(firms[key], name, words, is_industry, total)
    return sorted(best.values(), key=lambda s: (-s.likeness, s.enterprise.code))[:most]
