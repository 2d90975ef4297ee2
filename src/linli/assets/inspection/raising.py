"""What stations find becomes cases: a flaw once a lot and kind, a rising rate, bad pictures.

Nothing is told twice and nothing forgotten: what is still to be told stands in the database, so a
worker that died between recording and telling tells it at its next start.
"""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.utils.translation import gettext as _

from linli.assets.inspection import pictures
from linli.assets.inspection.models import (
    FLAWED,
    FOUND,
    MISSED,
    Alarm,
    Flaw,
    FlawKind,
    Hour,
    Inspection,
    Station,
    Verdict,
    Watch,
)
from linli.assets.register.telling import tell as tell_of
from linli.cases import loop
from linli.cases.intake import Unusable
from linli.cases.models import ENDED, Case, Source, State
from linli.cases.refusal import Refused
from linli.clock import now
from linli.engines.control.rising import usual_share

NONCONFORMANCE, RATE, PICTURES = "nonconformance", "flaw-rate", "picture-quality"
WINDOW = timedelta(hours=8)  # a flaw of a kind that comes back later is a case of its own
UNTOLD = timedelta(days=2)  # older parts are history
AT_ONCE = 100
WITHDRAWN = (State.REPORTED, State.TRIAGED, State.DISPATCHED)
LATELY, JUST_NOW = timedelta(days=28), timedelta(hours=2)
AGAIN_S = 60.0  # before a case is tried again that could not be opened
_refused: dict[int, float] = {}

log = logging.getLogger(__name__)


def tell(station: Station) -> None:
    """Open or follow the cases that are due at a station."""
    if time.monotonic() < _refused.get(station.pk, 0.0):
        return
    try:
        _of_flaws(station)
        _of_watch(station)
    except Unusable as fault:
        _refused[station.pk] = time.monotonic() + AGAIN_S
        log.warning("station %s: its case could not be opened: %s", station.code, fault)


def _of_flaws(station: Station) -> None:
    untold = Inspection.objects.filter(station=station, case=None)
    # Two questions, each led by an index of its own: found by the station, and missed by it.
    found = untold.filter(FOUND, at__gte=now() - UNTOLD)
    missed = untold.filter(MISSED, at__gte=now() - LATELY, judged_at__gte=now() - UNTOLD)
    groups: dict[tuple[int | None, int | None], list[Inspection]] = {}
    for rows in (found, missed):
        read = rows.select_related("lot").prefetch_related("flaws__kind").order_by("at", "pk")
        for row in read[:AT_ONCE]:
            worst = _worst(row)
            groups.setdefault((row.lot_id, worst.kind_id if worst else None), []).append(row)
    for parts in groups.values():
        worst = _worst(parts[0])
        _of_kind(station, parts, worst.kind if worst else None)


def _worst(part: Inspection) -> Flaw | None:
    """Return the flaw a part is told of by: what people named, else the machine's worst."""
    flaws = list(part.flaws.all())
    named = [flaw for flaw in flaws if flaw.by_id]
    return max(named or flaws, key=lambda flaw: flaw.score or 0.0, default=None)


def follow_judgement(part: Inspection) -> None:
    """Let the case of a part follow what people now say of it, in their transaction.

    A case whose parts are all good after all is over: withdrawn while nobody has accepted it, told
    to whoever works on it otherwise. A part that is flawed again after its case ended is told anew.
    """
    if part.case_id is None:
        return
    case = Case.objects.defer("sketch").get(pk=part.case_id)
    if part.truth == Verdict.FLAWED:
        if case.state in ENDED:
            part.case = None
            part.save(update_fields=["case"])
        return
    if case.state in ENDED or Inspection.objects.filter(FLAWED, case=case).exists():
        return
    why = _("Inspectors overruled the station: every part this case is about is good.")
    step, given = (
        ("cancel", {"reason": why}) if case.state in WITHDRAWN else ("note", {"text": why})
    )
    try:
        loop.act(case, step, None, **given)
    except Refused as refusal:
        log.warning("case %s does not follow the inspectors: %s", case.code, refusal)
        return
    if step == "cancel":
        Alarm.objects.filter(case=case, ended_at=None).update(ended_at=now())


def _of_kind(station: Station, parts: Sequence[Inspection], kind: FlawKind | None) -> None:
    lot, last = parts[0].lot, parts[-1].at
    what = f"inspection:{station.pk}:{lot.pk if lot else 0}:{kind.pk if kind else 0}"
    alarm = _going_on(station, what, parts[0].at)
    if alarm is None:
        found = _begin(station, NONCONFORMANCE, what, *_words(station, parts[0], kind), parts[0])
        alarm = Alarm.objects.create(
            station=station, category=NONCONFORMANCE, what=what, lot=lot, kind=kind, case=found,
            at=parts[0].at, last_at=last, parts=0,
        )  # fmt: skip
    Inspection.objects.filter(pk__in=[part.pk for part in parts]).update(case=alarm.case_id)
    alarm.parts += len(parts)
    alarm.last_at = max(alarm.last_at, last)
    alarm.save(update_fields=["parts", "last_at"])


