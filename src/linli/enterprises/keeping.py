"""Ladder, scores and matches, kept: pages read rows, the worker works them out.

A changed figure of one enterprise is taken up as fast as tallies are folded (`fold`). What takes
longer (a new ladder, the scores of a year, what everybody makes and needs) is done by the process
beside the worker (`TASKS`). What is kept is always what working all of it out would give.
"""

from linli.enterprises.ladder import keeping as ladder
from linli.enterprises.matching import keeping as matching
from linli.enterprises.per_mu import scoring

# Each by itself: one that stumbles holds up no other.
TASKS = (ladder.refresh, scoring.refresh, matching.refresh)


def fold() -> int:
    """Take up what concerns single enterprises; return how many standings changed."""
    return ladder.fold()


def refresh() -> None:
    """Work out anew whatever is marked."""
    for task in TASKS:
        task()
