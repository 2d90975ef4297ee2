"""All models of the room; each stands in the module of its idea."""

from linli.programmes.ladders import Ladder
from linli.programmes.remediation import models as remediation

__all__ = ["Ladder", "remediation"]
