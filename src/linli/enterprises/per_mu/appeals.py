"""Appeals against a score: a figure is said to be wrong, and another person rules on it."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli import clock
from linli.cases.refusal import Refused
from linli.enterprises import figures
from linli.enterprises.giving import speaks_for
from linli.enterprises.models import Enterprise, YearFigures
from linli.enterprises.per_mu.models import Appeal, Score
from linli.enterprises.per_mu.scoring import score_year
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.people.scope import Scope, scope


def may_appeal(sight: Scope, enterprise: Enterprise) -> bool:
    """Tell whether the person may appeal: the enterprise itself, or who keeps the register."""
    return keeps(sight) or speaks_for(sight, enterprise)


def may_rule(sight: Scope, appeal: Appeal) -> bool:
    """Tell whether the person may rule: who keeps the register, and did not appeal."""
    return appeal.state == Appeal.State.OPEN and appeal.by_id != sight.user.pk and keeps(sight)


def appeal(
    enterprise: Enterprise, year: int, figure: str, claimed: float, reason: str, by: User
) -> Appeal:
    """Say that a figure behind the score of a year is wrong, what it should be, and why.

    Raises
    ------
    Refused
        If the person may not, there is no such score or figure, the figure says so already or
        cannot be, or an appeal against it is open.
    """
    sight = scope(by)
    if not may_appeal(sight, enterprise):
        raise Refused(_("Only the enterprise itself and those who keep the register may appeal."))
    score = Score.objects.filter(enterprise=enterprise, year=year).select_related("scheme").first()
    if score is None:
        raise Refused(_("There is no score of %(year)d.") % {"year": year})
    if figure not in score.scheme.figures:
        raise Refused(_("“%(figure)s” does not count in this score.") % {"figure": figure})
    if not reason.strip():
        raise Refused(_("An appeal needs a reason."))
    row = YearFigures.objects.get(enterprise=enterprise, year=year)
    given = getattr(row, figure)
    if given == claimed:
        raise Refused(_("The figure says so already."))
    _see_possible(sight, enterprise, year, figure, claimed)
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                enterprise=enterprise, year=year, figure=figure, given=given, claimed=claimed,
                reason=reason.strip(), by=by, at=clock.now(),
            )  # fmt: skip
    except IntegrityError as clash:
        raise Refused(_("An appeal against this figure is open already.")) from clash


def _see_possible(
    sight: Scope, enterprise: Enterprise, year: int, figure: str, claimed: float
) -> None:
    told = {"enterprise": enterprise.code, "year": year, figure: claimed}
    (outcome,) = figures.YEARS.check(sight, [told])
    if not isinstance(outcome, str):
        raise Refused(" ".join(wrong.message for wrong in outcome))


def rule(row: Appeal, by: User, upheld: bool, words: str) -> Appeal:
    """Rule on an appeal; upheld, the figure is corrected and the year scored anew.

    Raises
    ------
    Refused
        If it is ruled on already, or the person may not: nobody rules on their own.
    """
    sight = scope(by)
    with transaction.atomic():
        found = Appeal.objects.select_for_update().get(pk=row.pk)
        if found.state != Appeal.State.OPEN:
            raise Refused(_("This appeal has been ruled on."))
        if found.by_id == by.pk:
            raise Refused(_("Another person has to rule on your appeal."))
        if not may_rule(sight, found):
            raise Refused(_("Only those who keep the register rule on appeals."))
        if not words.strip():
            raise Refused(_("A ruling needs a reason."))
        found.state = Appeal.State.UPHELD if upheld else Appeal.State.REJECTED
        found.ruled_by, found.ruled_at, found.ruling = by, clock.now(), words.strip()
        found.save()
        if upheld:
            code = Enterprise.objects.values_list("code", flat=True).get(pk=found.enterprise_id)
            told = {"enterprise": code, "year": found.year, found.figure: _whole(found)}
            figures.YEARS.write(sight, [told])
            # Its benchmark is of the year before: the year after changes as well.
            score_year(found.year)
            if Score.objects.filter(year=found.year + 1).exists():
                score_year(found.year + 1)
    return found


def _whole(row: Appeal) -> float | int:
    return round(row.claimed) if row.figure in ("staff", "researchers") else row.claimed
