"""What changed most, of everything a bulletin could tell: chosen by `changes`, said in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.cases.models import Category
from linli.indicators import spans, targets, wording
from linli.indicators.bulletins import changes
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.changes import BEFORE, Change, Series
from linli.indicators.bulletins.counted import COUNTED, NAMES, Asked, Sums
from linli.indicators.bulletins.document import Sentence, Sentences
from linli.indicators.bulletins.numbers import told
from linli.indicators.bulletins.section import BlockEntry
from linli.indicators.bulletins.stretch import MONTH
from linli.indicators.models import TOWN
from linli.people.models import Organisation
from linli.places.atlas import atlas

SHOWN = 3
NOTHING: dict[str, int] = dict.fromkeys(NAMES, 0)
ORDER = range(BEFORE, -1, -1)


def changes_of(basis: Basis, block: BlockEntry) -> Sentences:
    """Return what changed most against what is usual."""
    lines = block.lines or SHOWN
    found = changes.most(_series(basis), lines)
    rule = _("A change counts as many times as it is larger than what is usual: the standard "
             "deviation of the thirteen periods before, or what chance alone would make if that "
             "is more. The %(n)d largest are shown.")  # fmt: skip
    return Sentences(
        block.said("title") or _("Changed most"), [_said(basis, one) for one in found],
        rule % {"n": lines}, _("Nothing changed more than it usually does."),
    )  # fmt: skip


def _series(basis: Basis) -> list[Series]:
    """Return everything that may have changed: figures, categories, organisations or grids."""
    found = [_one(basis.asked(name), [basis.whole[n] for n in ORDER]) for name in COUNTED]
    for key, row in _rows(Category, basis.categories).items():
        past = [basis.categories.get((n, key), NOTHING) for n in ORDER]
        found.append(_one(basis.asked("received", category=row.code), past, row))
    for key, row in _rows(Organisation, basis.organisations).items():
        past = [basis.organisations.get((n, key), NOTHING) for n in ORDER]
        found += [
            _one(basis.asked(name, organisation=row.code), past, row)
            for name in ("overdue", "resolved")
        ]
    areas = atlas().areas
    for key in sorted({key for _n, key in basis.grids} & areas.keys()):
        past = [basis.grids.get((n, key), NOTHING) for n in ORDER]
        found += [
            _one(basis.asked(name, grid=areas[key].code), past, areas[key])
            for name in ("received", "overdue")
        ]
    return [*found, *_indicators(basis)]


def _rows(model: type[Model], found: Sums) -> Mapping[int, Any]:
    return model._default_manager.in_bulk({key for _n, key in found if key})


def _one(asked: Asked, past: Sequence[Mapping[str, int]], whose: Any = "") -> Series:
    counted, tag = asked.counted, (asked, whose)
    if counted.of:
        pairs = [counted.pair(each) for each in past]
        return changes.of_rates([n for n, _of in pairs], [of for _n, of in pairs], tag)
    return changes.of_counts([counted.value(each) or 0 for each in past], tag)


def _indicators(basis: Basis) -> list[Series]:
    """Return monthly indicators up to a month; a day or a week has none."""
    if basis.stretch.kind != MONTH or basis.stretch.is_running:
        return []
    last, known = spans.number(str(basis.stretch), spans.MONTH), basis.known
    codes = [code for code, entry in known.entries.items() if entry.every == spans.MONTH]
    found, area = [], basis.area.pk if basis.area else TOWN
    for (code, _area), values in targets.series(codes, [area], known).items():
        past = [values[n][0] if n in values else None for n in range(last - BEFORE, last + 1)]
        present = [value for value in past if value is not None]
        least = max((abs(value) for value in present), default=0) / 1000 or 1.0
        found.append(Series(past, least, known.rows[code]))
    return found


def _said(basis: Basis, one: Change) -> Sentence:
    if isinstance(one.series.tag, tuple):
        asked, whose = one.series.tag
        label, link = str(asked.counted.label), asked.link()
        now, before = (told(asked.counted, value) for value in (one.now, one.before))
        what = (
            _("%(figure)s (%(whose)s)") % {"figure": label, "whose": whose} if str(whose) else label
        )
    else:
        row = one.series.tag
        area = f"?{urlencode({'area': basis.code})}" if basis.code else ""
        what, link = str(row), reverse("indicator", args=[row.code]) + area
        now, before = (wording.amount(value, row.formula) for value in (one.now, one.before))
    said = {"what": what, "now": now, "before": before,
            "times": number_format(round(one.times, 1), 1)}  # fmt: skip
    if one.now > one.before:
        text = _("%(what)s rose from %(before)s to %(now)s, %(times)s times its usual spread.")
    else:
        text = _("%(what)s fell from %(before)s to %(now)s, %(times)s times its usual spread.")
    return Sentence(text % said, link)
