"""What grows, as programs and files see it: crops, and stages over time."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.assets.growing.models import Crop, Growth
from linli.assets.register.visibility import sees_any, works_with
from linli.tables import Column, Kind, Table, declare


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


declare(
    Table(
        "crops", _("Crops"), Crop, "code",
        (
            Column("code", _("code"), filters=True, sorts=True),
            Column("name", _("name")),
            Column("name_en", _("English name")),
            Column("grown_in", _("grown in"), Kind.LIST, path="definition",
                   read=lambda row: row.told.grown_in),
            Column("stages", _("stages"), Kind.LIST, path="definition",
                   read=lambda row: [stage.code for stage in row.told.stages]),
        ),
        may_list=works_with, order=("code",),
    )
)  # fmt: skip
declare(
    Table(
        "crop-stages", _("Stages of crops"), Growth, "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", filters=True),
            Column("crop", _("Crop"), Kind.KEY, path="crop__code", of="crops", filters=True,
                   read=lambda row: row.crop.code if row.crop else None),
            Column("stage", _("stage"), filters=True),
            Column("since", _("since"), Kind.MOMENT, sorts=True),
            Column("recorded_at", _("Recorded"), Kind.MOMENT),
            Column("superseded", _("Said otherwise later"), Kind.FLAG, filters=True),
            Column("note", _("Note")),
        ),
        may_list=sees_any, find=_whole, related=("asset", "crop"), order=("-id",),
    )
)  # fmt: skip
