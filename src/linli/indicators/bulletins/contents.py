"""What a bulletin says: the blocks of its template, filled from tallies, leagues and indicators.

Nothing is counted from cases, so a bulletin costs the same however long the history is.
"""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.indicators.bulletins import asks, changed, ground, numbers, standing
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.document import Block, Bulletin, Words
from linli.indicators.bulletins.models import BulletinTemplate
from linli.indicators.bulletins.section import USUAL, BlockEntry, BulletinEntry, said
from linli.indicators.bulletins.stretch import Stretch
from linli.places.models import Area
from linli.places.town import the_town

# What fills each block; one that has nothing to show is left out.
FILL: Mapping[str, Callable[[Basis, BlockEntry], Block | None]] = {
    "numbers": numbers.numbers,
    "chart": numbers.chart,
    "map": ground.counted,
    "league": standing.ranking,
    "changes": changed.changes_of,
    "asks": asks.asks,
    "indicators": numbers.indicators,
    "text": lambda basis, block: Words(block.said("title"), block.said("text")),
}


def bulletin(basis: Basis) -> Bulletin:
    """Put together a bulletin in the language that is active, after its template."""
    stretch, form = basis.stretch, template(basis.stretch.kind)
    blocks = form.blocks if form else USUAL
    found = (FILL[block.show](basis, block) for block in blocks)
    year, n = stretch.number
    return Bulletin(
        str(the_town()),
        basis.code,
        _titled(form, stretch.kind, basis.area),
        (form and said(form, "issuer")) or str(the_town()),
        _("%(year)d, no. %(n)d") % {"year": year, "n": n},
        str(stretch),
        stretch.words,
        _note(stretch),
        basis.at,
        [block for block in found if block is not None],
    )


def template(kind: str) -> BulletinEntry | None:
    """Return what a pack says of the bulletins of a kind of period, None if none does."""
    row = BulletinTemplate.objects.filter(code=kind, retired=False).first()
    return BulletinEntry.model_validate(row.definition, strict=False) if row else None


def title(kind: str, area: Area | None) -> str:
    """Return what the bulletins of a kind of period and of an area are called."""
    return _titled(template(kind), kind, area)


def _titled(form: BulletinEntry | None, kind: str, area: Area | None) -> str:
    titles = {
        "day": _("Bulletin of the day"), "week": _("Bulletin of the week"),
        "month": _("Bulletin of the month"),
    }  # fmt: skip
    name = (form and said(form, "name")) or titles[kind]
    return name if area is None else _("%(title)s: %(area)s") % {"title": name, "area": area}


def _note(stretch: Stretch) -> str:
    if not stretch.is_running:
        return ""
    days = (stretch.counted.last - stretch.counted.first).days + 1
    return ngettext(
        "Still running: its first day is compared with the first day of those before.",
        "Still running: its first %(n)d days are compared with as many of those before.",
        days,
    ) % {"n": days}
