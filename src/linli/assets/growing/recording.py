"""Say what grows in a greenhouse, and at which stage it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.growing.models import Crop, Growth
from linli.assets.register.models import Asset
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User


def crops_for(asset: Asset) -> list[Crop]:
    """Return the crops that grow in assets of this kind."""
    rows = Crop.objects.filter(retired=False)
    return [crop for crop in rows if asset.kind in crop.told.grown_in]


def kinds() -> set[str]:
    """Return the kinds of assets in which anything grows."""
    return {kind for crop in Crop.objects.filter(retired=False) for kind in crop.told.grown_in}


def fits(asset: Asset, crop: str, stage: str, since: datetime) -> Crop | None:
    """Return the crop that is meant, None for an empty greenhouse.

    Raises
    ------
    Refused
        If no such crop grows there, it has no such stage, or the moment has not come yet.
    """
    if since > now():
        raise Refused(_("That moment has not come yet."))
    if not crop:
        return None
    row = next((one for one in crops_for(asset) if one.code == crop), None)
    if row is None:
        raise Refused(_("“%(crop)s” does not grow here.") % {"crop": crop})
    if row.told.place(stage) < 0:
        raise Refused(_("%(crop)s has no stage “%(stage)s”.") % {"crop": row, "stage": stage})
    return row


def record(
    asset: Asset, crop: str, stage: str, by: User, since: datetime | None = None, note: str = ""
) -> Growth:
    """Keep that a crop is at a stage in a greenhouse from a moment on; without a crop, empty.

    A second word for the very same moment puts the first one right, which stays as superseded.

    Raises
    ------
    Refused
        As `fits` does.
    """
    since = since or now()
    row = fits(asset, crop, stage, since)
    with transaction.atomic():
        Asset.objects.select_for_update().get(pk=asset.pk)
        before = Growth.objects.filter(asset=asset, since=since, superseded=False)
        before.update(superseded=True)
        return Growth.objects.create(
            asset=asset, crop=row, stage=stage if row else "", since=since, by=by,
            recorded_at=now(), note=note,
        )  # fmt: skip
