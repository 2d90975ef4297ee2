"""What the programmes look like from outside."""

from linli.programmes.investment import tables as investment
from linli.programmes.remediation import tables as remediation
from linli.programmes.renewal import tables as renewal
from linli.programmes.ways import tables as ways

__all__ = ["investment", "remediation", "renewal", "ways"]
