"""What enterprises make and need, in their own words, and introductions between them."""

from django.db import models

from linli.cases.models import Case
from linli.enterprises.models import Enterprise
from linli.people.models import User


class Wares(models.Model):
    """A text of an enterprise, and the industry that makes such things, where it is known."""

    name = models.CharField(max_length=120)
    industry = models.CharField(max_length=4, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


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
