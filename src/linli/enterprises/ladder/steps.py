"""The next step of an enterprise, made a case for whoever owns it."""

from django.db import transaction
from django.utils.translation import gettext as _

from linli import clock
from linli.cases.intake import Report, Unusable, receive
from linli.cases.models import Source
from linli.cases.refusal import Refused
from linli.enterprises.ladder.climb import Climber, standings
from linli.enterprises.ladder.models import NextStep, Rung
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.people.scope import Scope, scope


def may_open(sight: Scope) -> bool:
    """Tell whether the person may make a next step a case: who keeps the register."""
    return keeps(sight)


def open_step(enterprise: Enterprise, by: User) -> NextStep:
    """Make the next step of an enterprise a case, once a year for each rung.

    Returns
    -------
    The step; where it was made a case this year before, that one.

    Raises
    ------
    Refused
        If the person may not, nothing is above it, or the pack says no category for it.
    """
    if not may_open(scope(by)):
        raise Refused(_("Only those who keep the register lead an enterprise up the ladder."))
    with transaction.atomic():
        # Two who press at once wait for each other here.
        Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        found = standings(Enterprise.objects.filter(pk=enterprise.pk))
        climber = found.climber(enterprise.pk) if found else None
        if found is None or climber is None or climber.at + 1 >= len(found.rungs):
            raise Refused(_("There is no next rung for this enterprise."))
        rung = found.rungs[climber.at + 1]
        year = clock.now().year
        known = NextStep.objects.filter(enterprise=enterprise, rung=rung, year=year).first()
        if known:
            return known
        if not rung.category:
            raise Refused(_("The pack names no category for steps onto “%(rung)s”.")
                          % {"rung": rung})  # fmt: skip
        try:
            (receipt,) = receive([_report(enterprise, rung, climber, year, by)])
        except Unusable as fault:
            raise Refused(str(fault)) from fault
        return NextStep.objects.create(
            enterprise=enterprise, rung=rung, year=year, case=receipt.case, by=by, at=clock.now()
        )


def _report(enterprise: Enterprise, rung: Rung, climber: Climber, year: int, by: User) -> Report:
    lacks = [one.lack for one in climber.lacks]
    lines = lacks or [_("All conditions are met: file the application with the enterprise.")]
    return Report(
        title=_("%(enterprise)s: next step to “%(rung)s”")
        % {"enterprise": enterprise.name, "rung": rung.name},
        body="\n".join([_("What it still lacks:"), *lines] if lacks else lines),
        source=Source.VISIT,
        external_id=f"ladder-{enterprise.code}-{rung.code}-{year}",
        reporter=by,
        category=rung.category,
        area=enterprise.area.code,
        lon=enterprise.lon,
        lat=enterprise.lat,
    )
