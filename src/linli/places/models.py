"""The town, its layers of grids, and its areas."""

import shapely
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry


class Named(models.Model):
    """A thing with a Chinese name and, where one is given, an English one."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Town(Named):
    """The one town this installation serves."""

    code = models.SlugField(unique=True)
    timezone = models.CharField(max_length=40, default="Asia/Shanghai")
    attribution = models.TextField(blank=True)
    notice = models.TextField(blank=True)
    notice_en = models.TextField(blank=True)
    calendar = models.JSONField(default=dict)
    packs = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)


class Layer(Named):
    """One complete way of cutting the town's land into grids (网格图层)."""

    code = models.SlugField(unique=True)


COMMUNITY, SERVICE = "community", "service"


class Area(Named):
    """A piece of the town: county, town, community or grid.

    `path` holds the codes from the root down to this area, so that all that lies
    below an area is one prefix. A *grid* is a leaf of its layer. `seat` is the grid
    of a larger area to which a thing goes that is known to be in that area only.
    """

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    aliases = models.JSONField(default=list)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    layer = models.CharField(max_length=40, blank=True)
    is_grid = models.BooleanField(default=False)
    land = models.CharField(max_length=20, blank=True)
    seat = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=400, db_index=True)
    lon = models.FloatField()
    lat = models.FloatField()
    wkb = models.BinaryField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["layer", "is_grid"])]

    @property
    def geometry(self) -> BaseGeometry:
        """WGS-84 degrees."""
        return shapely.from_wkb(bytes(self.wkb))

    def covers(self, other: "Area") -> bool:
        """Tell whether `other` is this area or lies below it."""
        return other.path.startswith(self.path)
