"""The interface of EPCIS 2.0 over HTTP: capture, query, and what there is to ask about.

It stands beside `/api/v1/` because its shapes, headers and refusals are the standard's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from linli.clock import now
from linli.doors import keys
from linli.doors.allowance import allowance
from linli.logistics.chain import capturing, querying
from linli.logistics.chain.epcis.checking import CONTEXT, document_of
from linli.logistics.chain.epcis.faults import VERSION, EpcisException, Fault
from linli.logistics.chain.epcis.vocabulary import TYPES
from linli.logistics.chain.models import Capture, Event, NamedQuery, Place, Thing
from linli.logistics.chain.visibility import may_write, owners, sees_any, writes_for
from linli.people.models import Organisation, User
from linli.people.scope import Scope, scope
from linli.rest import Problem

LD_JSON = "application/ld+json"
MOST_BYTES, MOST_EVENTS = 64 * 1024 * 1024, 100_000
READ, WRITE = "chain:read", "chain:write"


@dataclass(frozen=True)
class Asker:
    """Who asks: a person signed in, or the owner of a key."""

    user: User
    sight: Scope


def _asker(request: HttpRequest, needed: str) -> Asker:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        key = keys.find(token)
        if key is None:
            raise EpcisException("UnauthorizedException")
        allowance.take(f"key-{key.pk}", settings.API_PER_MINUTE)
        if needed not in key.scopes:
            words = _("The key lacks the scope “%(name)s”.")
            raise EpcisException("SecurityException", words % {"name": needed})
        user = key.owner
    elif isinstance(request.user, User) and needed == READ:
        user = request.user
    else:  # a session alone writes nothing: another site could have sent it here
        words = _("Send a key: Authorization: Bearer linli_…")
        raise EpcisException("UnauthorizedException", words)
    sight = scope(user)
    if not sees_any(sight):
        raise EpcisException("SecurityException")
    return Asker(user, sight)


def _writer(request: HttpRequest) -> tuple[Asker, Organisation]:
    asker = _asker(request, WRITE)
    owner = writes_for(asker.sight) if may_write(asker.sight) else None
    if owner is None:
        raise EpcisException("SecurityException")
    return asker, owner


View = Callable[..., HttpResponse]


def offered(*methods: str) -> Callable[[View], View]:
    """Let a view answer these methods, with the standard's headers and refusals."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
            with translation.override(translation.get_language_from_request(request)):
                try:
                    response = _answered(view, request, methods, parts)
                except EpcisException as no:
                    response = _json(no.told(), no.status, "application/problem+json")
                except Problem as problem:
                    response = problem.response()
            response["GS1-EPCIS-Version"] = VERSION
            response["GS1-CBV-Version"] = VERSION
            response["GS1-Extensions"] = ""
            response["GS1-Vendor-Version"] = "linli"
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer

    return wrap


def _answered(
    view: View, request: HttpRequest, methods: Sequence[str], parts: Mapping[str, Any]
) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Allow"] = ", ".join([*methods, "OPTIONS"])
        response["GS1-EPCIS-Capture-Limit"] = str(MOST_EVENTS)
        response["GS1-EPCIS-Capture-File-Size-Limit"] = str(MOST_BYTES)
        response["GS1-EPCIS-Min"] = response["GS1-EPCIS-Max"] = VERSION
        return response
    if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
        raise EpcisException("MethodNotAllowedException")
    wanted = request.headers.get("GS1-EPCIS-Version", "2")
    if not wanted.startswith("2") and "2" not in request.headers.get("GS1-EPCIS-Max", ""):
        raise EpcisException("NotAcceptableException", _("Only EPCIS 2.0 is spoken here."))
    return view(request, **parts)


def _json(told: Any, status: int = 200, kind: str = "application/json") -> HttpResponse:
    return HttpResponse(orjson.dumps(told), status=status, content_type=kind)


def _body(request: HttpRequest) -> Any:
    kind = request.content_type
    if kind not in ("application/json", LD_JSON):
        raise EpcisException("UnsupportedMediaTypeException", _("Send JSON or JSON-LD."))
    # Read past Django's limit for forms: a day of a line is larger.
    text = request.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise EpcisException("CaptureLimitExceededException")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise EpcisException("ValidationException", _("This is no JSON.")) from fault


# --- capture ---------------------------------------------------------------------------------


