"""How rows from a file become objects: laid over those there are, checked before any is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from linli.people.scope import Scope
from linli.programmes.remediation.models import Block, Campaign, Holding, Parcel
from linli.programmes.remediation.visibility import may_import, works_in
from linli.programmes.who import administers
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong

LARGE = 1e15
# What is read with a row that others refer to, so that no row asks for itself.
JOINED: dict[type[Model], tuple[str, ...]] = {
    Block: ("campaign__policy",),
    Parcel: ("block__campaign__policy__ladder", "block__campaign__policy__upgrade_ladder"),
    Holding: ("parcel__block__campaign__policy",),
}


@dataclass(frozen=True)
class Plan:
    """How the rows of one table become objects.

    Attributes
    ----------
    links
        Column → the model and field in which its key is looked up.
    keys
        Columns that together name a row.
    whose
        Given an object, the campaign it belongs to: who answers for that may write it.
    finish
        Looks at an object whose own fields are right, and returns what else is wrong.
    later
        What is written with an object that is there: the rest of what the row says.
    aside
        Columns that are no fields of the object.
    beside
        What is read beside the rows there are.
    """

    model: type[Model]
    links: dict[str, tuple[type[Model], str]]
    whose: Callable[[Any], Campaign | None]
    keys: tuple[str, ...] = ("code",)
    finish: Callable[[Any, Values], list[Wrong]] = lambda row, values: []
    later: Callable[[Any, Values], bool] = lambda row, values: False
    aside: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()


@dataclass
class Laid:
    """A row as it would stand, and what would become of it."""

    row: Any
    fate: str
    wrongs: list[Wrong] = field(default_factory=list)


def _targets(plan: Plan, rows: Sequence[Values]) -> dict[str, dict[str, Any]]:
    found = {}
    for column, (model, lookup) in plan.links.items():
        wanted = {values[column] for values in rows if values.get(column)}
        there = model._default_manager.filter(**{f"{lookup}__in": wanted})
        there = there.select_related(*JOINED.get(model, ()))
        found[column] = {getattr(row, lookup): row for row in there}
    return found


def _key(plan: Plan, values: Values) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in plan.keys)


def _present(plan: Plan, rows: Sequence[Values]) -> dict[tuple[Any, ...], Any]:
    first = plan.keys[0]
    lookup = f"{first}__{plan.links[first][1]}" if first in plan.links else first
    there = (
        plan.model._default_manager.filter(
            **{f"{lookup}__in": [values.get(first) for values in rows]}
        )
        .select_related(*plan.links)
        .prefetch_related(*plan.beside)
    )
    return {
        tuple(
            getattr(getattr(row, name), plan.links[name][1]) if name in plan.links
            else getattr(row, name)
            for name in plan.keys
        ): row
        for row in there
    }  # fmt: skip


def _lay(plan: Plan, scope: Scope, rows: Sequence[Values]) -> list[Laid]:
    targets, present = _targets(plan, rows), _present(plan, rows)
    laid = []
    for values in rows:
        before = present.get(_key(plan, values))
        row: Any = before or plan.model()
        was = _state(row) if before else None
        wrongs = [] if before is None else _not_theirs(plan, scope, row)
        for name, value in values.items():
            if name in plan.links:
                target = targets[name].get(value) if value else None
                if value and target is None:
                    wrongs.append(Wrong(name, _("“%(code)s” is not known here.")
                                        % {"code": value}))  # fmt: skip
                else:
                    setattr(row, name, target)
            elif name not in plan.aside:
                setattr(row, name, _plain(row, name, value))
        wrongs = wrongs or _checked(plan, scope, row, values)
        fate = NEW if was is None else CHANGED if _state(row) != was else UNCHANGED
        laid.append(Laid(row, fate, wrongs))
    return laid


def _plain(row: Any, name: str, value: Any) -> Any:
    field_ = row._meta.get_field(name)
    if field_.get_internal_type() == "DecimalField" and value is not None:
        exact = Decimal(str(value))
        # What is too large to be rounded is refused by the field.
        return exact.quantize(Decimal("0.01")) if abs(value) < LARGE else exact
    if value is None and field_.get_internal_type() in ("CharField", "TextField", "SlugField"):
        return ""
    return value


def _state(row: Any) -> dict[str, Any]:
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    return {k: bytes(v) if isinstance(v, memoryview) else v for k, v in kept.items()}


def _links(row: Any) -> list[Any]:
    return [f for f in row._meta.concrete_fields if f.is_relation]


def _checked(plan: Plan, scope: Scope, row: Any, values: Values) -> list[Wrong]:
    wrongs = [
        Wrong(f.name, _("is missing."))
        for f in _links(row)
        if f.name in plan.links and not f.null and getattr(row, f.attname) is None
    ]
    wrongs = wrongs or plan.finish(row, values)
    if not wrongs:
        try:
            row.clean_fields(exclude={f.name for f in _links(row)})
        except ValidationError as fault:
            wrongs = [
                Wrong(name, " ".join(messages)) for name, messages in fault.message_dict.items()
            ]
    return wrongs or _not_theirs(plan, scope, row)


def _not_theirs(plan: Plan, scope: Scope, row: Any) -> list[Wrong]:
    """Say so if a row, as it stands or as it would, belongs to somebody else's campaign."""
    if administers(scope):
        return []
    campaign = plan.whose(row)
    if campaign is not None and campaign.pk and works_in(scope, campaign):
        return []
    return [Wrong(plan.keys[0], _("This campaign is not yours to change."))]


def writer(plan: Plan, together: Any = None, may: Any = may_import) -> Writer:
    """Return how rows of a table are written."""

    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        return [laid.wrongs or Fate(laid.fate) for laid in _lay(plan, scope, rows)]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        fates = []
        with transaction.atomic():
            for laid, values in zip(_lay(plan, scope, rows), rows, strict=True):
                if laid.wrongs:
                    raise ValueError(laid.wrongs[0].message)
                if laid.fate != UNCHANGED:
                    laid.row.save()
                more = plan.later(laid.row, values)
                fates.append(CHANGED if more and laid.fate == UNCHANGED else laid.fate)
        return fates

    return Writer(may=may, check=check, write=write, together=together)
