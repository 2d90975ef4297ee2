"""What enterprises make and need, in their own words, and introductions between them."""

from django.db import models
from django.utils.translation import get_language

from linli.cases.models import Case
from linli.enterprises.models import Enterprise
from linli.people.models import User
from linli.places.models import Named


class Wares(Named):
    """A text of an enterprise, and the industry that makes such things, where it is known."""

    industry = models.CharField(max_length=4, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Product(Wares):
    """What an enterprise makes."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="made")

    class Meta:
        ordering = ["enterprise", "name"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="one_product_a_name")
        ]


class Need(Wares):
    """What an enterprise looks for."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="needs")

    class Meta:
        ordering = ["enterprise", "name"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="one_need_a_name")
        ]


class Supply(models.Model):
    """That an enterprise could supply a need: how alike (0 to 1), with which of its wares, and why.

    Always what the register says now: made by `matching.keeping`, never written by anything else.
    """

    need = models.ForeignKey(Need, models.CASCADE, related_name="supplies")
    supplier = models.ForeignKey(Enterprise, models.CASCADE, related_name="supplies")
    place = models.PositiveSmallIntegerField()
    product = models.CharField(max_length=120)
    product_en = models.CharField(max_length=160, blank=True)
    words = models.JSONField(default=list)
    is_industry = models.BooleanField(default=False)
    likeness = models.FloatField()

    class Meta:
        ordering = ["need", "place"]
        constraints = [
            models.UniqueConstraint(fields=["need", "supplier"], name="one_supply_a_supplier")
        ]

    @property
    def ware(self) -> str:
        """The ware in the language of the page, where it is told in it."""
        english = (get_language() or "").startswith("en")
        return (self.product_en if english else "") or self.product


class Introduction(models.Model):
    """That a supplier was introduced to who needs something; the case has what became of it."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="introductions")
    supplier = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "supplier"], name="one_introduction_a_supplier")
        ]
