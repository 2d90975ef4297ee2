"""What inspection looks like from outside."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.assets.inspection import listing
from linli.assets.inspection.models import (
    Flaw,
    FlawKind,
    Hour,
    Inspection,
    Lot,
    Station,
    Verdict,
    Version,
)
from linli.assets.inspection.visibility import sees_any
from linli.people.scope import Scope
from linli.tables import Column, Kind, Table, declare

STATION = Column("station", _("Station"), Kind.KEY, path="station__code", of="stations",
                 filters=True)  # fmt: skip


def _by_number(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 16 else 0}


def _parts(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Inspection]:
    """Return the parts that a page of a station or a lot shows with the same query."""
    rows = listing.narrowed(scope.of(Inspection), listing.Filters(query).chosen)
    if station := query.get("station"):
        rows = rows.filter(station__code=station)
    return rows.order_by("-at", "-pk")


declare(
    Table(
        "stations", _("Stations"), Station, "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", filters=True),
            Column("product", _("Product"), path="product__code", filters=True),
            Column("method", _("Method"), Kind.CHOICE, choices=tuple(Station.Method.choices),
                   filters=True),
            Column("feed", _("Where pictures come from"), Kind.CHOICE,
                   choices=tuple(Station.Feed.choices), filters=True),
            Column("version", _("Version in use"), Kind.WHOLE, path="version__number"),
            Column("normal", _("Usual share of flawed parts"), Kind.NUMBER),
            Column("lot_now", _("Lot now")),
            Column("on", _("Switched on"), Kind.FLAG, filters=True),
            Column("seen_at", _("Last heard of"), Kind.MOMENT),
            Column("trouble", _("Trouble")),
        ),
        may_list=sees_any, words=("name", "name_en", "code"), order=("code",),
        related=("asset", "product", "version"),
    )
)  # fmt: skip
declare(
    Table(
        "inspections", _("Inspected parts"), Inspection, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, path="pk"),
            STATION,
            Column("at", _("Taken at"), Kind.MOMENT, sorts=True),
            Column("lot", _("Lot"), path="lot__code", filters=True),
            Column("serial", _("Serial number"), filters=True),
            Column("verdict", _("Verdict"), Kind.CHOICE, choices=tuple(Verdict.choices),
                   filters=True),
            Column("reason", _("Reason")),
            Column("score", _("Score"), Kind.NUMBER),
            Column("threshold", _("Threshold"), Kind.NUMBER),
            Column("version", _("Version"), Kind.WHOLE, path="version__number"),
            Column("kinds", _("Kinds of flaws"), Kind.LIST, path="flaws",
                   read=lambda row: [one.kind.code for one in row.flaws.all() if one.kind]),
            Column("judgement", _("Judgement"), Kind.CHOICE,
                   choices=tuple(Inspection.Judgement.choices), filters=True),
            Column("judged_by", _("Judged by"), path="judged_by__username"),
            Column("judged_at", _("Judged at"), Kind.MOMENT),
            Column("case", _("Case"), path="case_id",
                   read=lambda row: row.case.code if row.case else None),
        ),
        may_list=sees_any, order=("-at", "-pk"), find=_by_number, narrow=_parts,
        related=("station", "lot", "version", "judged_by", "case"),
        prefetched=("flaws__kind",), deferred=("likes", "case__sketch", "case__body"),
    )
)  # fmt: skip
declare(
    Table(
        "flaws", _("Flaws"), Flaw, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, path="pk"),
            Column("inspection", _("Part"), Kind.WHOLE, path="inspection_id", filters=True),
            Column("kind", _("Kind of flaw"), Kind.KEY, path="kind__code", of="flaw-kinds",
                   filters=True),
            Column("box", _("Box"), Kind.LIST,
                   read=lambda row: [str(side) for side in row.box or ()]),
            Column("score", _("Score"), Kind.NUMBER),
            Column("by", _("Said by"), path="by__username",
                   read=lambda row: row.by.username if row.by else None),
        ),
        may_list=sees_any, order=("-pk",), find=_by_number, related=("kind", "by"),
    )
)  # fmt: skip
declare(
    Table(
        "flaw-kinds", _("Kinds of flaws"), FlawKind, "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("product", _("Product"), path="product__code", filters=True),
            Column("number", _("Number in labelled boxes"), Kind.WHOLE),
        ),
        may_list=sees_any, words=("name", "name_en", "code"), order=("number", "code"),
        related=("product",), help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip


def _lots(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Lot]:
    """Return the lots that their page shows with the same query."""
    rows = scope.of(Lot)
    if query.get("state") in Lot.State.values:
        rows = rows.filter(state=query["state"])
    if code := query.get("q"):
        rows = rows.filter(code__startswith=str(code)[:60])
    if product := query.get("product"):
        rows = rows.filter(product__code=product)
    return rows.order_by("-last_at", "-pk")


declare(
    Table(
        "inspection-lots", _("Lots inspected"), Lot, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, path="pk"),
            Column("code", _("Lot"), filters=True),
            Column("product", _("Product"), path="product__code", filters=True),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Lot.State.choices),
                   filters=True),
            Column("parts", _("Parts"), Kind.WHOLE),
            Column("flawed", _("Flawed"), Kind.WHOLE),
            Column("unusable", _("Pictures of no use"), Kind.WHOLE),
            Column("began_at", _("First part"), Kind.MOMENT),
            Column("last_at", _("Last part"), Kind.MOMENT, sorts=True),
        ),
        may_list=sees_any, words=("code",), order=("-last_at", "-pk"), find=_by_number,
        related=("product",), narrow=_lots,
    )
)  # fmt: skip
declare(
    Table(
        "inspection-versions", _("Versions of stations"), Version, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, path="pk"),
            STATION,
            Column("number", _("Version"), Kind.WHOLE),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Version.State.choices),
                   filters=True),
            Column("asked_at", _("Asked for at"), Kind.MOMENT, sorts=True),
            Column("fitted_at", _("Learnt at"), Kind.MOMENT),
            Column("by", _("By"), path="by__username",
                   read=lambda row: row.by.username if row.by else None),
            Column("threshold", _("Threshold"), Kind.NUMBER),
            Column("missed", _("Flawed parts missed"), Kind.NUMBER, path="after",
                   read=lambda row: row.after.get("missed")),
            Column("false_alarms", _("Good parts called flawed"), Kind.NUMBER, path="after",
                   read=lambda row: row.after.get("false_alarms")),
            Column("sha256", _("Hash")),
        ),
        may_list=sees_any, order=("-pk",), find=_by_number, related=("station", "by"),
    )
)  # fmt: skip
declare(
    Table(
        "inspection-hours", _("Hours of stations"), Hour, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, path="pk"),
            STATION,
            Column("hour", _("Hour"), Kind.MOMENT, sorts=True,
                   where=lambda scope, at: Q(hour=at)),
            Column("parts", _("Parts"), Kind.WHOLE),
            Column("flawed", _("Flawed"), Kind.WHOLE),
            Column("unusable", _("Pictures of no use"), Kind.WHOLE),
            Column("flaws", _("Flaws"), Kind.WHOLE),
            Column("confirmed", _("Confirmed"), Kind.WHOLE),
            Column("false_alarms", _("Good parts called flawed"), Kind.WHOLE),
            Column("missed", _("Flawed parts missed"), Kind.WHOLE),
        ),
        may_list=sees_any, order=("-hour", "-pk"), find=_by_number, related=("station",),
    )
)  # fmt: skip
