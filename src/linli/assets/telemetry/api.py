"""Telemetry over REST: points in and out, files, sources."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import numpy as np
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.assets.register.models import Asset
from linli.assets.register.visibility import may_write, works_with
from linli.assets.telemetry import directory, files, json_points, overview, sources, store
from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.models import Source, Tag
from linli.assets.telemetry.points import moment
from linli.assets.telemetry.visibility import sets_up
from linli.cases.refusal import Refused
from linli.clock import now
from linli.doors.reading import Unreadable
from linli.people.scope import Scope, scope
from linli.rest import Asked, Given, Moment, Problem, Shape, Text, asked, found, given, operation

N = gettext_noop
router = Router()
MOST_PARTS, MOST_VALUES = 5000, 200_000
MOST_TAGS = 50
Code = Annotated[Text, Field(min_length=1, max_length=80)]


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_with(sight):
        raise Problem(403)
    return sight


class PartGiven(Given):
    """Points of one tag, or of the keys of one asset."""

    tag: Annotated[Code | None, Field(description=N("Code of a tag"))] = None
    asset: Annotated[Code | None, Field(description=N("Code of an asset; `v` names keys then"))] = (
        None
    )
    t: Annotated[
        Any, Field(description=N("A time or a list of them: ISO 8601 with a zone, or milliseconds "
                                 "since 1970; left out, now"))
    ] = None  # fmt: skip
    v: Annotated[Any, Field(description=N("A value, a list of them, or these by key"))]
    u: Annotated[
        Any, Field(description=N("The unit, or units by key, where it is another than the tag's"))
    ] = None


class PointsGiven(Given):
    """A batch of points."""

    points: Annotated[list[PartGiven], Field(min_length=1, max_length=MOST_PARTS)]


class TakenShape(Shape):
    """What became of points; once this is answered, those stored are safe."""

    stored: int
    refused: dict[str, int]


def _told(taken: store.Taken) -> dict[str, Any]:
    return {"stored": taken.stored, "refused": dict(taken.refused)}


@router.post("/telemetry/points", response=TakenShape, **operation(
    N("Store points"),
    N("Written again they are the same points, so a batch without an answer may be sent again. "
      "What is refused is counted by its reason; it holds up no other point."),
    takes=PointsGiven,
    example={"points": [
        {"asset": "P1-L1-M01", "t": ["2026-03-02T12:00:00Z", "2026-03-02T12:00:01Z"],
         "v": {"vibration": [1.2, 1.3]}},
    ]}, name="write_points"))  # fmt: skip
def write_points(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    if not may_write(sight):
        raise Problem(403)
    told, _files = given(request, PointsGiven)
    faults = Faults()
    only = sources.theirs(sight)
    collector = json_points.Collector(directory.known(), faults, only)
    arrived = float(moment(now()).astype(np.int64))
    for place, part in enumerate(told.points):
        if (part.tag is None) == (part.asset is None):
            raise Problem(422, errors=[(f"points.{place}", _("Name a tag or an asset."))])
        content = {"v": part.v, "t": part.t, "u": part.u}
        try:
            # A tag is named by its code: no asset, and the code for a key.
            json_points.collect(collector, part.asset or "", part.tag or "", content, arrived)
        except (ValueError, TypeError, OverflowError) as fault:
            raise Problem(422, errors=[(f"points.{place}", str(fault)[:200])]) from fault
    points = collector.points()
    if len(points) > MOST_VALUES:
        raise Problem(413, _("At most %(most)d values a request.") % {"most": MOST_VALUES})
    return _told(store.write(points, faults=faults, only=only))


class SeriesQuery(Asked):
    tags: Annotated[Text, Field(min_length=1, max_length=4000,
                                description=N("Codes of tags, with commas between"))]  # fmt: skip
    since: Annotated[Moment | None, Field(description=N("A day ago if left out"))] = None
    until: Annotated[Moment | None, Field(description=N("Now if left out"))] = None
    every: Annotated[
        int | None, Field(ge=1, le=31_536_000, description=N("Seconds put together; left out, "
                                                             "each point by itself"))
    ] = None  # fmt: skip
    how: Literal["mean", "low", "high", "last", "count"] = "mean"


class TagSeriesShape(Shape):
    """Values over time: a row a time, a column a tag."""

    tags: list[str]
    times: list[int]
    values: list[list[float | None]]


@router.get("/telemetry/series", response=TagSeriesShape, **operation(
    N("Values of tags over time"),
    N("Times are milliseconds since 1970 (UTC). A stretch with more than 200,000 values must be "
      "asked with `every`."),
    asks=SeriesQuery, name="telemetry_series"))  # fmt: skip
def series(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    query = asked(request, SeriesQuery)
    codes = list(dict.fromkeys(filter(None, (one.strip() for one in query.tags.split(",")))))
    seen = set(sight.of(Tag).filter(code__in=codes).values_list("code", flat=True))
    if missing := [code for code in codes if code not in seen]:
        raise Problem(404, _("There is no tag “%(code)s” here.") % {"code": missing[0][:80]})
    if not codes or len(codes) > MOST_TAGS:
        raise Problem(422, errors=[("tags", _("1 to %(most)d tags.") % {"most": MOST_TAGS})])
    until = query.until or now()
    since = query.since or until - timedelta(days=1)
    if since >= until:
        raise Problem(422, errors=[("since", _("the stretch ends before it begins"))])
    every = timedelta(seconds=query.every) if query.every else None
    if every is None:
        most = store.read(codes, since, until, every=timedelta(days=365_000), how="count").values
        if np.nansum(most) > MOST_VALUES:
            raise Problem(422, errors=[("every", _("More than %(most)d points: say how many "
                                                   "seconds are put together.")
                                        % {"most": MOST_VALUES})])  # fmt: skip
    elif (until - since) / every * len(codes) > MOST_VALUES:
        raise Problem(422, errors=[("every", _("More than %(most)d values: put more seconds "
                                               "together.") % {"most": MOST_VALUES})])  # fmt: skip
    try:
        read = store.read(codes, since, until, every=every, how=query.how)
    except LookupError as fault:
        raise Problem(404) from fault
    values = [[None if v != v else v for v in row] for row in read.values.tolist()]
    return {"tags": codes, "times": read.times.astype(np.int64).tolist(), "values": values}


class NewestQuery(Asked):
    asset: Annotated[Text, Field(max_length=40, description=N("Code of an asset, with all below "
                                                             "it"))]  # fmt: skip


class NewestShape(Shape):
    """The newest value of a tag."""

    tag: str
    at: int
    value: float
    words: str
    alarms: int
    faults: int


@router.get("/telemetry/newest", response=list[NewestShape], **operation(
    N("The newest values of an asset"), asks=NewestQuery, name="telemetry_newest"))  # fmt: skip
def newest(request: HttpRequest) -> list[dict[str, Any]]:
    sight = _sight(request)
    query = asked(request, NewestQuery)
    asset = found(sight.of(Asset).filter(code=query.asset).first())
    tags = sight.of(Tag).filter(asset__path__startswith=asset.path, retired=False)
    told = overview.tell(list(tags.select_related("asset")[:1000]), sight, with_sparks=False)
    return [
        {"tag": one.tag.code, "at": round(one.newest.at.timestamp() * 1000),
         "value": one.newest.value, "words": one.value, "alarms": len(one.alarms),
         "faults": one.faults}
        for one in told if one.newest
    ]  # fmt: skip


class NothingGiven(Given):
    """A request whose body is a file."""


@router.post("/telemetry/files", response=TakenShape, **operation(
    N("Take in a CSV or Parquet file of points"),
    N("Columns time, tag and value; or time and a column a tag."),
    takes=NothingGiven, files="file", name="telemetry_file"))  # fmt: skip
def file(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    if not may_write(sight):
        raise Problem(403)
    _nothing, sent = given(request, NothingGiven, "file")
    if not sent:
        raise Problem(422, errors=[("file", _("is missing."))])
    try:
        return _told(files.take_uploaded(sent[0], sources.theirs(sight)))
    except Unreadable as fault:
        raise Problem(422, errors=[("file", str(fault))]) from fault


class SourceGiven(Given):
    """A source; a password is written, never read."""

    code: Annotated[Text, Field(min_length=1, max_length=50, pattern=r"^[a-zA-Z0-9_-]+$")]
    name: Annotated[Text, Field(min_length=1, max_length=120)]
    name_en: Annotated[Text, Field(max_length=160)] = ""
    kind: Literal["mqtt", "sparkplug", "opcua"]
    address: Annotated[Text, Field(min_length=1, max_length=300)]
    topics: Annotated[Text, Field(max_length=300)] = ""
    client: Annotated[Text, Field(max_length=60)] = ""
    host: Annotated[Text, Field(max_length=60)] = ""
    username: Annotated[Text, Field(max_length=120)] = ""
    security: Literal["", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"] = ""
    password: Annotated[Text, Field(max_length=200)] | None = None
    asset: Annotated[Text, Field(max_length=40)] | None = None
    enabled: bool = True


class TelemetrySourceShape(Shape):
    """A source that is set up."""

    code: str
    kind: str
    address: str
    enabled: bool


@router.post("/telemetry-sources", response=TelemetrySourceShape, **operation(
    N("Set up a source"), N("One of the same code is changed."), takes=SourceGiven,
    example={"code": "hall", "name": "车间", "kind": "mqtt", "address": "mqtt://10.0.0.5:1883"},
    name="set_up_source"))  # fmt: skip
def set_up_source(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    if not sets_up(sight):
        raise Problem(403)
    told, _files = given(request, SourceGiven)
    row = Source.objects.filter(code=told.code).first()
    if row is not None and not sight.of(Source).filter(pk=row.pk).exists():
        raise Problem(403)
    row = row or Source(code=told.code)
    row.asset = None
    if told.asset:
        row.asset = sight.of(Asset).filter(code=told.asset, parent=None).first()
        if row.asset is None:
            raise Problem(422, errors=[("asset", told.asset)])
    for name in ("name", "name_en", "kind", "address", "topics", "client", "host", "username",
                 "security", "enabled"):  # fmt: skip
        setattr(row, name, getattr(told, name))
    try:
        kept = sources.keep(row, sight, told.password)
    except Refused as refusal:
        raise Problem(422, str(refusal)) from refusal
    return {"code": kept.code, "kind": kept.kind, "address": kept.address, "enabled": kept.enabled}


def _source(request: HttpRequest, key: str) -> tuple[Scope, Source]:
    sight = _sight(request)
    if not sets_up(sight):
        raise Problem(403)
    row = found(sight.of(Source).filter(code=key[:60]).first())
    if not sets_up(sight, row):
        raise Problem(403)
    return sight, row


class AnswerShape(Shape):
    """Whether a source answers."""

    answers: bool
    told: str


@router.post("/telemetry-sources/{key}/test", response=AnswerShape, **operation(
    N("Try whether a source answers"), name="test_source"))  # fmt: skip
def test_source(request: HttpRequest, key: str) -> dict[str, Any]:
    sight, row = _source(request, key)
    answers, told = sources.test(row, sight)
    return {"answers": answers, "told": told}


class GoneShape(Shape):
    """A source that was removed."""

    removed: str


@router.post("/telemetry-sources/{key}/remove", response=GoneShape, **operation(
    N("Remove a source"), N("Its tags and their points stay."), name="remove_source"))  # fmt: skip
def remove_source(request: HttpRequest, key: str) -> dict[str, Any]:
    sight, row = _source(request, key)
    sources.remove(row, sight)
    return {"removed": key}
