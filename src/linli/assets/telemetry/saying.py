"""Numbers, ages and stretches of time in words."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def number(value: float | None) -> str:
    """Return a value as people read it: four digits that mean something, and thousands apart."""
    if value is None or value != value:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if value else "0"


def ago(age: timedelta) -> str:
    """Return how long ago something was."""
    seconds = max(int(age.total_seconds()), 0)
    if seconds < 2:
        return _("just now")
    if seconds < 60:
        return ngettext("%(n)d s ago", "%(n)d s ago", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)d min ago", "%(n)d min ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 172_800:
        return ngettext("%(n)d h ago", "%(n)d h ago", seconds // 3600) % {"n": seconds // 3600}
    days = seconds // 86_400
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def span_words(span: timedelta) -> str:
    """Return a stretch of time in words."""
    hours = round(span.total_seconds() / 3600)
    if hours <= 24:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def rate(per_s: float) -> str:
    """Return points a second in words."""
    return _("%(n)s points/s") % {"n": number(round(per_s, 1))}
