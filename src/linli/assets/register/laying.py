"""How rows from a file or a form become what is kept: checked before any is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from linli.assets.register.models import Asset
from linli.assets.register.visibility import keeps, may_write
from linli.people.scope import Scope
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong, touched


@dataclass(frozen=True)
class Plan:
    """How the rows of one table become objects.

    Attributes
    ----------
    links
        Column → the model and field in which its key is looked up.
    whose
        Given an object, the asset it belongs to: who keeps that may write it.
    keys
        Columns that together name a row.
    finish
        Looks at an object whose own fields are right, and returns what else is wrong.
    save
        Stores an object, given who does it.
    """

    table: str
    model: type[Model]
    links: Mapping[str, tuple[type[Model], str]]
    whose: Callable[[Any], Asset | None]
    keys: tuple[str, ...] = ("code",)
    finish: Callable[[Any], list[Wrong]] = lambda row: []
    save: Callable[[Any, Scope], None] = lambda row, scope: row.save()


@dataclass
class Laid:
    """A row as it would stand, and what would become of it."""

    row: Any
    fate: str
    wrongs: list[Wrong] = field(default_factory=list)


class Bench:
    """Lays rows of a table one by one, each over what is there or was laid before it."""

    def __init__(self, plan: Plan, scope: Scope, rows: Sequence[Values]) -> None:
        self.plan, self.scope = plan, scope
        self._targets: dict[str, dict[str, Any]] = {}
        for column, (model, lookup) in plan.links.items():
            wanted = {values[column] for values in rows if values.get(column)}
            there = model._default_manager.filter(**{f"{lookup}__in": wanted})
            self._targets[column] = {getattr(row, lookup): row for row in there}
        self._present = self._read(rows)
        self._kept: dict[tuple[str, int | None], bool] = {}

    def _read(self, rows: Sequence[Values]) -> dict[tuple[Any, ...], Any]:
        plan, first = self.plan, self.plan.keys[0]
        lookup = f"{first}__{plan.links[first][1]}" if first in plan.links else first
        named = {values.get(first) for values in rows}
        there = plan.model._default_manager.filter(**{f"{lookup}__in": named})
        if len(plan.keys) > 1 and plan.keys[1] in ("since", "at", "day"):
            given = [values[plan.keys[1]] for values in rows if values.get(plan.keys[1])]
            if given:
                there = there.filter(**{f"{plan.keys[1]}__range": (min(given), max(given))})
        return {
            tuple(
                getattr(getattr(row, name), plan.links[name][1], None) if name in plan.links
                else getattr(row, name)
                for name in plan.keys
            ): row
            for row in there.select_related(*plan.links)
        }  # fmt: skip

    def shown(self, values: Values) -> dict[str, str]:
        """Return what is there of a row now, as texts; empty where it is new."""
        row = self._present.get(tuple(values.get(name) for name in self.plan.keys))
        if row is None:
            return {}
        told = {}
        for name in values:
            value = getattr(row, name)
            if name in self.plan.links and value is not None:
                value = getattr(value, self.plan.links[name][1])
            told[name] = "" if value is None else str(value)
        return told

    def lay(self, values: Values) -> Laid:
        """Return a row as it would stand, and what is wrong with it."""
        plan = self.plan
        key = tuple(values.get(name) for name in plan.keys)
        before = self._present.get(key)
        row: Any = before or plan.model()
        was = _state(row) if before else None
        wrongs = [] if before is None else self._not_theirs(row)
        for name, value in values.items():
            if name not in plan.links:
                setattr(row, name, _plain(row, name, value))
                continue
            target = self._targets[name].get(value) if value else None
            if value and target is None:
                wrongs.append(Wrong(name, _("“%(code)s” is not known here.") % {"code": value}))
            else:
                setattr(row, name, target)
        wrongs = wrongs or self._checked(row)
        if not wrongs:
            self._present[key] = row
            for column, (model, lookup) in plan.links.items():
                if model is plan.model:
                    self._targets[column][getattr(row, lookup)] = row
        fate = NEW if was is None else CHANGED if _state(row) != was else UNCHANGED
        return Laid(row, fate, wrongs)

    def _checked(self, row: Any) -> list[Wrong]:
        links = [f for f in row._meta.concrete_fields if f.is_relation]
        wrongs = [
            Wrong(f.name, _("is missing."))
            for f in links
            if f.name in self.plan.links and not f.null and getattr(row, f.name, None) is None
        ]
        if not wrongs:
            try:
                row.clean_fields(exclude={f.name for f in links} | {"path"})
            except ValidationError as fault:
                wrongs = [
                    Wrong(name, " ".join(messages)) for name, messages in fault.message_dict.items()
                ]
        return wrongs or self.plan.finish(row) or self._not_theirs(row)

    def _not_theirs(self, row: Any) -> list[Wrong]:
        asset = self.plan.whose(row)
        if asset is not None:
            key = (asset.path, asset.organisation_id)
            if key not in self._kept:
                self._kept[key] = keeps(self.scope, asset)
            if self._kept[key]:
                return []
        return [Wrong(self.plan.keys[0], _("This asset is not yours to change."))]


def _plain(row: Any, name: str, value: Any) -> Any:
    kind = row._meta.get_field(name).get_internal_type()
    if kind == "DecimalField" and value is not None:
        return Decimal(str(value)).quantize(Decimal("0.01")) if abs(value) < 1e15 else value
    if value is None and kind in ("CharField", "TextField", "SlugField"):
        return ""
    if value is None and kind == "BooleanField":
        return False
    return value


def _state(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def writer(plan: Plan) -> Writer:
    """Return how rows of a table are written."""

    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        bench = Bench(plan, scope, rows)
        return [laid.wrongs or Fate(laid.fate) for laid in map(bench.lay, rows)]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        fates = []
        with transaction.atomic():
            bench = Bench(plan, scope, rows)
            for values in rows:
                laid = bench.lay(values)
                if laid.wrongs:
                    raise ValueError(laid.wrongs[0].message)
                if laid.fate != UNCHANGED:
                    plan.save(laid.row, scope)
                fates.append(laid.fate)
            if any(fate != UNCHANGED for fate in fates):
                touched(plan.table)
        return fates

    return Writer(may=may_write, check=check, write=write)
