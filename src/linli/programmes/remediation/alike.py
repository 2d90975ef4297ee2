"""The same policy for the same case: who is like whom, and what has to be explained."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from linli.clock import now
from linli.engines.likeness import Case, Difference, differences
from linli.people.models import User
from linli.programmes.remediation.models import Acknowledgement, Holding, Offer, Promise
from linli.programmes.remediation.policy import Price
from linli.programmes.remediation.sheets import CENT, PROMISE, Line, Sheet, lines_of, sheet_of

SHOWN = 6


@dataclass(frozen=True)
class Kind:
    """What makes two cases the same: disposition, structure of most buildings, size class."""

    disposition: str
    structure: str
    size: int


@dataclass(frozen=True)
class Found:
    """A difference, those it was compared with, and why it is so if somebody said."""

    difference: Difference
    like: list[tuple[Holding, Decimal]]
    why: Acknowledgement | None
    label: str

    @property
    def is_open(self) -> bool:
        return self.why is None


@dataclass(frozen=True)
class Compared:
    """All that was found of a holding. `others` is how many are like it and have an offer."""

    found: list[Found]
    others: int
    kind: Kind

    @property
    def open(self) -> list[Found]:
        return [each for each in self.found if each.is_open]


def kind_of(holding: Holding, lines: Iterable[Line], sizes: Sequence[int]) -> Kind:
    """Say what kind of case a sheet makes of a holding."""
    areas: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.group == Price.Group.BUILDING:
            areas[line.code] += line.quantity
    structure = max(sorted(areas), key=lambda code: areas[code]) if areas else ""
    total = sum(areas.values(), Decimal(0))
    return Kind(holding.disposition, structure, bisect_right(list(sizes), float(total)))


def _case(holding: Holding, lines: Sequence[Line], promises: Iterable[Promise]) -> Case:
    """Measure a case: unit prices as they are, promised money by square metre of buildings."""
    buildings = sum((x.quantity for x in lines if x.group == Price.Group.BUILDING), Decimal(0))
    unit = buildings or holding.land_mu or Decimal(1)
    money: dict[str, Decimal] = {}
    words = set()
    for promise in promises:
        if promise.withdrawn_on is not None:
            continue
        if promise.amount is None:
            words.add(promise.item)
        else:
            share = (promise.amount / unit).quantize(CENT, ROUND_HALF_UP)
            money[promise.item] = money.get(promise.item, Decimal(0)) + share
    # A bonus belongs to a day, not to a case.
    prices = {x.code: x.price for x in lines if x.group not in (PROMISE, Price.Group.BONUS)}
    return Case(holding.code, prices, money, frozenset(words))


def compare(holding: Holding, sheet: Sheet | None = None) -> Compared:
    """Compare what a holding would be offered now with what its like were offered last."""
    policy = holding.campaign.policy
    lines = (sheet or sheet_of(holding)).lines
    kind = kind_of(holding, lines, policy.sizes)
    rows = (
        Holding.objects.filter(
            parcel__block__campaign=holding.campaign, disposition=holding.disposition
        )
        .exclude(pk=holding.pk)
        .prefetch_related("promises")
    )
    # Only the last sheet of each is read: the lines of a sheet are its largest part.
    offered = Offer.objects.filter(
        holding__parcel__block__campaign=holding.campaign, holding__disposition=holding.disposition
    )
    last = offered.filter(
        number=Subquery(
            Offer.objects.filter(holding=OuterRef("holding"))
            .order_by("-number")
            .values("number")[:1]
        )
    )
    offers = {offer.holding_id: offer for offer in last}
    like: list[tuple[Holding, Case]] = []
    for other in rows:
        if other.pk not in offers:
            continue
        theirs = lines_of(offers[other.pk])
        if kind_of(other, theirs, policy.sizes) == kind:
            like.append((other, _case(other, theirs, other.promises.all())))
    mine = _case(holding, lines, holding.promises.all())
    by_code = {other.code: other for other, _case_ in like}
    said = {row.what: row for row in holding.acknowledgements.select_related("by")}
    names = {line.code: line.label for line in lines}
    found = [
        Found(
            difference,
            [(by_code[key], value) for key, value in difference.like[:SHOWN]],
            said.get(difference.what),
            names.get(difference.name, difference.name),
        )
        for difference in differences(mine, [case for _other, case in like], policy.tolerance)
    ]
    return Compared(found, len(like), kind)


class NothingDiffers(ValueError):
    """What is to be explained is not so, or not any more."""


def acknowledge(holding: Holding, what: str, reason: str, by: User) -> Acknowledgement:
    """Keep why a holding is treated otherwise.

    Raises
    ------
    NothingDiffers
        If there is no such difference, or no reason.
    """
    if not reason.strip():
        raise NothingDiffers(_("Say why."))
    if what not in {each.difference.what for each in compare(holding).found}:
        raise NothingDiffers(_("This does not differ any more."))
    given: dict[str, Any] = {"reason": reason.strip()[:300], "by": by, "at": now()}
    row, _is_new = Acknowledgement.objects.update_or_create(
        holding=holding, what=what[:160], defaults=given
    )
    return row
