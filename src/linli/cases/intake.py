"""The one door: whoever found it, a report comes in here and becomes a case or joins one."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli import bulk, clock
from linli.cases import loop, models, twins
from linli.cases.chain import Journal
from linli.cases.evidence import Kept
from linli.cases.learnt import category_model
from linli.cases.models import OPEN, Case, Category, Source, Triage
from linli.cases.routing import Router, Sides
from linli.engines.geo import SYSTEMS, to_wgs84
from linli.engines.text import sketch
from linli.people.models import User
from linli.places.atlas import NOWHERE, Location, atlas
from linli.places.models import Town
from linli.places.town import once_a_version

SURE = 0.5  # below this probability a suggested category waits for a dispatcher
SOURCES = frozenset(Source.values)
TRIES = 5
EARLIEST = 1970  # the first year of which every clock and database thinks the same
MAX_TITLE = 200
MAX_BODY = 20_000
MOST_LIKES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody or something tells us.

    `lon` and `lat` are degrees in `coordinates` ("wgs84", "gcj02" or "bd09"); `area` is
    the code of an area. Without either, the place is looked for in the text.
    `external_id` is the sender's own number: the same one is never taken in twice.
    `follows` is the key of an open case that the reporter says is the same. `sides` are the
    keepers of what it is about, where they are known: the dispatch asks no `Router` then.
    """

    title: str
    body: str = ""
    source: str = Source.RESIDENT
    external_id: str | None = None
    created: datetime | None = None
    reporter: User | None = None
    author: str = ""
    contact: str = ""
    likes: int = 0
    category: str | None = None
    triage: str = ""
    area: str | None = None
    lon: float | None = None
    lat: float | None = None
    coordinates: str = "wgs84"
    evidence: Sequence[UploadedFile | Kept] = ()
    follows: int | None = None
    sides: Sides | None = None


class Fate(StrEnum):
    """What became of a report."""

    NEW = "new"
    FOLLOWER = "follower"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a report: its case, what became of it, the code to ask after it."""

    case: Case
    fate: Fate
    code: str


class Unusable(ValueError):
    """A report that cannot be taken in. `field` names what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check(report: Report) -> None:
    """See that a report can be taken in.

    Raises
    ------
    Unusable
        Naming the field: no text, a text too long, an unknown source, category or area,
        coordinates that are none, a time without a zone, sides that are no longer there.
    """
    if not report.title.strip():
        raise Unusable("title", _("There is no text."))
    if len(report.title) > MAX_TITLE:
        raise Unusable("title", _("Longer than %(n)d characters.") % {"n": MAX_TITLE})
    if len(report.body) > MAX_BODY:
        raise Unusable("body", _("Longer than %(n)d characters.") % {"n": MAX_BODY})
    if "\0" in report.title or "\0" in report.body:
        raise Unusable("body", _("The text holds a zero byte."))
    if not 0 <= report.likes <= MOST_LIKES:
        raise Unusable("likes", _("“%(value)s” is not a count.") % {"value": report.likes})
    if report.source not in SOURCES:
        raise Unusable("source", _("“%(value)s” is not a source.") % {"value": report.source})
    if report.coordinates not in SYSTEMS:
        raise Unusable("coordinates", _("“%(value)s” is not a coordinate system (%(known)s).")
                       % {"value": report.coordinates, "known": ", ".join(SYSTEMS)})  # fmt: skip
    if report.category is not None and report.category not in categories():
        raise Unusable("category", _("There is no category “%(value)s”.")
                       % {"value": report.category})  # fmt: skip
    if report.area is not None and report.area not in atlas().by_code:
        raise Unusable("area", _("There is no area “%(value)s”.") % {"value": report.area})
    if report.created is not None and report.created.tzinfo is None:
        raise Unusable("created", _("The time has no time zone."))
    if report.created is not None and report.created.year < EARLIEST:
        raise Unusable("created", _("No report is older than %(year)d.") % {"year": EARLIEST})
    for name, value, limit in (("lon", report.lon, 180), ("lat", report.lat, 90)):
        if value is not None and not -limit <= value <= limit:
            words = {"lon": _("a longitude"), "lat": _("a latitude")}
            raise Unusable(name, _("“%(value)s” is not %(kind)s (−%(limit)d to %(limit)d).")
                           % {"value": value, "kind": words[name], "limit": limit})  # fmt: skip
    if (report.lon is None) != (report.lat is None):
        raise Unusable("lon", _("A point needs both a longitude and a latitude."))
    if report.sides is not None:
        for side in (report.sides.territorial, report.sides.functional):
            if side.pk is None or side.retired:
                raise Unusable("sides", _("“%(code)s” is not an organisation of the town.")
                               % {"code": side.code})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """What the engines make of texts: likely categories of each, and sketches, shape (n, k)."""

    suggestions: list[list[tuple[str, float]]]
    sketches: np.ndarray


