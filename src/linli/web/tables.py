"""Lists that only a page shows, to be had as files: leagues, the cases behind figures, opinions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.cases.tables import CASES
from linli.clock import now
from linli.people.scope import Scope
from linli.people.tables import works_here
from linli.scores import kept, ratings, together
from linli.scores.leagues import MEASURES, Standing
from linli.scores.models import Placing, Rating
from linli.scores.periods import local_day
from linli.scores.tables import RATINGS
from linli.scores.together import OVERSEE
from linli.tables import Column, Kind, Table, present
from linli.web import leagues
from linli.web.cockpit.figures import STAGES
from linli.web.cockpit.reach import reach_of
from linli.web.cockpit.views import cases_at
from linli.web.ratings import month_asked


def _standings(scope: Scope, query: Mapping[str, Any]) -> list[Standing]:
    """Return every line of the league that a query asks for, in the order of ranks."""
    table = leagues.table_of(leagues.asked_for(query))
    return kept.standings(table, list(table.placings.order_by("rank", "id")))


def _part(measure: str, number: str) -> Callable[[Standing], Any]:
    def read(standing: Standing) -> Any:
        part = standing.parts.get(measure)
        value = getattr(part, number) if part else None
        return round(value, 4) if isinstance(value, float) else value

    return read


def _score(number: str) -> Callable[[Standing], float]:
    return lambda standing: round(getattr(standing, number), 2)


# What stands in a league of each measure: out of how many, what the bare figures say, what is
# believed after adjusting, and the range in which it lies with 90 % probability.
NUMBERS = (
    ("n", _("%(measure)s: of how many")),
    ("raw", _("%(measure)s: as counted")),
    ("adjusted", _("%(measure)s: adjusted")),
    ("low", _("%(measure)s: at least")),
    ("high", _("%(measure)s: at most")),
    ("weight", _("%(measure)s: weight")),
)


class Of:
    """The words for a number of a measure, in the language of whoever reads them."""

    def __init__(self, words: Any, measure: Any) -> None:
        self.words, self.measure = words, measure

    def __str__(self) -> str:
        return str(self.words) % {"measure": self.measure}


present(
    Table(
        "leagues",
        _("Leagues"),
        Placing,
        "unit",
        (
            Column("rank", _("Rank"), Kind.WHOLE),
            Column("rank_low", _("Rank at best"), Kind.WHOLE),
            Column("rank_high", _("Rank at worst"), Kind.WHOLE),
            Column("unit", _("Code"), read=lambda row: row.unit.code),
            Column("name", _("Name"), read=lambda row: str(row.unit)),
            Column("score", _("Score"), Kind.NUMBER, read=_score("score")),
            Column("low", _("Score at least"), Kind.NUMBER, read=_score("low")),
            Column("high", _("Score at most"), Kind.NUMBER, read=_score("high")),
            *(
                Column(f"{name}_{number}", Of(words, measure.label),  # type: ignore[arg-type]
                       Kind.WHOLE if number == "n" else Kind.NUMBER, read=_part(name, number))
                for name, measure in MEASURES.items()
                for number, words in NUMBERS
            ),
        ),
        may_list=works_here,
        narrow=_standings,
    )
)  # fmt: skip


def _behind(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    asked = leagues.asked_for(query)
    measure = MEASURES.get(str(query.get("measure", "")))
    if measure is None or not measure.of:
        raise Http404
    table, standing = leagues.standing_of(asked, query.get("unit"))
    counted = kept.as_league(table).figure(standing, *measure.of)
    return leagues.cases_counted(scope, counted)


def _at_stage(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    reach, text = reach_of(scope), str(query.get("stage", ""))
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if reach is None or not 1 <= number <= len(STAGES):
        raise Http404
    return cases_at(scope, reach, number, local_day(now()))


present(replace(CASES, name="cases-counted", narrow=_behind, may_list=works_here))
present(
    replace(
        CASES, name="cases-at-stage", narrow=_at_stage,
        may_list=lambda scope: reach_of(scope) is not None,
    )
)  # fmt: skip


# --- ratings ---------------------------------------------------------------------------------


def _oversees(scope: Scope) -> bool:
    return scope.has(*OVERSEE)


def _opinions(scope: Scope, query: Mapping[str, Any]) -> list[ratings.Opinion]:
    side = str(query.get("side", ""))
    if side not in Rating.Side.values:
        raise Http404
    return ratings.rating_table(month_asked(str(query.get("month", ""))), side)


def _to_rate(scope: Scope, query: Mapping[str, Any]) -> list[together.ToRate]:
    return together.to_rate(scope.user, month_asked(str(query.get("month", ""))))  # type: ignore[arg-type]


def _appealed(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Rating]:
    found = scope.of(Rating).exclude(appeal="")
    if query.get("appeal") == "asked":
        found = found.filter(appeal=Rating.Appeal.ASKED)
    return found.order_by("-month", "-id")


def _cases_appealed(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    return scope.of(Case).filter(~Q(appealed="")).order_by("-id")


def _dimension(name: str) -> Callable[[ratings.Opinion], float | None]:
    def read(opinion: ratings.Opinion) -> float | None:
        mean = opinion.by_dimension.get(name)
        return None if mean is None else round(mean, 2)

    return read


present(
    Table(
        "opinions",
        _("Monthly ratings"),
        Rating,
        "code",
        (
            Column("code", _("Code"), read=lambda row: row.unit.code),
            Column("name", _("Who"), read=lambda row: str(row.unit)),
            Column("mean", _("Mean"), Kind.NUMBER,
                   read=lambda row: None if row.mean is None else round(row.mean, 2)),
            *(
                Column(name, label, Kind.NUMBER, read=_dimension(name))
                for name, label in {
                    name: label for side in Rating.Side
                    for name, label in ratings.DIMENSIONS[side].items()
                }.items()
            ),
            Column("n", _("Ratings"), Kind.WHOLE),
            Column("set_aside", _("Set aside"), Kind.WHOLE),
        ),
        may_list=_oversees,
        narrow=_opinions,
    )
)  # fmt: skip
present(
    Table(
        "to-rate",
        _("For you to rate"),
        Rating,
        "grid",
        (
            Column("side", _("Who rates"), Kind.CHOICE, choices=tuple(Rating.Side.choices)),
            Column("grid", _("Grid"), read=lambda row: str(row.grid)),
            Column("organisation", _("Organisation"), read=lambda row: str(row.organisation)),
            Column("cases", _("Cases"), Kind.WHOLE, path="facts__cases"),
            Column("on_time", _("On time"), Kind.WHOLE, path="facts__on_time"),
            Column("late", _("Late"), Kind.WHOLE, path="facts__late"),
            Column("rework", _("Rework"), Kind.WHOLE, path="facts__rework"),
            Column("rated", _("Rated"), Kind.FLAG, read=lambda row: row.rating is not None),
        ),
        may_list=works_here,
        narrow=_to_rate,
    )
)  # fmt: skip
present(replace(RATINGS, name="appeals", narrow=_appealed))
present(replace(CASES, name="cases-appealed", narrow=_cases_appealed, may_list=works_here))
