"""What the programmes look like from outside."""

from linli.programmes.remediation import tables as remediation

__all__ = ["remediation"]
