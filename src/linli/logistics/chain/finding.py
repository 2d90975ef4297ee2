"""Finding a lot by what somebody has in hand: a code read, a number typed."""

import contextlib

from django.db.models import Q, QuerySet

from linli.engines.gs1 import GOODS, NoKey, gtin14, key
from linli.logistics.chain.models import Thing
from linli.people.scope import Scope

MOST = 40


def found(sight: Scope, text: str) -> QuerySet[Thing]:
    """Return what a text names: an identifier, a lot or serial number, a GTIN or SSCC."""
    rows = sight.of(Thing)
    text = text.strip()
    wanted = Q(part=text) | Q(code=text) | Q(uri=text)
    with contextlib.suppress(NoKey):
        wanted |= Q(uri=key(text).uri)
    with contextlib.suppress(NoKey):
        wanted |= Q(code=gtin14(text))
    return rows.filter(wanted).order_by("-pk")[:MOST]


def latest(sight: Scope) -> QuerySet[Thing]:
    """Return the lots that were told of last."""
    return sight.of(Thing).filter(kind__in=[int(kind) for kind in GOODS]).order_by("-pk")[:20]
