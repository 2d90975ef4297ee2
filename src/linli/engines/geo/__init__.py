"""Where things are: coordinate systems, points to grids, text to places."""

from .coordinates import SYSTEMS, System, from_wgs84, is_shifted, to_wgs84
from .grid_index import GridIndex
from .partition import Excess, Gap, Overlap, PartitionFaults, hectares, partition_faults

__all__ = [
    "SYSTEMS",
    "Excess",
    "Gap",
    "GridIndex",
    "Overlap",
    "PartitionFaults",
    "System",
    "from_wgs84",
    "hectares",
    "is_shifted",
    "partition_faults",
    "to_wgs84",
]
