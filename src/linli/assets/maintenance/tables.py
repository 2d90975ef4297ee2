"""What maintenance looks like from outside."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.assets.maintenance.models import Finding, Prediction, Upkeep, Version, WorkOrder
from linli.assets.register.visibility import sees_any, works_with
from linli.tables import Column, Kind, Table, declare


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


ID = Column("id", _("Number"), Kind.WHOLE, sorts=True)
ASSET = Column("asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", filters=True)
UPKEEP = Column("upkeep", _("Upkeep"), Kind.KEY, path="upkeep__code", of="upkeeps", filters=True)


def _number(name: str, label: Any, sorts: bool = False) -> Column:
    return Column(name, label, Kind.NUMBER, sorts=sorts)


declare(
    Table(
        "upkeeps", _("Upkeep of machines"), Upkeep, "code",
        (
            Column("code", _("code"), filters=True, sorts=True),
            Column("name", _("name")),
            Column("name_en", _("English name")),
            Column("kinds", _("kinds of machines"), Kind.LIST, path="definition",
                   read=lambda row: row.told.kinds),
            Column("wanted", _("New fit asked for"), Kind.MOMENT),
        ),
        may_list=works_with, order=("code",),
    )
)  # fmt: skip
declare(
    Table(
        "life-models", _("Life models"), Version, "id",
        (
            ID, UPKEEP,
            Column("number", _("Version"), Kind.WHOLE),
            Column("fitted_at", _("Learnt"), Kind.MOMENT, sorts=True),
            Column("lives", _("Lives learnt from"), Kind.WHOLE),
            Column("censored", _("Lives ended in time"), Kind.WHOLE),
            Column("rmse", _("Error in the trial, cycles"), Kind.NUMBER, path="figures",
                   read=lambda row: row.figures.get("rmse")),
            Column("used", _("In use"), Kind.FLAG, filters=True),
        ),
        may_list=works_with, find=_whole, related=("upkeep",), order=("-pk",),
    )
)  # fmt: skip
declare(
    Table(
        "predictions", _("Predictions"), Prediction, "id",
        (
            ID, ASSET, UPKEEP,
            Column("day", _("Day"), Kind.DAY, filters=True, sorts=True),
            Column("at", _("At"), Kind.MOMENT, sorts=True),
            Column("newest", _("Holds now"), Kind.FLAG, filters=True),
            _number("age", _("Cycles since renewed")),
            _number("pace", _("Cycles a day")),
            _number("mean", _("Cycles left")), _number("low", _("Cycles left, low")),
            _number("high", _("Cycles left, high")),
            _number("days", _("Days left")), _number("days_low", _("Days left, low"), sorts=True),
            _number("days_high", _("Days left, high")),
            Column("drifting", _("Off its normal"), Kind.FLAG, path="drift",
                   read=lambda row: row.is_drifting),
            Column("since", _("Off its normal since"), Kind.TEXT, path="drift",
                   read=lambda row: row.drift.get("since") or ""),
            Column("sensors", _("Sensors that show it"), Kind.LIST, path="drift",
                   read=lambda row: [key for key, *_rest in row.drift.get("sensors", [])]),
        ),
        may_list=sees_any, find=_whole, related=("asset", "upkeep"), order=("-pk",),
        deferred=("trace", "quantiles"),
    )
)  # fmt: skip
declare(
    Table(
        "work-orders", _("Work orders"), WorkOrder, "id",
        (
            ID, ASSET, UPKEEP,
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases",
                   read=lambda row: row.case.code if row.case else None),
            Column("state", _("State"), Kind.CHOICE, choices=tuple(WorkOrder.State.choices),
                   filters=True),
            Column("opened_at", _("Opened"), Kind.MOMENT, sorts=True),
            Column("due", _("To be opened by"), Kind.MOMENT, sorts=True),
            _number("hours", _("Hours")),
            Column("begins", _("Begins"), Kind.MOMENT, sorts=True),
            Column("ends", _("Ends"), Kind.MOMENT),
        ),
        may_list=sees_any, find=_whole, related=("asset", "upkeep", "case"), order=("-pk",),
        deferred=("case__sketch",),
    )
)  # fmt: skip
declare(
    Table(
        "findings", _("Findings"), Finding, "id",
        (
            ID, ASSET, UPKEEP,
            Column("order", _("Work order"), Kind.WHOLE, path="order_id"),
            Column("at", _("At"), Kind.MOMENT, sorts=True),
            Column("condition", _("How it was found"), Kind.CHOICE,
                   choices=tuple(Finding.Condition.choices), filters=True),
            Column("part", _("Which part")),
            Column("wear", _("Worn, per cent"), Kind.WHOLE),
            Column("renewed", _("Renewed"), Kind.FLAG, filters=True),
            Column("note", _("Note")),
            Column("by", _("By"), Kind.KEY, path="by__username", of="people",
                   read=lambda row: row.by.username if row.by else None),
        ),
        may_list=sees_any, find=_whole, related=("asset", "upkeep", "by"), order=("-pk",),
    )
)  # fmt: skip
