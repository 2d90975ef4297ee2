"""What grows, as programs and files see it: crops, and stages over time."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.assets.growing.models import Crop, Growth
from linli.assets.growing.recording import fits, record
from linli.assets.register.laying import Plan, writer
from linli.assets.register.models import Asset
from linli.assets.register.visibility import sees_any, works_with
from linli.cases.refusal import Refused
from linli.people.models import User
from linli.people.scope import Scope
from linli.tables import Column, Kind, Table, Wrong, declare


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


def _finish(row: Growth) -> list[Wrong]:
    try:
        fits(row.asset, row.crop.code if row.crop else "", row.stage, row.since)
    except Refused as refusal:
        return [Wrong("crop", str(refusal))]
    return []


def _save(row: Growth, scope: Scope) -> None:
    crop = row.crop.code if row.crop else ""
    assert isinstance(scope.user, User)
    record(row.asset, crop, row.stage, scope.user, row.since, row.note)


STAGES = writer(
    Plan("crop-stages", Growth, {"asset": (Asset, "code"), "crop": (Crop, "code")},
         lambda row: row.asset, keys=("asset", "since"), finish=_finish, save=_save)
)  # fmt: skip

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
            Column("asset", _("Asset"), Kind.KEY, path="asset__code", of="assets", filters=True,
                   required=True, writable=True, aliases=("设施", "大棚")),
            Column("crop", _("Crop"), Kind.KEY, path="crop__code", of="crops", filters=True,
                   writable=True, aliases=("作物",),
                   read=lambda row: row.crop.code if row.crop else None),
            Column("stage", _("stage"), filters=True, writable=True, aliases=("生育期",)),
            Column("since", _("since"), Kind.MOMENT, sorts=True, required=True, writable=True,
                   aliases=("开始时间",)),
            Column("recorded_at", _("Recorded"), Kind.MOMENT),
            Column("superseded", _("Said otherwise later"), Kind.FLAG, filters=True),
            Column("note", _("Note"), writable=True, aliases=("备注",)),
        ),
        may_list=sees_any, find=_whole, related=("asset", "crop"), order=("-id",),
        writer=STAGES,
    )
)  # fmt: skip
