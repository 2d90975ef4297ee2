"""What pages would else have to count from events: who supplied what, and what is made of what."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.engines.gs1 import GOODS
from linli.logistics.chain.models import Recipe, Role, Supplied
from linli.logistics.chain.reading import Read
from linli.people.models import Organisation

RECEIVING = frozenset({"receiving", "accepting", "arriving", "unloading"})


def count(
    rows: Sequence[Read], owner: Organisation, places: Mapping[str, int], sign: int = 1
) -> None:  # fmt: skip
    """Count events that were kept just now; with `sign` -1 those that are taken back."""
    _recipes(rows, owner, sign)
    _supplied(rows, owner, places, sign)


def _codes(read: Read, role: Role) -> list[str]:
    return sorted({
        one.thing.code or one.thing.uri[-34:] for one in read.things
        if one.role == role and one.thing.kind in GOODS
    })  # fmt: skip


def _recipes(rows: Sequence[Read], owner: Organisation, sign: int) -> None:
    times: Counter[tuple[str, tuple[str, ...]]] = Counter()
    last: dict[tuple[str, tuple[str, ...]], datetime] = {}
    for read in rows:
        if read.name != "TransformationEvent":
            continue
        inputs = tuple(_codes(read, Role.INPUT))
        for output in _codes(read, Role.OUTPUT) if inputs else ():
            times[output, inputs] += sign
            last[output, inputs] = max(read.at, last.get((output, inputs), read.at))
    known = {
        (row.output, row.key): row
        for row in Recipe.objects.filter(owner=owner, output__in={output for output, _i in times})
    }
    for (output, inputs), n in times.items():
        key = sha256("\n".join(inputs).encode()).hexdigest()
        row = known.get((output, key))
        at = last[output, inputs]
        if row is None:
            if n > 0:
                Recipe.objects.create(
                    owner=owner, output=output, inputs=list(inputs), key=key, times=n, last_at=at
                )
            continue
        row.times = max(row.times + n, 0)
        row.last_at = max(row.last_at, at)
        row.save(update_fields=["times", "last_at"])


def _month(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)


def _supplied(
    rows: Sequence[Read], owner: Organisation, places: Mapping[str, int], sign: int
) -> None:
    lots: Counter[tuple[int, str, date]] = Counter()
    quantities: Counter[tuple[int, str, date]] = Counter()
    for read in rows:
        if read.source is None or read.step not in RECEIVING:
            continue
        place, month = places.get(read.source.uri, 0), _month(read.at)
        for one in read.things:
            if one.role == Role.SEEN and one.thing.kind in GOODS and place:
                key = (place, one.thing.code or one.thing.uri[-34:], month)
                lots[key] += sign
                quantities[key] += sign * (one.quantity or 1)  # type: ignore[assignment]
    known = {
        (row.place_id, row.code, row.month): row
        for row in Supplied.objects.filter(
            owner=owner, place__in={key[0] for key in lots}, month__in={key[2] for key in lots}
        )
    }
    for key, n in lots.items():
        row = known.get(key)
        if row is None:
            place, code, month = key
            row = Supplied(owner=owner, place_id=place, code=code, month=month)
        row.lots = max(row.lots + n, 0)
        row.quantity = max(row.quantity + quantities[key], 0)
        row.save()
