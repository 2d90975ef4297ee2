"""What a bulletin says: read from tallies, backlog, kept leagues and kept indicators.

Nothing is counted from cases, so a bulletin costs the same however long the history is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.cases.models import Category
from linli.clock import now
from linli.engines.pace import Light
from linli.indicators import showing, spans, targets, wording
from linli.indicators.bulletins import changes, ground
from linli.indicators.bulletins.changes import BEFORE, Change, Series
from linli.indicators.bulletins.counted import COUNTED, NAMES, Asked, Counted, Sums, sums
from linli.indicators.bulletins.document import (
    BETTER,
    WORSE,
    Bulletin,
    Chart,
    Number,
    Place,
    Ranking,
    Sentence,
)
from linli.indicators.bulletins.stretch import MONTH, Stretch
from linli.indicators.known import Known
from linli.indicators.models import TOWN
from linli.people.models import Organisation
from linli.places.models import COMMUNITY
from linli.places.town import the_town
from linli.scores import kept
from linli.scores.figures import SIDES
from linli.scores.leagues import DEPARTMENTS, GRIDS, TEAMS
from linli.scores.models import Backlog, Tally
from linli.scores.periods import month_of

HEAD = ("received", "resolved", "on_time", "response", "satisfaction", "overdue", "reworked",
        "self_found")  # fmt: skip
SHOWN = 3
MOST_INDICATORS = 12
OF_ORGANISATIONS = tuple(
    sorted({name for one in ("overdue", "resolved") for name in COUNTED[one].names})
)
NOTHING: dict[str, int] = dict.fromkeys(NAMES, 0)


def bulletin(stretch: Stretch) -> Bulletin:
    """Put together the bulletin of a day, week or month, in the language that is active."""
    town = sums(stretch, (Tally.Kind.TOWN,), "category")
    whole = {n: _added(town, n) for n in range(BEFORE + 1)}
    organisations = sums(stretch, SIDES, "subject", OF_ORGANISATIONS)
    known = Known.now()
    values = _indicator_values(stretch, known)
    standings = [s for s in showing.lights() if s.light == Light.BEHIND]
    return Bulletin(
        str(the_town()),
        _title(stretch),
        str(stretch),
        stretch.words,
        _note(stretch),
        now(),
        [*_numbers(stretch, whole), *_lying()],
        _chart(stretch, whole),
        ground.received(stretch),
        [one for contest in (GRIDS, DEPARTMENTS, TEAMS) if (one := _ranking(contest, stretch))],
        [
            _changed(stretch, one)
            for one in changes.most(_series(stretch, whole, town, organisations, values))
        ],
        _("A change counts as many times as it is larger than what is usual: the standard "
          "deviation of the thirteen periods before, or what chance alone would make if that is "
          "more. The three largest are shown."),
        _asks(stretch, organisations, standings),
        _indicators(known),
    )  # fmt: skip


def _title(stretch: Stretch) -> str:
    titles = {
        "day": _("Bulletin of the day"), "week": _("Bulletin of the week"),
        "month": _("Bulletin of the month"),
    }  # fmt: skip
    return titles[stretch.kind]


def _note(stretch: Stretch) -> str:
    if not stretch.is_running:
        return ""
    days = (stretch.counted.last - stretch.counted.first).days + 1
    return ngettext(
        "Still running: its first day is compared with the first day of those before.",
        "Still running: its first %(n)d days are compared with as many of those before.",
        days,
    ) % {"n": days}


def _added(found: Sums, n: int) -> Mapping[str, int]:
    """Add up all keys of one period."""
    rows = [counts for (back, _key), counts in found.items() if back == n]
    return {name: sum(row[name] for row in rows) for name in NAMES}


# --- numbers ---------------------------------------------------------------------------------


def _said(counted: Counted, value: float | None) -> str:
    if value is None:
        return "–"
    if counted.of:
        return f"{number_format(round(value, 1), 1)} %"
    return number_format(value, 0, force_grouping=True)


def _signed(by: float, decimals: int) -> str:
    by = round(by, decimals)
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    return f"{sign}{number_format(abs(by), decimals, force_grouping=True)}"


def _numbers(stretch: Stretch, whole: Mapping[int, Mapping[str, int]]) -> list[Number]:
    found = []
    for name in HEAD:
        counted = COUNTED[name]
        value, before = counted.value(whole[0]), counted.value(whole[1])
        change, tone = "", ""
        if value is not None and before is not None:
            by = value - before
            change = _signed(by, 1 if counted.of else 0)
            if by and counted.better:
                tone = BETTER if (by > 0) == (counted.better == "up") else WORSE
        link = Asked(stretch, name).link()
        found.append(Number(str(counted.label), _said(counted, value), change, tone, link))
    return found


def _lying() -> list[Number]:
    """Return what lies open now."""
    row = Backlog.objects.filter(kind=Tally.Kind.TOWN, subject=0).first()
    if row is None:
        return []
    cases = reverse("cases")
    return [
        Number(_("Open now"), number_format(row.open, 0, force_grouping=True), "", "",
               f"{cases}?state=open"),
        Number(_("Overdue now"), number_format(row.overdue, 0, force_grouping=True), "", "",
               f"{cases}?overdue=on"),
    ]  # fmt: skip


def _chart(stretch: Stretch, whole: Mapping[int, Mapping[str, int]]) -> Chart:
    received = [whole[n]["received"] for n in range(BEFORE, -1, -1)]
    past = sum(received[:-1]) / BEFORE
    said = {"now": number_format(received[-1], 0, force_grouping=True),
            "mean": number_format(past, 0, force_grouping=True)}  # fmt: skip
    if received[-1] > past:
        title = _(
            "Received: %(now)s, more than the mean of %(mean)s in the thirteen periods before"
        )
    else:
        title = _("Received: %(now)s, no more than the mean of %(mean)s in the thirteen periods "
                  "before")  # fmt: skip
    labels = [stretch.back(n).short for n in range(BEFORE, -1, -1)]
    return Chart(title % said, labels, received, Asked(stretch, "received").link())


# --- leagues ---------------------------------------------------------------------------------


def _ranking(contest: str, stretch: Stretch) -> Ranking | None:
    """Return the top and the bottom of the league of the month in which the stretch lies."""
    month = month_of(stretch.whole.first)
    table = kept.kept(contest, month, COMMUNITY, "grid")
    top = list(table.placings.order_by("rank", "id")[:SHOWN])
    rest = table.placings.exclude(pk__in=[p.pk for p in top])
    shown = [*top, *reversed(rest.order_by("-rank", "-id")[:SHOWN])]
    if not shown:
        return None
    before = kept.ranks_before(table, [p.unit for p in shown]) or {}
    query = {"contest": contest, "layer": COMMUNITY, "kind": "grid", "period": str(month)}
    lines = []
    for one in kept.standings(table, shown):
        was = before.get(one.unit.pk)
        by = (was - one.rank) if was else 0
        lines.append(Place(
            one.rank, f"{one.rank_low}–{one.rank_high}", str(one.unit),
            number_format(round(one.score, 1), 1), _signed(by, 0) if was else "",
            f"{reverse('reasons')}?{urlencode({**query, 'unit': one.unit.code})}",
        ))  # fmt: skip
    said = {"month": Stretch(MONTH, month, stretch.today).words}
    titles = {
        GRIDS: _("League of grids, %(month)s"), DEPARTMENTS: _("League of departments, %(month)s"),
        TEAMS: _("League of teams, %(month)s"),
    }  # fmt: skip
    link = f"{reverse('leagues')}?{urlencode(query)}"
    return Ranking(titles[contest] % said, lines[:SHOWN], lines[SHOWN:], link)


# --- what changed most -----------------------------------------------------------------------


def _series(
    stretch: Stretch, whole: Mapping[int, Mapping[str, int]], town: Sums, organisations: Sums,
    indicators: Sequence[Series],
) -> list[Series]:  # fmt: skip
    """Return everything that may have changed: the town's figures, categories, organisations."""
    order = range(BEFORE, -1, -1)
    found = [
        _one(Asked(stretch, name), "", [whole[n] for n in order]) for name in COUNTED
    ]  # fmt: skip
    for key, row in _rows(Category, town).items():
        asked = Asked(stretch, "received", category=row.code)
        found.append(_one(asked, str(row), [town.get((n, key), NOTHING) for n in order]))
    for key, row in _rows(Organisation, organisations).items():
        for name in ("overdue", "resolved"):
            asked = Asked(stretch, name, organisation=row.code)
            past = [organisations.get((n, key), NOTHING) for n in order]
            found.append(_one(asked, str(row), past))
    return [*found, *indicators]


