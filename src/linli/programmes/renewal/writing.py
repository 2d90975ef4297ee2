"""Nodes that come from outside, with what they wait for and who works on them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import bulk
from linli.engines.network import Circle, order
from linli.programmes.laying import (
    Codes,
    Laid,
    geometry,
    in_order,
    key_of,
    lay,
    not_negative,
)
from linli.programmes.renewal.models import RANK, Level, Link, Node
from linli.programmes.who import administers
from linli.tables import NEW, Values, Writer, Wrong

PLAIN = ("code", "name", "name_en", "level", "lon", "lat", "starts", "ends", "began", "finished",
         "budget", "about", "about_en")  # fmt: skip
SHAPES = ("Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
CODE = re.compile(r"[a-zA-Z0-9_-]{1,50}")
_LINK = re.compile(r"([a-zA-Z0-9_-]+?)(?:\+(\d{1,4}))?")


def set_paths() -> None:
    """Write for every node the codes from the root down to it."""
    nodes = {row.pk: row for row in Node.objects.only("pk", "code", "parent_id", "path")}
    paths: dict[int, str] = {}

    def path(key: int) -> str:
        if key not in paths:
            node = nodes[key]
            above = path(node.parent_id) if node.parent_id else ""
            paths[key] = f"{above}{node.code}/"
        return paths[key]

    changed = [node for key, node in nodes.items() if node.path != path(key)]
    for node in changed:
        node.path = paths[node.pk]
    bulk.update(changed, ["path"])


def links_of(values: Values, wrongs: list[Wrong]) -> list[tuple[str, int]] | None:
    """Read what a row says it waits for: `code` or `code+days`; None where it says nothing."""
    if values.get("after") is None:
        return None
    found = []
    for text in values["after"]:
        part = _LINK.fullmatch(text)
        if part is None:
            wrongs.append(Wrong("after", _("“%(text)s” is not written CODE or CODE+DAYS.")
                                % {"text": text}))  # fmt: skip
        else:
            found.append((part[1], int(part[2] or 0)))
    return found


def _lay_nodes(rows: Sequence[Values]) -> list[Laid]:
    codes = Codes()
    known = {
        code: (key, level, path)
        for key, code, level, path in Node.objects.filter(retired=False).values_list(
            "pk", "code", "level", "path"
        )
    }
    here = {row["code"]: row.get("level") for row in rows if row.get("code")}

    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        if not CODE.fullmatch(values.get("code") or ""):
            wrongs.append(Wrong("code", _("Only letters, digits, - and _, at most 50.")))
        given = {name: values[name] for name in PLAIN if name in values}
        if "spent" in values:
            given["spent"] = values["spent"] or 0
        for column in ("owner", "area"):
            if column in values:
                table = codes.organisations if column == "owner" else codes.areas
                given[f"{column}_id"] = key_of(table, column, values[column], wrongs)
        if "shape" in values:
            given["shape"] = geometry(values, SHAPES, wrongs)
        in_order(values, "starts", "ends", wrongs)
        in_order(values, "began", "finished", wrongs)
        not_negative(values, ("budget", "spent"), wrongs)
        level = values.get("level") or known.get(values.get("code") or "", (0, "", ""))[1]
        _check_parent(values, level, wrongs)
        parent = values.get("parent")
        if parent and parent in known:
            given["parent_id"] = known[parent][0]
        for code, _lag in links_of(values, wrongs) or ():
            if code not in known and code not in here:
                wrongs.append(Wrong("after", _("“%(code)s” is not known here.") % {"code": code}))
        for code in values.get("partners") or ():
            key_of(codes.organisations, "partners", code, wrongs)
        return given

    def _check_parent(values: Values, level: str, wrongs: list[Wrong]) -> None:
        parent = values.get("parent")
        if parent:
            above = here.get(parent) or known.get(parent, (0, "", ""))[1]
            if not above:
                wrongs.append(Wrong("parent", _("“%(code)s” is not known here.")
                                    % {"code": parent}))  # fmt: skip
            elif level and RANK[Level(above)] >= RANK[Level(level)]:
                wrongs.append(Wrong("parent", _("“%(code)s” is not of a higher level.")
                                    % {"code": parent}))  # fmt: skip
        elif level and level != Level.FRAMEWORK and values.get("code") not in known:
            wrongs.append(Wrong("parent", _("only a framework stands by itself.")))

    laid = lay(Node, rows, read, ("name", "level"))
    _check_circles(laid)
    return laid


def _check_circles(laid: list[Laid]) -> None:
    waits: dict[str, set[str]] = defaultdict(set)
    for code, after in Link.objects.values_list("node__code", "after__code"):
        waits[code].add(after)
    given = {}
    for row in laid:
        links = links_of(row.values, [])
        if links is not None and not row.wrongs:
            waits[row.values["code"]] = {code for code, _lag in links}
            given[row.values["code"]] = row
    keys = sorted({*waits, *(after for afters in waits.values() for after in afters)})
    try:
        order(keys, [(code, after, 0) for code, afters in waits.items() for after in afters])
    except Circle as circle:
        for code in circle.keys:
            if code in given:
                told = _("what waits for each other runs in a circle: %(codes)s.")
                given[code].wrongs.append(
                    Wrong("after", told % {"codes": " → ".join(circle.keys[:6])})
                )


def _check_nodes(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    laid = _lay_nodes(rows)
    links = dict(_links())
    partners = _partners()
    outcomes: list[str | list[Wrong]] = []
    for row in laid:
        outcome = row.outcome
        if outcome == "unchanged":
            code = row.values["code"]
            after = links_of(row.values, [])
            moved = after is not None and dict(after) != links.get(code, {})
            others = row.values.get("partners")
            joined = others is not None and set(others) != partners.get(code, set())
            outcome = "changed" if moved or joined else outcome
        outcomes.append(outcome)
    return outcomes


def _links() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for code, after, lag in Link.objects.values_list("node__code", "after__code", "lag_days"):
        found[code][after] = lag
    return found


def _partners() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    through = Node.partners.through.objects.values_list("node__code", "organisation__code")
    for code, partner in through:
        found[code].add(partner)
    return found


def _write_nodes(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        fates = [o if isinstance(o, str) else NEW for o in _check_nodes(scope, rows)]
        laid = _lay_nodes(rows)
        fresh: list[Node] = []
        changed: list[Node] = []
        names: set[str] = set()
        for row in laid:
            if row.present is None:
                fresh.append(Node(**row.attributes, path=f"{row.values['code']}/"))
                continue
            for name, value in row.attributes.items():
                setattr(row.present, name, value)
            row.present.retired = False
            names |= row.attributes.keys()
            changed.append(row.present)
        bulk.insert(fresh)
        fields = {"retired", *(name.removesuffix("_id") for name in names)}
        bulk.update(changed, sorted(fields))
        keys = dict(Node.objects.values_list("code", "pk"))
        nodes = {row.code: row for row in [*fresh, *changed]}
        late = []
        for row in laid:
            parent, node = row.values.get("parent"), nodes[row.values["code"]]
            if parent and node.parent_id != keys[parent]:  # it came with the same rows
                node.parent_id = keys[parent]
                late.append(node)
        bulk.update(late, ["parent"])
        set_paths()
        _write_links(laid, keys)
        _write_partners(laid, keys)
    return fates


def _write_links(laid: list[Laid], keys: dict[str, int]) -> None:
    given = {row.values["code"]: found for row in laid
             if (found := links_of(row.values, [])) is not None}  # fmt: skip
    Link.objects.filter(node__code__in=given).delete()
    bulk.insert(
        [
            Link(node_id=keys[code], after_id=keys[after], lag_days=lag)
            for code, links in given.items()
            for after, lag in dict(links).items()
        ]
    )


def _write_partners(laid: list[Laid], keys: dict[str, int]) -> None:
    known = Codes().organisations
    given = {row.values["code"]: set(row.values["partners"]) for row in laid
             if row.values.get("partners") is not None}  # fmt: skip
    through = Node.partners.through
    through.objects.filter(node__code__in=given).delete()
    through.objects.bulk_create(
        through(node_id=keys[code], organisation_id=known[partner])
        for code, partners in given.items()
        for partner in sorted(partners)
    )


NODES = Writer(may=administers, check=_check_nodes, write=_write_nodes)
