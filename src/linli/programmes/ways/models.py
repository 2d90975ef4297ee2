"""Slow-traffic ways (慢行) and sponge-city measures (海绵) as data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.scope import visible
from linli.places.models import Area, Named
from linli.programmes.renewal.models import Node
from linli.programmes.who import staff


class Way(Named):
    """A path or lane: `line` is a GeoJSON LineString in WGS-84, `metres` its geodesic length."""

    class Kind(models.TextChoices):
        PATH = "path", _("Footpath")
        LANE = "lane", _("Cycle lane")
        SHARED = "shared", _("Shared by feet and bicycles")
        GREENWAY = "greenway", _("Greenway")
        BRIDGE = "bridge", _("Bridge")

    code = models.CharField(max_length=50, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    line = models.JSONField()
    metres = models.FloatField()
    width = models.FloatField(null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    project = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="ways")

    class Meta:
        ordering = ["code"]


class Catchment(Named):
    """A piece of land that must hold back its rain.

    Attributes
    ----------
    hectares, runoff
        Its size, and its composite runoff coefficient.
    rain
        The design rainfall, mm.
    """

    code = models.CharField(max_length=50, unique=True)
    hectares = models.FloatField()
    runoff = models.FloatField()
    rain = models.FloatField()
    shape = models.JSONField(null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["code"]


class Measure(Named):
    """A measure that stores rain: `volume` m³ in the catchment it lies in."""

    class Kind(models.TextChoices):
        GARDEN = "garden", _("Rain garden")
        SUNKEN = "sunken", _("Sunken green")
        PAVING = "paving", _("Permeable paving")
        ROOF = "roof", _("Green roof")
        TANK = "tank", _("Storage tank")
        POND = "pond", _("Pond or wetland")

    code = models.CharField(max_length=50, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    catchment = models.ForeignKey(Catchment, models.PROTECT, related_name="measures")
    volume = models.FloatField()
    built = models.DateField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    project = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="measures"
    )

    class Meta:
        ordering = ["code"]


for _model in (Way, Catchment, Measure):
    visible(_model)(staff)
