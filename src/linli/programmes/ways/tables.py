"""What ways, catchments and measures look like from outside."""

from django.utils.translation import gettext_lazy as _

from linli.programmes.ways.models import Catchment, Measure, Way
from linli.programmes.ways.writing import CATCHMENTS, MEASURES, WAYS
from linli.programmes.who import works
from linli.tables import Column, Kind, Table, declare

CODE = Column("code", _("Code"), aliases=("编号",), required=True, writable=True, sorts=True)
NAME = Column("name", _("Name"), aliases=("名称",), writable=True)
NAME_EN = Column("name_en", _("English name"), aliases=("英文名",), writable=True)
AREA = Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", aliases=("所在区域",),
              writable=True, filters=True)  # fmt: skip
PROJECT = Column("project", _("Project"), Kind.KEY, path="project__code", of="programmes",
                 aliases=("项目",), writable=True, filters=True)  # fmt: skip
SYSTEM = Column("coordinates", _("Coordinate system"), aliases=("坐标系",), writable=True,
                shown=False)  # fmt: skip

declare(
    Table(
        "ways",
        _("Ways on foot and by bicycle"),
        Way,
        "code",
        (
            CODE, NAME, NAME_EN,
            Column("kind", _("Kind"), Kind.CHOICE, aliases=("类型",), writable=True, filters=True,
                   choices=tuple(Way.Kind.choices)),
            Column("metres", _("Length (m)"), Kind.NUMBER, sorts=True),
            Column("width", _("Width (m)"), Kind.NUMBER, aliases=("宽度",), writable=True),
            AREA, PROJECT,
            Column("shape", _("Shape"), Kind.SHAPE, path="line",
                   aliases=("geometry",), writable=True, alone=True),
            SYSTEM,
        ),
        may_list=works,
        words=("code", "name", "name_en"),
        related=("area", "project"),
        deferred=("area__wkb",),
        order=("code",),
        writer=WAYS,
    )
)  # fmt: skip
declare(
    Table(
        "catchments",
        _("Catchments"),
        Catchment,
        "code",
        (
            CODE, NAME, NAME_EN,
            Column("hectares", _("Hectares"), Kind.NUMBER, aliases=("汇水面积",), writable=True,
                   sorts=True),
            Column("runoff", _("Runoff coefficient"), Kind.NUMBER, aliases=("径流系数",),
                   writable=True),
            Column("rain", _("Design rainfall (mm)"), Kind.NUMBER, aliases=("设计降雨量",),
                   writable=True),
            AREA,
            Column("shape", _("Shape"), Kind.SHAPE, aliases=("geometry",), writable=True,
                   alone=True),
            SYSTEM,
        ),
        may_list=works,
        words=("code", "name", "name_en"),
        related=("area",),
        deferred=("area__wkb",),
        order=("code",),
        writer=CATCHMENTS,
    )
)  # fmt: skip
declare(
    Table(
        "sponge-measures",
        _("Sponge-city measures"),
        Measure,
        "code",
        (
            CODE, NAME, NAME_EN,
            Column("kind", _("Kind"), Kind.CHOICE, aliases=("类型",), writable=True, filters=True,
                   choices=tuple(Measure.Kind.choices)),
            Column("catchment", _("Catchment"), Kind.KEY, path="catchment__code",
                   of="catchments", aliases=("汇水区",), writable=True, filters=True),
            Column("volume", _("Storage volume (m³)"), Kind.NUMBER, aliases=("调蓄容积",),
                   writable=True, sorts=True),
            Column("built", _("Built"), Kind.DAY, aliases=("建成日期",), writable=True,
                   filters=True),
            Column("lon", _("Longitude"), Kind.NUMBER, aliases=("经度",), writable=True),
            Column("lat", _("Latitude"), Kind.NUMBER, aliases=("纬度",), writable=True),
            PROJECT,
        ),
        may_list=works,
        words=("code", "name", "name_en"),
        related=("catchment", "project"),
        order=("code",),
        writer=MEASURES,
    )
)  # fmt: skip
