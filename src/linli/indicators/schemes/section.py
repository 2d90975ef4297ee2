"""What packs say of schemes, checked: their trees, their rules, their indicators."""

from typing import Any

from django.utils.translation import gettext as _

from linli import rows
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.schemes.grammar import Item, SchemeEntry
from linli.indicators.schemes.models import Scheme
from linli.people.section import OrganisationEntry
from linli.rows import Counts
from linli.sections import Entry, Faults, Read, check_codes, circles


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with schemes."""
    table = read.of(SchemeEntry)
    check_codes(table, faults)
    known = {code: entry.value for code, entry in read.of(IndicatorEntry).by().items()}
    organisations = read.of(OrganisationEntry)
    held = {f for one in organisations.entries for f in one.value.functions}
    for entry in table.entries:
        if not _check_tree(entry, faults):
            continue
        reviewer = entry.value.reviewer
        if organisations.is_whole and reviewer and reviewer not in held:
            faults.tell(entry, "reviewer", _("no organisation of the town has the function "
                                             "“%(function)s”.")
                        % {"function": reviewer})  # fmt: skip
        parents = {item.parent for item in entry.value.item}
        for place, item in enumerate(entry.value.item):
            if item.code in parents:
                _check_branch(entry, place, item, faults)
                continue
            _check_leaf(entry, place, item, faults)
            if item.indicator:
                _check_indicator(entry, place, item, known, read, faults)
            if organisations.is_whole and item.function and item.function not in held:
                faults.tell(entry, ("item", place, "function"),
                            _("no organisation of the town has the function “%(function)s”.")
                            % {"function": item.function})  # fmt: skip
        whole = sum(item.points or 0 for item in entry.value.item)
        if entry.value.threshold > whole:
            faults.tell(entry, "threshold", _("all items together have %(points)s points only.")
                        % {"points": f"{whole:g}"})  # fmt: skip


def _check_tree(entry: Entry[SchemeEntry], faults: Faults) -> bool:
    seen: dict[str, str | None] = {}
    before = len(faults)
    codes = [item.code for item in entry.value.item]
    for place, item in enumerate(entry.value.item):
        if codes.index(item.code) != place:
            faults.tell(entry, ("item", place, "code"), _("“%(code)s” stands twice in the scheme.")
                        % {"code": item.code})  # fmt: skip
        if item.parent and item.parent not in codes:
            faults.tell(entry, ("item", place, "parent"), _("“%(code)s” is not known here.")
                        % {"code": item.parent})  # fmt: skip
        seen[item.code] = item.parent
    for circle in circles(seen):
        faults.tell(entry, ("item", codes.index(circle[0]), "parent"),
                    _("the parents run in a circle: %(circle)s.")
                    % {"circle": " → ".join([*circle, circle[0]])})  # fmt: skip
    return len(faults) == before


def _check_branch(entry: Entry[SchemeEntry], place: int, item: Item, faults: Faults) -> None:
    if item.points or item.indicator or item.linear or item.steps or item.judged:
        faults.tell(entry, ("item", place, "code"),
                    _("“%(code)s” has items below it: only those give points.")
                    % {"code": item.code})  # fmt: skip


def _check_leaf(entry: Entry[SchemeEntry], place: int, item: Item, faults: Faults) -> None:
    path = ("item", place, "code")
    if item.points is None:
        faults.tell(entry, path, _("“%(code)s” needs points.") % {"code": item.code})
    ways = [bool(item.linear), bool(item.steps), bool(item.judged)]
    if sum(ways) != 1 or bool(item.indicator) == bool(item.judged):
        faults.tell(entry, path,
                    _("“%(code)s” needs an indicator with “linear” or “steps”, or “judged”.")
                    % {"code": item.code})  # fmt: skip
    if item.judged and not item.function:
        faults.tell(entry, path, _("“%(code)s” is judged and needs the function that assesses it.")
                    % {"code": item.code})  # fmt: skip
    if item.linear and item.linear.nothing == item.linear.full:
        faults.tell(entry, ("item", place, "linear"), _("“nothing” and “full” must differ."))
    if item.steps:
        at, points = [s.at for s in item.steps], [s.points for s in item.steps]
        ordered = at in (sorted(set(at)), sorted(set(at), reverse=True))
        if not ordered or points != sorted(set(points)) or points[-1] != item.points:
            faults.tell(entry, ("item", place, "steps"),
                        _("must go one way, points rising up to those of the item."))  # fmt: skip


def _check_indicator(
    entry: Entry[SchemeEntry], place: int, item: Item, known: dict[str, IndicatorEntry],
    read: Read, faults: Faults,
) -> None:  # fmt: skip
    of = known.get(item.indicator or "")
    path = ("item", place, "indicator")
    if of is None:
        if not read.of(IndicatorEntry).knows(item.indicator or ""):
            faults.tell(entry, path, _("“%(code)s” is not known here.") % {"code": item.indicator})
    elif of.every != entry.value.every:
        faults.tell(entry, path, _("“%(code)s” is known for each %(every)s.")
                    % {"code": of.code, "every": of.every})  # fmt: skip


def obstacles(read: Read, faults: Faults) -> None:
    """Assessments hold a scheme, but it is only retired, never lost."""


def write(read: Read) -> dict[str, Counts]:
    """Write the schemes."""
    wanted: dict[str, dict[str, Any]] = {
        entry.value.code: {
            "name": entry.value.name, "name_en": entry.value.name_en, "pack": entry.pack,
            "definition": entry.value.model_dump(mode="json"), "every": entry.value.every,
            "threshold": float(entry.value.threshold), "retired": False,
        }
        for entry in read.of(SchemeEntry).entries
    }  # fmt: skip
    return {"schemes": rows.bring(Scheme, wanted)[1]}


def clear(read: Read) -> dict[str, Counts]:
    """Take away the schemes no pack names any longer; those with assessments are retired."""
    return {"schemes": rows.clear(Scheme, read.of(SchemeEntry).by())}
