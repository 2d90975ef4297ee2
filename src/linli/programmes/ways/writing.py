"""Ways, catchments and measures that come from outside."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from linli.engines.ways import length
from linli.programmes.laying import Codes, Laid, Read, geometry, key_of, lay, not_negative, put
from linli.programmes.renewal.models import Node
from linli.programmes.renewal.writing import CODE
from linli.programmes.ways.models import Catchment, Measure, Way
from linli.programmes.who import administers
from linli.tables import Values, Writer, Wrong


def _plain(values: Values, names: Sequence[str], wrongs: list[Wrong]) -> dict[str, Any]:
    if not CODE.fullmatch(values.get("code") or ""):
        wrongs.append(Wrong("code", _("Only letters, digits, - and _, at most 50.")))
    return {name: values[name] for name in ("code", "name", "name_en", *names) if name in values}


def _keys(values: Values, given: dict[str, Any], codes: Codes, wrongs: list[Wrong]) -> None:
    if "area" in values:
        given["area_id"] = key_of(codes.areas, "area", values["area"], wrongs)


def _projects() -> dict[str, int]:
    return dict(Node.objects.filter(retired=False).values_list("code", "pk"))


def _read_ways() -> Read:
    codes, projects = Codes(), _projects()

    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        given = _plain(values, ("kind", "width"), wrongs)
        _keys(values, given, codes, wrongs)
        not_negative(values, ("width",), wrongs)
        if "project" in values:
            given["project_id"] = key_of(projects, "project", values["project"], wrongs)
        if "shape" in values and (line := geometry(values, ("LineString",), wrongs)):
            given |= {"line": line, "metres": round(length(line["coordinates"]), 2)}
        return given

    return read


def _read_catchments() -> Read:
    codes = Codes()

    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        given = _plain(values, ("hectares", "runoff", "rain"), wrongs)
        _keys(values, given, codes, wrongs)
        for name, most in (("hectares", 1e6), ("runoff", 1.0), ("rain", 1000.0)):
            value = values.get(name)
            if value is not None and not 0 < value <= most:
                wrongs.append(Wrong(name, _("must be more than 0 and at most %(most)g.")
                                    % {"most": most}))  # fmt: skip
        if "shape" in values:
            given["shape"] = geometry(values, ("Polygon", "MultiPolygon"), wrongs)
        return given

    return read


def _read_measures() -> Read:
    catchments, projects = dict(Catchment.objects.values_list("code", "pk")), _projects()

    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        given = _plain(values, ("kind", "volume", "built", "lon", "lat"), wrongs)
        not_negative(values, ("volume",), wrongs)
        if values.get("catchment"):
            given["catchment_id"] = key_of(
                catchments, "catchment", values["catchment"], wrongs
            )  # fmt: skip
        if "project" in values:
            given["project_id"] = key_of(projects, "project", values["project"], wrongs)
        return given

    return read


def _writer(model: type[Model], reads: Callable[[], Read], required: Sequence[str]) -> Writer:
    def laid(rows: Sequence[Values]) -> list[Laid]:
        return lay(model, rows, reads(), required)

    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        return [row.outcome for row in laid(rows)]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        with transaction.atomic():
            found = laid(rows)
            fates = [row.fate for row in found]
            put(model, found)
        return fates

    return Writer(may=administers, check=check, write=write)


WAYS = _writer(Way, _read_ways, ("name", "kind", "shape"))
CATCHMENTS = _writer(Catchment, _read_catchments, ("name", "hectares", "runoff", "rain"))
MEASURES = _writer(Measure, _read_measures, ("name", "kind", "catchment", "volume"))
