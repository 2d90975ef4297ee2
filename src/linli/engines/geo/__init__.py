"""Where things are: coordinate systems, points to grids, text to places."""

from .coordinates import SYSTEMS, System, from_wgs84, is_shifted, to_wgs84
from .gazetteer import Candidate, Gazetteer, Mention, Place, Resolution
from .grid_index import GridIndex
from .partition import Excess, Gap, Overlap, PartitionFaults, hectares, partition_faults

__all__ = [
    "SYSTEMS",
    "Candidate",
    "Excess",
    "Gap",
    "Gazetteer",
    "GridIndex",
    "Mention",
    "Overlap",
    "PartitionFaults",
    "Place",
    "Resolution",
    "System",
    "from_wgs84",
    "hectares",
    "is_shifted",
    "partition_faults",
    "to_wgs84",
]
