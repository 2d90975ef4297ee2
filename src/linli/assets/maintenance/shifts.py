"""The shift calendar of a plant as slots: who is there, and what standing still costs then."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from linli.assets.register.models import Asset, Output, Stop
from linli.assets.register.owning import departments, plant_of
from linli.assets.register.shifts import calendar_of, skilled
from linli.cases.calendar import calendar
from linli.engines.windows import Slot
from linli.places.town import the_town

NIGHT_FROM, NIGHT_UNTIL = 20, 6
HOURS = time(8), time(17)
LOOKED_BACK = timedelta(days=28)
FUNCTION = "maintenance"


def zone_of_town() -> ZoneInfo:
    """Return the zone of the town's clocks."""
    return ZoneInfo(the_town().timezone)


@dataclass(frozen=True)
class Piece:
    """A piece of the calendar: from when to when, of which shift ("" without a calendar)."""

    begins: datetime
    ends: datetime
    shift: str


def pieces(plant: Asset, since: datetime, until: datetime) -> list[Piece]:
    """Return the shifts of a plant between two moments; where two overlap the earlier goes on.

    Where no shifts are kept, the working days of the town stand for them, from eight to five.
    """
    known = calendar_of(plant)
    if known.weekly:
        found = [Piece(one.since, one.until, one.code) for one in known.turns(since, until)]
    else:
        first = since.astimezone(known.zone).date() - timedelta(days=1)
        days = (first + timedelta(days=n) for n in range((until - since).days + 3))
        found = [
            Piece(
                datetime.combine(day, HOURS[0], known.zone),
                datetime.combine(day, HOURS[1], known.zone),
                "",
            )
            for day in days
            if calendar().is_workday(day)
        ]
    apart = list[Piece]()
    for piece in found:
        begins = max(piece.begins, since, apart[-1].ends if apart else since)
        ends = min(piece.ends, until)
        if begins < ends:
            apart.append(Piece(begins, ends, piece.shift))
    return apart


def crew(plant: Asset) -> dict[tuple[str, str], int]:
    """Return how many people of a plant's maintenance have a skill in a shift ("": in each)."""
    own = plant_of(plant)
    if own is None:
        return {}
    all_of_it = departments(own)
    keys = [one.pk for one in all_of_it if FUNCTION in one.functions]
    return skilled(keys or [one.pk for one in all_of_it])


def is_counted(plant: Asset) -> bool:
    """Tell whether the people of a plant are counted: it has shifts, and skills in them."""
    return bool(crew(plant)) and bool(calendar_of(plant).weekly)


def slots(
    plant: Asset, lines: Mapping[str, float], quiet: Mapping[str, float], since: datetime,
    until: datetime,
) -> tuple[list[Piece], list[Slot]]:  # fmt: skip
    """Return the calendar of a plant from now on, as pieces and as slots of the engine.

    Parameters
    ----------
    lines
        What stands still, by code of the asset, and what an hour of it costs at full work.
    quiet
        Share of that at night and at weekends, where no output says otherwise.
    """
    people = crew(plant)
    shares = _shares(list(lines), since)
    planned = _planned(list(lines), since, until)
    cut = _cut(pieces(plant, since, until), [edge for span in planned for edge in span[1:]])
    found = []
    for piece in cut:
        there: dict[str, int] = {}
        for (skill, shift), n in people.items():
            if shift in ("", piece.shift):
                there[skill] = there.get(skill, 0) + n
        cost = {}
        for line, yuan in lines.items():
            if any(line == of and b <= piece.begins and piece.ends <= e for of, b, e in planned):
                share = 0.0
            elif line in shares:
                share = shares[line].get(_kind(piece.begins), 0.0)
            else:
                share = quiet.get(line, 1.0) if _is_quiet(piece.begins) else 1.0
            cost[line] = yuan * share
        found.append(Slot(_hours(since, piece.begins), _hours(since, piece.ends), there, cost))
    return cut, found


def _hours(since: datetime, at: datetime) -> float:
    return (at - since) / timedelta(hours=1)


def _cut(found: Sequence[Piece], edges: Sequence[datetime]) -> list[Piece]:
    """Cut pieces where a planned stop begins or ends in them."""
    cut = list[Piece]()
    for piece in found:
        begins = piece.begins
        for edge in sorted(edges):
            if begins < edge < piece.ends:
                cut.append(Piece(begins, edge, piece.shift))
                begins = edge
        cut.append(Piece(begins, piece.ends, piece.shift))
    return cut


def _kind(at: datetime) -> tuple[bool, bool]:
    """Return which sort of time it is: a weekend, a night."""
    local = at.astimezone(zone_of_town())
    is_night = local.hour >= NIGHT_FROM or local.hour < NIGHT_UNTIL
    return local.weekday() >= 5, is_night


def _is_quiet(at: datetime) -> bool:
    return any(_kind(at))


def _shares(lines: Sequence[str], since: datetime) -> dict[str, dict[tuple[bool, bool], float]]:
    """Return how much of its busiest time's output each line makes in each sort of time.

    By the output that was reported in the last four weeks; a line without any is not named.
    """
    made: dict[str, dict[tuple[bool, bool], float]] = defaultdict(lambda: defaultdict(float))
    hours: dict[str, dict[tuple[bool, bool], float]] = defaultdict(lambda: defaultdict(float))
    rows = Output.objects.filter(asset__code__in=lines, since__gte=since - LOOKED_BACK)
    for line, begins, ends, number in rows.values_list("asset__code", "since", "until", "made"):
        made[line][_kind(begins)] += number
        hours[line][_kind(begins)] += (ends - begins) / timedelta(hours=1)
    found = {}
    for line, by in made.items():
        rates = {kind: n / hours[line][kind] for kind, n in by.items() if hours[line][kind] > 0}
        most = max(rates.values(), default=0.0)
        if most > 0:
            found[line] = {kind: rate / most for kind, rate in rates.items()}
    return found


def _planned(
    lines: Sequence[str], since: datetime, until: datetime
) -> list[tuple[str, datetime, datetime]]:
    """Return the stops planned for these lines, or for what they belong to."""
    assets = {row.code: row for row in Asset.objects.filter(code__in=lines)}
    above = {code: line for line, row in assets.items() for code in row.above}
    rows = Stop.objects.filter(
        asset__code__in=list(above), cause=Stop.Cause.PLANNED, since__lt=until, until__gt=since
    )
    found = []
    for code, begins, ends in rows.values_list("asset__code", "since", "until"):
        for line, row in assets.items():
            if code in row.above:
                found.append((line, begins, ends or until))
    return found