@offered("GET", "POST")
def capture(request: HttpRequest) -> HttpResponse:
    """Take a document in, or list the jobs there were."""
    if request.method != "POST":
        asker = _asker(request, READ)
        rows = asker.sight.of(Capture).select_related("owner")
        return _json([_job(row) for row in rows[: querying.MOST_PER_PAGE // 10]])
    asker, owner = _writer(request)
    document = _body(request)
    on_error = request.headers.get("GS1-Capture-Error-Behaviour", Capture.OnError.ROLLBACK)
    if on_error not in Capture.OnError.values:
        raise EpcisException("ValidationException", _("Only rollback and proceed are known."))
    body = document.get("epcisBody") if isinstance(document, dict) else None
    listed = body.get("eventList") if isinstance(body, dict) else None
    if isinstance(listed, list) and len(listed) > MOST_EVENTS:
        raise EpcisException("CaptureLimitExceededException")
    taken = capturing.capture(document, owner, asker.user, on_error)
    response = HttpResponse(status=202)
    response["Location"] = request.build_absolute_uri(
        reverse("epcis-capture-job", args=[taken.capture.token])
    )
    return response


@offered("GET")
def capture_job(request: HttpRequest, token: str) -> HttpResponse:
    """Say what became of a document."""
    asker = _asker(request, READ)
    row = asker.sight.of(Capture).filter(token=token).first()
    if row is None:
        raise EpcisException("NoSuchResourceException")
    return _json(_job(row))


def _job(row: Capture) -> dict[str, Any]:
    told: dict[str, Any] = {
        "captureID": row.token, "createdAt": row.at.isoformat(),
        "finishedAt": row.finished_at.isoformat() if row.finished_at else None,
        "running": row.finished_at is None, "success": row.success,
        "captureErrorBehaviour": row.on_error, "errors": [],
    }  # fmt: skip
    if row.errors:
        faults = [f"{one['field']}: {one['message']}" for one in row.errors]
        told["errors"] = [
            {"type": "epcisException:ValidationException", "title": _("The event is not valid"),
             "status": 400, "detail": words, "instance": f"eventList[{one['event']}]"
             if one["event"] is not None else "document", "field": one["field"]}
            for words, one in zip(faults, row.errors, strict=True)
        ]  # fmt: skip
    return told


# --- events ----------------------------------------------------------------------------------


@offered("GET", "POST")
def events(request: HttpRequest) -> HttpResponse:
    """Take one event in, or answer a query."""
    if request.method == "POST":
        return _capture_one(request)
    return _query(request, _parameters(request))


def _capture_one(request: HttpRequest) -> HttpResponse:
    asker, owner = _writer(request)
    event = _body(request)
    context = [CONTEXT]
    if isinstance(event, dict) and "@context" in event:
        given = event.pop("@context")
        context = given if isinstance(given, list) else [given]
    taken = capturing.capture(document_of([event], context), owner, asker.user)
    if not taken.is_taken:
        faults = [Fault(None, one["field"], one["message"]) for one in taken.capture.errors]
        raise EpcisException("ValidationException", "", faults)
    row = Event.objects.get(hash=taken.hashes[0], owner=owner)
    response = HttpResponse(status=201)
    response["Location"] = request.build_absolute_uri(reverse("epcis-event", args=[row.event_id]))
    return response


@offered("GET")
def event(request: HttpRequest, name: str) -> HttpResponse:
    """Return one event by its name."""
    asker = _asker(request, READ)
    query = request.META.get("QUERY_STRING", "")
    # The name an event has from its hash holds a question mark.
    whole = f"{name}?{query}" if name.startswith("ni:") and "?" not in name and query else name
    row = asker.sight.of(Event).filter(event_id=whole).first()
    if row is None:
        raise EpcisException("NoSuchResourceException")
    told = querying.written(row)
    if b'"@context"' not in told:
        told = b'{"@context":' + orjson.dumps([CONTEXT]) + b"," + told[1:]
    return HttpResponse(told, content_type=LD_JSON)


def _parameters(request: HttpRequest) -> dict[str, Any]:
    return {
        name: given[0] if len(given) == 1 else ",".join(given)
        for name, given in request.GET.lists()
    }


def _query(
    request: HttpRequest, parameters: Mapping[str, Any], name: str = ""
) -> HttpResponse:  # fmt: skip
    asker = _asker(request, READ)
    query = querying.understand(parameters)
    found = querying.find(query, owners(asker.sight))
    response = HttpResponse(
        querying.document(found.events, [CONTEXT], now(), name), content_type=LD_JSON
    )
    return _paged(request, response, found.token)


def _paged(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    if token:
        asked = request.GET.copy()
        asked["nextPageToken"] = token
        address = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
        response["Link"] = f'<{address}>; rel="next"'
    return response


# --- what there is to ask about --------------------------------------------------------------

# Kind of resource → the parameter of a query that asks for one of it.
RESOURCES = {
    "eventTypes": "eventType", "epcs": "MATCH_anyEPC", "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation", "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}  # fmt: skip


@offered("GET")
def collection(request: HttpRequest, kind: str) -> HttpResponse:
    """List what events tell of: kinds of events, things, steps, places."""
    asker = _asker(request, READ)
    if kind not in RESOURCES:
        raise EpcisException("NoSuchResourceException")
    after = request.GET.get("nextPageToken", "")
    limit = request.GET.get("perPage", str(querying.PER_PAGE))
    size = min(int(limit), querying.MOST_PER_PAGE) if limit.isdigit() and int(limit) else 30
    members = list(_members(asker, kind, after, size + 1))
    token = members[size - 1] if len(members) > size else ""
    told = {"@context": CONTEXT, "type": "Collection", "member": members[:size]}
    return _paged(request, _json(told, kind=LD_JSON), token)


def _members(asker: Asker, kind: str, after: str, most: int) -> Iterable[str]:
    if kind == "eventTypes":
        return [name for name in TYPES if name > after or not after]
    rows = asker.sight.of(Event)
    if kind == "epcs":
        things = asker.sight.of(Thing).filter(uri__gt=after).order_by("uri")
        return things.values_list("uri", flat=True)[:most]
    if kind in ("bizSteps", "dispositions"):
        field = "step" if kind == "bizSteps" else "disposition"
        found = rows.exclude(**{field: ""}).filter(**{f"{field}__gt": after}).order_by(field)
        return found.values_list(field, flat=True).distinct()[:most]
    field = "location" if kind == "bizLocations" else "read_point"
    places = Place.objects.filter(pk__in=rows.order_by().values(field), uri__gt=after)
    return places.order_by("uri").values_list("uri", flat=True)[:most]


@offered("GET")
def collection_events(request: HttpRequest, kind: str, value: str) -> HttpResponse:
    """Answer a query about one of these."""
    if kind not in RESOURCES:
        raise EpcisException("NoSuchResourceException")
    return _query(request, {RESOURCES[kind]: [value], **_parameters(request)})


# --- named queries ---------------------------------------------------------------------------


@offered("GET", "POST")
def queries(request: HttpRequest) -> HttpResponse:
    """List the queries that were kept, or keep one."""
    if request.method != "POST":
        asker = _asker(request, READ)
        return _json([{"name": row.name, "query": row.query} for row in asker.sight.of(NamedQuery)])
    asker, owner = _writer(request)
    told = _body(request)
    name = told.get("name") if isinstance(told, dict) else None
    query = told.get("query") if isinstance(told, dict) else None
    if not isinstance(name, str) or not name.strip() or len(name) > 80 or "/" in name:
        raise EpcisException("ValidationException", _("A query needs a name without a slash."))
    if not isinstance(query, dict):
        raise EpcisException("ValidationException", _("“query” is missing."))
    querying.understand(query)
    _row, is_new = NamedQuery.objects.get_or_create(
        owner=owner, name=name, defaults={"query": query, "by": asker.user, "at": now()}
    )
    if not is_new:
        raise EpcisException("DuplicateNameException")
    response = HttpResponse(status=201)
    response["Location"] = request.build_absolute_uri(reverse("epcis-query", args=[name]))
    return response


def _named(asker: Asker, name: str) -> NamedQuery:
    row = asker.sight.of(NamedQuery).filter(name=name).first()
    if row is None:
        raise EpcisException("NoSuchNameException")
    return row


@offered("GET", "DELETE")
def query(request: HttpRequest, name: str) -> HttpResponse:
    """Return a query that was kept, or let it go."""
    if request.method == "DELETE":
        asker, owner = _writer(request)
        row = _named(asker, name)
        if row.owner_id != owner.pk:
            raise EpcisException("SecurityException")
        row.delete()
        return HttpResponse(status=204)
    row = _named(_asker(request, READ), name)
    return _json({"name": row.name, "query": row.query})


@offered("GET")
def query_events(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a query that was kept."""
    row = _named(_asker(request, READ), name)
    paging = {k: v for k, v in _parameters(request).items() if k in querying.CONTROLS}
    return _query(request, {**row.query, **paging}, row.name)


@offered("POST")
def subscriptions(request: HttpRequest, name: str) -> HttpResponse:
    """Refuse a subscription: not offered."""
    _named(_asker(request, WRITE), name)
    raise EpcisException("SubscribeNotPermittedException")
