"""What people say of parts: confirmed or overruled, and of which kind a flaw is."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.inspection import counting, lots, raising
from linli.assets.inspection.models import Flaw, FlawKind, Inspection, Lot, Verdict
from linli.assets.inspection.who import may_judge
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import scope

NONE, CONFIRMED, OVERRULED = (
    Inspection.Judgement.NONE, Inspection.Judgement.CONFIRMED, Inspection.Judgement.OVERRULED,
)  # fmt: skip


def judge(
    part: Inspection,
    by: User,
    judgement: str,
    *,
    kind: FlawKind | None = None,
    kinds: Sequence[FlawKind] = (),
) -> None:
    """Confirm or overrule what the machine said of a part; a second judgement replaces the first.

    Parameters
    ----------
    judgement
        `confirmed` or `overruled`.
    kind, kinds
        Of which kinds the flaw is, where the part is flawed.

    Raises
    ------
    Refused
        If `by` is no inspector of the station, the judgement is none, or the picture could not
        be judged at all.
    """
    if judgement not in (CONFIRMED, OVERRULED):
        raise Refused(_("Confirm it or overrule it."))
    named = [*kinds, *([kind] if kind is not None else [])]
    _set(part, by, judgement, named)


def undo(part: Inspection, by: User) -> None:
    """Take a judgement back.

    Raises
    ------
    Refused
        If `by` is no inspector of the station, or nobody judged the part.
    """
    if part.judgement == NONE:
        raise Refused(_("Nobody has judged this part."))
    _set(part, by, NONE, [])


def _set(part: Inspection, by: User, judgement: str, kinds: Sequence[FlawKind]) -> None:
    if not may_judge(scope(by), part.station):
        raise Refused(_("Only the inspectors of this station judge its parts."))
    if part.verdict == Verdict.UNUSABLE:
        raise Refused(_("On this picture there is nothing to judge."))
    with transaction.atomic():
        row = Inspection.objects.select_for_update().get(pk=part.pk)
        # As a station does that records: first the lot, then the hour.
        lot = Lot.objects.select_for_update().get(pk=row.lot_id) if row.lot_id else None
        before, was = _flaws(row), row.truth
        hour = counting.locked_hour(row.station, counting.hour_of(row.at))
        counting.add(hour.kinds, counting.codes_of(row, before), -1)
        _tally(hour, row, -1)
        Flaw.objects.filter(inspection=row, by__isnull=False).delete()
        row.judgement = judgement
        row.judged_by, row.judged_at = (by, now()) if judgement != NONE else (None, None)
        if row.truth == Verdict.FLAWED:
            Flaw.objects.bulk_create(Flaw(inspection=row, kind=kind, by=by) for kind in kinds)
        row.save(update_fields=["judgement", "judged_by", "judged_at"])
        counting.add(hour.kinds, counting.codes_of(row, _flaws(row)))
        _tally(hour, row, 1)
        hour.save()
        if row.truth != was:
            raising.follow_judgement(row)
            if lot is not None:
                _of_lot(row, lot)
    part.judgement, part.judged_by, part.judged_at = judgement, row.judged_by, row.judged_at


def _flaws(part: Inspection) -> list[Flaw]:
    return list(Flaw.objects.filter(inspection=part).select_related("kind"))


def _tally(hour: counting.Hour, part: Inspection, by: int) -> None:
    if part.judgement == CONFIRMED:
        hour.confirmed += by
    elif part.judgement == OVERRULED and part.verdict == Verdict.FLAWED:
        hour.false_alarms += by
    elif part.judgement == OVERRULED:
        hour.missed += by


def _of_lot(part: Inspection, lot: Lot) -> None:
    """Let the lot count what people found; a flaw that was missed may hold it, and one that was
    none may let it go."""
    is_flawed = part.truth == Verdict.FLAWED
    lot.flawed = max(lot.flawed + (1 if is_flawed else -1), 0)
    lot.cleared = min(lot.cleared, lot.flawed)
    lot.save(update_fields=["flawed", "cleared"])
    if is_flawed and lots.is_to_be_held(lot):
        told = {"serial": part.serial or part.pk, "station": part.station.name}
        lots.hold_by_station(lot, _("A flaw of %(serial)s was missed at %(station)s") % told)
    elif not is_flawed and lots.is_to_be_let_go(lot):
        lots.let_go(lot, _("No part of it is flawed any more: inspectors overruled the station"))
