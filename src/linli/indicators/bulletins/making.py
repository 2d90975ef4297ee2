"""Bulletins made ahead, by the worker: what people look at is only read when they ask for it."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from linli.clock import now
from linli.indicators.bulletins import contents, issues, standing, stretch, writing
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.document import of, plain
from linli.indicators.bulletins.models import Issue, IssuedFile
from linli.indicators.bulletins.stretch import DAY, KINDS, MONTH, Stretch
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.scores.periods import local_day

log = logging.getLogger(__name__)
DAYS_KEPT = timedelta(90)  # the files of a day's bulletin; a year of them would be some 150 MB
REST_S = 60.0  # between two looks at what runs: where the town's clock runs fast
_looked = [0.0]


def refresh(seconds: float = 20.0) -> int:
    """Make what is wanted, and the day's, week's and month's of the whole town, last and present.

    Returns how many were made; stops after about `seconds`.
    """
    until = time.monotonic() + seconds
    if time.monotonic() - _looked[0] > REST_S:
        want_usual()
        forget_files()
        _looked[0] = time.monotonic()
    return make_wanted(until)


def want_usual() -> None:
    """Mark as wanted what people look at, and what ran when it was made and is over now."""
    today = local_day(now())
    for kind in KINDS:
        present = stretch.around(kind, today)
        for wanted in (stretch.read(kind), present):
            issues.asked(wanted, None)
    Issue.objects.filter(is_final=False, wanted=False, last__lt=today).update(wanted=True)


def are_wanted() -> bool:
    """Tell whether a bulletin waits that somebody looks for: one never made yet."""
    return Issue.objects.filter(wanted=True, made_at=None).exists()


def serve(seconds: float = 60.0) -> int:
    """Make what somebody waits for now; return how many."""
    return make_wanted(time.monotonic() + seconds)


def make_wanted(until: float) -> int:
    """Make what is wanted, first what nobody has seen yet; return how many."""
    done, seen = 0, set[int]()
    while time.monotonic() < until:
        waiting = Issue.objects.filter(wanted=True).exclude(pk__in=seen).defer("told")
        # What somebody asked for just now goes before what is made ahead.
        issue = waiting.order_by(F("made_at").asc(nulls_first=True), "-id").first()
        if issue is None:
            break
        seen.add(issue.pk)
        try:
            make(issue)
            done += 1
        except Exception as error:
            log.exception("the bulletin %s could not be made", issue)
            fault = f"{type(error).__name__}: {error}"[:300]
            Issue.objects.filter(pk=issue.pk).update(fault=fault, wanted=False)
    return done


def make(issue: Issue) -> Issue:
    """Make a bulletin in every language, then write its files.

    Of one that was issued only the files are written, from what it said.
    """
    wanted = stretch.around(issue.kind, issue.first)
    if not issue.is_final:
        if wanted.kind == MONTH and not wanted.is_running:
            standing.settle(wanted)
        basis = Basis(wanted, atlas().areas.get(issue.area) if issue.area else None)
        told = _told(basis)
        # Two may have been at it; a bulletin that was issued meanwhile stays as it is.
        Issue.objects.filter(pk=issue.pk, is_final=False).update(
            told=told, made_at=basis.at, is_final=not wanted.is_running
        )
        issue = Issue.objects.select_related("by").get(pk=issue.pk)
    files = list(_files(issue))
    with transaction.atomic():
        IssuedFile.objects.filter(issue=issue).delete()
        IssuedFile.objects.bulk_create(files)
        Issue.objects.filter(pk=issue.pk).update(wanted=False, fault="")
    issue.wanted, issue.fault = False, ""
    return issue


def _files(issue: Issue) -> Iterator[IssuedFile]:
    for language, kept in issue.told.items():
        with translation.override(language):
            bulletin = of(kept)
            for kind in writing.FORMS:
                body = writing.written(bulletin, kind)
                yield IssuedFile(issue=issue, language=language, kind=kind, body=body)


def _told(basis: Basis) -> dict[str, Any]:
    told = {}
    for language in issues.LANGUAGES:
        with translation.override(language):
            told[language] = plain(contents.bulletin(basis))
    return told


def forget_files() -> None:
    """Let the files of old days go: they are written again from what was said when asked for."""
    before = local_day(now()) - DAYS_KEPT
    IssuedFile.objects.filter(issue__kind=DAY, issue__last__lt=before).delete()


def now_made(wanted: Stretch, area: Area | None, anew: str = "") -> Issue:
    """Return a bulletin with its files, made on the spot if it is not there or not issued yet.

    `anew` is why one that was issued is to be made once more.
    """
    issue = issues.anew(wanted, area, None, anew) if anew else issues.asked(wanted, area)
    if issue.is_final and issue.files.exists():
        return issue
    return make(issue)


def refused(issue: Issue) -> str:
    """Say why a bulletin is not there, "" if it is only being made."""
    return _("It could not be made: %(fault)s") % {"fault": issue.fault} if issue.fault else ""
