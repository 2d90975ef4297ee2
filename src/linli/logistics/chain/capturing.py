"""Taking events in: checked, read, and kept once, in one transaction a document."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from linli import bulk, tables
from linli.clock import now
from linli.engines.gs1 import Key
from linli.logistics.chain import edges, tallies
from linli.logistics.chain.epcis.checking import faults_of
from linli.logistics.chain.epcis.faults import Fault
from linli.logistics.chain.epcis.hashing import prefixes_of
from linli.logistics.chain.models import Capture, Event, Ledger, Link, Paper, Place, Thing
from linli.logistics.chain.reading import Read, read
from linli.people.models import Organisation, User

A_QUESTION = 10_000
LINKS = ("event_id", "thing_id", "role", "at", "quantity", "uom")
PAPERS = ("event_id", "type", "uri")
PLACES = ("read_point", "location", "source", "destination")


@dataclass(frozen=True)
class Taken:
    """What became of a document: its job, and its good events in their order (hash of each)."""

    capture: Capture
    hashes: Sequence[str]

    @property
    def is_taken(self) -> bool:
        """Whether anything of it was kept, or was there already."""
        return self.capture.success


def capture(
    document: Any, owner: Organisation, by: User | None = None,
    on_error: str = Capture.OnError.ROLLBACK,
) -> Taken:  # fmt: skip
    """Take the events of a document in; the job says what became of them.

    With `ROLLBACK` a document with one bad event is refused whole; with `PROCEED` its good events
    are taken. An event that is here already counts as taken and is kept once. One that carries an
    error declaration takes back the event it repeats.
    """
    faults = faults_of(document)
    whole = [fault for fault in faults if fault.event is None]
    if whole or (faults and on_error == Capture.OnError.ROLLBACK):
        return Taken(_note(document, owner, by, on_error, faults), ())
    bad = {fault.event for fault in faults}
    prefixes = prefixes_of(document.get("@context"))
    listed = document["epcisBody"].get("eventList", ())
    good = [(n, read(event, prefixes)) for n, event in enumerate(listed) if n not in bad]
    with transaction.atomic():
        ledger = _lock()
        taken = [one for _n, one in good]
        clashes = _clashes(good, owner)
        if clashes:
            faults += clashes
            if on_error == Capture.OnError.ROLLBACK:
                return Taken(_note(document, owner, by, on_error, faults), ())
            lost = {fault.event for fault in clashes}
            taken = [one for n, one in good if n not in lost]
        job = _job(owner, by, on_error, len(listed), faults)
        job.new = _keep(taken, owner, job, ledger)
        job.success = bool(taken) or not faults
        job.save()
        if job.new:
            tables.touched("chain-events")
    return Taken(job, [one.hash for one in taken])


def _lock() -> Ledger:
    ledger, _is_new = Ledger.objects.get_or_create(pk=1)
    ledger = Ledger.objects.select_for_update().get(pk=1)
    ledger.version = F("version") + 1
    ledger.save()
    ledger.refresh_from_db()
    return ledger


def _job(
    owner: Organisation, by: User | None, on_error: str, count: int, faults: Sequence[Fault]
) -> Capture:
    moment = now()
    return Capture.objects.create(
        token=secrets.token_hex(16), owner=owner, by=by, at=moment, finished_at=moment,
        on_error=on_error, events=count, errors=[fault.told() for fault in faults],
    )  # fmt: skip


def _note(
    document: Any, owner: Organisation, by: User | None, on_error: str, faults: Sequence[Fault]
) -> Capture:
    body = document.get("epcisBody") if isinstance(document, Mapping) else None
    listed = body.get("eventList") if isinstance(body, Mapping) else None
    return _job(owner, by, on_error, len(listed) if isinstance(listed, list) else 0, faults)


def _clashes(good: Sequence[tuple[int, Read]], owner: Organisation) -> list[Fault]:
    """Return the events that bear the name of another one."""
    given = {one.event_id: (n, one) for n, one in good if not one.event_id.startswith("ni:///")}
    words = _("is the name of another event.")
    found = []
    for part in _parts(sorted(given)):
        rows = Event.objects.filter(event_id__in=part, owner=owner)
        for name, digest in rows.values_list("event_id", "hash"):
            n, one = given[name]
            if one.hash != digest and not one.is_error:
                found.append(Fault(n, "eventID", words))
    return found


# --- keeping ---------------------------------------------------------------------------------


def _keep(taken: Sequence[Read], owner: Organisation, job: Capture, ledger: Ledger) -> int:
    """Keep what is new of events, and return how many that were."""
    by_hash: dict[str, Read] = {}
    for one in taken:
        if one.hash not in by_hash or one.is_error:
            by_hash[one.hash] = one
    there = _there(by_hash, owner)
    errors = {digest: one for digest, one in by_hash.items() if one.is_error}
    if errors:
        there |= _declare(errors, there, owner, ledger)
    fresh = sorted((one for d, one in by_hash.items() if d not in there), key=lambda one: one.at)
    if not fresh:
        return 0
    places = _keys_of(Place, {
        key.uri: {"gln": key.code} for one in fresh for name in PLACES
        if (key := getattr(one, name)) is not None
    })  # fmt: skip
    things = things_of([told.thing for one in fresh for told in one.things]
                       + [one.lot for one in fresh if one.lot is not None])  # fmt: skip
    moment = job.at
    rows = [_row(one, owner, job, moment, places) for one in fresh]
    bulk.insert(rows)
    pairs = list(zip(rows, fresh, strict=True))
    bulk.insert_values(Link, LINKS, [
        [row.pk, things[told.thing.uri], int(told.role), row.at, told.quantity, told.uom]
        for row, one in pairs for told in one.things
    ])  # fmt: skip
    bulk.insert_values(
        Paper, PAPERS, [[row.pk, *paper] for row, one in pairs for paper in one.papers]
    )
    edges.Writer(things, ledger.version).write(pairs)
    tallies.count([one for row, one in pairs if not row.void], owner, places)
    return len(fresh)


def _row(
    one: Read, owner: Organisation, job: Capture, moment: Any, places: Mapping[str, int]
) -> Event:
    def at(key: Key | None) -> int | None:
        return None if key is None else places[key.uri]

    return Event(
        owner_id=owner.pk, hash=one.hash, event_id=one.event_id, type=one.type,
        action=one.action, at=one.at, recorded_at=moment, step=one.step,
        disposition=one.disposition, read_point_id=at(one.read_point),
        location_id=at(one.location), source_id=at(one.source),
        destination_id=at(one.destination), transformation=one.transformation,
        void=one.is_error, capture_id=job.pk, prefixes=dict(one.prefixes),
        body=orjson.dumps(one.body).decode(),
    )  # fmt: skip


def _there(by_hash: Mapping[str, Read], owner: Organisation) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _parts(list(by_hash)):
        rows = Event.objects.filter(hash__in=part, owner=owner).order_by()
        found |= dict(rows.values_list("hash", "pk"))
    return found


def _declare(
    errors: Mapping[str, Read], there: Mapping[str, int], owner: Organisation, ledger: Ledger
) -> dict[str, int]:
    """Take back the events that were declared errors; return the hashes dealt with by that.

    The declaration repeats the event, so it has its hash; where it was told in other words, the
    name it bears says which one is meant.
    """
    named = {one.event_id: digest for digest, one in errors.items() if digest not in there}
    by_name: dict[str, int] = {}
    for part in _parts(list(named)):
        rows = Event.objects.filter(event_id__in=part, owner=owner).order_by()
        by_name |= {named[name]: key for name, key in rows.values_list("event_id", "pk")}
    meant = {d: there.get(d) or by_name.get(d) for d in errors}
    for digest, key in meant.items():
        if key is None:
            continue
        row, one = Event.objects.get(pk=key), errors[digest]
        was_void = row.void
        row.body, row.void = orjson.dumps(one.body).decode(), True
        row.save(update_fields=["body", "void"])
        if was_void:
            continue
        things = things_of([t.thing for t in one.things] + ([one.lot] if one.lot else []))
        edges.take_back([row.pk], list(things.values()), ledger.version)
        place = {} if one.source is None else {one.source.uri: row.source_id or 0}
        tallies.count([one], owner, place, sign=-1)
    return {digest: key for digest, key in meant.items() if key is not None}


def things_of(keys: Sequence[Key]) -> dict[str, int]:
    """Return the key of each thing by its URI; those not known yet are made."""
    return _keys_of(Thing, {
        key.uri: {"kind": int(key.kind), "code": key.code, "part": key.part} for key in keys
    })  # fmt: skip


def _keys_of(model: Any, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _parts(list(wanted)):
        found |= dict(model.objects.filter(uri__in=part).order_by().values_list("uri", "pk"))
    made = [model(uri=uri, **values) for uri, values in wanted.items() if uri not in found]
    bulk.insert(made)
    return found | {row.uri: row.pk for row in made}


def _parts(keys: Sequence[str]) -> list[list[str]]:
    return [list(keys[at : at + A_QUESTION]) for at in range(0, len(keys), A_QUESTION)]
