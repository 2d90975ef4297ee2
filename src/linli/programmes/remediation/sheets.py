"""The policy and compensation sheet (补偿明细): quantity × unit price = amount, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.clock import now
from linli.people.models import User
from linli.programmes.remediation.models import NOTIFIED, Holding, Item, Offer, Promise
from linli.programmes.remediation.policy import Price
from linli.scores.periods import local_day

CENT = Decimal("0.01")
PROMISE = "promise"  # the group of lines that stand in no price table


@dataclass(frozen=True)
class Line:
    """One line. `code` is that of the price, or `promise:` and the item."""

    code: str
    group: str
    name: str
    name_en: str
    unit: str
    unit_en: str
    quantity: Decimal
    price: Decimal
    amount: Decimal

    @classmethod
    def of(cls, price: Price, quantity: Decimal) -> "Line":
        """Multiply, and round to a hundredth of a yuan, halves up."""
        amount = (quantity * price.amount).quantize(CENT, ROUND_HALF_UP)
        return cls(price.code, price.group, price.name, price.name_en, price.unit, price.unit_en,
                   quantity, price.amount, amount)  # fmt: skip

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Line":
        """Read a line as `plain` keeps it."""
        numbers = {name: Decimal(kept[name]) for name in ("quantity", "price", "amount")}
        return cls(**kept | numbers)

    def plain(self) -> dict[str, str]:
        """Return it as JSON keeps it, with numbers as texts."""
        return {name: str(value) for name, value in self.__dict__.items()}

    @property
    def label(self) -> str:
        """What it is called in the language of the page."""
        return self.name_en if _is_english() and self.name_en else self.name

    @property
    def unit_name(self) -> str:
        return self.unit_en if _is_english() and self.unit_en else self.unit


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@dataclass(frozen=True)
class Sheet:
    """All lines, their sum, and the last day on which the bonus in it holds (None: no bonus)."""

    lines: list[Line]
    until: date | None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def bonus_on(prices: Iterable[Price], notified: date | None, day: date) -> list[Price]:
    """Return the bonuses that hold on a day; before the notice, those of its first day."""
    since = max((day - notified).days, 0) if notified else 0
    # The day of the notice is day 1: "within 7 days" includes it.
    return [p for p in prices if p.group == Price.Group.BONUS and _is_within(since + 1, p)]


def _is_within(day: int, price: Price) -> bool:
    return not price.days or price.days[0] <= day <= price.days[1]


def last_day(price: Price, notified: date) -> date | None:
    """Return the last day on which a bonus holds; None if it always does."""
    return notified + timedelta(days=price.days[1] - 1) if price.days else None


def compute(
    holding: Holding,
    prices: Sequence[Price],
    items: Sequence[Item],
    promises: Sequence[Promise],
    notified: date | None,
    day: date,
) -> Sheet:
    """Make the sheet of a holding as of a day.

    Items as they are listed; what counts land or buildings from the holding; the bonus of the
    day; at the end what was promised in money beside the table.
    """
    mine = [p for p in prices if not p.dispositions or holding.disposition in p.dispositions]
    own = {p.pk for p in mine}
    by_price: dict[int, Decimal] = {}
    for item in items:
        by_price[item.price_id] = by_price.get(item.price_id, Decimal(0)) + item.quantity
    buildings = sum(
        (item.quantity for item in items if item.price.group == Price.Group.BUILDING), Decimal(0)
    )
    sizes = {Price.Counts.LAND: holding.land_mu, Price.Counts.BUILDING: buildings}
    bonuses = bonus_on(mine, notified, day)
    lines = []
    for price in prices:
        if price.pk not in own:
            continue
        if price.group == Price.Group.BONUS and price not in bonuses:
            continue
        quantity = sizes.get(Price.Counts(price.counts), by_price.get(price.pk, Decimal(0)))
        if quantity:
            lines.append(Line.of(price, quantity))
    for promise in promises:
        stands = promise.withdrawn_on is None and promise.on <= day
        if promise.amount is not None and stands:
            lines.append(Line(f"{PROMISE}:{promise.item}"[:60], PROMISE, promise.item, "", "项",
                              "item", Decimal(1), promise.amount, promise.amount))  # fmt: skip
    ends = [last_day(price, notified or day) for price in bonuses]
    return Sheet(lines, min((end for end in ends if end), default=None))


def notified_on(holding: Holding) -> date | None:
    """Return the day on which a holding was first notified."""
    return min((c.on for c in holding.climbs.all() if c.stage == NOTIFIED), default=None)


def sheet_of(holding: Holding, day: date | None = None) -> Sheet:
    """Make the sheet of a holding as it would be offered on a day, today if none is named."""
    return compute(
        holding,
        list(holding.campaign.policy.prices.filter(retired=False)),
        list(holding.items.select_related("price")),
        list(holding.promises.all()),
        notified_on(holding),
        day or local_day(now()),
    )


def offer(holding: Holding, by: User | None, day: date | None = None) -> Offer:
    """Keep the sheet of a day as the next version, and return it.

    Raises
    ------
    NothingToOffer
        If not a single line comes out.
    """
    on = day or local_day(now())
    with transaction.atomic():
        Holding.objects.select_for_update().get(pk=holding.pk)
        sheet = sheet_of(holding, on)
        if not sheet.lines:
            raise NothingToOffer(_("Nothing is listed for this enterprise yet."))
        number = Offer.objects.filter(holding=holding).count() + 1
        return Offer.objects.create(
            holding=holding, number=number, on=on, until=sheet.until, by=by, at=now(),
            total=sheet.total, lines=[line.plain() for line in sheet.lines],
        )  # fmt: skip


class NothingToOffer(ValueError):
    """A sheet without a line."""


def lines_of(offer: Offer) -> list[Line]:
    """Return the lines of a sheet as they were offered."""
    return [Line.read(kept) for kept in offer.lines]
