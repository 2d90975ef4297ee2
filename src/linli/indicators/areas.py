"""The areas that values are kept of, and which lie in which; the town itself comes first."""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from linli.indicators.models import TOWN
from linli.places.atlas import atlas


@dataclass
class Areas:
    """Keys of the areas in their order, and for each code the positions of it and all above it."""

    keys: list[int]
    above: dict[str, list[int]]
    at: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of_the_town(cls) -> "Areas":
        known = atlas()
        keys = [TOWN, *(key for key, area in sorted(known.areas.items()) if area.parent_id)]
        at = {key: position for position, key in enumerate(keys)}
        above = {
            area.code: [0, *(at[key] for key in known.ancestors(area.pk) if key in at)]
            for area in known.areas.values()
        }
        return cls(keys, above, at)

    @property
    def n(self) -> int:
        return len(self.keys)

    def upwards(self, codes: list[str | None]) -> sparse.csr_array:
        """Return, areas × codes, a one where what has the code lies in the area.

        What has no code, or one of no area, lies in the town all the same.
        """
        places = [self.above.get(code or "", [0]) for code in codes]
        rows = np.concatenate([np.array(each) for each in places] or [np.zeros(0, dtype=int)])
        columns = np.repeat(np.arange(len(places)), [len(each) for each in places])
        shape = (self.n, max(len(places), 1))
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
