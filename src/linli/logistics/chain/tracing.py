"""A lot's trace: what went into it and what became of it, as a graph and as a table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from linli.engines.lineage import EVER, NEVER, Reach, walk
from linli.logistics.chain.book import Stored
from linli.logistics.chain.models import Event, Link, Thing
from linli.logistics.chain.naming import Names, names_of

MOST = 400  # things of a page; beyond that it says so, and a recall counts all
EVENTS = 200


@dataclass(frozen=True)
class Step:
    """A step of the graph: from what to what, by which event, since when."""

    source: int
    target: int
    event: int
    kind: int
    since: datetime | None


@dataclass
class Trace:
    """What a page shows of a thing.

    Attributes
    ----------
    thing
        The thing it is about.
    backward, forward
        What was reached, the nearest first.
    steps
        All steps in both directions, each once.
    depth
        Of each node how many steps it is away, negative for what went in.
    events
        What happened to the thing itself, the latest first.
    names
        How everything is called.
    is_whole
        Whether nothing was left out.
    """

    thing: Thing
    backward: list[Thing]
    forward: list[Thing]
    steps: list[Step]
    depth: dict[int, int]
    events: list[Event]
    names: Names
    is_whole: bool


def trace(thing: Thing, owners: Collection[int] | None) -> Trace:
    """Trace a thing in both directions, through everything these organisations captured."""
    allowed = None if owners is None else sorted(owners)
    ways = [
        walk([thing.pk], Stored(), backward=backward, owners=allowed, keep_edges=True, most=MOST)
        for backward in (True, False)
    ]
    depth = {thing.pk: 0}
    steps: dict[int, Step] = {}
    for way, sign in zip(ways, (-1, 1), strict=True):
        depth |= {key: at for key, at in _depths(way, thing.pk, sign).items() if key not in depth}
        steps |= _steps(way)
    reached = {key for key in depth if key > 0}
    things = Thing.objects.in_bulk(sorted(reached))
    rows = Link.objects.filter(thing=thing)
    if owners is not None:
        rows = rows.filter(event__owner__in=owners)
    own = list(rows.order_by("-at").values_list("event_id", flat=True)[:EVENTS])
    wanted = {*own, *(-key for key in depth if key < 0)}
    related = ("read_point", "location", "source", "destination")
    known = Event.objects.filter(pk__in=wanted).select_related(*related).defer("body", "prefixes")
    all_events = {event.pk: event for event in known}
    events = sorted((all_events[key] for key in set(own)),
                    key=lambda event: (event.at, event.pk), reverse=True)  # fmt: skip
    both = [
        sorted((things[key] for key, at in depth.items() if at * sign > 0 and key in things),
               key=lambda one: (abs(depth[one.pk]), one.pk))
        for sign in (-1, 1)
    ]  # fmt: skip
    return Trace(
        thing, both[0], both[1], list(steps.values()), depth, events,
        names_of(things.values(), all_events.values(), owners),
        all(way.is_whole for way in ways),
    )  # fmt: skip


def _depths(way: Reach, start: int, sign: int) -> dict[int, int]:
    """Return how far away everything is; a process and what it took are one step."""
    near = (way.edges.target if sign < 0 else way.edges.source).tolist()
    far = (way.edges.source if sign < 0 else way.edges.target).tolist()
    beyond: dict[int, list[int]] = {}
    for a, b in zip(near, far, strict=True):
        beyond.setdefault(a, []).append(b)
    depth, waiting = {start: 0}, [start]
    for node in waiting:
        for other in beyond.get(node, ()):
            if other not in depth:
                depth[other] = depth[node] + sign
                waiting.append(other)
    return depth


def _steps(way: Reach) -> dict[int, Step]:
    edges = way.edges
    columns: Sequence[np.ndarray] = (
        edges.edge, edges.source, edges.target, edges.event, edges.kind, edges.since,
    )  # fmt: skip
    return {
        edge: Step(source, target, event, kind, moment_of(since))
        for edge, source, target, event, kind, since in zip(
            *(column.tolist() for column in columns), strict=True
        )
    }


def moment_of(ms: int) -> datetime | None:
    """Return a moment of an edge; None where it lies before or after all."""
    return None if ms in (EVER, NEVER) else datetime.fromtimestamp(ms / 1000, UTC)


def graph(found: Trace) -> dict[str, Any]:
    """Return the graph as its drawing wants it: nodes with their column, and lines."""
    nodes = []
    for key, at in found.depth.items():
        words = found.names.of(key)
        nodes.append({"id": str(key), "column": at, "name": words.short, "sort": words.sort,
                      "note": words.note, "url": words.url})  # fmt: skip
    known = set(found.depth)
    lines = [
        {"source": str(step.source), "target": str(step.target)}
        for step in found.steps if step.source in known and step.target in known
    ]  # fmt: skip
    return {"here": str(found.thing.pk), "nodes": nodes, "lines": lines}
