"""Crops of the packs, and which of them stood at which stage in which greenhouse."""

from functools import cached_property

from django.db import models
from django.utils.translation import get_language

from linli.assets.growing.grammar import CropEntry, CropStageEntry
from linli.assets.register.models import Asset
from linli.clock import now
from linli.people.models import User
from linli.places.models import Named


class Crop(Named):
    """A crop with its stages (作物), from a pack; `definition` is what the pack says."""

    code = models.SlugField(unique=True)
    pack = models.SlugField()
    definition = models.JSONField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    @cached_property
    def told(self) -> CropEntry:
        """What the pack says, as it was checked when it was loaded."""
        return CropEntry.model_validate(self.definition, strict=False)

    def stage_named(self, code: str) -> str:
        """Return the name of a stage in the reader's language."""
        place = self.told.place(code)
        return said(self.told.stages[place]) if place >= 0 else code


def said(entry: CropStageEntry) -> str:
    """Return the name of a stage in the reader's language."""
    english = (get_language() or "").startswith("en")
    return entry.name_en if english and entry.name_en else entry.name


class Growth(models.Model):
    """From when on a crop is at a stage in a greenhouse, and who said so (生育期).

    It holds until the next one of the same asset begins. Without a crop the greenhouse is empty
    from then on. Rows are only added: `superseded` is one that was said otherwise later.
    """

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="growths")
    crop = models.ForeignKey(Crop, models.PROTECT, null=True, blank=True, related_name="growths")
    stage = models.SlugField(blank=True)
    since = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=now)
    note = models.CharField(max_length=200, blank=True)
    superseded = models.BooleanField(default=False)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "since"], name="one_growth_a_moment",
                                    condition=models.Q(superseded=False)),
        ]  # fmt: skip

    @property
    def stage_name(self) -> str:
        """The stage in the reader's language."""
        return self.crop.stage_named(self.stage) if self.crop else ""
