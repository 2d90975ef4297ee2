"""Campaigns and enterprises from a file, with what they have, were promised and were offered."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.clock import now
from linli.people.models import Organisation, User
from linli.places.models import Area
from linli.programmes.climbing import Step, check_step, climb_all
from linli.programmes.ladders import NotClimbed
from linli.programmes.remediation import sheets
from linli.programmes.remediation.models import Campaign, Holding, Item, Parcel, Promise, Talk
from linli.programmes.remediation.plans import Plan, writer
from linli.programmes.remediation.policy import Disposition, Policy, Price
from linli.programmes.remediation.visibility import may_import, works_in
from linli.programmes.who import administers
from linli.scores.periods import local_day
from linli.tables import NEW, UNCHANGED, Fate, Values, Writer, Wrong

# --- holdings and their ladder ---------------------------------------------------------------

ON = "_on"  # ends the columns that say when a stage was reached


def _steps(row: Holding, values: Values) -> list[Step]:
    """Return the steps a row tells of that the holding has not taken."""
    taken = {c.stage for c in row.climbs.all()} if row.pk else set()
    return [
        Step(stage.code, values[stage.code + ON])
        for stage in row.ladder.way
        if values.get(stage.code + ON) and stage.code not in taken
    ]


def _finish_holding(row: Holding, values: Values) -> list[Wrong]:
    if row.disposition not in Disposition.values:
        return []  # said by the field itself
    policy = row.parcel.block.campaign.policy
    is_upgrade = row.disposition == Disposition.UPGRADE
    row.ladder = policy.upgrade_ladder if is_upgrade else policy.ladder
    known = {stage.code for stage in row.ladder.way}
    if row.stage and row.stage not in known:
        return [Wrong("disposition", _("It stands at a stage that this ladder does not have."))]
    for name, value in values.items():
        if name.endswith(ON) and value and name.removesuffix(ON) not in known:
            return [Wrong(name, _("This ladder has no such stage."))]
    taken = {c.stage: c.on for c in row.climbs.all()} if row.pk else {}
    for stage, day in taken.items():
        given = values.get(stage + ON)
        if given and given != day:
            return [Wrong(stage + ON, _("It was %(day)s; a step that was taken is not changed.")
                          % {"day": day})]  # fmt: skip
    here, since, today = row.stage, row.stage_since, local_day(now())
    for step in _steps(row, values):
        try:
            check_step(row.ladder, here, since, step, today)
        except NotClimbed as fault:
            return [Wrong(step.stage + ON, str(fault))]
        here, since = step.stage, step.on
    return []


def _climb(row: Holding, values: Values) -> bool:
    steps = _steps(row, values)
    if steps:
        climb_all([(row, steps)])
    return bool(steps)


# --- what was said and offered ---------------------------------------------------------------


def _finish_item(row: Item, values: Values) -> list[Wrong]:
    if row.price.counts != Price.Counts.GIVEN:
        return [Wrong("price", _("is counted by itself."))]
    if row.price.policy_id != row.holding.campaign.policy_id:
        return [Wrong("price", _("belongs to another policy."))]
    return []


def _finish_promise(row: Promise, values: Values) -> list[Wrong]:
    if row.amount is None and not row.wording:
        return [Wrong("amount", _("Say how much, or what."))]
    return []


def _through(row: Any) -> Campaign:
    return row.holding.campaign


CAMPAIGNS = writer(
    Plan(
        Campaign,
        {"policy": (Policy, "code"), "organisation": (Organisation, "code"),
         "area": (Area, "code")},
        lambda row: None,
    ),
    may=administers,
)  # fmt: skip
STAGES = ("surveyed", "notified", "negotiated", "signed", "vacated", "demolished", "redeveloped")
HOLDINGS = writer(
    Plan(
        Holding,
        {"parcel": (Parcel, "code"), "negotiator": (User, "username")},
        lambda row: row.campaign,
        finish=_finish_holding,
        later=_climb,
        beside=("climbs",),
        aside=frozenset(stage + ON for stage in STAGES),
    )
)
INVENTORY = writer(
    Plan(
        Item,
        {"holding": (Holding, "code"), "price": (Price, "code")},
        _through,
        finish=_finish_item,
    )
)
PROMISES = writer(
    Plan(
        Promise,
        {"holding": (Holding, "code"), "by": (User, "username")},
        _through,
        keys=("holding", "item"),
        finish=_finish_promise,
    )
)
TALKS = writer(
    Plan(
        Talk,
        {"holding": (Holding, "code"), "by": (User, "username")},
        _through,
        keys=("holding", "on", "text"),
    )
)


def _check_offers(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    holdings = _offered(rows)
    outcomes: list[str | list[Wrong]] = []
    for values in rows:
        holding = holdings.get(values["holding"])
        if holding is None:
            outcomes.append([Wrong("holding", _("“%(code)s” is not known here.")
                                   % {"code": values["holding"]})])  # fmt: skip
        elif not (administers(scope) or works_in(scope, holding.campaign)):
            outcomes.append([Wrong("holding", _("This campaign is not yours to change."))])
        elif any(offer.on == values["on"] for offer in holding.offers.all()):
            outcomes.append(Fate(UNCHANGED))
        elif not sheets.sheet_of(holding, values["on"]).lines:
            outcomes.append([Wrong("holding", _("Nothing is listed for this enterprise yet."))])
        else:
            outcomes.append(Fate(NEW))
    return outcomes


def _offered(rows: Sequence[Values]) -> dict[str, Holding]:
    there = Holding.objects.filter(code__in={values["holding"] for values in rows})
    joined = there.select_related("parcel__block__campaign__policy")
    return {row.code: row for row in joined.prefetch_related("offers", "climbs")}


def _write_offers(scope: Any, rows: Sequence[Values]) -> list[str]:
    holdings, fates = _offered(rows), []
    people = {values["by"] for values in rows if values.get("by")}
    users = {user.username: user for user in User.objects.filter(username__in=people)}
    with transaction.atomic():
        for values in rows:
            holding, day = holdings[values["holding"]], values["on"]
            if any(offer.on == day for offer in holding.offers.all()):
                fates.append(UNCHANGED)
                continue
            sheets.offer(holding, users.get(values.get("by") or ""), day)
            fates.append(NEW)
    return fates


OFFERS = Writer(may=may_import, check=_check_offers, write=_write_offers)
