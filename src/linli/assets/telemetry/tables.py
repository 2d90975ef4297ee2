"""What telemetry looks like from outside: tags, sources, rules, alarms, refused points."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from linli.assets.register.laying import Plan, writer
from linli.assets.register.models import Asset
from linli.assets.register.tables import ASSET
from linli.assets.register.visibility import may_write, works_with
from linli.assets.telemetry import directory
from linli.assets.telemetry.models import Reason, Refusal, Rule, Source, Tag, Watch
from linli.people.scope import Scope
from linli.tables import Column, Kind, Table, Wrong, declare


def _finish_tag(row: Tag) -> list[Wrong]:
    wrongs = []
    if row.low is not None and row.high is not None and row.low >= row.high:
        wrongs.append(Wrong("high", _text("lies below the lower end.")))
    if row.every_s is not None and row.every_s <= 0:
        wrongs.append(Wrong("every_s", _text("must be more than %(gt)g.") % {"gt": 0}))
    if "/" in row.code or "/" in row.key:
        wrongs.append(Wrong("code", _text("A code has no slash.")))
    row.name_itself()
    same = Tag.objects.filter(asset=row.asset, key=row.key).exclude(pk=row.pk)
    if same.exists():
        wrongs.append(Wrong("key", _text("This asset has a tag of that key already.")))
    return wrongs


def _save_tag(row: Tag, scope: Scope) -> None:
    row.save()
    directory.forget()


def _whole(key: str) -> dict[str, Any]:
    return {"pk": int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0}


def _said_in_rule(name: str) -> Callable[[Rule], Any]:
    return lambda row: row.definition.get(name)


TAGS = writer(
    Plan("tags", Tag, {"asset": (Asset, "code"), "source": (Source, "code")},
         lambda row: row.asset, finish=_finish_tag, save=_save_tag)
)  # fmt: skip
ID = Column("id", _("Number"), Kind.WHOLE, sorts=True)
NAMES = (
    Column("name", _("name"), required=True, writable=True, aliases=("名称", "测点名称")),
    Column("name_en", _("English name"), writable=True, aliases=("英文名称",)),
)
TAG = Column("tag", _("Tag"), Kind.KEY, path="tag__code", of="tags", filters=True,
             read=lambda row: row.tag.code if row.tag else None)  # fmt: skip

declare(
    Table(
        "tags", _("Tags"), Tag, "code",
        (
            Column("code", _("code"), required=True, writable=True, sorts=True,
                   aliases=("编码", "测点", "测点编码")),
            *NAMES, ASSET,
            Column("key", _("what is measured"), writable=True, filters=True, aliases=("测量项",)),
            Column("role", _("part it plays"), Kind.CHOICE, choices=tuple(Tag.Role.choices),
                   writable=True, filters=True, aliases=("测点类型",)),
            Column("kind", _("kind"), Kind.CHOICE, choices=tuple(Tag.Kind.choices), writable=True,
                   filters=True, aliases=("数值种类",)),
            Column("unit", _("unit"), writable=True, aliases=("单位",)),
            Column("low", _("least the sensor can mean"), Kind.NUMBER, writable=True,
                   aliases=("量程下限",)),
            Column("high", _("most the sensor can mean"), Kind.NUMBER, writable=True,
                   aliases=("量程上限",)),
            Column("every_s", _("usual pause in seconds"), Kind.NUMBER, writable=True,
                   aliases=("采样间隔", "采样间隔(秒)")),
            Column("source", _("source"), Kind.KEY, path="source__code", of="telemetry-sources",
                   writable=True, filters=True, aliases=("数据源",),
                   read=lambda row: row.source.code if row.source else None),
            Column("address", _("address at the source"), writable=True, aliases=("地址",)),
            Column("raw_days", _("days points are kept"), Kind.WHOLE, writable=True,
                   aliases=("原始数据保留天数",)),
            Column("minute_days", _("days means of minutes are kept"), Kind.WHOLE, writable=True,
                   aliases=("分钟数据保留天数",)),
            Column("late_hours", _("hours a point may be late"), Kind.NUMBER, writable=True,
                   aliases=("允许迟到小时数",)),
            Column("retired", _("Retired"), Kind.FLAG, writable=True, filters=True),
        ),
        may_list=works_with, words=("code", "name", "name_en"), order=("code",),
        related=("asset", "source"), writer=TAGS,
    )
)  # fmt: skip
declare(
    Table(
        "telemetry-sources", _("Sources of telemetry"), Source, "code",
        (
            Column("code", _("code"), sorts=True), *(
                Column(name, label) for name, label in (("name", _("name")),
                                                        ("name_en", _("English name")))
            ),
            Column("kind", _("kind"), Kind.CHOICE, choices=tuple(Source.Kind.choices),
                   filters=True),
            Column("address", _("address")), Column("topics", _("topics")),
            Column("client", _("client id")), Column("host", _("host id")),
            Column("enabled", _("in use"), Kind.FLAG, filters=True),
            Column("state", _("State"), path="line__state",
                   read=lambda row: row.line.state if hasattr(row, "line") else ""),
            Column("points", _("Points"), Kind.WHOLE, path="line__points",
                   read=lambda row: row.line.points if hasattr(row, "line") else 0),
            Column("error", _("Last fault"), path="line__error",
                   read=lambda row: row.line.error if hasattr(row, "line") else ""),
        ),
        may_list=may_write, order=("code",), related=("line",),
    )
)  # fmt: skip
declare(
    Table(
        "telemetry-rules", _("Rules on telemetry"), Rule, "code",
        (
            Column("code", _("code")), *(
                Column(name, label) for name, label in (("name", _("name")),
                                                        ("name_en", _("English name")))
            ),
            Column("pack", _("pack"), filters=True),
            *(
                Column(name, label, kind, path="definition",
                       read=_said_in_rule(name))
                for name, label, kind in (
                    ("key", _("what is measured"), Kind.TEXT),
                    ("asset_kind", _("kind of asset"), Kind.TEXT),
                    ("above", _("above"), Kind.NUMBER), ("below", _("below"), Kind.NUMBER),
                    ("rate", _("change a minute"), Kind.NUMBER),
                    ("silence", _("seconds without a point"), Kind.NUMBER),
                    ("clear", _("ends at"), Kind.NUMBER),
                    ("lasting_s", _("seconds it must last"), Kind.NUMBER),
                    ("severity", _("severity"), Kind.TEXT),
                )
            ),
        ),
        may_list=works_with, order=("code",),
    )
)  # fmt: skip
declare(
    Table(
        "telemetry-alarms", _("Alarms of telemetry"), Watch, "id",
        (
            ID,
            Column("rule", _("Rule"), Kind.KEY, path="rule__code", of="telemetry-rules",
                   filters=True, read=lambda row: row.rule.code),
            TAG,
            Column("state", _("State"), Kind.CHOICE, choices=tuple(Watch.State.choices),
                   filters=True),
            Column("since", _("since"), Kind.MOMENT, sorts=True),
            Column("value", _("Value"), Kind.NUMBER),
            Column("peak", _("Furthest beyond"), Kind.NUMBER),
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases",
                   read=lambda row: row.case.code if row.case else None),
        ),
        may_list=works_with, order=("id",), related=("rule", "tag", "case"),
        deferred=("case__sketch",), find=_whole,
    )
)  # fmt: skip
declare(
    Table(
        "refused-points", _("Refused points"), Refusal, "id",
        (
            ID, TAG, Column("name", _("name that is no tag")),
            Column("reason", _("Why"), Kind.CHOICE, choices=tuple(Reason.choices), filters=True),
            Column("count", _("Points"), Kind.WHOLE),
            Column("first_at", _("First time"), Kind.MOMENT), Column("first", _("First")),
            Column("last_at", _("Last time"), Kind.MOMENT, sorts=True), Column("last", _("Last")),
        ),
        may_list=works_with, order=("-id",), related=("tag",), find=_whole,
    )
)  # fmt: skip
