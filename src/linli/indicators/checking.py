"""What is wrong with what packs say of indicators and targets, with file, line and key."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from linli.cases.section import CategoryEntry
from linli.indicators import spans, units
from linli.indicators.columns import kind_at, source
from linli.indicators.grammar import FORMULAS, CountOf, IndicatorEntry, SumOf, TargetEntry
from linli.people.section import OrganisationEntry
from linli.places.section import AreaEntry
from linli.sections import Entry, Faults, Read, check_codes
from linli.tables import Column, Kind, Table, declared

Path = tuple[str | int, ...]
TELL_PERIODS = (Kind.WHOLE, Kind.DAY, Kind.MOMENT, Kind.TEXT)


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with indicators: their form, their columns, their units, their parts."""
    table = read.of(IndicatorEntry)
    check_codes(table, faults)
    known = {code: entry.value for code, entry in table.by().items()}
    for entry in table.entries:
        _check_head(entry, read, faults)
        formulas = entry.value.formulas
        if len(formulas) != 1:
            faults.tell(entry, "", _("needs exactly one of: %(known)s; it has %(given)s.")
                        % {"known": ", ".join(FORMULAS),
                           "given": ", ".join(formulas) or _("none")})  # fmt: skip
        elif formula := entry.value.count or entry.value.sum:
            _check_rows(entry, formulas[0], formula, faults)
        else:
            _check_parts(entry, formulas[0], known, table.knows, faults)
    parents = {code: set(value.built_on) for code, value in known.items()}
    _check_circles(parents, table.by(), faults)
    _check_targets(read, known, faults)


def _check_head(entry: Entry[IndicatorEntry], read: Read, faults: Faults) -> None:
    value, organisations = entry.value, read.of(OrganisationEntry)
    held = {f for one in organisations.entries for f in one.value.functions}
    if value.unit not in units.UNITS:
        faults.tell(entry, "unit", _("“%(given)s” is not one of: %(known)s.")
                    % {"given": value.unit, "known": ", ".join(units.UNITS)})  # fmt: skip
    if organisations.is_whole and value.function not in held:
        faults.tell(entry, "function", _("no organisation of the town has the function "
                                         "“%(function)s”.")
                    % {"function": value.function})  # fmt: skip
    if value.category and not read.of(CategoryEntry).knows(value.category):
        faults.tell(entry, "category", _("“%(code)s” is not known here.")
                    % {"code": value.category})  # fmt: skip


# --- formulas over rows ----------------------------------------------------------------------


def _check_rows(
    entry: Entry[IndicatorEntry], name: str, formula: CountOf, faults: Faults
) -> None:  # fmt: skip
    table = declared().get(formula.of)
    if table is None:
        faults.tell(entry, (name, "of"), _("there is no table “%(given)s”; there are: %(known)s.")
                    % {"given": formula.of,
                       "known": ", ".join(sorted(declared()))})  # fmt: skip
        return
    for position, condition in enumerate(formula.where):
        path = (name, "where", position)
        column = _column(entry, (*path, "column"), table, condition.column, faults)
        if column is None:
            continue
        if not _checkable(column) or not _value_fits(column, condition.op, condition.value):
            faults.tell(entry, (*path, "value"),
                        _("“%(column)s %(op)s %(value)s” cannot be asked of a column of the kind "
                          "“%(kind)s”.")
                        % {"column": column.name, "op": condition.op, "value": condition.value,
                           "kind": column.kind})  # fmt: skip
    if formula.at:
        at = _column(entry, (name, "at"), table, formula.at, faults)
        if at is not None:
            _check_period(entry, (name, "at"), table, formula.at, faults)
    if formula.area:
        area = _column(entry, (name, "area"), table, formula.area, faults)
        if area is not None and (area.kind != Kind.KEY or area.of != "areas"):
            faults.tell(entry, (name, "area"), _("“%(column)s” does not name an area.")
                        % {"column": area.name})  # fmt: skip
    if isinstance(formula, SumOf):
        _check_sum(entry, table, formula, faults)
    elif units.dimension(entry.value.unit) != units.PIECES:
        faults.tell(entry, "unit", _("a count is in enterprises, projects, cases, people or "
                                     "pieces, not in “%(unit)s”.")
                    % {"unit": entry.value.unit})  # fmt: skip


