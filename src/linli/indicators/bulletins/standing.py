"""The league in a bulletin: top and bottom of the table of its month."""

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.indicators.bulletins import reach
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.document import Place, Ranking
from linli.indicators.bulletins.numbers import signed
from linli.indicators.bulletins.section import BlockEntry
from linli.indicators.bulletins.stretch import MONTH, Stretch
from linli.places.models import COMMUNITY
from linli.scores import kept
from linli.scores.leagues import DEPARTMENTS, GRIDS, TEAMS
from linli.scores.models import KeptLeague
from linli.scores.periods import Period, month_of

SHOWN = 3


def ranking(basis: Basis, block: BlockEntry) -> Ranking | None:
    """Return the best and the last; in an area its own grids, with their ranks in the town."""
    assert block.contest
    if basis.area is not None and block.contest != GRIDS:
        return None
    month, lines = month_of(basis.stretch.whole.first), block.lines or SHOWN
    table = kept.kept(block.contest, month, COMMUNITY, "grid")
    placings = table.placings.all()
    if basis.area is not None:
        placings = placings.filter(unit__in=reach.grids(basis.area))
    top = list(placings.order_by("rank", "id")[:lines])
    rest = placings.exclude(pk__in=[p.pk for p in top])
    shown = [*top, *reversed(rest.order_by("-rank", "-id")[:lines])]
    if not shown:
        return None
    before = kept.ranks_before(table, [p.unit for p in shown]) or {}
    query = {"contest": block.contest, "layer": COMMUNITY, "kind": "grid", "period": str(month)}
    found = []
    for one in kept.standings(table, shown):
        was = before.get(one.unit.pk)
        by = (was - one.rank) if was else 0
        found.append(Place(
            one.rank, f"{one.rank_low}–{one.rank_high}", str(one.unit),
            number_format(round(one.score, 1), 1), signed(by, 0) if was else "",
            f"{reverse('reasons')}?{urlencode({**query, 'unit': one.unit.code})}",
        ))  # fmt: skip
    title = block.said("title") or _usual_title(block.contest, month, basis.stretch)
    link = f"{reverse('leagues')}?{urlencode(query)}"
    return Ranking(title, found[:lines], found[lines:], link)


def _usual_title(contest: str, month: Period, stretch: Stretch) -> str:
    titles = {
        GRIDS: _("League of grids, %(month)s"), DEPARTMENTS: _("League of departments, %(month)s"),
        TEAMS: _("League of teams, %(month)s"),
    }  # fmt: skip
    return titles[contest] % {"month": Stretch(MONTH, month, stretch.today).words}


def settle(stretch: Stretch) -> None:
    """Compute the leagues of a month that is over once more, if something was counted since."""
    month = month_of(stretch.whole.first)
    stale = KeptLeague.objects.filter(first=month.first, last=month.last, stale=True)
    for row in stale.filter(area_kind__in=("", "grid"), layer__in=("", COMMUNITY)):
        kept.keep(row.contest, month, COMMUNITY, "grid")
