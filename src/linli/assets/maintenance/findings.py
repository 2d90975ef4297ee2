"""What was found on opening a machine: kept as a label, and what it ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.assets.maintenance import desks, kept_plans, orders
from linli.assets.maintenance.models import Finding, Prediction, Upkeep, WorkOrder
from linli.assets.register.models import Asset, Entry, Spare
from linli.assets.register.spares import NotInStore, move
from linli.cases.evidence import checked
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User

Condition = Finding.Condition


@dataclass(frozen=True)
class Found:
    """What somebody found; `wear` in per cent, `renewed` whether a new life began."""

    condition: str
    part: str = ""
    wear: int | None = None
    note: str = ""
    renewed: bool = True
    at: datetime | None = None


def upkeep_of(asset: Asset) -> Upkeep | None:
    """Return how a machine is kept; None where no pack says it."""
    return next(
        (one for one in Upkeep.objects.filter(retired=False) if asset.kind in one.told.kinds), None
    )


def note(
    asset: Asset, found: Found, by: User, order: WorkOrder | None = None,
    photo: UploadedFile | None = None,
) -> Finding:  # fmt: skip
    """Keep what was found; it ends the machine's work order and uses up the spares kept for it.

    Raises
    ------
    Refused
        If it lies in the future or before the last renewal, or was noted before.
    NotEvidence
        If the photo is none.
    """
    at = found.at or now()
    if at > now():
        raise Refused(_("That is still to come."))
    upkeep = order.upkeep if order is not None else upkeep_of(asset)
    if upkeep is None:
        raise Refused(_("No pack says how such machines are kept."))
    if Finding.objects.filter(asset=asset, at=at).exists():
        raise Refused(_("Something was noted for this very moment already."))
    kind = ""
    if photo is not None:
        _content, kind = checked(photo)
        photo.seek(0)
    with transaction.atomic():
        told = Prediction.objects.filter(asset=asset, newest=True).first()
        row = Finding(
            asset=asset, upkeep=upkeep, order=order, at=at, condition=found.condition,
            part=found.part.strip(), wear=found.wear, note=found.note.strip(),
            renewed=found.renewed, by=by, kept_at=now(), content_type=kind,
            cycles=told.age if told else None, predicted=_predicted(told),
        )  # fmt: skip
        if photo is not None:
            row.photo.save(f"{asset.code}-{at:%Y%m%d%H%M}.{kind.split('/')[1]}", photo, save=False)
        row.save()
        Entry.objects.create(
            asset=asset, at=at, by=by, case=order.case if order else None,
            what=Entry.What.REPLACED if found.renewed else Entry.What.INSPECTED,
            done=row.part or str(asset), found=_words(row)[:600],
        )  # fmt: skip
        if order is not None:
            _end(order, row, by)
    return row


def _predicted(told: Prediction | None) -> dict[str, Any]:
    if told is None or told.mean is None:
        return {}
    return {"mean": told.mean, "low": told.low, "high": told.high, "days": told.days,
            "days_low": told.days_low, "days_high": told.days_high,
            "at": told.at.isoformat()}  # fmt: skip


def _words(row: Finding) -> str:
    said = str(Condition(row.condition).label)
    if row.wear is not None:
        said += _(", worn %(wear)d %%") % {"wear": row.wear}
    return said + (_(": %(note)s") % {"note": row.note} if row.note else "")


def _end(order: WorkOrder, row: Finding, by: User) -> None:
    """Let a work order be done: what was kept for it is used, and its case hears what was found."""
    locked = WorkOrder.objects.select_for_update().get(pk=order.pk)
    if locked.is_open:
        locked.state, locked.ended_at = WorkOrder.State.DONE, now()
        locked.save(update_fields=["state", "ended_at"])
    if row.renewed:
        for kept in locked.reservations.all():
            spare = Spare.objects.filter(code=kept.spare).first()
            if spare is None:
                continue
            try:
                move(spare, "used", kept.number, by, asset=order.asset, case=order.case)
            except NotInStore:
                continue
    locked.reservations.all().delete()
    orders.note(order, _("Found on opening it: %(found)s.") % {"found": _words(row)})
    kept_plans.keep(desks.top_of(order.asset))


def waiting() -> list[WorkOrder]:
    """Return the orders whose case is over though nobody said what was found."""
    rows = WorkOrder.objects.filter(state__in=("open", "agreed"), case__resolved_at__isnull=False)
    return list(rows.select_related("asset", "case", "upkeep").defer("case__sketch"))


def page_of_case(case: Case) -> str | None:
    """Return where what was found is noted, on the page of the order a case stands for; None for
    another case, or once it is noted."""
    if case.category is None or case.category.code != orders.WORK_ORDER:
        return None
    key = WorkOrder.objects.filter(
        case=case, state__in=(WorkOrder.State.OPEN, WorkOrder.State.AGREED)
    ).values_list("pk", flat=True).first()  # fmt: skip
    return None if key is None else f"{reverse('work-order', args=[key])}#found"
