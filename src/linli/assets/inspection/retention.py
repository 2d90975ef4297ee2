"""How long pictures are kept: flawed ones for long, of the good a sample, judged ones for good."""

import re
from datetime import timedelta

from django.db.models import F

from linli.assets.inspection import pictures
from linli.assets.inspection.models import Inspection, Station, Verdict
from linli.clock import now

AT_ONCE = 500


def thin(station: Station) -> int:
    """Remove pictures that are past their time, and return how many.

    What people judged is what models learn from and are measured on; it stays. Rows stay, too:
    only files go.
    """
    moment = now()
    kept = Inspection.objects.filter(
        station=station, judgement=Inspection.Judgement.NONE
    ).exclude(picture="")  # fmt: skip
    old = list(
        kept.exclude(verdict=Verdict.GOOD)
        .filter(at__lt=moment - timedelta(days=station.keep_flawed_days))
        .order_by("at")[:AT_ONCE]
    )
    every = station.keep_good_every
    good = kept.filter(verdict=Verdict.GOOD, at__lt=moment - timedelta(days=station.keep_good_days))
    if every > 1:
        good = good.annotate(place=F("pk") % every).exclude(place=0)
    rows = [*old, *(good.order_by("at")[:AT_ONCE] if every else [])]
    for row in rows:
        for name in (row.picture, row.heat):
            if name:
                pictures.path(name).unlink(missing_ok=True)
                pictures.path(re.sub(r"\.jpg$", ".small.webp", name)).unlink(missing_ok=True)
    Inspection.objects.filter(pk__in=[row.pk for row in rows]).update(picture="", heat="")
    return len(rows)