def _rows(model: type[Model], found: Sums) -> Mapping[int, Any]:
    return model._default_manager.in_bulk({key for _n, key in found if key})


def _one(asked: Asked, whose: str, past: Sequence[Mapping[str, int]]) -> Series:
    counted = asked.counted
    if counted.of:
        pairs = [counted.pair(each) for each in past]
        return changes.of_rates([n for n, _of in pairs], [of for _n, of in pairs], (asked, whose))
    return changes.of_counts([counted.value(each) or 0 for each in past], (asked, whose))


def _indicator_values(stretch: Stretch, known: Known) -> list[Series]:
    """Return monthly indicators up to a month; a day or a week has none."""
    if stretch.kind != MONTH or stretch.is_running:
        return []
    last = spans.number(str(stretch), spans.MONTH)
    codes = [code for code, entry in known.entries.items() if entry.every == spans.MONTH]
    found = []
    for (code, _area), values in targets.series(codes, [TOWN], known).items():
        past = [values[n][0] if n in values else None for n in range(last - BEFORE, last + 1)]
        present = [value for value in past if value is not None]
        least = max((abs(value) for value in present), default=0) / 1000 or 1.0
        found.append(Series(past, least, known.rows[code]))
    return found


def _changed(stretch: Stretch, one: Change) -> Sentence:
    if isinstance(one.series.tag, tuple):
        asked, whose = one.series.tag
        label, link = str(asked.counted.label), asked.link()
        now_, before = (_said(asked.counted, value) for value in (one.now, one.before))
        what = _("%(figure)s (%(whose)s)") % {"figure": label, "whose": whose} if whose else label
    else:
        row = one.series.tag
        what, link = str(row), reverse("indicator", args=[row.code])
        now_, before = (wording.amount(value, row.formula) for value in (one.now, one.before))
    said = {"what": what, "now": now_, "before": before,
            "times": number_format(round(one.times, 1), 1)}  # fmt: skip
    if one.now > one.before:
        text = _("%(what)s rose from %(before)s to %(now)s, %(times)s times its usual spread.")
    else:
        text = _("%(what)s fell from %(before)s to %(now)s, %(times)s times its usual spread.")
    return Sentence(text % said, link)


