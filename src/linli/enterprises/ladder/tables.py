"""What the ladder looks like from outside: rungs, titles, next steps, and who stands where."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from linli.enterprises.credit_code import plain
from linli.enterprises.ladder import board
from linli.enterprises.ladder.models import NextStep, Rung, Standing, Title
from linli.enterprises.ladder.titles import TITLES
from linli.enterprises.visibility import has_figures_somewhere
from linli.tables import Column, Kind, Table, declare, present

ENTERPRISE = Column(
    "enterprise", _("Unified social credit code"), Kind.KEY, path="enterprise__code",
    of="enterprises", aliases=("统一社会信用代码", "信用代码", "企业代码"), required=True,
    writable=True, filters=True,
)  # fmt: skip
NAME = Column("name", _("Name"), path="enterprise__name", read=lambda row: str(row.enterprise))


def _by_title(key: str) -> Any:
    code, _dash, rung = key.partition("-")
    return {"enterprise__code": plain(code), "rung__code": rung}


RUNGS = declare(
    Table(
        "rungs",
        _("Rungs of the cultivation ladder"),
        Rung,
        "code",
        (
            Column("code", _("Code"), sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("position", _("Place"), Kind.WHOLE, sorts=True),
            Column("known_by", _("Known by")),
            Column("conditions", _("Conditions"), Kind.LIST,
                   read=lambda row: [str(asked) for asked in row.asks]),
        ),
        may_list=lambda scope: scope.user.is_authenticated,
        order=("position",),
        help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip
declare(
    Table(
        "enterprise-titles",
        _("Titles of enterprises"),
        Title,
        "key",
        (
            Column("key", _("Number"), path="id",
                   read=lambda row: f"{row.enterprise.code}-{row.rung.code}"),
            ENTERPRISE,
            NAME,
            Column("rung", _("Rung"), Kind.KEY, path="rung__code", of="rungs", required=True,
                   aliases=("称号", "梯队", "阶段"), writable=True, filters=True),
            Column("since", _("Granted on"), Kind.DAY, aliases=("认定日期", "日期"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("document", _("Document"), aliases=("文号", "文件"), writable=True),
        ),
        may_list=has_figures_somewhere,
        find=_by_title,
        names=("enterprise", "rung"),
        words=("enterprise__name", "enterprise__code"),
        related=("enterprise", "rung"),
        order=("-since", "enterprise"),
        writer=TITLES,
        help=_("Which enterprise was granted a stage that no figure shows by itself."),
    )
)  # fmt: skip
declare(
    Table(
        "enterprise-next-steps",
        _("Next steps of enterprises"),
        NextStep,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("enterprise", _("Unified social credit code"), Kind.KEY,
                   path="enterprise__code", of="enterprises", filters=True),
            Column("rung", _("Rung"), Kind.KEY, path="rung__code", of="rungs", filters=True),
            Column("year", _("Year"), Kind.WHOLE, filters=True),
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases",
                   read=lambda row: row.case.code),
            Column("at", _("When"), Kind.MOMENT, sorts=True),
        ),
        may_list=has_figures_somewhere,
        related=("enterprise", "rung", "case"),
        deferred=("case__sketch", "case__body", "case__suggestions"),
        order=("-id",),
    )
)  # fmt: skip


def _candidates(scope: Any, query: Mapping[str, Any]) -> QuerySet[Any]:
    return board.candidates(scope, board.lacking(query.get("lack")), query.get("to") or "")


present(
    Table(
        "ladder-candidates",
        _("Candidates for the next rung"),
        Standing,
        "code",
        (
            Column("code", _("Unified social credit code"), read=lambda row: row.enterprise.code),
            NAME,
            Column("stands_on", _("Stands on"), read=lambda row: str(row.rung)),
            Column("next", _("Next rung"), read=lambda row: str(row.next)),
            Column("lacks", _("Lacks"), read=lambda row: "；".join(row.lacks)),
        ),
        may_list=has_figures_somewhere,
        narrow=_candidates,
    )
)  # fmt: skip
