"""What areas look like from outside."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from shapely.geometry import mapping

from linli.engines.geo import SYSTEMS
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.places.writing import WRITER
from linli.tables import Column, Kind, Table, declare


def below(code: str, link: str = "") -> Q:
    """Return what lies in the area with this code or below it; nothing if there is none.

    `link` leads to the area from the row, as in `"area__"`.
    """
    area = atlas().by_code.get(code)
    return Q(**{f"{link}path__startswith": area.path}) if area else Q(pk__in=[])


def _parent(area: Area) -> str | None:
    codes = area.path.strip("/").split("/")
    return codes[-2] if len(codes) > 1 else None


def _seat(area: Area) -> str | None:
    seat = atlas().areas.get(area.seat_id) if area.seat_id else None
    return seat.code if seat else None


def _shape(area: Area) -> dict[str, Any]:
    return mapping(area.geometry)


AREAS = declare(
    Table(
        "areas",
        _("Areas"),
        Area,
        "code",
        (
            Column("code", _("Code"), aliases=("编码", "代码", "编号", "区划代码"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("name", _("Name"), aliases=("名称", "区域名称", "网格名称"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("name_en", _("English name"), aliases=("英文名", "英文名称"), writable=True),
            Column("kind", _("Kind"), aliases=("类型", "类别", "级别"), required=True,
                   writable=True, filters=True, help=_("Such as town, village or grid")),
            Column("parent", _("Lies in"), Kind.KEY, path="parent__code", of="areas",
                   aliases=("上级", "上级编码", "所属区域", "parent"), writable=True,
                   filters=True, read=_parent),
            Column("layer", _("Layer"), aliases=("图层", "网格图层"), writable=True, filters=True),
            Column("grid", _("Is a grid"), Kind.FLAG, path="is_grid", aliases=("是否网格", "网格"),
                   writable=True, filters=True),
            Column("aliases", _("Also called"), Kind.LIST, aliases=("别名", "又名"),
                   writable=True),
            Column("land", _("Land use"), aliases=("用地", "用地类型"), writable=True,
                   filters=True),
            Column("seat", _("Seat"), Kind.KEY, path="seat__code", of="areas",
                   aliases=("驻地", "驻地网格"), writable=True, read=_seat,
                   help=_("The grid to which things go that are known to be in this area only")),
            Column("lon", _("Longitude of its centre"), Kind.NUMBER),
            Column("lat", _("Latitude of its centre"), Kind.NUMBER),
            Column("within", _("In or below"), Kind.KEY, of="areas", filters=True, shown=False,
                   where=lambda scope, code: below(code)),
            Column("shape", _("Shape"), Kind.SHAPE, path="wkb", aliases=("geometry", "边界", "wkt"),
                   writable=True, alone=True, read=_shape),
            Column("coordinates", _("Coordinate system"), Kind.CHOICE, aliases=("坐标系",),
                   choices=tuple((system, system.upper()) for system in SYSTEMS), writable=True,
                   shown=False, help=_("Of the shapes; WGS-84 if it is not said")),
        ),
        words=("name", "name_en", "code"),
        deferred=("wkb",),
        order=("code",),
        writer=WRITER,
    )
)  # fmt: skip