# --- what needs a leader ---------------------------------------------------------------------


def _asks(
    stretch: Stretch, organisations: Sums, behind: Sequence[targets.Standing]
) -> list[Sentence]:
    found, cases = [], reverse("cases")
    row = Backlog.objects.filter(kind=Tally.Kind.TOWN, subject=0).first()
    if row and row.overdue:
        text = ngettext("%(n)d case is overdue now.", "%(n)d cases are overdue now.", row.overdue)
        found.append(Sentence(text % {"n": row.overdue}, f"{cases}?overdue=on"))
    if row and row.returned:
        text = ngettext("%(n)d returned case waits for a ruling.",
                        "%(n)d returned cases wait for a ruling.", row.returned)  # fmt: skip
        found.append(Sentence(text % {"n": row.returned}, f"{cases}?state=returned"))
    late = [(counts["overdue"], key) for (n, key), counts in organisations.items() if n == 0]
    worst = sorted((one for one in late if one[0]), key=lambda one: (-one[0], one[1]))[:SHOWN]
    known = Organisation.objects.in_bulk([key for _n, key in worst])
    for n, key in worst:
        if key not in known:
            continue
        text = ngettext("%(who)s let %(n)d case fall overdue.",
                        "%(who)s let %(n)d cases fall overdue.", n)  # fmt: skip
        asked = Asked(stretch, "overdue", organisation=known[key].code)
        found.append(Sentence(text % {"who": known[key], "n": n}, asked.link()))
    for one in behind[:SHOWN]:
        said = {"target": one.target, "lacking": wording.lacking(one)}
        text = _("“%(target)s” is behind its path. %(lacking)s") % said
        found.append(Sentence(text.strip(), reverse("indicator", args=[one.entry.code])))
    return found


def _indicators(known: Known) -> list[Number]:
    """Return the indicators that have targets, with their last value; then others."""
    lines = [line for line in showing.lines(known) if line.period]
    lines.sort(key=lambda line: line.standing is None)
    return [
        Number(
            f"{line.indicator} · {line.period}", f"{line.value} {line.unit}",
            line.change, _tone(line), reverse("indicator", args=[line.indicator.code]),
        )
        for line in lines[:MOST_INDICATORS]
    ]  # fmt: skip


def _tone(line: showing.Line) -> str:
    if line.is_up is None:
        return ""
    return BETTER if line.is_up == (line.indicator.formula.better == "up") else WORSE
