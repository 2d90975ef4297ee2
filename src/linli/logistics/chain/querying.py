"""The simple event query (EPCIS 2.0, 8.2.7.1): parameters as they are sent, and what they find."""

import base64
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from linli.engines.gs1 import NoKey, key
from linli.logistics.chain.epcis.checking import why
from linli.logistics.chain.epcis.faults import EpcisException, Fault
from linli.logistics.chain.epcis.hashing import moment
from linli.logistics.chain.epcis.vocabulary import ACTIONS, TYPES, plain
from linli.logistics.chain.models import Event, Link, Paper, Place, Role, Thing

PER_PAGE, MOST_PER_PAGE = 30, 1000
Values = Sequence[str]
INSTANCES = {
    "MATCH_epc": (Role.SEEN, Role.CHILD), "MATCH_parentID": (Role.PARENT,),
    "MATCH_inputEPC": (Role.INPUT,), "MATCH_outputEPC": (Role.OUTPUT,),
    "MATCH_anyEPC": tuple(Role), "MATCH_epcClass": (Role.SEEN, Role.CHILD),
    "MATCH_inputEPCClass": (Role.INPUT,), "MATCH_outputEPCClass": (Role.OUTPUT,),
    "MATCH_anyEPCClass": tuple(Role),
}  # fmt: skip
COMPARED = {"EQ": "", "GT": "__gt", "GE": "__gte", "LT": "__lt", "LE": "__lte"}
CONTROLS = frozenset({
    "orderBy", "orderDirection", "eventCountLimit", "maxEventCount", "perPage", "nextPageToken",
})  # fmt: skip


@dataclass(frozen=True)
class Query:
    """A query that was understood: what it finds, and how it is to be handed out."""

    wanted: Q
    order: str = "at"
    is_falling: bool = True
    most: int | None = None
    refuse_beyond: int | None = None
    per_page: int = PER_PAGE
    token: str = ""


@dataclass(frozen=True)
class Found:
    """A page of events, and the token of the next one."""

    events: Sequence[Event]
    token: str


def _no(name: str, words: str) -> EpcisException:
    return EpcisException("QueryParameterException", "", (Fault(None, name, words),))


def understand(parameters: Mapping[str, Any]) -> Query:
    """Read the parameters of a query; lists as lists, or as texts with commas.

    Raises
    ------
    EpcisException
        QueryParameterException naming the parameter that is unknown or has no such value.
    """
    wanted = Q()
    for name, value in parameters.items():
        if name in CONTROLS:
            continue
        given = value if isinstance(value, list) else str(value).split(",")
        wanted &= _condition(name, [str(one).strip() for one in given if str(one).strip()])
    order = str(parameters.get("orderBy", "eventTime"))
    if order not in ("eventTime", "recordTime"):
        raise _no("orderBy", _("is neither eventTime nor recordTime."))
    direction = str(parameters.get("orderDirection", "DESC")).upper()
    if direction not in ("ASC", "DESC"):
        raise _no("orderDirection", _("is neither ASC nor DESC."))
    limit, most = _count(parameters, "eventCountLimit"), _count(parameters, "maxEventCount")
    if limit and most:
        raise _no("maxEventCount", _("cannot stand beside eventCountLimit."))
    per_page = _count(parameters, "perPage") or PER_PAGE
    return Query(
        wanted, "at" if order == "eventTime" else "recorded_at", direction == "DESC", limit,
        most, min(per_page, MOST_PER_PAGE), str(parameters.get("nextPageToken", "")),
    )  # fmt: skip


def _count(parameters: Mapping[str, Any], name: str) -> int | None:
    if name not in parameters:
        return None
    text = str(parameters[name])
    if not text.isdigit() or not 0 < int(text) < 2**31:
        raise _no(name, _("is no whole number above 0."))
    return int(text)


def find(query: Query, owners: Collection[int] | None) -> Found:
    """Return a page of the events that a query finds among those of some organisations."""
    rows = Event.objects.filter(query.wanted)
    if owners is not None:
        rows = rows.filter(owner__in=owners)
    if query.refuse_beyond is not None and rows[: query.refuse_beyond + 1].count() > (
        query.refuse_beyond
    ):
        raise EpcisException("QueryTooLargeException", _("More events than maxEventCount."))
    limit, given = query.per_page, 0
    if query.token:
        value, pk, given = _decoded(query.token)
        way = "lt" if query.is_falling else "gt"
        beyond = Q(**{f"{query.order}__{way}": value}) | Q(pk__lt=pk) if query.is_falling else (
            Q(**{f"{query.order}__gt": value}) | Q(pk__gt=pk))  # fmt: skip
        rows = rows.filter(Q(**{f"{query.order}__{way}e": value}) & beyond)
    if query.most is not None:
        limit = min(limit, query.most - given)
    sign = "-" if query.is_falling else ""
    found: list[Event] = list(rows.order_by(f"{sign}{query.order}", f"{sign}id")[: limit + 1])
    is_more = len(found) > limit and (query.most is None or given + limit < query.most)
    found = found[:limit]
    token = ""
    if is_more and found:
        token = _encoded(getattr(found[-1], query.order), found[-1].pk, given + limit)
    return Found(found, token)


def _encoded(value: datetime, pk: int, given: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([value.isoformat(), pk, given])).decode()


def _decoded(token: str) -> tuple[datetime, int, int]:
    try:
        value, pk, given = orjson.loads(base64.urlsafe_b64decode(token))
        return moment(value), int(pk), int(given)
    except (ValueError, TypeError) as fault:
        raise _no("nextPageToken", _("is no token of this query.")) from fault


# --- what each parameter asks ----------------------------------------------------------------