class Reader:
    """Reads texts with the models in use now.

    Once made it needs no database, so that another thread can read the next batch while
    this one is written: the engines let go of the interpreter most of the time.
    """

    def __init__(self) -> None:
        self._model = category_model()

    def read(self, reports: Sequence[Report]) -> Understood:
        """Suggest categories where none is given, and sketch every text."""
        texts = [f"{report.title}\n{report.body}" for report in reports]
        suggestions: list[list[tuple[str, float]]] = [[] for _ in reports]
        unknown = [i for i, report in enumerate(reports) if report.category is None]
        if self._model is not None and unknown:
            tops = self._model.suggest([texts[i] for i in unknown]).top(3)
            for i, top in zip(unknown, tops, strict=True):
                suggestions[i] = [(label, round(probability, 3)) for label, probability in top]
        return Understood(suggestions, sketch(texts))


def receive(reports: Sequence[Report], understood: Understood | None = None) -> list[Receipt]:
    """Take reports in: locate, categorise, join to what is known, dispatch to both sides.

    All or nothing, in one transaction; text is read before the database is locked.

    Parameters
    ----------
    reports
        Any number; the earlier ones count as earlier known.
    understood
        What a `Reader` made of the same reports, where it read ahead.

    Returns
    -------
    One receipt a report, in order.

    Raises
    ------
    Unusable
        If one of them cannot be taken in; nothing is written then.
    """
    for report in reports:
        check(report)
    understood = understood or Reader().read(reports)
    locations = locate(reports)
    for _again in range(TRIES):
        # Where another process took in one of the same external ids meanwhile, it is known now.
        with suppress(IntegrityError):
            return _write(reports, understood, locations)
    return _write(reports, understood, locations)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of a report: its fate, the case it joins, whether its place is known."""

    fate: Fate
    case: str
    is_placed: bool


def foresee(reports: Sequence[Report]) -> list[Foreseen]:
    """Tell what `receive` would do with reports that `check` found good; nothing is written."""
    understood, locations = Reader().read(reports), locate(reports)
    known = _known(reports)
    first: dict[tuple[str, str], int] = {}
    for i, report in enumerate(reports):
        if report.external_id is not None and (report.source, report.external_id) not in known:
            first.setdefault((report.source, report.external_id), i)
    fresh = [
        i for i, report in enumerate(reports)
        if report.external_id is None or first.get((report.source, report.external_id)) == i
    ]  # fmt: skip
    cases = [case_of(reports[i], understood, i, locations[i]) for i in fresh]
    found = dict(zip(fresh, twins.find(cases, understood.sketches[fresh]), strict=True))
    stored = {target for target in found.values() if isinstance(target, int)}
    codes = {case.pk: case.code for case in Case.objects.only("reported_at").filter(pk__in=stored)}
    foreseen = []
    for i, report in enumerate(reports):
        is_placed, target = locations[i].area is not None, found.get(i)
        if i in found:
            fate = Fate.FOLLOWER if target else Fate.NEW
            code = codes.get(target, "") if isinstance(target, int) else ""
            foreseen.append(Foreseen(fate, code, is_placed))
        else:
            row = known.get((report.source, report.external_id))
            foreseen.append(Foreseen(Fate.REPEAT, row.case.code if row else "", is_placed))
    return foreseen


def locate(reports: Sequence[Report]) -> list[Location]:
    """Find where each report is: by its point, its area, or what its text names."""
    found: list[Location] = [NOWHERE] * len(reports)
    points = [i for i, r in enumerate(reports) if r.lon is not None]
    if points:
        lon = np.array([reports[i].lon for i in points], dtype=float)
        lat = np.array([reports[i].lat for i in points], dtype=float)
        for system in SYSTEMS:
            chosen = np.array([reports[i].coordinates == system for i in points])
            lon[chosen], lat[chosen] = to_wgs84(lon[chosen], lat[chosen], system)
        for i, place in zip(points, atlas().locate_points(lon, lat), strict=True):
            found[i] = place
    for i, report in enumerate(reports):
        if report.area is not None and found[i].area is None:
            found[i] = atlas().of_area(atlas().by_code[report.area].pk)
    named = [i for i, place in enumerate(found) if place.area is None]
    places = atlas().locate_texts(
        [reports[i].title for i in named], [reports[i].body for i in named]
    )
    for i, place in zip(named, places, strict=True):
        if place.area is not None:
            found[i] = place
    return found


@once_a_version
def categories(town: Town) -> dict[str, Category]:
    """Return categories by code, and by name for models trained on named labels."""
    rows = list(Category.objects.filter(retired=False))
    return {row.name: row for row in rows} | {row.code: row for row in rows}


def _write(
    reports: Sequence[Report], understood: Understood, locations: list[Location]
) -> list[Receipt]:
    with transaction.atomic():
        known = _known(reports)
        fresh, cases, taken = [], [], set(known)
        for i, report in enumerate(reports):
            key = (report.source, report.external_id)
            if report.external_id is None or key not in taken:
                fresh.append(i)
                cases.append(case_of(report, understood, i, locations[i]))
                taken.add(key)
        found = twins.find(cases, understood.sketches[fresh])
        targets = _lock(_as_told([reports[i].follows for i in fresh], found, cases))
        journal = Journal()
        journal.know([t for t in {id(t): t for t in targets}.values() if t and t.pk])
        router = Router()
        rows: dict[int, models.Report] = {}
        fates: dict[int, Fate] = {}
        for i, case, target in zip(fresh, cases, targets, strict=True):
            with clock.at(reports[i].created or clock.now()):
                if target is None:
                    open_case(journal, case, router, locations[i].why, reports[i])
                else:
                    evidence = list(reports[i].evidence)
                    loop.take(journal, target, "follow", evidence=evidence)
            fates[i] = Fate.FOLLOWER if target else Fate.NEW
            rows[i] = row_of(reports[i], target or case)
        loop.record(journal)
        for row in rows.values():
            row.case = row.case  # a case just stored has its key only now
        bulk.insert(list(rows.values()))
        written = {(r.source, r.external_id): r for r in rows.values()}
        receipts = []
        for i, report in enumerate(reports):
            key = (report.source, report.external_id)
            row = rows[i] if i in rows else written.get(key) or known[key]
            receipts.append(Receipt(row.case, fates.get(i, Fate.REPEAT), row.receipt))
        return receipts


def _known(reports: Sequence[Report]) -> dict[tuple[str, str | None], models.Report]:
    ids = {report.external_id for report in reports if report.external_id is not None}
    rows = models.Report.objects.filter(external_id__in=ids).select_related("case")
    return {(row.source, row.external_id): row for row in rows}


def case_of(report: Report, understood: Understood, i: int, place: Location) -> Case:
    """Make the case that a report founds, `i` being its position in what was understood."""
    suggestions = understood.suggestions[i]
    category = categories()[report.category] if report.category is not None else None
    if category is None and suggestions and suggestions[0][1] >= SURE:
        category = categories().get(suggestions[0][0])
    return Case(
        source=report.source, title=report.title.strip(), body=report.body,
        reported_at=report.created or clock.now(), triage="", category=category,
        area_id=place.area, community_grid_id=place.community_grid,
        service_grid_id=place.service_grid, lon=place.lon, lat=place.lat,
        located_by=place.by, suggestions=suggestions, sketch=understood.sketches[i].tobytes(),
    )  # fmt: skip


def _as_told(
    told: list[int | None], found: list[Case | int | None], cases: list[Case]
) -> list[Case | int | None]:
    """Let a report follow the case its reporter named, and with it what repeats that report."""
    named = {id(case): key for case, key in zip(cases, told, strict=True) if key}
    return [key or named.get(id(twin), twin) for key, twin in zip(told, found, strict=True)]


def _lock(targets: list[Case | int | None]) -> list[Case | None]:
    """Read the stored cases that are followed again, whole and locked."""
    stored = {target for target in targets if isinstance(target, int)}
    rows = Case.objects.select_for_update(of=("self",)).select_related("category")
    locked = rows.filter(state__in=OPEN).in_bulk(stored) if stored else {}
    # What was ended meanwhile is reported anew.
    return [locked.get(t) if isinstance(t, int) else t for t in targets]


def open_case(journal: Journal, case: Case, router: Router, place: dict, report: Report) -> None:
    """Take a new case as far as it goes by itself: to both sides if nothing is in doubt."""
    loop.take(journal, case, "report", place=place or None, evidence=list(report.evidence))
    category = case.category
    is_plain = category is not None and category.triage == Triage.PUBLIC
    if is_plain and case.community_grid_id is not None:
        loop.take(journal, case, "triage", triage=Triage.PUBLIC, router=report.sides or router)


def row_of(report: Report, case: Case) -> models.Report:
    """Make the row that keeps a report with its case."""
    return models.Report(
        case=case, source=report.source, external_id=report.external_id,
        reporter=report.reporter, author=report.author, contact=report.contact,
        title=report.title.strip(), body=report.body,
        created=report.created or clock.now(), likes=report.likes,
    )  # fmt: skip
