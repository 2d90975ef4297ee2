"""What packs say of enterprises; each part stands beside what it is about."""

from linli.enterprises.ladder import section as ladder
from linli.enterprises.per_mu import section as per_mu
from linli.rows import Counts
from linli.sections import Faults, Read

RungEntry, PerMuEntry = ladder.RungEntry, per_mu.PerMuEntry

_PARTS = (ladder, per_mu)


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with each part."""
    for part in _PARTS:
        part.check(read, faults)


def obstacles(read: Read, faults: Faults) -> None:
    """Note what is left out though something open still needs it."""
    for part in _PARTS:
        part.obstacles(read, faults)


def write(read: Read) -> dict[str, Counts]:
    """Write each part."""
    return {name: counts for part in _PARTS for name, counts in part.write(read).items()}


def clear(read: Read) -> dict[str, Counts]:
    """Take away what no pack names any longer."""
    return {name: counts for part in _PARTS for name, counts in part.clear(read).items()}
