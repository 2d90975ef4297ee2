"""Once a month grids rate the departments that worked in them, and departments the grids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.loop import Refused
from linli.cases.models import Event
from linli.clock import now
from linli.people.models import Lead, Organisation, Role, User
from linli.people.scope import Scope
from linli.places.models import Area
from linli.scores.models import KeptLeague, Rating, RatingEntry
from linli.scores.periods import Period, local_day, month_of

Side, Appeal, Action = Rating.Side, Rating.Appeal, RatingEntry.Action
LOWEST, HIGHEST = 1, 5
WORKS_IN_GRIDS = (Organisation.Kind.DEPARTMENT, Organisation.Kind.STATION)

# What counts as having to do with each other; found by the index over action and time.
HANDLING = ("dispatch", "rule", "accept", "resolve", "reopen")

L = gettext_lazy
DIMENSIONS = {
    Side.GRID: {
        "promptness": L("Comes when called"),
        "result": L("Solves it for good"),
        "manner": L("Talks with residents and explains"),
        "cooperation": L("Works together with the grid"),
    },
    Side.ORGANISATION: {
        "finding": L("Finds things early"),
        "accuracy": L("Reports are clear and complete"),
        "preparation": L("Prepares the ground with residents"),
        "cooperation": L("Works together with the department"),
    },
}


def pairs(month: Period) -> set[tuple[int, int]]:
    """Return (grid, organisation) for every department that handled a case in a grid."""
    works = set(
        Organisation.objects.filter(kind__in=WORKS_IN_GRIDS).order_by().values_list("pk", flat=True)
    )
    in_month = Event.objects.filter(
        action__in=HANDLING, at__gte=month.begins, at__lt=month.ends
    ).order_by()
    columns = ("community_grid_id", "service_grid_id", "territorial_id", "functional_id")
    found: set[tuple[int, int]] = set()
    for community, service, territorial, functional in in_month.values_list(*columns).distinct():
        for grid in (community, service):
            if grid is not None:
                found.update((grid, org) for org in (territorial, functional) if org in works)
    return found


def rate(
    side: str,
    grid: Area,
    organisation: Organisation,
    month: date,
    by: User,
    scores: dict[str, int],
    comment: str = "",
) -> Rating:
    """Rate the other side for the month in which `month` lies, or change what was said.

    Either lead speaks for a grid, the head for a department; the last word before the
    next month has ended counts, and every word is kept.

    Parameters
    ----------
    side
        Who rates: `Rating.Side.GRID` or `Rating.Side.ORGANISATION`.
    scores
        1 to 5 for each of `DIMENSIONS[side]`.

    Raises
    ------
    Refused
        If this person does not speak for that side, the two had nothing to do with each
        other that month, the time is over, a score is missing or impossible, or the
        rating has been appealed.
    """
    period = month_of(month)
    _check_speaks(side, grid, organisation, by)
    _check_time(period)
    _check_scores(side, scores)
    if not _worked_together(grid, organisation, period):
        raise Refused(
            _("%(organisation)s handled no case in %(grid)s that month.")
            % {"organisation": organisation, "grid": grid}
        )
    with transaction.atomic():
        rating, is_new = Rating.objects.select_for_update().get_or_create(
            month=period.first, side=side, grid=grid, organisation=organisation,
            defaults={"scores": scores, "comment": comment, "by": by, "at": now()},
        )  # fmt: skip
        if rating.appeal:
            raise Refused(_("This rating was appealed and can no longer be changed."))
        rating.scores, rating.comment, rating.by, rating.at = scores, comment, by, now()
        rating.save()
        action = Action.RATE if is_new else Action.CHANGE
        _note(rating, action, by, scores=scores, comment=comment)
    return rating


def see_may_appeal(rating: Rating, by: User) -> None:
    """Raise Refused unless this person speaks for the rated side."""
    _check_speaks(_other(rating.side), rating.grid, rating.organisation, by)


def see_may_rule(rating: Rating, by: User) -> None:
    """Raise Refused unless this person supervises or dispatches there, and is of neither side."""
    scope = Scope(by)
    if not scope.holds((Role.SUPERVISOR, Role.DISPATCHER), rating.grid):
        raise Refused(_("Only a supervisor or dispatcher of this place may rule on it."))
    if rating.organisation_id in scope.organisations() or rating.grid_id in scope.led_areas:
        raise Refused(_("Nobody rules on a rating of their own side."))


def appeal(rating: Rating, by: User, reason: str) -> Rating:
    """Ask, for the rated side, that a rating shall not count.

    Raises
    ------
    Refused
        If this person does not speak for the rated side, gives no reason, or the rating
        was appealed before.
    """
    see_may_appeal(rating, by)
    _check_reason(reason)
    with transaction.atomic():
        rating = Rating.objects.select_for_update().get(pk=rating.pk)
        if rating.appeal:
            raise Refused(_("This rating was appealed before."))
        rating.appeal = Appeal.ASKED
        rating.save(update_fields=["appeal"])
        _note(rating, Action.APPEAL, by, reason=reason)
    return rating


def rule_on_appeal(rating: Rating, by: User, upheld: bool, reason: str) -> Rating:
    """Settle an appeal; a rating whose appeal is upheld does not count.

    Raises
    ------
    Refused
        If this person neither supervises nor dispatches there, belongs to one of the two
        sides, gives no reason, or nothing is to be settled.
    """
    see_may_rule(rating, by)
    _check_reason(reason)
    with transaction.atomic():
        rating = Rating.objects.select_for_update().get(pk=rating.pk)
        if rating.appeal != Appeal.ASKED:
            raise Refused(_("No appeal is waiting."))
        rating.appeal = Appeal.UPHELD if upheld else Appeal.REFUSED
        rating.save(update_fields=["appeal"])
        _note(rating, Action.RULE, by, upheld=upheld, reason=reason)
    return rating


@dataclass(frozen=True)
class Opinion:
    """What the other side thinks of one unit in a period.

    `mean` is over all scores and `by_dimension` for each, 1 to 5; `n` ratings count and
    `set_aside` do not, because an appeal against them was upheld.
    """

    unit: Area | Organisation
    n: int
    set_aside: int
    mean: float | None
    by_dimension: dict[str, float]


def rating_table(period: Period, side: str) -> list[Opinion]:
    """Return what was thought of those whom `side` rates in a period, the best first."""
    rated = _rated(side)
    about: dict[Any, list[Rating]] = defaultdict(list)
    rows = Rating.objects.filter(side=side, month__range=(period.first, period.last))
    for rating in rows.order_by("id"):
        about[getattr(rating, f"{rated}_id")].append(rating)
    units: Mapping[int, Any] = (
        Organisation.objects.in_bulk(about)
        if rated == "organisation"
        else Area.objects.defer("wkb").in_bulk(about)
    )
    table = []
    for key, ratings in about.items():
        counting = [r for r in ratings if r.counts]
        means = {
            name: sum(r.scores[name] for r in counting) / len(counting)
            for name in DIMENSIONS[Side(side)]
            if counting
        }
        mean = sum(means.values()) / len(means) if means else None
        table.append(Opinion(units[key], len(counting), len(ratings) - len(counting), mean, means))
    return sorted(table, key=lambda o: (-(o.mean or 0), o.unit.code))


def opinions(period: Period, side: str) -> dict[int, list[float]]:
    """Return, by the key of the rated unit, each rating that counts, from 0 to 1."""
    rated = _rated(side)
    rows = Rating.objects.filter(side=side, month__range=(period.first, period.last))
    found: dict[int, list[float]] = defaultdict(list)
    for rating in rows.exclude(appeal=Appeal.UPHELD).order_by("id"):
        scores = rating.scores.values()
        mean = sum(scores) / len(scores)
        found[getattr(rating, f"{rated}_id")].append((mean - LOWEST) / (HIGHEST - LOWEST))
    return dict(found)


def _rated(side: str) -> str:
    return "organisation" if side == Side.GRID else "grid"


def _other(side: str) -> str:
    return Side.ORGANISATION if side == Side.GRID else Side.GRID


def _note(rating: Rating, action: str, by: User, **told: Any) -> None:
    # What was rated counts in the leagues of its month.
    KeptLeague.objects.filter(
        first__lte=month_of(rating.month).last, last__gte=rating.month
    ).update(stale=True)
    RatingEntry.objects.create(rating=rating, action=action, by=by, at=now(), data=told)


def _check_speaks(side: str, grid: Area, organisation: Organisation, by: User) -> None:
    if side == Side.GRID:
        if not Lead.objects.filter(area=grid, user=by).exists():
            raise Refused(_("Only a lead of %(grid)s speaks for it.") % {"grid": grid})
    elif organisation.pk not in Scope(by).organisations(Role.HEAD):
        raise Refused(
            _("Only the head of %(organisation)s speaks for it.") % {"organisation": organisation}
        )


def speaks(side: str, grid: Area, organisation: Organisation, by: User) -> bool:
    """Tell whether a person may rate for that side: a lead of the grid, the head of the other."""
    try:
        _check_speaks(side, grid, organisation, by)
    except Refused:
        return False
    return True


def _check_time(month: Period) -> None:
    today = local_day(now())
    if today < month.first:
        raise Refused(_("That month has not begun."))
    if today > month_of(month.last + timedelta(1)).last:
        raise Refused(_("Ratings can be given until the end of the following month."))


def _check_scores(side: str, scores: dict[str, int]) -> None:
    for name, label in DIMENSIONS[Side(side)].items():
        score = scores.get(name)
        if type(score) is not int or not LOWEST <= score <= HIGHEST:
            raise Refused(_("“%(name)s” needs a score from 1 to 5.") % {"name": label})
    _check_known(scores, DIMENSIONS[Side(side)])


def _check_known(scores: Iterable[str], known: Iterable[str]) -> None:
    for name in set(scores) - set(known):
        raise Refused(_("There is no score “%(name)s”.") % {"name": name})


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("“%(field)s” is missing.") % {"field": _("Reason")})


def _worked_together(grid: Area, organisation: Organisation, month: Period) -> bool:
    if organisation.kind not in WORKS_IN_GRIDS:
        return False
    here = Q(community_grid=grid) | Q(service_grid=grid)
    theirs = Q(territorial=organisation) | Q(functional=organisation)
    return Event.objects.filter(
        here, theirs, action__in=HANDLING, at__gte=month.begins, at__lt=month.ends
    ).exists()