def _going_on(station: Station, what: str, at: object) -> Alarm | None:
    """Return the occasion that goes on; one whose case ended, or that is long ago, is over."""
    alarm = (
        Alarm.objects.filter(station=station, what=what, ended_at=None)
        .select_related("case").defer("case__sketch").first()
    )  # fmt: skip
    if alarm is None:
        return None
    if alarm.case.state in ENDED or alarm.last_at < now() - WINDOW:
        Alarm.objects.filter(pk=alarm.pk).update(ended_at=now())
        return None
    return alarm


def _begin(
    station: Station, category: str, what: str, title: str, body: str,
    part: Inspection | None = None,
) -> Case:  # fmt: skip
    shown = pictures.with_heat(part) if part is not None else None
    files = [SimpleUploadedFile(f"{part.pk}.jpg", shown, "image/jpeg")] if part and shown else []
    return tell_of(
        station.asset, category, title[:200], body, source=Source.INSPECTION, external_id=what,
        evidence=files, at=part.at if part else None,
    )  # fmt: skip


def _words(station: Station, part: Inspection, kind: FlawKind | None) -> tuple[str, str]:
    told = {
        "kind": kind or _("flaw"), "lot": part.lot.code if part.lot else "",
        "station": station, "serial": part.serial or part.pk,
        "score": part.score or 0.0, "threshold": part.threshold or 0.0,
    }  # fmt: skip
    title = (
        _("%(station)s: %(kind)s in lot %(lot)s") % told if part.lot
        else _("%(station)s: %(kind)s on part %(serial)s") % told
    )  # fmt: skip
    if part.verdict == Verdict.GOOD:
        body = _(
            "An inspector found part %(serial)s flawed that the station had called good, score "
            "%(score).2f (threshold %(threshold).2f). Further parts of this lot with the same "
            "kind of flaw follow this case."
        )
        return title, body % told
    body = _(
        "Part %(serial)s, score %(score).2f (threshold %(threshold).2f). Further parts of this "
        "lot with the same kind of flaw follow this case."
    )
    return title, body % told


def _of_watch(station: Station) -> None:
    watch = Watch.objects.filter(station=station).first()
    if watch is None or (watch.rising_at is None and watch.unclear_at is None):
        return
    if watch.rising_at is not None:
        since = watch.rising_at - timedelta(hours=1)
        flawed, parts = _lately(station, since)
        normal = station.normal if station.normal is not None else watch.usual
        told = {
            "station": station, "flawed": flawed, "parts": parts,
            "share": 100 * flawed / max(parts, 1), "normal": 100 * (normal or 0.01),
        }  # fmt: skip
        _once(
            station, RATE, watch.rising_at,
            _("%(station)s: flaws on the rise") % told,
            _("%(flawed)d of the last %(parts)d parts are flawed (%(share).1f %%); "
              "%(normal).1f %% is usual here.") % told,
        )  # fmt: skip
    if watch.unclear_at is not None:
        bad = list(
            Inspection.objects.filter(station=station, verdict="unusable").order_by("-at")[:20]
        )
        reasons = {row.get_reason_display() for row in bad}
        told = {"station": station, "why": "、".join(sorted(str(reason) for reason in reasons))}
        _once(
            station, PICTURES, watch.unclear_at,
            _("%(station)s: pictures cannot be judged") % told,
            _("The last pictures were turned away: %(why)s. Look after camera and light.") % told,
            bad[0] if bad else None,
        )  # fmt: skip
    Watch.objects.filter(pk=watch.pk).update(rising_at=None, unclear_at=None)


def _once(
    station: Station, category: str, at: object, title: str, body: str,
    part: Inspection | None = None,
) -> None:  # fmt: skip
    what = f"{category}:{station.pk}"
    alarm = _going_on(station, what, at)
    if alarm is not None:
        Alarm.objects.filter(pk=alarm.pk).update(last_at=now(), parts=alarm.parts + 1)
        return
    case = _begin(station, category, what, title, body, part)
    Alarm.objects.create(
        station=station, category=category, what=what, case=case, at=now(), last_at=now()
    )


def _lately(station: Station, since: object) -> tuple[int, int]:
    found = Hour.objects.filter(station=station, hour__gte=since).aggregate(
        flawed=Sum("flawed"), parts=Sum("parts"), unusable=Sum("unusable")
    )
    return found["flawed"] or 0, (found["parts"] or 0) - (found["unusable"] or 0)


def learn_usual(station: Station) -> None:
    """Keep which share of flawed parts was usual in the last weeks, the last hours left out."""
    found = Hour.objects.filter(
        station=station, hour__gte=now() - LATELY, hour__lt=now() - JUST_NOW
    ).aggregate(flawed=Sum("flawed"), parts=Sum("parts"), unusable=Sum("unusable"))
    parts = (found["parts"] or 0) - (found["unusable"] or 0)
    Watch.objects.filter(station=station).update(
        usual=usual_share(found["flawed"] or 0, parts), usual_at=now()
    )
