"""When a plant works: its weekly shifts and the days on which it works otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from linli.assets.register.models import Asset, CrewSkill, Shift, ShiftDay
from linli.places.town import the_town


@dataclass(frozen=True)
class Turn:
    """A shift on one day: from one moment to another."""

    since: datetime
    until: datetime
    code: str


@dataclass(frozen=True)
class Weekly:
    """A shift of the week; it ends the next day if not after its beginning."""

    code: str
    days: frozenset[int]
    begins: time
    ends: time

    def on(self, day: date, zone: tzinfo) -> Turn:
        """Return the shift that begins on `day`."""
        ends_on = day if self.ends > self.begins else day + timedelta(days=1)
        return Turn(
            datetime.combine(day, self.begins, zone), datetime.combine(ends_on, self.ends, zone),
            self.code,
        )  # fmt: skip


def turns(
    weekly: Sequence[Weekly],
    otherwise: Mapping[date, Iterable[str]],
    since: datetime,
    until: datetime,
    zone: tzinfo,
) -> list[Turn]:
    """List the shifts that lie in a time or reach into it, uncut, in order.

    Parameters
    ----------
    otherwise
        Days on which only these shifts are worked, whatever the day of the week; none of them
        for a day off.
    zone
        Of the plant's clocks.
    """
    found = []
    day, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
    while day <= last:
        worked = otherwise.get(day)
        for shift in weekly:
            is_worked = day.isoweekday() in shift.days if worked is None else shift.code in worked
            turn = shift.on(day, zone)
            if is_worked and turn.until > since and turn.since < until:
                found.append(turn)
        day += timedelta(days=1)
    return sorted(found, key=lambda turn: (turn.since, turn.code))


def merged(turns: Iterable[Turn], since: datetime, until: datetime) -> list[
    tuple[datetime, datetime]
]:  # fmt: skip
    """Return when any of some shifts is worked, cut to a time, without overlap, in order."""
    found: list[tuple[datetime, datetime]] = []
    for turn in sorted(turns, key=lambda one: one.since):
        a, b = max(turn.since, since), min(turn.until, until)
        if a >= b:
            continue
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], b))
        else:
            found.append((a, b))
    return found


@dataclass(frozen=True)
class Calendar:
    """The shifts of one plant, read once."""

    weekly: tuple[Weekly, ...]
    otherwise: Mapping[date, frozenset[str]]
    zone: tzinfo

    def turns(self, since: datetime, until: datetime) -> list[Turn]:
        """List the shifts that lie in a time or reach into it, uncut, in order."""
        return turns(self.weekly, self.otherwise, since, until, self.zone)

    def spans(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """Return when the plant works between two moments; always, where it has no shifts."""
        if not self.weekly:
            return [(since, until)] if since < until else []
        return merged(self.turns(since, until), since, until)


def calendar_of(plant: Asset) -> Calendar:
    """Return the shifts of the plant or structure at the top of an asset's tree."""
    rows = Shift.objects.filter(plant__code=plant.top)
    days = ShiftDay.objects.filter(plant__code=plant.top)
    return Calendar(
        tuple(Weekly(s.code, frozenset(map(int, s.days)), s.begins, s.ends) for s in rows),
        {row.day: frozenset(row.shifts) for row in days},
        ZoneInfo(the_town().timezone),
    )


def spans(plant: Asset, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return when a plant works between two moments; always, where it has no shifts."""
    return calendar_of(plant).spans(since, until)


def skilled(organisations: Iterable[int]) -> dict[tuple[str, str], int]:
    """Return how many people have a skill in a shift: (skill, shift) → people.

    What holds for every shift stands under "" as its shift.
    """
    found: dict[tuple[str, str], int] = {}
    rows = CrewSkill.objects.filter(organisation__in=organisations)
    for skill, shift, people in rows.values_list("skill__code", "shift__code", "people"):
        key = (skill, shift or "")
        found[key] = found.get(key, 0) + people
    return found
