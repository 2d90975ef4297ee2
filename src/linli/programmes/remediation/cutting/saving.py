"""Keeping a sheet: pieces written, made and taken away in one transaction, and put on the trail."""

from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.people import audit
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.remediation.cutting import judging
from linli.programmes.remediation.cutting.ground import Ground, may_cut
from linli.programmes.remediation.cutting.sheet import Piece, Refused, Sheet
from linli.programmes.remediation.land import mu
from linli.programmes.remediation.models import Alarm, Block, Campaign, Holding, Parcel

SAME = 0.03  # what papers say of a piece stays with it while it measures as before, to so much


def save(
    sheet: Sheet, mark: str, by: User, leaves_out: bool = False, reason: str = ""
) -> Ground:  # fmt: skip
    """Keep a sheet, and return the ground as it stands then.

    What has a code that is there is that block or parcel; enterprises, and parcels of blocks, go
    where the sheet puts them before a piece is taken away.

    Parameters
    ----------
    mark
        Of the ground the sheet was made from.
    leaves_out
        That land which lay in a piece is to lie in none.

    Raises
    ------
    Refused
        If the person may not, somebody else has cut meanwhile, or something is wrong.
    """
    with transaction.atomic():
        ground = _locked(sheet.ground)
        if not may_cut(Scope(by), ground.campaign):
            raise Refused(_("This campaign is not yours to change."))
        if ground.mark != mark:
            raise Refused(_("Somebody else has cut here meanwhile: load the page again."))
        sheet = Sheet(ground, sheet.pieces, sheet.where)
        _judge(sheet, leaves_out)
        before = {row.code: f"{row.mu:.2f}" for row in ground.rows}
        rows = _write(sheet)
        _settle(sheet, rows)
        gone = [row for row in ground.rows if row.code not in rows]
        _take_away(gone, rows, sheet)
        after = {code: f"{row.mu:.2f}" for code, row in rows.items()}
        audit.record(
            "land-cut", by, ground.block or ground.campaign, path=ground.campaign.area.path,
            changes={"mu": (_told(before, after), _told(after, before))},
            reason=reason.strip()[:300],
        )  # fmt: skip
    return Ground(ground.campaign, ground.block)


def _told(sizes: dict[str, str], others: dict[str, str]) -> str:
    """Say the sizes of the pieces that are not the same elsewhere."""
    return ", ".join(f"{code} {size}" for code, size in sizes.items() if others.get(code) != size)


def _locked(ground: Ground) -> Ground:
    """Read the ground again, so that nobody else cuts it until the transaction ends."""
    campaign = (Campaign.objects.select_for_update(of=("self",)).select_related("area")
                .get(pk=ground.campaign.pk))  # fmt: skip
    block = None
    if ground.block:
        found = Block.objects.filter(pk=ground.block.pk, campaign=campaign).first()
        if found is None:
            raise Refused(_("Somebody else has cut here meanwhile: load the page again."))
        found.campaign, block = campaign, found
    return Ground(campaign, block)


def _judge(sheet: Sheet, leaves_out: bool) -> None:
    found = judging.faults(sheet)
    wrong = [fault for fault in found if not (leaves_out and fault.kind == judging.GAP)]
    if wrong:
        told = " ".join(fault.text for fault in wrong[:5])
        if len(wrong) > 5:
            n = len(wrong) - 5
            told += " " + ngettext("And %(n)d fault more.", "And %(n)d faults more.", n) % {"n": n}
        raise Refused(told)
    codes = {piece.code for piece in sheet.pieces}
    for holding in sheet.ground.holdings:
        if sheet.where.get(holding.code) not in codes:
            raise Refused(_("Say on which piece %(name)s stands.") % {"name": holding})


def _write(sheet: Sheet) -> dict[str, Any]:
    """Write every piece, and return the rows by their codes."""
    ground = sheet.ground
    there = {row.code: row for row in ground.rows}
    found: dict[str, Any] = {}
    for piece in sheet.pieces:
        row = there.get(piece.code) or _fresh(ground, piece, there)
        _draw(row, piece.shape)
        if isinstance(row, Block):
            row.name, row.name_en = piece.name.strip(), piece.name_en.strip()
        else:
            row.use = piece.use.strip()
        row.full_clean(validate_unique=False, exclude=["campaign", "organisation", "block"])
        row.save()
        found[piece.code] = row
    return found


def _fresh(ground: Ground, piece: Piece, there: dict[str, Any]) -> Any:
    """Make a new row; what the drawing does not say comes from the piece it was cut from."""
    origin = there.get(piece.of)
    if ground.block:
        return Parcel(code=piece.code, block=ground.block)
    return Block(
        code=piece.code, campaign=ground.campaign,
        organisation_id=origin.organisation_id if origin else None,
        due_on=origin.due_on if origin else ground.campaign.due_on,
    )  # fmt: skip


def _draw(row: Any, shape: Any) -> None:
    size = round(mu(shape), 2)
    if row.mu and abs(size / row.mu - 1) > SAME:
        row.given_mu = None
    inside = shape.point_on_surface()
    row.wkb, row.mu = shapely.to_wkb(shape), size
    row.lon, row.lat = round(inside.x, 6), round(inside.y, 6)


def _settle(sheet: Sheet, rows: dict[str, Any]) -> None:
    """Put enterprises on their parcels, and parcels into their blocks."""
    for holding in sheet.ground.holdings:
        parcel = rows[sheet.where[holding.code]]
        if holding.parcel_id != parcel.pk:
            Holding.objects.filter(pk=holding.pk).update(parcel=parcel)
    for code, home in judging.homes(sheet).items():
        assert home is not None
        Parcel.objects.filter(code=code).exclude(block=rows[home]).update(block=rows[home])


def _take_away(gone: list[Any], rows: dict[str, Any], sheet: Sheet) -> None:
    """Take pieces away on which nothing stands any more; alarms go to who has their ground now."""
    tree = shapely.STRtree([piece.shape for piece in sheet.pieces])
    for row in gone:
        if isinstance(row, Block):
            heir = sheet.pieces[int(tree.nearest(shapely.Point(row.lon, row.lat)))]
            Alarm.objects.filter(block=row).update(block=rows[heir.code])
            left: Any = Parcel.objects.filter(block=row)
        else:
            left = Holding.objects.filter(parcel=row)
        if left.exists():
            raise Refused(_("Something still stands on %(piece)s.") % {"piece": row})
        row.delete()
