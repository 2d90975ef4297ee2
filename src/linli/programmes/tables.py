"""What the programmes look like from outside."""

from linli.programmes.remediation import tables as remediation
from linli.programmes.renewal import tables as renewal

__all__ = ["remediation", "renewal"]
