"""Bring the rows of a table to what a town's files say, by their codes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from linli import bulk
from linli.sections import Faults, Spot

M = TypeVar("M", bound=Model)
Holder = Callable[[set[int]], Mapping[int, str]]
_holders: dict[type[Model], list[Holder]] = {}


@dataclass(frozen=True)
class Counts:
    """How many rows a load made, changed, took away, and kept for what refers to them."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    retired: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.created + other.created,
            self.updated + other.updated,
            self.removed + other.removed,
            self.retired + other.retired,
        )


NEW, CHANGED, REMOVED, RETIRED = "new", "changed", "removed", "retired"
# What follows from other fields, or says nothing to people.
_UNTOLD = frozenset({"fingerprint", "path", "lon", "lat"})


@dataclass(frozen=True)
class Change:
    """What became of one row: field → (before, now) where it was changed."""

    kind: str
    code: str
    name: str
    what: str
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


_noted: ContextVar[list[Change] | None] = ContextVar("linli_noted_changes", default=None)


@contextmanager
def noting() -> Iterator[list[Change]]:
    """Note every row that is brought, removed or retired inside, and how it changed."""
    changes: list[Change] = []
    token = _noted.set(changes)
    try:
        yield changes
    finally:
        _noted.reset(token)


def note(
    model: type[Model],
    code: str,
    name: str,
    what: str,
    fields: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Note what became of a row, if anybody asked."""
    noted = _noted.get()
    told = {k: v for k, v in (fields or {}).items() if k not in _UNTOLD}
    if noted is not None and (told or what != CHANGED):
        noted.append(Change(model._meta.model_name or "", code, name, what, told))


def is_noting() -> bool:
    """Tell whether anybody asked."""
    return _noted.get() is not None


def _told(value: Any) -> Any:
    """Return a value as people can read it: what is large by its size."""
    if isinstance(value, bytes | memoryview):
        return f"{len(bytes(value))} bytes"
    return value


def bring(
    model: type[M],
    wanted: Mapping[str, Mapping[str, Any]],
    links: Mapping[str, Mapping[str, str | None]] | None = None,
    key: str = "code",
) -> tuple[dict[str, M], Counts]:
    """Create and update rows so that they hold what is wanted.

    Parameters
    ----------
    wanted
        Code → field → value. Only these fields are compared and written.
    links
        Code → field → code of another row of the same model, or None.

    Returns
    -------
    All wanted rows by code, and how many are new or changed. Other rows stay as they are.
    """
    rows: dict[str, M] = {
        getattr(row, key): row for row in model._default_manager.filter(**{f"{key}__in": wanted})
    }
    fresh = {
        code: model(**{key: code}, **values)
        for code, values in wanted.items()
        if code not in rows
    }  # fmt: skip
    bulk.insert(list(fresh.values()))
    rows |= fresh
    codes = {row.pk: code for code, row in rows.items()} if is_noting() else {}
    changed: dict[str, M] = {}
    names: set[str] = set()
    for code, values in wanted.items():
        row = rows[code]
        targets = {
            f"{name}_id": rows[target].pk if target else None
            for name, target in (links or {}).get(code, {}).items()
        }
        told: dict[str, tuple[Any, Any]] = {}
        for name, value in {**values, **targets}.items():
            before = _plain(getattr(row, name))
            if before != _plain(value):
                told[name.removesuffix("_id")] = (
                    (codes.get(before, before), codes.get(value, value))
                    if name in targets
                    else (_told(before), _told(value))
                )
                setattr(row, name, value)
                changed[code] = row
                names.add(name.removesuffix("_id") if name in targets else name)
        if code in fresh:
            note(model, code, getattr(row, "name", code), NEW)
        elif told:
            note(model, code, getattr(row, "name", code), CHANGED, told)
    bulk.update(list(changed.values()), [key, *sorted(names)])
    return rows, Counts(created=len(fresh), updated=len(changed.keys() - fresh.keys()))


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def leaving(model: type[M], codes: Iterable[str]) -> list[M]:
    """Return the rows in force whose code is not among `codes`."""
    return list(model._default_manager.filter(retired=False).exclude(code__in=set(codes)))


def holder(model: type[Model]) -> Callable[[Holder], Holder]:
    """Declare what holds rows of `model`: key → what is still open there, in words."""

    def declare(find: Holder) -> Holder:
        _holders.setdefault(model, []).append(find)
        return find

    return declare


def refuse_held(model: type[Model], codes: Iterable[str], file: str, faults: Faults) -> None:
    """Note rows the files no longer name though something open still needs them."""
    going = {row.pk: row for row in leaving(model, codes)}
    for find in _holders.get(model, ()):
        for key, what in sorted(find(set(going)).items()):
            row: Any = going[key]
            faults.tell(replace(Spot(file), code=row.code), "",
                        _("“%(name)s” is left out but still has %(what)s.")
                        % {"name": row, "what": what})  # fmt: skip


def clear(model: type[Model], codes: Iterable[str]) -> Counts:
    """Delete the rows the files no longer name, or retire those that others refer to."""
    going = {row.pk: row for row in leaving(model, codes)}
    if not going:
        return Counts()
    own = [f for f in model._meta.concrete_fields if f.related_model is model]
    kept = _referenced(model, set(going))
    waiting = list(kept)
    while waiting:
        row = going[waiting.pop()]
        above = {getattr(row, link.attname) for link in own} & going.keys() - kept
        kept |= above
        waiting.extend(above)
    for key, row in going.items():
        gone: Any = row
        note(model, gone.code, gone.name, RETIRED if key in kept else REMOVED)
    manager = model._default_manager
    if kept:
        manager.filter(pk__in=kept).update(retired=True)
    doomed = manager.filter(pk__in=going.keys() - kept)
    if own:
        doomed.update(**{link.name: None for link in own})
    doomed.delete()
    return Counts(removed=len(going) - len(kept), retired=len(kept))


def _referenced(model: type[Model], keys: set[int]) -> set[int]:
    """Return which rows some row of another table, or one of this table that stays, refers to."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.one_to_many):
            continue
        link: Any = relation.field  # type: ignore[union-attr]
        there = link.model._default_manager.filter(**{f"{link.name}__in": keys})
        if link.model is model:
            there = there.exclude(pk__in=keys)
        found |= set(there.order_by().values_list(link.attname, flat=True).distinct())
    return found