def _condition(name: str, values: Values) -> Q:
    if not values:
        if name == "EXISTS_errorDeclaration":
            return Q(void=True)
        raise _no(name, _("has no value."))
    if name in _PLAIN:
        return _PLAIN[name](name, values)
    if name in INSTANCES:
        return _matching(name, values)
    start, _line, rest = name.partition("_")
    if rest == "quantity" and start in COMPARED:
        links = Link.objects.filter(
            event=OuterRef("pk"), **{f"quantity{COMPARED[start]}": _number(name, values[0])}
        )
        return Q(Exists(links))
    if name.startswith("EQ_bizTransaction"):
        return _papers(name.removeprefix("EQ_bizTransaction").lstrip("_"), values)
    for side in ("source", "destination"):
        if name.startswith(f"EQ_{side}_"):
            return Q(**{f"{side}__in": _places(name, values, False)})
    raise _no(name, _("is no parameter that is understood here."))


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as fault:
        raise _no(name, _("is no number.")) from fault


def _time(field: str, way: str) -> Callable[[str, Values], Q]:
    def read(name: str, values: Values) -> Q:
        try:
            return Q(**{f"{field}__{way}": moment(values[0].replace(" ", "+"))})
        except ValueError as fault:
            raise _no(name, _("is no moment with a zone.")) from fault

    return read


def _word(field: str, kind: str) -> Callable[[str, Values], Q]:
    return lambda name, values: Q(**{f"{field}__in": [plain(kind, one) for one in values]})


def _one_of(field: str, known: Sequence[str]) -> Callable[[str, Values], Q]:
    def read(name: str, values: Values) -> Q:
        for one in values:
            if one not in known:
                raise _no(name, _("“%(value)s” is no such kind.") % {"value": one})
        return Q(**{f"{field}__in": [known.index(one) for one in values]})

    return read


def _uri(name: str, text: str) -> str:
    try:
        return key(text).uri
    except NoKey as fault:
        words = _("“%(text)s” is no valid identifier: %(why)s.")
        raise _no(name, words % {"text": text, "why": why(fault)}) from fault


def _places(name: str, values: Values, with_parts: bool) -> QuerySet[Any]:
    uris = [_uri(name, one) for one in values]
    wanted = Q(uri__in=uris)
    if with_parts:
        for uri in uris:
            wanted |= Q(uri__startswith=f"{uri}/254/")
    return Place.objects.filter(wanted).values("pk")


def _place(field: str, with_parts: bool) -> Callable[[str, Values], Q]:
    return lambda name, values: Q(**{f"{field}__in": _places(name, values, with_parts)})


def _matching(name: str, values: Values) -> Q:
    wanted = Q()
    for one in values:
        uri = _uri(name, one)
        if one.startswith("urn:epc:idpat:"):  # all pieces of a kind of goods
            wanted |= Q(uri__startswith=f"{uri}/21/") | Q(uri=uri)
        else:
            wanted |= Q(uri=uri)
    things = Thing.objects.filter(wanted).order_by()
    links = Link.objects.filter(
        thing__in=list(things.values_list("pk", flat=True)[:5000]), role__in=INSTANCES[name]
    )
    return Q(pk__in=links.order_by().values("event"))


def _papers(kind: str, values: Values) -> Q:
    rows = Paper.objects.filter(uri__in=values)
    if kind:
        rows = rows.filter(type=plain("bizTransaction", kind))
    return Q(pk__in=rows.order_by().values("event"))


_PLAIN: dict[str, Callable[[str, Values], Q]] = {
    "eventType": _one_of("type", TYPES), "EQ_action": _one_of("action", ACTIONS),
    "GE_eventTime": _time("at", "gte"), "LT_eventTime": _time("at", "lt"),
    "GE_recordTime": _time("recorded_at", "gte"), "LT_recordTime": _time("recorded_at", "lt"),
    "EQ_bizStep": _word("step", "bizStep"), "EQ_disposition": _word("disposition", "disposition"),
    "EQ_readPoint": _place("read_point", False), "WD_readPoint": _place("read_point", True),
    "EQ_bizLocation": _place("location", False), "WD_bizLocation": _place("location", True),
    "EQ_eventID": lambda name, values: Q(event_id__in=values),
    "EQ_transformationID": lambda name, values: Q(transformation__in=values),
    "EXISTS_errorDeclaration": lambda name, values: Q(void=values[0].lower() != "false"),
}  # fmt: skip


# --- how it is handed out --------------------------------------------------------------------


def written(event: Event) -> bytes:
    """Return an event as JSON: as it came, with its name and the moment it was recorded."""
    added: dict[str, Any] = {"recordTime": event.recorded_at.isoformat()}
    if event.prefixes:
        added = {"@context": event.prefixes, **added}
    if event.event_id.startswith("ni:///"):
        added["eventID"] = event.event_id
    body = event.body
    if event.prefixes and '"@context"' in body:
        told = orjson.loads(body)
        told["@context"] = event.prefixes
        body = orjson.dumps(told).decode()
        del added["@context"]
    return orjson.dumps(added)[:-1] + b"," + body[1:].encode()


def document(events: Sequence[Event], context: Any, created: datetime, name: str = "") -> bytes:
    """Return events as the document that answers a query."""
    head = orjson.dumps({
        "@context": context, "type": "EPCISQueryDocument", "schemaVersion": "2.0",
        "creationDate": created.isoformat(),
    })  # fmt: skip
    told = b",".join(written(event) for event in events)
    name_told = orjson.dumps(name or "SimpleEventQuery")
    return (head[:-1] + b',"epcisBody":{"queryResults":{"queryName":' + name_told
            + b',"resultsBody":{"eventList":[' + told + b"]}}}}")  # fmt: skip
