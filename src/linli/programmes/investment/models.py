"""Investment projects, the steps they took, and the incubators they come from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, Role
from linli.people.scope import Scope, visible
from linli.places.models import Area, Named
from linli.programmes.bilingual import either
from linli.programmes.ladders import Climb, Climber
from linli.programmes.who import administers, staff

LADDER = "investment"
# Stage of the ladder → where its day is kept; other stages keep theirs in the steps alone.
DAYS = {
    "lead": "led",
    "negotiation": "negotiated",
    "signed": "signed",
    "land": "landed",
    "construction": "started",
    "production": "produced",
}


class Incubator(Named):
    """A place outside the county where projects grow that may come here (飞地孵化器)."""

    code = models.SlugField(unique=True)
    place = models.CharField(max_length=80, blank=True)
    place_en = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    @property
    def where(self) -> str:
        """Its place in the language of the page."""
        return either(self.place, self.place_en)


class Origin(models.TextChoices):
    """How the town came to know of a project."""

    OFFICE = "office", _("Office elsewhere")
    REFERRAL = "referral", _("Through an enterprise here")
    FAIR = "fair", _("Fair")
    FUND = "fund", _("Fund")
    INCUBATOR = "incubator", _("Incubator elsewhere")
    EXPANSION = "expansion", _("An enterprise here grows")
    OWN = "own", _("Came by itself")


class Investment(Climber, Named):
    """An investment project.

    Money is in whole yuan: `amount` was agreed, `paid_in` has come. The days say when it first
    stood on a stage of the way it is on now; going back empties those of later stages.
    """

    code = models.CharField(max_length=50, unique=True)
    company = models.CharField(max_length=160, blank=True)
    company_en = models.CharField(max_length=160, blank=True)
    industry = models.CharField(max_length=60, blank=True)
    industry_en = models.CharField(max_length=80, blank=True)
    digital = models.BooleanField(default=False)
    origin = models.CharField(max_length=12, choices=Origin.choices, blank=True)
    incubator = models.ForeignKey(
        Incubator, models.PROTECT, null=True, blank=True, related_name="projects"
    )
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.BigIntegerField(default=0)
    paid_in = models.BigIntegerField(default=0)
    led = models.DateField(null=True, blank=True)
    negotiated = models.DateField(null=True, blank=True)
    signed = models.DateField(null=True, blank=True, db_index=True)
    landed = models.DateField(null=True, blank=True)
    started = models.DateField(null=True, blank=True, db_index=True)
    produced = models.DateField(null=True, blank=True, db_index=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]

    @property
    def investor(self) -> str:
        """The company in the language of the page."""
        return either(self.company, self.company_en)

    @property
    def trade(self) -> str:
        """The industry in the language of the page."""
        return either(self.industry, self.industry_en)

    @property
    def words(self) -> str:
        """What is said about it, in the language of the page."""
        return either(self.about, self.about_en)


class InvestmentStep(Climb):
    """A step of an investment project."""

    thing = models.ForeignKey(Investment, models.PROTECT, related_name="climbs")


for _model in (Incubator, Investment, InvestmentStep):
    visible(_model)(staff)


def may_change(scope: Scope, project: Investment) -> bool:
    """Tell whether the person may climb with a project: who works for its organisation."""
    own = scope.organisations(Role.WORKER, Role.OFFICER, Role.HEAD)
    return administers(scope) or project.owner_id in own
