"""Words that Word, PDF and web page of a bulletin share."""

from collections.abc import Iterator

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from linli.indicators.bulletins.document import (
    BETTER,
    WORSE,
    Bulletin,
    Map,
    Number,
    Place,
    Ranking,
    Sentence,
)

BUSIEST = 8


def head(told: Bulletin) -> str:
    """Say of when a bulletin is, and when it was made."""
    made = date_format(localtime(told.made_at), "Y-m-d H:i")
    return _("%(period)s · made %(at)s") % {"period": told.words, "at": made}


def count(value: float) -> str:
    """Write a whole number as people read it."""
    return number_format(value, 0, force_grouping=True)


def change(one: Number) -> str:
    """Say a change, and whether it is for the better, in words and not by colour."""
    words = {BETTER: _("better"), WORSE: _("worse")}
    tone = words.get(one.tone, "")
    return f"{one.change} {tone}".strip()


def move(one: Place) -> str:
    """Say how a rank moved."""
    if not one.move:
        return ""
    if one.move.startswith("+"):
        return _("up %(n)s") % {"n": one.move[1:]}
    if one.move.startswith("−"):
        return _("down %(n)s") % {"n": one.move[1:]}
    return _("as before")


def lines(ranking: Ranking) -> Iterator[Place | None]:
    """Go through top and bottom, with None where ranks are left out between."""
    yield from ranking.top
    if ranking.bottom and ranking.bottom[0].rank > ranking.top[-1].rank + 1:
        yield None
    yield from ranking.bottom


def shades(shown: Map) -> str:
    """Say what the shades of a map mean."""
    if not shown.limits:
        return ""
    ends = [*shown.limits[1:], max(one.value for one in shown.grounds) + 1]
    parts = [
        f"{low}–{end - 1}" if end - 1 > low else f"{low}"
        for low, end in zip(shown.limits, ends, strict=True)
    ]
    return _("Cases in each grid, from light to dark: none; %(parts)s.") % {
        "parts": "; ".join(parts)
    }


def busiest(shown: Map) -> list[Sentence]:
    """Return the grids that received most, each with where its cases are listed."""
    most = sorted(shown.grounds, key=lambda one: -one.value)[:BUSIEST]
    return [Sentence(f"{one.name}: {one.value}", one.link) for one in most if one.value]
