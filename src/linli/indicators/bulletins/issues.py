"""Bulletins as they are kept: read by pages, asked for by people, made by the worker.

While a period runs its bulletin is made again and again, in place. Once it is over it is
issued: what it said then is kept. Who wants it otherwise has it made anew as the next version,
which says who wanted it and why; the earlier ones stay.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from linli.clock import now
from linli.indicators.bulletins import reach
from linli.indicators.bulletins.document import Bulletin, of
from linli.indicators.bulletins.models import TOWN, Issue, IssuedFile
from linli.indicators.bulletins.stretch import Stretch
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.places.models import Area

LANGUAGES = ("zh-hans", "en")
FRESH = timedelta(minutes=30)  # of the town's clock: how old one may be whose period runs
MOST_WAITING = 100


class Busy(Exception):
    """So many bulletins are waiting to be made that no other is taken on."""


class NotYours(Exception):
    """Somebody asks for what they may not do."""


def key_of(area: Area | None) -> int:
    return area.pk if area else TOWN


def versions(stretch: Stretch, area: Area | None) -> QuerySet[Issue]:
    """Return all there is of a period and an area, the newest first; what they say left out."""
    found = Issue.objects.filter(kind=stretch.kind, first=stretch.whole.first, area=key_of(area))
    return found.order_by("-version").select_related("by").defer("told")


def asked(stretch: Stretch, area: Area | None) -> Issue:
    """Return the newest bulletin, waiting to be made if there is none; or ask for a fresher one.

    Raises
    ------
    Busy
        If there is none, and too many wait already.
    """
    found = versions(stretch, area).first()
    if found is None:
        if Issue.objects.filter(wanted=True).count() >= MOST_WAITING:
            raise Busy(_("Many bulletins are being made: please come back in some minutes."))
        found, _is_new = Issue.objects.get_or_create(
            kind=stretch.kind, first=stretch.whole.first, area=key_of(area), version=1,
            defaults={"last": stretch.whole.last},
        )  # fmt: skip
    elif not found.is_final and not found.wanted and is_old(found):
        Issue.objects.filter(pk=found.pk).update(wanted=True, fault="")
    return found


def is_old(issue: Issue) -> bool:
    """Tell whether the bulletin of a period that runs, or ran when it was made, is out of date."""
    return issue.made_at is None or not timedelta() <= now() - issue.made_at < FRESH


def anew(stretch: Stretch, area: Area | None, by: User | None, why: str) -> Issue:
    """Have a bulletin made anew: the next version of one that was issued, which stays.

    `by` is None for whoever runs the command line.

    Raises
    ------
    NotYours
        If `by` does not lead the work of the area.
    """
    if by is not None and not reach.may(scope(by), area):
        raise NotYours
    with transaction.atomic():
        found = versions(stretch, area)
        newest = found.select_for_update(of=("self",)).first()
        if newest is not None and not newest.is_final:
            Issue.objects.filter(pk=newest.pk).update(wanted=True, fault="")
            return newest
        # One that waits to be made is the next version already.
        top = found.order_by().aggregate(top=Max("version"))["top"] or 0
        return Issue.objects.create(
            kind=stretch.kind, first=stretch.whole.first, last=stretch.whole.last,
            area=key_of(area), version=top + 1, by=by, why=why[:200],
        )  # fmt: skip


def shown(stretch: Stretch, area: Area | None, version: int | None = None) -> Issue | None:
    """Return the newest version that is made, or the named one."""
    found = Issue.objects.filter(
        kind=stretch.kind, first=stretch.whole.first, area=key_of(area), made_at__isnull=False
    )
    if version is not None:
        found = found.filter(version=version)
    return found.select_related("by").order_by("-version").first()


def language() -> str:
    """Return in which of the languages of bulletins somebody reads."""
    active = to_locale(get_language() or "").replace("_", "-").lower()
    return next((one for one in LANGUAGES if active.startswith(one)), LANGUAGES[0])


def said(issue: Issue) -> Bulletin:
    """Return what a bulletin says in the language that is active."""
    return of(issue.told[language()])


def file(issue: Issue, kind: str) -> bytes | None:
    """Return a bulletin as a file in the language that is active; None if it is not written."""
    found = IssuedFile.objects.filter(issue=issue.pk, language=language(), kind=kind)
    body = found.values_list("body", flat=True).first()
    return None if body is None else bytes(body)


def want_files(issue: Issue) -> None:
    """Have the files of a bulletin written again: those of old days are let go."""
    Issue.objects.filter(pk=issue.pk).update(wanted=True, fault="")


def past(
    sight: Scope, day: date | None = None, kind: str = "", area: int | None = None
) -> QuerySet[Issue]:
    """Return the newest version of every bulletin made that somebody may see, newest first."""
    found = sight.of(Issue).filter(made_at__isnull=False).select_related("by").defer("told")
    if day is not None:
        found = found.filter(first__lte=day, last__gte=day)
    if kind:
        found = found.filter(kind=kind)
    if area is not None:
        found = found.filter(area=area)
    return found.order_by("-last", "-first", "kind", "area", "-version")
