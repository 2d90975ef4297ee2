"""All models of the room; each stands in the module of its idea."""

from linli.programmes.investment.models import Incubator, Investment, InvestmentStep
from linli.programmes.ladders import Ladder
from linli.programmes.remediation import models as remediation
from linli.programmes.renewal.models import Link, Milestone, Node

__all__ = [
    "Incubator",
    "Investment",
    "InvestmentStep",
    "Ladder",
    "Link",
    "Milestone",
    "Node",
    "remediation",
]
