"""All models of the room; each stands in the module of its idea."""

from linli.programmes.gauges import Gauge
from linli.programmes.investment.models import Incubator, Investment, InvestmentStep
from linli.programmes.ladders import Ladder
from linli.programmes.remediation import models as remediation
from linli.programmes.renewal.models import Link, Milestone, MilestoneChange, Node
from linli.programmes.ways.models import Catchment, Measure, Way

__all__ = [
    "Catchment",
    "Gauge",
    "Incubator",
    "Investment",
    "InvestmentStep",
    "Ladder",
    "Link",
    "Measure",
    "Milestone",
    "MilestoneChange",
    "Node",
    "Way",
    "remediation",
]
