"""What is cut: the area of a campaign into blocks, or a block into parcels, as they stand now."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from linli.people.scope import Scope
from linli.places.models import Area
from linli.programmes.remediation.models import Block, Campaign, Holding, Parcel
from linli.programmes.remediation.visibility import works_in
from linli.programmes.who import administers


@dataclass(frozen=True)
class Ground:
    """A campaign whose blocks are cut, or (with `block`) a block whose parcels are."""

    campaign: Campaign
    block: Block | None = None

    @property
    def kind(self) -> type[Block] | type[Parcel]:
        return Parcel if self.block else Block

    @property
    def code(self) -> str:
        return self.block.code if self.block else self.campaign.code

    @cached_property
    def rows(self) -> list[Any]:
        """The pieces that are there."""
        owner: Any = self.block or self.campaign
        found = owner.parcels if self.block else owner.blocks
        return list(found.order_by("code"))

    @cached_property
    def covered(self) -> BaseGeometry:
        """The land that lies in some piece now."""
        return shapely.union_all([row.geometry for row in self.rows])

    @cached_property
    def within(self) -> BaseGeometry:
        """The land that may be cut: the block, or the campaign's area and what it covers now."""
        if self.block:
            return self.block.geometry
        area = Area.objects.only("wkb").get(pk=self.campaign.area_id)
        return shapely.union(shapely.from_wkb(bytes(area.wkb)), self.covered)

    @cached_property
    def holdings(self) -> list[Holding]:
        """The enterprises on the parcels; none where blocks are cut, for they stand on parcels."""
        if self.block is None:
            return []
        rows = Holding.objects.filter(parcel__block=self.block).select_related("parcel")
        return list(rows.defer("parcel__wkb").order_by("code"))

    @cached_property
    def parcels(self) -> list[Parcel]:
        """The parcels in the blocks that are cut."""
        return [] if self.block else list(Parcel.objects.filter(block__campaign=self.campaign)
                                          .select_related("block").order_by("code"))  # fmt: skip

    @cached_property
    def mark(self) -> str:
        """Return what changes whenever a piece, or who stands on it, does."""
        said = sha256()
        for row in self.rows:
            said.update(f"{row.code}|{row}|".encode() + bytes(row.wkb))
        for holding in self.holdings:
            said.update(f"{holding.code}>{holding.parcel_id}|".encode())
        for parcel in self.parcels:
            said.update(f"{parcel.code}>{parcel.block_id}|".encode())
        return said.hexdigest()[:20]


def of_campaign(campaign: Campaign) -> Ground:
    return Ground(campaign)


def of_block(block: Block) -> Ground:
    return Ground(block.campaign, block)


def may_cut(scope: Scope, campaign: Campaign) -> bool:
    """Tell whether the person may cut land: the administrator, or who works for its owner."""
    return administers(scope) or works_in(scope, campaign)
