"""What a process keeps for as long as it lives, put where the search for garbage passes it by.

The town in memory (areas, gazetteer, vocabulary, compiled templates) is some 300,000 objects. A
full collection walks over all of them and finds nothing, but takes more than 100 ms, which the
person feels whose request happens to set it off.
"""

import gc
from time import monotonic

# Within this time what is new is put aside without looking for garbage before.
AGAIN_S = 600.0

_settled: float | None = None


def settle() -> None:
    """Take everything that is alive now for lasting; what is no longer needed goes first."""
    global _settled
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _settled = monotonic()


def keep() -> None:
    """Take what was made just now for lasting too, in a process that has settled before."""
    if _settled is None:
        return
    if monotonic() - _settled > AGAIN_S:
        settle()
    else:
        gc.freeze()
