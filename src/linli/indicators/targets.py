"""How targets stand: the way so far against the path, and what is missing in pieces."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linli.clock import now
from linli.engines import pace
from linli.engines.pace import Light, Missing
from linli.indicators import spans, units
from linli.indicators.grammar import IndicatorEntry
from linli.indicators.known import Known, present
from linli.indicators.models import TOWN, Alarm, Target, Value

Series = dict[int, tuple[float, int]]  # number of the period → value, rows behind it


@dataclass(frozen=True)
class Standing:
    """A target and where it stands in the last finished period.

    `actual`, `expected` and `target` are in the indicator's unit; for the measure `total` they
    are what came together since the beginning.
    """

    target: Target
    entry: IndicatorEntry
    period: str
    actual: float | None
    expected: float | None
    light: Light
    missing: Missing | None
    pieces: str
    path: Mapping[int, float] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """How much lacks to the path; negative where it is ahead."""
        if self.actual is None or self.expected is None:
            return None
        sign = 1 if self.entry.better == "up" else -1
        return sign * (self.expected - self.actual)


def series(codes: Iterable[str], areas: Iterable[int], known: Known
           ) -> dict[tuple[str, int], Series]:  # fmt: skip
    """Return kept values by indicator and area."""
    by_pk = {known.rows[code].pk: code for code in codes if code in known.rows}
    found: dict[tuple[str, int], Series] = {}
    rows = Value.objects.filter(indicator__in=by_pk, area__in=set(areas))
    for pk, area, period, value, n in rows.values_list("indicator", "area", "period", "value", "n"):
        code = by_pk[pk]
        number = spans.number(period, known.entries[code].every)
        found.setdefault((code, area), {})[number] = value, n
    return found


def is_of_the_moment(entry: IndicatorEntry, known: Known) -> bool:
    """Tell whether the present period can be judged though it is not over."""
    if entry.entered:
        return True
    formula = entry.count or entry.sum
    if formula:
        return not formula.at
    return all(is_of_the_moment(known.entries[code], known) for code in entry.built_on
               if code in known.entries)  # fmt: skip


def finished(entry: IndicatorEntry, known: Known, values: Series) -> list[int]:
    """Return the periods that are over, in order."""
    last = present()[entry.every] - (0 if is_of_the_moment(entry, known) else 1)
    return sorted(n for n in values if n <= last)


def standings(targets: Sequence[Target], known: Known | None = None) -> list[Standing]:
    """Return how targets stand; asks the database once for all of them."""
    known = known or Known.now()
    codes: set[str] = set()
    for target in targets:
        entry = target.indicator.formula
        codes |= {entry.code, *entry.built_on}
    values = series(codes, [target.area_id or TOWN for target in targets], known)
    return [_standing(target, known, values) for target in targets]


def _standing(
    target: Target, known: Known, all_values: Mapping[tuple[str, int], Series]
) -> Standing:
    entry, area = target.indicator.formula, target.area_id or TOWN
    values = all_values.get((entry.code, area), {})
    since, by = (spans.number(each, entry.every) for each in (target.since, target.by))
    path = path_of(target, entry, values)
    done = [n for n in finished(entry, known, values) if since <= n <= by]
    if not done:
        return Standing(target, entry, "", None, None, Light.UNKNOWN, None, "", path)
    last, base = done[-1], path[since]
    actual = values[last][0]
    if target.measure == "total":
        base, actual = 0.0, sum(values[n][0] for n in done)
    is_up = entry.better == "up"
    light = pace.light(actual, path[last], base, target.value, target.slack, is_up)
    lacks, unit = missing(target, known, all_values, last, actual)
    return Standing(target, entry, spans.name(last, entry.every), actual, path[last], light, lacks,
                    unit, path)  # fmt: skip


def base_of(target: Target, entry: IndicatorEntry, values: Series) -> float:
    """Return where the way begins: as given, else the value of that period or the first known."""
    if target.base is not None:
        return target.base
    since = spans.number(target.since, entry.every)
    known = [n for n in sorted(values) if n <= since] or sorted(values)[:1]
    return values[known[-1]][0] if known else 0.0


def path_of(target: Target, entry: IndicatorEntry, values: Series) -> dict[int, float]:
    """Return what is expected in each period of a target."""
    since, by = (spans.number(each, entry.every) for each in (target.since, target.by))
    if target.path == "steps":
        given = [(spans.number(at, entry.every), value) for at, value in target.steps]
        base = base_of(target, entry, values) if target.measure == "level" else 0.0
        return pace.steps(base, target.value, since, by, given)
    if target.measure == "level":
        return pace.linear(base_of(target, entry, values), target.value, since, by)
    if target.path == "seasonal":
        past = {n: value for n, (value, _rows) in values.items() if n < since}
        return pace.seasonal(target.value, since, by, past, spans.A_YEAR[entry.every])
    return pace.running(target.value, since, by)


def missing(
    target: Target, known: Known, values: Mapping[tuple[str, int], Series], last: int, actual: float
) -> tuple[Missing, str]:
    """Return what lacks to the target itself, and what the pieces are counted in."""
    entry, area = target.indicator.formula, target.area_id or TOWN
    amount = Missing(pace.missing(actual, target.value, entry.better == "up"))
    if entry.better != "up":
        return amount, ""
    if entry.count:
        return pace.pieces_of_count(actual, target.value), entry.unit
    if entry.sum:
        rows = values[entry.code, area][last][1]
        made = actual if target.measure == "level" else values[entry.code, area][last][0]
        if rows and made > 0 and entry.pieces:
            each = pace.pieces_of_sum(made, made + amount.amount, rows)
            return Missing(amount.amount, added=each.added), entry.pieces
        return amount, ""
    if entry.share and entry.share.part in known.entries and entry.share.whole in known.entries:
        part, whole = (values.get((code, area), {}).get(last) for code in entry.built_on)
        counts = known.entries[entry.share.part].count and known.entries[entry.share.whole].count
        if part and whole and counts:
            unit = known.entries[entry.share.part].unit
            return pace.pieces_of_share(part[0], whole[0], target.value), unit
    return amount, ""


# --- off the pace ----------------------------------------------------------------------------


def sweep() -> int:
    """Open a case for the owner of each target that is behind; return how many were opened.

    Not again while that case is open, and at most once a period: a case that was closed with
    the target still behind is followed by another when the next period is over.
    """
    from linli.cases.intake import Report, receive
    from linli.cases.models import OPEN, Category, Source
    from linli.indicators.wording import told_of

    targets = list(
        Target.objects.filter(retired=False, indicator__retired=False)
        .exclude(indicator__category="")
        .select_related("indicator", "area")
        .defer("area__wkb")
    )
    known = set(Category.objects.filter(retired=False).values_list("code", flat=True))
    late = [
        standing for standing in standings(targets)
        if standing.light == Light.BEHIND and standing.target.indicator.category in known
    ]  # fmt: skip
    told = list(
        Alarm.objects.filter(target__in=[standing.target.pk for standing in late])
        .values_list("target", "period", "case__state")
    )  # fmt: skip
    is_open = {target for target, _period, state in told if state in OPEN}
    before = {(target, period) for target, period, _state in told}
    opened = 0
    for standing in late:
        target = standing.target
        if target.pk in is_open or (target.pk, standing.period) in before:
            continue
        title, body = told_of(standing)
        report = Report(
            title, body=body, source=Source.INDICATOR, category=target.indicator.category,
            area=target.area.code if target.area else _root(),
            external_id=f"{target.code} {standing.period}",
        )  # fmt: skip
        receipt = receive([report])[0]
        Alarm.objects.get_or_create(
            target=target, period=standing.period, defaults={"case": receipt.case, "at": now()}
        )
        opened += 1
    return opened


def _root() -> str:
    from linli.places.atlas import atlas

    return next(area.code for area in atlas().areas.values() if area.parent_id is None)


def unit_of(standing: Standing) -> str:
    """Return the unit of a standing's figures in the language of the page."""
    return units.label(standing.entry.unit)
