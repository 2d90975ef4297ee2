"""What products and needs look like from outside."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.enterprises.credit_code import plain
from linli.enterprises.matching.models import Need, Product
from linli.enterprises.matching.wares import writer
from linli.enterprises.visibility import has_figures_somewhere
from linli.tables import Column, Kind, Table, declare


def _named(key: str) -> Any:
    code, _dash, name = key.partition("-")
    return {"enterprise__code": plain(code), "name": name}


def _wares(name: str, label: Any, model: Any, aliases: tuple[str, ...]) -> Table:
    return declare(
        Table(
            name,
            label,
            model,
            "key",
            (
                Column("key", _("Number"), path="id",
                       read=lambda row: f"{row.enterprise.code}-{row.name}"),
                Column("enterprise", _("Unified social credit code"), Kind.KEY,
                       path="enterprise__code", of="enterprises", required=True, writable=True,
                       filters=True, aliases=("统一社会信用代码", "信用代码", "企业代码")),
                Column("name", label, required=True, writable=True, filters=True, aliases=aliases),
                Column("name_en", _("English name"), aliases=("英文名", "英文名称"), writable=True),
                Column("industry", _("Industry (GB/T 4754)"), writable=True, filters=True,
                       aliases=("行业代码", "行业")),
            ),
            may_list=has_figures_somewhere,
            find=_named,
            names=("enterprise", "name"),
            words=("name",),
            related=("enterprise",),
            order=("enterprise", "name"),
            writer=writer(model, name),
        )
    )  # fmt: skip


PRODUCTS = _wares("enterprise-products", _("Products"), Product, ("产品", "产品名称"))
NEEDS = _wares("enterprise-needs", _("Needs"), Need, ("需求", "需求名称"))
