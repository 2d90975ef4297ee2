"""The tree of assets: the path of each, what lies above one and what below."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from linli.assets.register.models import Asset, Level

# What may stand below what; a structure (bridge, pump station, greenhouse) holds machines, and
# machines parts.
BELOW = {
    "": {Level.PLANT, Level.STRUCTURE},
    Level.PLANT: {Level.LINE, Level.MACHINE, Level.STRUCTURE},
    Level.LINE: {Level.MACHINE},
    Level.STRUCTURE: {Level.STRUCTURE, Level.MACHINE, Level.PART},
    Level.MACHINE: {Level.PART},
    Level.PART: {Level.PART},
}


class Misplaced(ValueError):
    """An asset that cannot stand where it is put."""


def path_of(code: str, parent: Asset | None) -> str:
    """Return the path of an asset with this code below `parent`."""
    return f"{parent.path if parent else ''}{code}/"


def see_fits(level: str, parent: Asset | None) -> None:
    """See that an asset of this level may stand below `parent`.

    Raises
    ------
    Misplaced
        Saying what may not stand below what.
    """
    if level in BELOW[parent.level if parent else ""]:
        return
    name = Level(level).label
    if parent is None:
        raise Misplaced(_("%(level)s: it must belong to another asset.") % {"level": name})
    raise Misplaced(_("%(level)s: it cannot belong to “%(parent)s” (%(above)s).")
                    % {"level": name, "parent": parent,
                       "above": Level(parent.level).label})  # fmt: skip


def save(asset: Asset) -> None:
    """Store an asset with its path, and move with it all that lies below.

    Raises
    ------
    Misplaced
        If it cannot stand there, or would stand below itself.
    """
    parent = asset.parent
    see_fits(asset.level, parent)
    with transaction.atomic():
        before = Asset.objects.filter(pk=asset.pk).values_list("path", flat=True).first()
        if before and parent is not None and parent.path.startswith(before):
            raise Misplaced(_("“%(asset)s” cannot belong to itself.") % {"asset": asset})
        asset.path = path_of(asset.code, parent)
        asset.save()
        if before and before != asset.path:
            moved = list(Asset.objects.filter(path__startswith=before).exclude(pk=asset.pk))
            for row in moved:
                row.path = asset.path + row.path.removeprefix(before)
            Asset.objects.bulk_update(moved, ["path"], batch_size=500)


def above(asset: Asset) -> list[Asset]:
    """Return an asset and all above it, the nearest first, each with its organisation and area."""
    rows = Asset.objects.filter(code__in=asset.above).select_related("organisation", "area")
    return sorted(rows.defer("area__wkb"), key=lambda row: -len(row.path))


def below(asset: Asset) -> QuerySet[Asset]:
    """Return an asset and all below it, in the order of the tree."""
    return Asset.objects.filter(path__startswith=asset.path).order_by("path")


def codes_above(assets: Iterable[Asset]) -> set[str]:
    """Return the codes of assets and of all above them."""
    return {code for asset in assets for code in asset.above}


def nested(assets: Sequence[Asset]) -> list[tuple[int, Asset]]:
    """Return assets in the order of the tree, each with how deep it stands among them."""
    rows = sorted(assets, key=lambda row: row.path)
    known = {row.path for row in rows}
    found = []
    for row in rows:
        parts = row.path.rstrip("/").split("/")
        prefixes = ("/".join(parts[:n]) + "/" for n in range(1, len(parts)))
        found.append((sum(prefix in known for prefix in prefixes), row))
    return found
