"""A recall: from suspected lots to all that is affected, where it is now, and whom to tell."""

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db.models import Q, QuerySet

from linli.engines.lineage import Reach, walk
from linli.logistics.chain.book import KEPT, Stored
from linli.logistics.chain.models import Event, Link, Place, Role, Thing
from linli.logistics.chain.tallies import RECEIVING

SMALL = 2_000  # nodes a walk may reach in the database before it goes on in memory
A_QUESTION = 5_000


@dataclass(frozen=True)
class Affected:
    """What a recall found.

    Attributes
    ----------
    start
        Keys of the suspected things.
    goods, containers
        Keys of what is affected, the suspected ones among it.
    ms
        How long it took to find them.
    """

    start: Sequence[int]
    goods: np.ndarray
    containers: np.ndarray
    ms: float


def affected(start: Collection[int], owners: Collection[int] | None) -> Affected:
    """Return all that anything of the suspected things went into.

    Small ones are asked from the database; where it becomes many, from memory.
    """
    began = time.perf_counter()
    reach = reached(sorted(start), owners)
    return Affected(
        sorted(start), reach.goods, reach.containers, (time.perf_counter() - began) * 1000
    )  # fmt: skip


def reached(
    start: Sequence[int], owners: Collection[int] | None, backward: bool = False
) -> Reach:  # fmt: skip
    """Walk from things as far as it goes, in whichever way is quicker."""
    allowed = None if owners is None else sorted(owners)
    if len(start) < SMALL and KEPT.version < 0:
        found = walk(start, Stored(), backward=backward, owners=allowed, most=SMALL)
        if found.is_whole:
            return found
    return walk(start, KEPT.refresh(), backward=backward, owners=allowed)


def suspects(
    owners: Collection[int] | None, *, supplier: Sequence[int] = (), codes: Collection[str] = (),
    since: datetime | None = None, until: datetime | None = None,
) -> list[int]:  # fmt: skip
    """Return the lots that came from places of a supplier, of some kinds of goods, in a time."""
    events = Event.objects.filter(void=False)
    if supplier:
        events = events.filter(source__in=supplier, step__in=RECEIVING)
    if since is not None:
        events = events.filter(at__gte=since)
    if until is not None:
        events = events.filter(at__lt=until)
    if owners is not None:
        events = events.filter(owner__in=owners)
    if not supplier:  # of some goods: what tells of them is fewer than what there is
        wanted = Q(thing__code__in=codes, role__in=(Role.SEEN, Role.OUTPUT))
        rows = Link.objects.filter(wanted, event__in=events).order_by()
        return list(rows.values_list("thing_id", flat=True).distinct())
    rows = Link.objects.filter(role=Role.SEEN, event__in=events.order_by().values("pk"))
    if codes:
        rows = rows.filter(thing__code__in=codes)
    return list(rows.order_by().values_list("thing_id", flat=True).distinct())


# --- where it is, and whom to tell -----------------------------------------------------------


@dataclass
class Whereabouts:
    """Where things were seen last, and who had to do with them.

    Attributes
    ----------
    last
        Thing → (place, moment, disposition) of the last event with a place.
    places
        Place (None where nobody knows) → how many of the things are there.
    told
        Place of a party → how many of the things went to it.
    """

    last: dict[int, tuple[int | None, datetime, str]] = field(default_factory=dict)
    places: Counter[int | None] = field(default_factory=Counter)
    told: Counter[int] = field(default_factory=Counter)


def whereabouts(
    things: Collection[int], containers: Collection[int], owners: Collection[int] | None
) -> Whereabouts:
    """Say where things are now: by their own events, else by those of what they lie in."""
    found = Whereabouts()
    keys = [*map(int, things), *map(int, containers)]
    own = set(map(int, things))
    for at in range(0, len(keys), A_QUESTION):
        part = keys[at : at + A_QUESTION]
        rows = Link.objects.filter(thing__in=part, event__void=False)
        if owners is not None:
            rows = rows.filter(event__owner__in=owners)
        for thing, moment, read_point, location, destination, disposition in rows.order_by(
            "at"
        ).values_list(
            "thing_id", "at", "event__read_point", "event__location", "event__destination",
            "event__disposition",
        ):  # fmt: skip
            place = location or read_point
            if place is not None:
                found.last[thing] = (place, moment, disposition)
            if destination is not None:
                found.told[destination] += 1
    _through_containers(found, own, {int(key) for key in containers})
    found.places = Counter(found.last.get(key, (None,))[0] for key in own)
    return found


def _through_containers(found: Whereabouts, things: set[int], containers: set[int]) -> None:
    """Let what lies in a container be where the container was seen later."""
    if not containers:
        return
    from linli.engines.lineage import NEVER
    from linli.logistics.chain.edges import PACKINGS
    from linli.logistics.chain.models import Edge

    keys = sorted(containers)
    inside: dict[int, int] = {}
    for at in range(0, len(keys), A_QUESTION):
        rows = Edge.objects.filter(
            target__in=keys[at : at + A_QUESTION], kind__in=PACKINGS, until=NEVER
        )
        inside |= dict(rows.order_by("since").values_list("source", "target"))
    for thing in things:
        holder, own = inside.get(thing), found.last.get(thing)
        for _level in range(8):  # pallets in containers on lorries
            if holder is None:
                break
            last = found.last.get(holder)
            if last is not None and (own is None or last[1] > own[1]):
                own = found.last[thing] = last
            holder = inside.get(holder)


def places_of(keys: Collection[int | None]) -> dict[int, Place]:
    """Return places by their keys."""
    return Place.objects.in_bulk([key for key in keys if key is not None])


def things_in(keys: Collection[int]) -> list[Thing]:
    """Return things by their keys, in as many questions as a database wants."""
    wanted = list(map(int, keys))
    parts = (wanted[at : at + A_QUESTION] for at in range(0, len(wanted), A_QUESTION))
    return [thing for part in parts for thing in Thing.objects.filter(pk__in=part)]


def events_of(things: Collection[int], owners: Collection[int] | None) -> QuerySet[Event]:
    """Return the events that tell of things, the latest first."""
    rows = Event.objects.filter(links__thing__in=list(things))
    if owners is not None:
        rows = rows.filter(owner__in=owners)
    return rows.distinct().order_by("-at", "-id")
