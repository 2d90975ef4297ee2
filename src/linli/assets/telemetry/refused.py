"""Counts of refused points, kept by tag and reason, and told once when a fault stays."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from linli.assets.telemetry.checking import Faults
from linli.assets.telemetry.models import Refusal, Source
from linli.clock import now

SPELL = timedelta(minutes=10)  # without the fault for so long, and its spell is over
NAMES = 500  # so many names of unknown tags are kept; a storm of them counts under one
OTHERS = "…"


def add(faults: Faults, source: Source | None) -> None:
    """Add what was refused to the counts, whatever process it came through."""
    try:
        _add(faults, source)
    except IntegrityError:  # another process met the same fault first, at this moment
        _add(faults, source)


def _add(faults: Faults, source: Source | None) -> None:
    at = now()
    with transaction.atomic():
        tags = {tag for tag, _name, _reason in faults.found if tag}
        names = {name for tag, name, _reason in faults.found if not tag}
        held = {
            (row.tag_id or 0, row.name, row.reason): row
            for row in Refusal.objects.select_for_update().filter(tag__in=tags)
        }
        unknown = Refusal.objects.select_for_update().filter(tag=None)
        held |= {(0, row.name, row.reason): row for row in unknown.filter(name__in=names)}
        room = NAMES - unknown.count() if names else 0
        new: list[Refusal] = []
        for (tag, name, reason), fault in faults.found.items():
            row = held.get((tag, name, reason))
            if row is None and not tag and room <= 0:
                name = OTHERS
                row = (
                    held.get((0, name, reason)) or unknown.filter(name=name, reason=reason).first()
                )
            if row is None:
                row = Refusal(
                    tag_id=tag or None, name=name, reason=reason, source=source,
                    first_at=at, first=fault.first, spell_since=at,
                )  # fmt: skip
                new.append(row)
                room -= not tag
            elif at - row.last_at > SPELL:
                row.spell_since, row.told = at, False
            held[(tag, name, reason)] = row
            row.count += fault.count
            row.last_at, row.last = at, fault.last
        Refusal.objects.bulk_create(new)
        Refusal.objects.bulk_update(
            [row for row in held.values() if row not in new],
            ["count", "last_at", "last", "spell_since", "told"],
        )
