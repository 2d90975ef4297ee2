"""Enterprises, their figures year by year and month by month, and what was revised.

Money is in units of 10,000 yuan (万元), energy in tonnes of coal equivalent (tce), emissions in
tonnes, electricity in units of 10,000 kWh, land in mu. A figure that nobody has given is None.
"""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.enterprises.industries import industry
from linli.people.models import User
from linli.places.models import Area, Named
from linli.tables import declared

# The figures of a period, in the order people read them.
FIGURES: tuple[str, ...] = (
    "output", "sales", "value_added", "profit", "tax", "exports", "energy", "electricity",
    "emissions", "rd", "staff", "fixed_investment", "digital_investment", "capital_raised",
    "capital_settled",
)  # fmt: skip
OF_A_YEAR = ("above_scale", *FIGURES, "researchers", "land_mu")


class Enterprise(Named):
    """An enterprise of the park: who it is, where it lies, what it makes.

    `industry` is a class, group or division of GB/T 4754-2017 in figures (`"3951"`). `area` is
    the park or grid; `parcel` the land registry's number of the parcel. `visited_at` is when it
    was visited last: written with the visit, so that a list of thousands need not look for it.
    """

    class Size(models.TextChoices):
        MICRO = "micro", _("Micro")
        SMALL = "small", _("Small")
        MEDIUM = "medium", _("Medium")
        LARGE = "large", _("Large")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Being built")
        OPERATING = "operating", _("Operating")
        SUSPENDED = "suspended", _("Suspended")
        GONE = "gone", _("Gone")

    code = models.CharField(max_length=18, unique=True)
    industry = models.CharField(max_length=4, db_index=True)
    size = models.CharField(max_length=10, choices=Size.choices, db_index=True)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.OPERATING, db_index=True
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="enterprises")
    parcel = models.CharField(max_length=40, blank=True, db_index=True)
    address = models.CharField(max_length=160, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    land_mu = models.FloatField(null=True, blank=True)
    founded = models.DateField(null=True, blank=True)
    products = models.JSONField(default=list)
    products_en = models.JSONField(default=list)
    note = models.TextField(blank=True)
    visited_at = models.DateTimeField(null=True, blank=True, db_index=True)
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["name"], name="enterprise_name")]

    @property
    def division(self) -> str:
        """The two figures of its division."""
        return self.industry[:2]

    @property
    def section(self) -> str:
        """The letter of its section."""
        found = industry(self.industry)
        return found.section if found else ""

    @property
    def makes(self) -> list[str]:
        """Its products in the language of the page, where they are told in it."""
        english = (get_language() or "").startswith("en")
        return (self.products_en if english else []) or self.products


class Figures(models.Model):
    """What an enterprise reported for a period."""

    output = models.FloatField(_("Output"), null=True, blank=True)
    sales = models.FloatField(_("Sales"), null=True, blank=True)
    value_added = models.FloatField(_("Value added"), null=True, blank=True)
    profit = models.FloatField(_("Profit"), null=True, blank=True)
    tax = models.FloatField(_("Tax paid"), null=True, blank=True)
    exports = models.FloatField(_("Exports"), null=True, blank=True)
    energy = models.FloatField(_("Energy"), null=True, blank=True)
    electricity = models.FloatField(_("Electricity"), null=True, blank=True)
    emissions = models.FloatField(_("Emissions"), null=True, blank=True)
    rd = models.FloatField(_("Research and development"), null=True, blank=True)
    staff = models.PositiveIntegerField(_("Staff"), null=True, blank=True)
    fixed_investment = models.FloatField(_("Fixed investment"), null=True, blank=True)
    digital_investment = models.FloatField(_("Digital investment"), null=True, blank=True)
    capital_raised = models.FloatField(_("Capital raised"), null=True, blank=True)
    capital_settled = models.FloatField(_("Capital settled"), null=True, blank=True)
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True


class YearFigures(Figures):
    """One enterprise in one year; whether it was above scale (规上) then."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    above_scale = models.BooleanField(_("Above scale"), default=False)
    researchers = models.PositiveIntegerField(_("Researchers"), null=True, blank=True)
    land_mu = models.FloatField(_("Land"), null=True, blank=True)

    class Meta:
        ordering = ["enterprise", "year"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="one_row_a_year")
        ]
        indexes = [
            models.Index(fields=["year", "enterprise"], name="figures_year"),
            models.Index(
                fields=["year"], condition=models.Q(above_scale=True), name="figures_above_scale"
            ),
        ]


class MonthFigures(Figures):
    """One enterprise in one month; `month` is its first day."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="months")
    month = models.DateField()

    class Meta:
        ordering = ["enterprise", "month"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "month"], name="one_row_a_month")
        ]
        indexes = [models.Index(fields=["month", "enterprise"], name="figures_month")]


class Revision(models.Model):
    """A figure that was changed after it had been given: who, when, what stood there before.

    `month` is empty for a figure of a year, `year` and `month` for one of the register itself.
    Of figures entered on the page the first is kept as well, with nothing before it: `source` says
    where each was taken from.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="revisions")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    month = models.DateField(null=True, blank=True)
    figure = models.CharField(max_length=30)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    source = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    @property
    def label(self) -> Any:
        """How the figure is called."""
        name = "enterprise-years" if self.year or self.month else "enterprises"
        try:
            return declared()[name].column(self.figure).label
        except KeyError:
            return self.figure


class Delegate(models.Model):
    """An account that speaks for an enterprise: it sees the answers and rates them."""

    user = models.OneToOneField(User, models.CASCADE, related_name="delegate")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="delegates")
    since = models.DateTimeField()


class Visit(models.Model):
    """A visit (走访): who goes to whom and when, and what was found there.

    `met` is the office of whoever was met, never a name.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Called off")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits")
    visitor = models.ForeignKey(User, models.PROTECT, related_name="visits")
    planned_on = models.DateField()
    planned_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    purpose = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    visited_at = models.DateTimeField(null=True, blank=True)
    met = models.CharField(max_length=60, blank=True)
    research = models.TextField(blank=True)
    sales = models.TextField(blank=True)
    plans = models.TextField(blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-planned_on", "-id"]
        indexes = [
            models.Index(fields=["enterprise", "visited_at"], name="visit_enterprise"),
            models.Index(fields=["visitor", "state", "planned_on"], name="visit_visitor"),
            models.Index(fields=["state", "planned_on"], name="visit_planned"),
            models.Index(fields=["state", "visited_at"], name="visit_made"),
        ]


class Difficulty(models.Model):
    """What an enterprise asked for on a visit (难题), and the case that it became."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="difficulties")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="difficulties")
    case = models.OneToOneField(Case, models.PROTECT, related_name="difficulty")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "difficulties"


class Mark(models.Model):
    """Something was written that a ladder, scores or matches are worked out from.

    Set in the transaction of the writer and taken up by the worker (`marks`). `key` is the
    enterprise for the ladder and the year for scores; 0 stands for all of them.
    """

    class Of(models.TextChoices):
        LADDER = "ladder"
        SCORES = "scores"
        MATCHES = "matches"

    of = models.CharField(max_length=10, choices=Of.choices)
    key = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["of", "id"], name="enterprise_marks")]


# Models of single ideas stand beside them; Django finds them through here.
from linli.enterprises.ladder.models import NextStep, Rung, Standing, Title  # noqa: E402, F401
from linli.enterprises.matching.models import Introduction, Need, Product, Supply  # noqa: E402, F401
from linli.enterprises.per_mu.models import Appeal, Scheme, Score  # noqa: E402, F401
