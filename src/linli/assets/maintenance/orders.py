"""From what is told of a machine to somebody's work: one work order a machine, updated, not more.

A work order is opened when the early end of the interval comes closer than spares and people can
be there. A machine that leaves its normal where no failures are known yet opens a case of its own.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from linli.assets.maintenance import pictures, wording
from linli.assets.maintenance.histories import tags_of
from linli.assets.maintenance.models import Finding, Prediction, Reservation, WorkOrder
from linli.assets.register.models import Asset, AssetCase, Health, Spare
from linli.assets.register.telling import tell
from linli.cases import loop
from linli.cases.models import ENDED, Category, Source
from linli.cases.refusal import Refused
from linli.clock import now

WORK_ORDER, DRIFT = "work-order", "machine-drift"
WORSE = 0.65
"""A case is told of it when the early end has come so much closer."""
TOLD_EVERY = timedelta(hours=20)
REST = timedelta(days=7)
"""After somebody looked and renewed nothing, nothing is opened for so long."""
SOON = 7.0  # days beyond the lead time in which a machine is to be watched

log = logging.getLogger(__name__)


def spares_for(row: Prediction) -> dict[str, int]:
    """Return the pieces that opening a machine takes, by their codes in the plant's store."""
    told = row.upkeep.told
    store = Spare.objects.filter(plant__code=row.asset.top, retired=False)
    inside = Asset.objects.filter(path__startswith=row.asset.path, kind__in=told.part_kinds)
    wanted = {row.asset.code, row.asset.kind, *inside.values_list("code", flat=True)}
    return {
        spare.code: told.spares.get(spare.code, 1)
        for spare in store
        if spare.code in told.spares or wanted & set(spare.fits)
    }


def lead_days(row: Prediction, needed: dict[str, int]) -> float:
    """Return the days until people and spares can be there, ordered today."""
    found = row.upkeep.told.lead_days
    kept = Reservation.objects.filter(
        spare__in=list(needed), order__state=WorkOrder.State.AGREED
    ).exclude(order__asset=row.asset_id)  # fmt: skip
    taken: dict[str, int] = {}
    for code, number in kept.values_list("spare", "number"):
        taken[code] = taken.get(code, 0) + number
    for spare in Spare.objects.filter(code__in=list(needed)):
        if spare.stock - taken.get(spare.code, 0) < needed[spare.code]:
            found = max(found, float(spare.lead_days))
    return found


def follow(rows: Iterable[Prediction]) -> int:
    """Open what is due, update what is open, say how each machine is; return how many opened."""
    opened = 0
    with translation.override(settings.LANGUAGE_CODE):
        for row in rows:
            try:
                opened += _follow(row)
            except Exception:
                log.exception("no work order could be made for %s", row.asset.code)
    return opened


def _follow(row: Prediction) -> int:
    needed = spares_for(row)
    lead = lead_days(row, needed)
    order = WorkOrder.objects.filter(
        asset=row.asset_id, upkeep=row.upkeep_id, state__in=("open", "agreed")
    ).first()  # fmt: skip
    is_due = row.days_low is not None and row.days_low <= lead
    made = 0
    if order is not None:
        _update(order, row, lead)
    elif is_due and not _is_resting(row):
        _open(row, needed, lead)
        made = 1
    elif row.is_drifting and row.mean is None and not _is_resting(row):
        made = _drifted(row)
    _say_health(row, lead, is_due or order is not None)
    return made


def _is_resting(row: Prediction) -> bool:
    looked = Finding.objects.filter(asset=row.asset_id, renewed=False, at__gte=now() - REST)
    return looked.exists()


def names_of(row: Prediction) -> dict[str, str]:
    """Return the names of a machine's tags by key, in the language of the page."""
    return {key: str(tag) for key, tag in tags_of([row.asset])[row.asset_id].items()}


def figures(row: Prediction, lead: float) -> dict[str, Any]:
    """Return the figures of a prediction as an order keeps them."""
    return {"days": row.days, "days_low": row.days_low, "days_high": row.days_high,
            "mean": row.mean, "low": row.low, "high": row.high, "age": row.age,
            "pace": row.pace, "lead": lead, "at": row.at.isoformat()}  # fmt: skip


def _open(row: Prediction, needed: dict[str, int], lead: float) -> WorkOrder:
    assert row.days is not None and row.days_low is not None and row.days_high is not None
    told = row.upkeep.told
    with transaction.atomic():
        case = tell(
            row.asset, WORK_ORDER,
            _("%(asset)s: %(left)s")
            % {"asset": row.asset, "left": wording.left(row.days, row.days_low, row.days_high)},
            body_of(row, needed, lead), source=Source.MAINTENANCE,
            external_id=f"work-order:{row.upkeep.code[:24]}:{row.asset_id}",
            evidence=_evidence(row),
        )  # fmt: skip
        return WorkOrder.objects.create(
            asset=row.asset, upkeep=row.upkeep, case=case, opened_at=now(),
            why={"what": "life", **figures(row, lead)},
            due=now() + timedelta(days=row.days_low), hours=told.hours, crew=dict(told.crew),
            spares=needed, told=figures(row, lead),
        )  # fmt: skip


