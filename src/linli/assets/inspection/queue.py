"""The queue of an inspector: flawed parts that nobody has judged, the oldest first."""

from dataclasses import dataclass

from linli.assets.inspection.listing import JUDGED, beyond
from linli.assets.inspection.models import Inspection, Station


@dataclass(frozen=True)
class Neighbours:
    """The parts before and after one in the queue, if any."""

    previous: Inspection | None
    next: Inspection | None


def first(station: Station) -> Inspection | None:
    """Return the part that has waited longest."""
    return (
        Inspection.objects.filter(JUDGED["waiting"], station=station).order_by("at", "pk").first()
    )


def around(part: Inspection) -> Neighbours:
    """Return what waits just before and just after a part, whether it waits itself or not."""
    waiting = Inspection.objects.filter(JUDGED["waiting"], station=part.station_id)
    at = (part.at, part.pk)
    return Neighbours(
        waiting.filter(beyond(at, newer=False)).order_by("-at", "-pk").first(),
        waiting.filter(beyond(at, newer=True)).order_by("at", "pk").first(),
    )
