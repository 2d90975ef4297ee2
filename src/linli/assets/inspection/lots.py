"""Lots held by a station at once, when more of their parts are flawed than the product allows."""

from linli.assets.inspection.models import Lot, LotStep
from linli.clock import now

LONGEST = 300


def is_to_be_held(lot: Lot) -> bool:
    """Tell whether its product wants the lot held: flawed parts above the limit since the last
    release."""
    limit = lot.product.hold_above
    return limit is not None and lot.state != Lot.State.HELD and lot.flawed - lot.cleared > limit


def hold_by_station(lot: Lot, reason: str) -> None:
    """Hold a lot whose row is locked, and write it into its log."""
    lot.state = Lot.State.HELD
    lot.save(update_fields=["state"])
    LotStep.objects.create(lot=lot, state=lot.state, at=now(), reason=reason[:LONGEST])
