"""Who upstream nobody can stand in for: goods, what they are made of, and who supplies them."""

from collections.abc import Collection, Iterable, Mapping

Recipes = Mapping[str, Collection[frozenset[str]]]  # goods → the sets of inputs they were made of
Offers = Mapping[str, Collection[str]]  # goods → who supplies them


def makeable(recipes: Recipes, offers: Offers, without: Collection[str] = ()) -> set[str]:
    """Return the goods that can be had without some suppliers.

    Goods can be had if somebody else supplies them, or if all inputs of one of their recipes can
    be had. What nobody supplies and nothing is made into can be had: it stands outside of what
    is known.
    """
    away = set(without)
    inputs = {name for sets in recipes.values() for one in sets for name in one}
    had = {name for name in inputs | set(offers) | set(recipes)
           if set(offers.get(name, ())) - away
           or (not offers.get(name) and not recipes.get(name))}  # fmt: skip
    waiting = {name for name in recipes if name not in had}
    while True:
        found = {name for name in waiting if any(one <= had for one in recipes[name])}
        if not found:
            return had
        had |= found
        waiting -= found


def irreplaceable(goods: Iterable[str], recipes: Recipes, offers: Offers) -> dict[str, set[str]]:
    """Return for each of `goods` the suppliers without whom it cannot be had.

    In a graph where every step has one way only these are the dominators of the goods; with
    recipes of several inputs a supplier counts as soon as one input hangs on it.
    """
    goods = list(goods)
    had = makeable(recipes, offers)
    found: dict[str, set[str]] = {name: set() for name in goods}
    for supplier in sorted({name for names in offers.values() for name in names}):
        still = makeable(recipes, offers, {supplier})
        for name in goods:
            if name in had and name not in still:
                found[name].add(supplier)
    return found
