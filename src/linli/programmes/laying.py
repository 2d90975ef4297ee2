"""Rows that come from outside, laid beside those that are there: what becomes of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import shapely
from django.db.models import Model
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError

from linli import bulk
from linli.engines.geo import SYSTEMS, to_wgs84
from linli.people.models import Organisation
from linli.places.models import Area
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Wrong

M = TypeVar("M", bound=Model)
Attributes = dict[str, Any]
# What of a row's values becomes which attributes of the model; what is wrong is added to the list.
Read = Callable[[Values, list[Wrong]], Attributes]


@dataclass
class Laid:
    """One row: what it says of the model's attributes, the row it changes, what is wrong."""

    values: Values
    attributes: Attributes
    present: Any
    wrongs: list[Wrong]

    @property
    def fate(self) -> str:
        if self.present is None:
            return NEW
        same = all(getattr(self.present, k) == v for k, v in self.attributes.items())
        return UNCHANGED if same else CHANGED

    @property
    def outcome(self) -> str | list[Wrong]:
        return self.wrongs or self.fate


def lay(
    model: type[M], rows: Sequence[Values], read: Read, required: Sequence[str], key: str = "code"
) -> list[Laid]:
    """Lay rows beside those of the model that have the same key.

    Parameters
    ----------
    required
        Columns without which no new row can be made.
    """
    keys = [row[key] for row in rows if row.get(key)]
    present = {
        getattr(row, key): row for row in model._default_manager.filter(**{f"{key}__in": keys})
    }
    laid = []
    for values in rows:
        wrongs: list[Wrong] = []
        row = present.get(values.get(key))
        if row is None:
            wrongs += [
                Wrong(name, _("is missing.")) for name in required if values.get(name) in (None, "")
            ]
        attributes = read(values, wrongs)
        laid.append(Laid(values, attributes, row, wrongs))
    return laid


def put(model: type[Model], laid: Sequence[Laid], **always: Any) -> list[Any]:
    """Write laid rows, the new and the present ones, each with `always` besides; in their order."""
    fresh: list[Any] = []
    changed: list[Any] = []
    things: list[Any] = []
    names = set(always)
    for row in laid:
        given = row.attributes | always
        if row.present is None:
            thing = model(**given)
            fresh.append(thing)
        else:
            thing = row.present
            for name, value in given.items():
                setattr(thing, name, value)
            names |= given.keys()
            changed.append(thing)
        things.append(thing)
    bulk.insert(fresh)
    bulk.update(changed, sorted(name.removesuffix("_id") for name in names))
    return things


class Codes:
    """What codes of the town stand for, asked once for all rows."""

    def __init__(self) -> None:
        self.organisations = dict(
            Organisation.objects.filter(retired=False).values_list("code", "pk")
        )
        self.areas = dict(Area.objects.filter(retired=False).values_list("code", "pk"))


def key_of(known: Mapping[str, int], column: str, code: Any, wrongs: list[Wrong]) -> int | None:
    """Return the key of what a code stands for; None for no code, or one that is wrong."""
    if not code:
        return None
    if code not in known:
        wrongs.append(Wrong(column, _("“%(code)s” is not known here.") % {"code": code}))
    return known.get(code)


def in_order(values: Values, first: str, last: str, wrongs: list[Wrong]) -> None:
    """Note where a day comes before the day it should follow."""
    start, end = values.get(first), values.get(last)
    if start and end and end < start:
        wrongs.append(Wrong(last, _("%(end)s is before %(start)s.") % {"end": end, "start": start}))


def not_negative(values: Values, names: Sequence[str], wrongs: list[Wrong]) -> None:
    """Note amounts below nothing."""
    below = [name for name in names if (values.get(name) or 0) < 0]
    wrongs += [Wrong(name, _("cannot be less than nothing.")) for name in below]


def geometry(values: Values, kinds: Sequence[str], wrongs: list[Wrong]) -> dict[str, Any] | None:
    """Return the `shape` of a row as GeoJSON in WGS-84; None where it has none."""
    given, system = values.get("shape"), values.get("coordinates") or "wgs84"
    if not given:
        return None
    if system not in SYSTEMS:
        wrongs.append(Wrong("coordinates", _("“%(value)s” is not a coordinate system (%(known)s).")
                            % {"value": system, "known": ", ".join(SYSTEMS)}))  # fmt: skip
        return None
    try:
        shape = shapely.geometry.shape(given)
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        shape = None
    if shape is None or shape.is_empty or shape.geom_type not in kinds:
        wrongs.append(Wrong("shape", _("is not one of: %(kinds)s.") % {"kinds": ", ".join(kinds)}))
        return None
    shape = shapely.force_2d(shape)
    if system != "wgs84":
        shape = shapely.transform(
            shape,
            lambda lon, lat: to_wgs84(lon, lat, system),
            interleaved=False,
        )
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        wrongs.append(Wrong("shape", _("does not lie on the earth.")))
        return None
    rounded = shapely.set_precision(shape, 1e-7, mode="pointwise")
    return plain(shapely.geometry.mapping(rounded))


def plain(shape: Any) -> Any:
    """Return a GeoJSON geometry with lists for tuples, as JSON gives it back."""
    if isinstance(shape, dict):
        return {key: plain(part) for key, part in shape.items()}
    return [plain(part) for part in shape] if isinstance(shape, list | tuple) else shape
