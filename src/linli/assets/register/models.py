"""An asset and its place in the tree: plant, line, machine, part, or a structure of the town."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation
from linli.places.models import Area, Named


class Level(models.TextChoices):
    """Where in the tree an asset stands."""

    PLANT = "plant", _("Plant")
    LINE = "line", _("Line")
    MACHINE = "machine", _("Machine")
    PART = "part", _("Part")
    STRUCTURE = "structure", _("Structure")


class Asset(Named):
    """Something that is kept running (设备).

    `path` holds the codes from the top of the tree down to this asset, each ended by a slash, so
    that one prefix finds a plant with all in it. `organisation` runs it: the crew of a line, the
    station of a town's pump. What it says nothing of, it has from the asset above it.
    """

    code = models.CharField(max_length=40, unique=True)
    level = models.CharField(max_length=20, choices=Level.choices)
    kind = models.SlugField(blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=400, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="assets"
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    maker = models.CharField(max_length=120, blank=True)
    type = models.CharField(max_length=120, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    commissioned = models.DateField(null=True, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["path"]
