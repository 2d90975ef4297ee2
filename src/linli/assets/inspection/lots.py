"""Lots held and released: by a station at once, by an inspector with a reason, always logged."""

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.inspection.models import FLAWED, Inspection, Lot, LotStep
from linli.assets.inspection.who import may_hold
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import scope

LONGEST = 300
LEAST = 2  # characters of a reason


def is_to_be_held(lot: Lot) -> bool:
    """Tell whether its product wants the lot held: flawed parts above the limit since the last
    release."""
    limit = lot.product.hold_above
    return limit is not None and lot.state != Lot.State.HELD and lot.flawed - lot.cleared > limit


def hold_by_station(lot: Lot, reason: str) -> None:
    """Hold a lot whose row is locked; a station found too many flawed parts in it."""
    _step(lot, Lot.State.HELD, None, reason)


def is_to_be_let_go(lot: Lot) -> bool:
    """Tell whether a station holds a lot in which nothing flawed is left since its last release.

    What a person holds, a person releases.
    """
    last = lot.steps.first()
    if lot.state != Lot.State.HELD or last is None or last.by_id is not None:
        return False
    freed = lot.steps.filter(state=Lot.State.RELEASED).first()
    left = Inspection.objects.filter(FLAWED, lot=lot)
    return not (left.filter(at__gt=freed.at) if freed else left).exists()


def let_go(lot: Lot, reason: str) -> None:
    """Release a lot whose row is locked; nothing that held it is left."""
    _step(lot, Lot.State.RELEASED, None, reason)


def hold(lot: Lot, by: User, reason: str) -> None:
    """Hold a lot.

    Raises
    ------
    Refused
        If it is held, no reason is given, or `by` is no inspector of its stations.
    """
    _taken(lot, Lot.State.HELD, by, reason)


def release(lot: Lot, by: User, reason: str) -> None:
    """Release a held lot. Only flawed parts that come after it can hold it again.

    Raises
    ------
    Refused
        If it is not held, no reason is given, or `by` is no inspector of its stations.
    """
    _taken(lot, Lot.State.RELEASED, by, reason)


def _taken(lot: Lot, state: Lot.State, by: User, reason: str) -> None:
    reason = reason.strip()[:LONGEST]
    if not may_hold(scope(by), lot):
        raise Refused(_("Only inspectors of the stations it passed may do that."))
    if len(reason) < LEAST:
        raise Refused(_("Say why."))
    with transaction.atomic():
        locked = Lot.objects.select_for_update().get(pk=lot.pk)
        is_held = locked.state == Lot.State.HELD
        if state == Lot.State.HELD and is_held:
            raise Refused(_("The lot is held already."))
        if state == Lot.State.RELEASED and not is_held:
            raise Refused(_("The lot is not held."))
        _step(locked, state, by, reason)
    lot.state, lot.cleared = locked.state, locked.cleared


def _step(lot: Lot, state: Lot.State, by: User | None, reason: str) -> None:
    lot.state = state
    if state == Lot.State.RELEASED:
        lot.cleared = lot.flawed
    lot.save(update_fields=["state", "cleared"])
    LotStep.objects.create(lot=lot, state=state, at=now(), by=by, reason=reason[:LONGEST])