def _checkable(column: Column) -> bool:
    """Tell whether a column can be filtered by."""
    return column.kind not in (Kind.LIST, Kind.SHAPE, Kind.MOMENT)


def _value_fits(column: Column, op: str, value: Any) -> bool:
    """Tell whether a condition on a column makes sense."""
    values = value if isinstance(value, list) else [value]
    if (op == "in") != isinstance(value, list) or not values:
        return False
    if column.kind == Kind.FLAG:
        return op in ("=", "!=") and isinstance(value, bool)
    if column.kind in (Kind.WHOLE, Kind.NUMBER):
        return op != "starts" and all(
            isinstance(one, int | float) and not isinstance(one, bool) for one in values
        )
    if column.kind in (Kind.CHOICE, Kind.KEY, Kind.TEXT) and op in ("<", "<=", ">", ">="):
        return False
    if column.kind == Kind.CHOICE and column.choices:
        return op != "starts" and set(map(str, values)) <= {key for key, _label in column.choices}
    return all(isinstance(one, str) for one in values)


def _column(
    entry: Entry[IndicatorEntry], path: Path, table: Table, name: str, faults: Faults
) -> Column | None:
    """Return a column that can be read from the database, or note why not."""
    try:
        found = source(table, name)
    except KeyError:
        known = ", ".join(column.name for column in table.columns)
        faults.tell(entry, path, _("the table “%(table)s” has no column “%(given)s”; it has: "
                                   "%(known)s.")
                    % {"table": table.name, "given": name, "known": known})  # fmt: skip
        return None
    try:
        found.field(table.model)
    except (FieldDoesNotExist, AttributeError):
        if found.column.where is None or path[1] != "where":
            faults.tell(entry, path, _("“%(column)s” is not kept in the database as it is shown, "
                                       "so nothing can be computed from it.")
                        % {"column": name})  # fmt: skip
            return None
    return found.column


def _check_period(
    entry: Entry[IndicatorEntry], path: Path, table: Table, name: str, faults: Faults
) -> None:  # fmt: skip
    at, kind = source(table, name).column, kind_at(table, name)
    if kind not in TELL_PERIODS:
        faults.tell(entry, path, _("“%(column)s” tells no period: a day, a moment, a year or a "
                                   "text such as 2024-03 does.")
                    % {"column": at.name})  # fmt: skip
    elif kind == Kind.WHOLE and entry.value.every != spans.YEAR:
        faults.tell(entry, "every", _("“%(column)s” tells the year only.")
                    % {"column": at.name})  # fmt: skip


def _check_sum(
    entry: Entry[IndicatorEntry], table: Table, formula: SumOf, faults: Faults
) -> None:  # fmt: skip
    column = _column(entry, ("sum", "column"), table, formula.column, faults)
    if column is None:
        return
    if column.kind not in (Kind.WHOLE, Kind.NUMBER):
        faults.tell(entry, ("sum", "column"), _("“%(column)s” is no number and cannot be summed.")
                    % {"column": column.name})  # fmt: skip
        return
    given = formula.column_unit or column.unit
    if not given:
        faults.tell(entry, ("sum", "column_unit"),
                    _("a sum needs a unit, and the table does not say the unit of “%(column)s”.")
                    % {"column": column.name})  # fmt: skip
    elif formula.column_unit and column.unit and formula.column_unit != column.unit:
        faults.tell(entry, ("sum", "column_unit"),
                    _("the table says that “%(column)s” is in “%(unit)s”.")
                    % {"column": column.name, "unit": column.unit})  # fmt: skip
    elif units.dimension(given) != units.dimension(entry.value.unit):
        faults.tell(entry, "unit", _("“%(given)s” cannot be told in “%(wanted)s”.")
                    % {"given": given, "wanted": entry.value.unit})  # fmt: skip


# --- formulas over indicators ----------------------------------------------------------------


