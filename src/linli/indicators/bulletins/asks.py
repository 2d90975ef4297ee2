"""What a bulletin lays before a leader: overdue cases, open rulings, targets left behind."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.indicators import wording
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.counted import Sums
from linli.indicators.bulletins.document import Sentence, Sentences
from linli.indicators.bulletins.numbers import open_cases
from linli.indicators.bulletins.section import BlockEntry
from linli.people.models import Organisation
from linli.places.atlas import atlas

SHOWN = 3


def asks(basis: Basis, block: BlockEntry) -> Sentences:
    """Return what needs a leader, of each kind the worst first."""
    lines = block.lines or SHOWN
    found = [*_lying(basis), *_let_fall(basis, lines)]
    area = f"?{urlencode({'area': basis.code})}" if basis.code else ""
    for one in basis.behind[:lines]:
        said = {"target": one.target, "lacking": wording.lacking(one)}
        text = _("“%(target)s” is behind its path. %(lacking)s") % said
        link = reverse("indicator", args=[one.entry.code]) + area
        found.append(Sentence(text.strip(), link))
    title = block.said("title") or _("Needs a leader")
    return Sentences(title, found, "", _("Nothing needs a leader now."), "asks")


def _lying(basis: Basis) -> list[Sentence]:
    found, overdue, returned = [], basis.lying["overdue"], basis.lying["returned"]
    if overdue:
        text = ngettext("%(n)d case is overdue now.", "%(n)d cases are overdue now.", overdue)
        found.append(Sentence(text % {"n": overdue}, open_cases(basis, {"overdue": "on"})))
    if returned:
        text = ngettext("%(n)d returned case waits for a ruling.",
                        "%(n)d returned cases wait for a ruling.", returned)  # fmt: skip
        found.append(Sentence(text % {"n": returned}, open_cases(basis, {"state": "returned"})))
    return found


def _let_fall(basis: Basis, lines: int) -> list[Sentence]:
    """Say who let most cases fall overdue: organisations, or grids within an area."""
    sums, narrowed = (basis.grids, "grid") if basis.area else (basis.organisations, "organisation")
    worst = _worst(sums, lines)
    keys = [key for key, _n in worst]
    rows: Mapping[int, Any] = atlas().areas if basis.area else Organisation.objects.in_bulk(keys)
    found = []
    for who, n in ((rows[key], n) for key, n in worst if key in rows):
        text = ngettext("%(who)s let %(n)d case fall overdue.",
                        "%(who)s let %(n)d cases fall overdue.", n)  # fmt: skip
        link = basis.asked("overdue", **{narrowed: who.code}).link()
        found.append(Sentence(text % {"who": who, "n": n}, link))
    return found


def _worst(found: Sums, lines: int) -> list[tuple[int, int]]:
    late = [(key, counts["overdue"]) for (n, key), counts in found.items() if n == 0]
    return sorted((one for one in late if one[1]), key=lambda one: (-one[1], one[0]))[:lines]
