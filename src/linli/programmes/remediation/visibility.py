"""Who may see a campaign, and who works in it.

Those who lead or oversee where it lies, the officers and heads of the organisations that answer
for it or one of its blocks, and whoever negotiates in it. Within a campaign everything is seen:
what one negotiator promises, the next one has to know.
"""

from django.db.models import Q

from linli.people.models import Role
from linli.people.scope import Scope, visible
from linli.programmes.remediation.models import (
    Acknowledgement,
    Alarm,
    Block,
    Campaign,
    Contract,
    Holding,
    Item,
    Offer,
    Parcel,
    Promise,
    Talk,
)
from linli.programmes.remediation.policy import Policy, Price
from linli.programmes.who import administers

OVERSEE = (Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR)
WORK = (Role.OFFICER, Role.HEAD)
_CAMPAIGN = "parcel__block__campaign"


@visible(Campaign)
def campaigns(scope: Scope) -> Q:
    """Return the campaigns a person sees."""
    found = Q(pk__in=[])
    for path in scope.paths(*OVERSEE):
        found |= Q(area__path__startswith=path)
    own = scope.organisations(*WORK)
    if own:
        found |= Q(organisation__in=own)
        blocks = Block.objects.filter(organisation__in=own).order_by()
        found |= Q(pk__in=blocks.values("campaign"))
    theirs = Holding.objects.filter(negotiator=scope.user.pk).order_by()
    return found | Q(pk__in=theirs.values("parcel__block__campaign"))


def _through(scope: Scope, link: str) -> Q:
    seen = Campaign.objects.filter(campaigns(scope)).order_by().values("pk")
    return Q(**{f"{link}__in": seen})


@visible(Block)
def _blocks(scope: Scope) -> Q:
    return _through(scope, "campaign")


@visible(Parcel)
def _parcels(scope: Scope) -> Q:
    return _through(scope, "block__campaign")


@visible(Holding)
def _holdings(scope: Scope) -> Q:
    return _through(scope, _CAMPAIGN)


@visible(Item)
def _items(scope: Scope) -> Q:
    return _through(scope, f"holding__{_CAMPAIGN}")


for _model in (Offer, Promise, Talk, Contract, Acknowledgement, Alarm):
    visible(_model)(_items)


@visible(Policy)
def _policies(scope: Scope) -> Q:
    return Q(retired=False) if scope.works_for_town else Q(pk__in=[])


@visible(Price)
def _prices(scope: Scope) -> Q:
    return Q(retired=False) if scope.works_for_town else Q(pk__in=[])


def sees_any(scope: Scope) -> bool:
    """Tell whether there is a campaign this person sees."""
    return scope.user.is_authenticated and scope.of(Campaign).exists()


def works_in(scope: Scope, campaign: Campaign, block: Block | None = None) -> bool:
    """Tell whether the person works for those who answer for a campaign, or a block of it."""
    own = scope.organisations(*WORK)
    return campaign.organisation_id in own or bool(block and block.organisation_id in own)


def may_negotiate(scope: Scope, holding: Holding) -> bool:
    """Tell whether the person may take steps with a holding."""
    if scope.user.pk is not None and holding.negotiator_id == scope.user.pk:
        return True
    return works_in(scope, holding.campaign, holding.parcel.block)


def may_import(scope: Scope) -> bool:
    """Tell whether the person may bring in the rows of some campaign."""
    own = scope.organisations(*WORK)
    return administers(scope) or bool(
        own and Campaign.objects.filter(organisation__in=own).exists()
    )
