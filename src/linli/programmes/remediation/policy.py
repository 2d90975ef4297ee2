"""How a campaign goes about it, as packs say: its ladders, what is the same case, its prices."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.places.models import Named
from linli.programmes.bilingual import either
from linli.programmes.ladders import Ladder


class Policy(Named):
    """How a campaign goes about it, from a pack: its ladders, and what counts as the same case.

    `sizes` are square metres of buildings at which a larger class begins; `tolerance` is by what
    share of the middle of its like a case may differ before it has to be explained.
    """

    code = models.SlugField(unique=True)
    pack = models.SlugField()
    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="+")
    upgrade_ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="+")
    sizes = models.JSONField(default=list)
    tolerance = models.FloatField()
    stall_category = models.CharField(max_length=60)
    late_category = models.CharField(max_length=60)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]


class Disposition(models.TextChoices):
    """What is to become of an enterprise on the land."""

    VACATE = "vacate", _("Vacate")
    ENFORCE = "enforce", _("Enforce")
    UPGRADE = "upgrade", _("Upgrade")


class Price(Named):
    """One line of a policy's price table.

    `counts` says of what the quantity is: given in the inventory, or the holding's land or all
    its buildings. A bonus holds from the first to the last of `days` after the notice.
    """

    class Group(models.TextChoices):
        LAND = "land", _("Land")
        BUILDING = "building", _("Buildings")
        EQUIPMENT = "equipment", _("Moving of equipment")
        LOSS = "loss", _("Loss of business")
        BONUS = "bonus", _("Early signing")

    class Counts(models.TextChoices):
        GIVEN = "given", _("as listed")
        LAND = "land", _("land")
        BUILDING = "building", _("all buildings")

    code = models.CharField(max_length=60, unique=True)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="prices")
    group = models.CharField(max_length=12, choices=Group.choices)
    unit = models.CharField(max_length=20)
    unit_en = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    counts = models.CharField(max_length=12, choices=Counts.choices)
    dispositions = models.JSONField(default=list)
    days = models.JSONField(default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]

    @property
    def unit_name(self) -> str:
        """The unit in the language of the page."""
        return either(self.unit, self.unit_en)