def _check_parts(
    entry: Entry[IndicatorEntry], name: str, known: dict[str, IndicatorEntry], knows: Any,
    faults: Faults,
) -> None:  # fmt: skip
    value = entry.value
    there = []
    for code in value.built_on:
        if code in known:
            there.append(known[code])
        elif not knows(code):
            faults.tell(entry, name, _("“%(code)s” is not known here.") % {"code": code})
    for part in there:
        if spans.A_YEAR[part.every] < spans.A_YEAR[value.every]:
            faults.tell(entry, "every", _("“%(code)s” is known for each %(every)s only.")
                        % {"code": part.code, "every": part.every})  # fmt: skip
    if value.index:
        _check_index(entry, there, faults)
    if name in ("share", "growth") and value.unit != "percent":
        faults.tell(entry, "unit", _("a share or a growth rate is in “percent”."))
    if value.share and len(there) == 2 and _dimensions(there) > 1:
        faults.tell(entry, name, _("“%(part)s” is in %(one)s and “%(whole)s” in %(other)s: no "
                                   "share can be made of them.")
                    % {"part": there[0].code, "one": there[0].unit,
                       "whole": there[1].code, "other": there[1].unit})  # fmt: skip
    grown = value.growth or value.index
    if grown and grown.since:
        kind, _number = spans.read(grown.since)
        if spans.A_YEAR[kind] < spans.A_YEAR[value.every]:
            faults.tell(entry, (name, "since"), _("is no %(every)s.") % {"every": value.every})
    if (
        value.total
        and value.unit != units.POINTS
        and ({units.dimension(part.unit) for part in there} - {units.dimension(value.unit)})
    ):
        faults.tell(entry, "unit", _("parts of different units make “points”, nothing else."))


def _check_index(
    entry: Entry[IndicatorEntry], there: list[IndicatorEntry], faults: Faults
) -> None:  # fmt: skip
    """Note what has no growth that means anything, and a composite in a unit of its parts."""
    for part in there:
        if units.dimension(part.unit) in (units.RATIO, units.POINTS):
            faults.tell(entry, "index", _("“%(code)s” is in %(unit)s: the growth of a share, a "
                                          "rate or points means nothing.")
                        % {"code": part.code, "unit": part.unit})  # fmt: skip
    if entry.value.unit not in ("percent", "points"):
        faults.tell(entry, "unit", _("a composite is in “percent” (by how much its parts have "
                                     "grown) or “points” (100 is as it was)."))  # fmt: skip


def _dimensions(entries: list[IndicatorEntry]) -> int:
    return len({units.dimension(entry.unit) for entry in entries})


def _check_circles(
    parents: dict[str, set[str]], entries: dict[str, Entry[IndicatorEntry]], faults: Faults
) -> None:  # fmt: skip
    """Note each indicator that is made of itself."""
    for code in sorted(parents):
        seen: set[str] = set()
        waiting = list(parents[code])
        while waiting:
            each = waiting.pop()
            if each == code:
                faults.tell(entries[code], entries[code].value.formulas[0],
                            _("it is made of itself."))  # fmt: skip
                return
            if each not in seen:
                seen.add(each)
                waiting += parents.get(each, set())


# --- targets ---------------------------------------------------------------------------------


def _check_targets(read: Read, known: dict[str, IndicatorEntry], faults: Faults) -> None:
    targets, areas = read.of(TargetEntry), read.of(AreaEntry)
    check_codes(targets, faults)
    for entry in targets.entries:
        value = entry.value
        if value.area and not areas.knows(value.area):
            faults.tell(entry, "area", _("“%(code)s” is not known here.") % {"code": value.area})
        of = known.get(value.indicator)
        if of is None:
            if not read.of(IndicatorEntry).knows(value.indicator):
                faults.tell(entry, "indicator", _("“%(code)s” is not known here.")
                            % {"code": value.indicator})  # fmt: skip
            continue
        named = [("since", value.since), ("by", value.by)]
        named += [("steps", step.at) for step in value.steps]
        wrong = [key for key, period in named if spans.read(period)[0] != of.every]
        for key in wrong:
            faults.tell(entry, key, _("“%(code)s” is known for each %(every)s.")
                        % {"code": of.code, "every": of.every})  # fmt: skip
        if wrong:
            continue
        if spans.read(value.since) >= spans.read(value.by):
            faults.tell(entry, "by", _("must come after “since”."))
        if value.path == "seasonal" and (value.measure != "total" or of.every == spans.YEAR):
            faults.tell(entry, "path", _("seasons are of what adds up over months or quarters: "
                                         "measure must be “total”."))  # fmt: skip
        if (value.path == "steps") != bool(value.steps):
            faults.tell(entry, "steps", _("stand here for the path “steps”, and only for it."))
        order = [spans.read(step.at)[1] for step in value.steps]
        if order != sorted(set(order)):
            faults.tell(entry, "steps", _("must be in order, each later than the one before."))
