"""Stretches of time people ask for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from linli.clock import now


def given(since: str, until: str, usual: timedelta) -> tuple[datetime, datetime]:
    """Read two moments; left out, the usual stretch up to now. Raises ValueError."""
    end = read(until) if until else now()
    begin = read(since) if since else end - usual
    if begin >= end:
        raise ValueError(_("the stretch ends before it begins"))
    return begin, end


def read(text: str) -> datetime:
    """Read a moment, in the town's zone where it names none. Raises ValueError."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(_("“%(text)s” is no time") % {"text": text[:40]}) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