def body_of(row: Prediction, needed: dict[str, int], lead: float) -> str:
    """Say why a machine is to be opened, and what that takes."""
    assert row.mean is not None and row.low is not None and row.high is not None
    lines = [
        _("The model of “%(upkeep)s” says %(mean)s (%(low)s–%(high)s) cycles, at %(pace)s a day.")
        % {"upkeep": row.upkeep, "mean": round(row.mean), "low": round(row.low),
           "high": round(row.high), "pace": f"{row.pace or 0:.1f}"},
        _("Spares and people need %(lead)s days, so it has to be planned now.")
        % {"lead": f"{lead:g}"},
    ]  # fmt: skip
    if row.is_drifting:
        lines.append(drift_words(row))
    named = dict(Spare.objects.filter(code__in=list(needed)).values_list("code", "name"))
    if needed:
        spares = _(", ").join(f"{named.get(c, c)} × {n}" for c, n in needed.items())
        lines.append(_("Spares: %(spares)s.") % {"spares": spares})
    lines.append(_("It takes %(hours)s hours.") % {"hours": f"{row.upkeep.told.hours:g}"})
    return "\n".join(lines)


def drift_words(row: Prediction) -> str:
    """Say since when a machine is off its normal and which sensors show it."""
    since = (row.drift.get("since") or "")[:10]
    return _("Off its normal since %(since)s: %(sensors)s.") % {
        "since": since, "sensors": wording.sensors(row.drift.get("sensors", []), names_of(row))
    }  # fmt: skip


def _evidence(row: Prediction) -> tuple[Any, ...]:
    if len(row.trace.get("times", [])) < 2:
        return ()
    return (pictures.drift(row.asset.code, row.trace["times"], row.trace["score"],
                           row.drift.get("since")),)  # fmt: skip


def _drifted(row: Prediction) -> int:
    """Open a case for a machine off its normal, unless this very alarm was told before."""
    occasion = f"drift:{row.asset_id}"
    last = AssetCase.objects.filter(source=Source.MAINTENANCE, external_id=occasion)
    known = last.select_related("case").order_by("-id").first()
    if known is not None:
        if known.case.state not in ENDED:
            return 0
        alarm = row.drift.get("alarm")
        if alarm is None or datetime.fromisoformat(alarm) <= (known.case.ended_at or known.at):
            return 0
    tell(
        row.asset, DRIFT, _("%(asset)s is off its normal") % {"asset": row.asset},
        "\n".join([
            drift_words(row),
            _("No failures of such machines are known yet, so nobody can say how long it will "
              "last. Look at it and note what you found: that is what a life model learns from."),
        ]),
        source=Source.MAINTENANCE, external_id=occasion, evidence=_evidence(row),
    )  # fmt: skip
    return 1


def _update(order: WorkOrder, row: Prediction, lead: float) -> None:
    """Bring an order up to what is told now; its case hears of it when it got much worse."""
    if row.days_low is None:
        return
    order.why = {"what": "life", **figures(row, lead)}
    order.due = now() + timedelta(days=row.days_low)
    before = order.told.get("days_low")
    at = datetime.fromisoformat(order.told["at"]) if order.told.get("at") else order.opened_at
    # What was told then has come closer by the days that passed since.
    expected = max((before or 0.0) - (now() - at) / timedelta(days=1), 0.0)
    is_worse = before is not None and row.days_low < WORSE * expected and expected >= 1
    if is_worse and now() - at >= TOLD_EVERY:
        assert row.days is not None and row.days_high is not None
        note(order, _("It got worse: %(left)s.")
             % {"left": wording.left(row.days, row.days_low, row.days_high)})  # fmt: skip
        order.told = figures(row, lead)
    order.save(update_fields=["why", "due", "told"])


def note(order: WorkOrder, text: str) -> None:
    """Add a note of the system to the case of an order, while it is open."""
    if order.case is None or not order.case.is_open:
        return
    try:
        loop.act(order.case, "note", None, text=text)
    except Refused:
        log.warning("case %s takes no note", order.case.code)


def _say_health(row: Prediction, lead: float, is_ordered: bool) -> None:
    """Write for the tree and the cockpit how a machine is."""
    if row.mean is None and not row.drift and not row.trouble:
        return
    state = Health.State.OK
    if is_ordered:
        state = Health.State.ACT
    elif row.is_drifting or (row.days_low is not None and row.days_low <= lead + SOON):
        state = Health.State.WATCH
    why, why_en = wording.both(_why, row)
    known = Health.objects.filter(asset=row.asset_id, by="maintenance").first()
    since = known.since if known and known.state == state else now()
    Health.objects.update_or_create(
        asset=row.asset, by="maintenance",
        defaults={"state": state, "why": why[:200], "why_en": why_en[:200], "since": since},
    )  # fmt: skip


def _why(row: Prediction) -> str:
    if row.days is not None and row.days_low is not None and row.days_high is not None:
        said = wording.left(row.days, row.days_low, row.days_high)
        return said + (_("; off its normal") if row.is_drifting else "")
    if row.is_drifting:
        return drift_words(row)
    if row.trouble:
        return wording.trouble(row.trouble[0])
    return _("As it usually is")


def is_ready() -> bool:
    """Tell whether the town has the categories that such cases need."""
    return Category.objects.filter(code=WORK_ORDER, retired=False).exists()
