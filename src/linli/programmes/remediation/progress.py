"""How far a campaign and each of its blocks are: signings by day, the end foreseen, stalls."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zlib import crc32

from django.db.models import Max

from linli.clock import now
from linli.engines.signings import Forecast, last_signing
from linli.programmes.ladders import Ladder
from linli.programmes.remediation.models import (
    NOTIFIED,
    SIGNED,
    Block,
    Campaign,
    Holding,
    HoldingClimb,
    Offer,
)
from linli.programmes.remediation.policy import Policy, Price
from linli.programmes.remediation.steps import signed_stages
from linli.scores.periods import local_day

PACE = 7  # days over which the pace is told
HALF = 0.5


@dataclass(frozen=True)
class Standing:
    """One holding: when it was told, when it signed (None: not yet), how long it has stalled."""

    holding: Holding
    block: int
    told_on: date | None
    signed_on: date | None
    over_by: int


@dataclass
class Progress:
    """A block, or a whole campaign. `offered` is yuan in the last sheets, `agreed` in signed ones.

    `deadlines` are the last days of bonuses, 0 for the day of the notice.

    `curve` has a day and how many had signed by its end, from the first notice until today, or
    until the day on which the last one signed.
    """

    today: date
    rows: list[Standing]
    seed: int
    mu: float = 0.0
    given_mu: float | None = None
    due_on: date | None = None
    offered: Decimal = Decimal(0)
    agreed: Decimal = Decimal(0)
    block: Block | None = None
    deadlines: tuple[int, ...] = ()
    curve: list[tuple[date, int]] = field(default_factory=list)
    forecast: Forecast = field(init=False)

    def __post_init__(self) -> None:
        signed = [row for row in self.rows if row.signed_on]
        waiting = [row for row in self.rows if not row.signed_on]
        self.forecast = last_signing(
            sorted((row.signed_on - row.told_on).days for row in signed
                   if row.signed_on and row.told_on),
            sorted((self.today - row.told_on).days for row in waiting if row.told_on),
            sum(1 for row in waiting if not row.told_on),
            seed=self.seed,
            deadlines=self.deadlines,
        )  # fmt: skip
        self.curve = _curve([row.signed_on for row in signed if row.signed_on], self.first_told,
                            self.today, is_over=not waiting)  # fmt: skip

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def signed(self) -> int:
        return sum(1 for row in self.rows if row.signed_on)

    @property
    def left(self) -> int:
        return self.n - self.signed

    @property
    def share(self) -> float:
        return self.signed / self.n if self.n else 0.0

    @property
    def percent(self) -> int:
        # Nothing is called 100 % before the last one has signed.
        return int(self.share * 100)

    @property
    def level(self) -> int:
        """0 nobody, 1 less than half, 2 half and more, 3 all: what the map's patterns tell."""
        if not self.signed:
            return 0
        return 3 if self.signed == self.n else 2 if self.share >= HALF else 1

    @property
    def first_told(self) -> date | None:
        return min((row.told_on for row in self.rows if row.told_on), default=None)

    @property
    def last_signed(self) -> date | None:
        return max((row.signed_on for row in self.rows if row.signed_on), default=None)

    @property
    def days(self) -> int | None:
        """In how many days all signed, both the first notice's and the last signing's counted.

        Where some have not signed, how many days it has been until now.
        """
        first = self.first_told
        if first is None:
            return None
        last = self.last_signed if not self.left and self.last_signed else self.today
        return (last - first).days + 1

    @property
    def pace(self) -> int:
        """How many signed in the last seven days."""
        since = self.today - timedelta(days=PACE - 1)
        return sum(1 for row in self.rows if row.signed_on and row.signed_on >= since)

    @property
    def stalled(self) -> list[Standing]:
        """Those longer in their stage than usual, the longest first."""
        late = [row for row in self.rows if row.over_by]
        return sorted(late, key=lambda row: (-row.over_by, row.holding.code))

    @property
    def is_late(self) -> bool:
        return bool(self.left and self.due_on and self.today > self.due_on)

    def foreseen(self, days: int | None) -> date | None:
        """Return the day that lies so many days from now."""
        return None if days is None else self.today + timedelta(days=days)

    @property
    def early(self) -> date | None:
        return self.foreseen(self.forecast.early)

    @property
    def middle(self) -> date | None:
        return self.foreseen(self.forecast.middle)

    @property
    def late(self) -> date | None:
        return self.foreseen(self.forecast.late)

    @property
    def is_at_risk(self) -> bool:
        """Whether the last one is foreseen to sign after the block's day, more likely than not."""
        if not self.left or self.due_on is None:
            return False
        return self.middle is None or self.middle > self.due_on

    @property
    def stages(self) -> Counter[str]:
        return Counter(row.holding.stage for row in self.rows)


def _curve(
    signed: Iterable[date], first: date | None, today: date, is_over: bool
) -> list[tuple[date, int]]:
    by_day = Counter(signed)
    if first is None:
        return []
    end = max(by_day, default=today) if is_over else today
    found, sum_ = [], 0
    for at in range((end - first).days + 1):
        day = first + timedelta(days=at)
        sum_ += by_day[day]
        found.append((day, sum_))
    return found


def standings(campaign: Campaign, today: date) -> list[Standing]:
    """Read how every holding of a campaign stands: two queries, whatever their number."""
    holdings = list(
        Holding.objects.filter(parcel__block__campaign=campaign)
        .select_related("parcel", "ladder", "negotiator")
        .defer("parcel__wkb")
    )
    told: dict[int, date] = {}
    signed: dict[int, date] = {}
    steps = HoldingClimb.objects.filter(
        thing__parcel__block__campaign=campaign, stage__in=(NOTIFIED, SIGNED)
    )
    for thing, stage, on in steps.order_by("on", "id").values_list("thing", "stage", "on"):
        if stage == NOTIFIED:
            told.setdefault(thing, on)
        else:
            signed[thing] = on
    ladders: dict[int, Ladder] = {}
    ends: dict[int, frozenset[str]] = {}
    found = []
    for row in holdings:
        row.ladder = ladders.setdefault(row.ladder_id, row.ladder)
        if row.ladder_id not in ends:
            ends[row.ladder_id] = signed_stages(row)
        has_signed = row.stage in ends[row.ladder_id]
        signed_on = signed.get(row.pk, row.stage_since) if has_signed else None
        # Whoever came in as signed, and whose notice nobody wrote down, was told that day.
        told_on = told.get(row.pk, signed_on)
        found.append(Standing(row, row.parcel.block_id, told_on, signed_on, row.over_by(today)))
    return found


def _yuan(campaign: Campaign) -> dict[int, Decimal]:
    """Return the total of the last sheet of each holding."""
    offers = Offer.objects.filter(holding__parcel__block__campaign=campaign).order_by()
    last = offers.values("holding").annotate(last=Max("number"))
    newest = {row["holding"]: row["last"] for row in last}
    return {
        holding: total
        for holding, number, total in offers.values_list("holding", "number", "total")
        if newest[holding] == number
    }


def deadlines(policy: Policy) -> tuple[int, ...]:
    """Return on which days after the notice a bonus ends, 0 for the day of the notice itself."""
    bonuses = policy.prices.filter(group=Price.Group.BONUS, retired=False)
    # The table counts the day of the notice as day 1.
    return tuple(days[1] - 1 for days in bonuses.values_list("days", flat=True) if days)


@dataclass
class Overview:
    """A campaign and its blocks, in their order."""

    whole: Progress
    blocks: list[Progress]


def overview(campaign: Campaign, blocks: Sequence[Block] | None = None) -> Overview:
    """Tell how a campaign and each block stand today."""
    today = local_day(now())
    rows = standings(campaign, today)
    yuan, ends = _yuan(campaign), deadlines(campaign.policy)
    found = list(blocks if blocks is not None else campaign.blocks.all())
    parts: dict[int, list[Standing]] = defaultdict(list)
    for row in rows:
        parts[row.block].append(row)
    mine = [
        _progress(parts[block.pk], yuan, today, block.code, block.due_on, block.mu, block.given_mu,
                  block, ends)
        for block in found
    ]  # fmt: skip
    whole = _progress(rows, yuan, today, campaign.code, campaign.due_on,
                      sum(block.mu for block in found), campaign.given_mu, None, ends)  # fmt: skip
    return Overview(whole, mine)


def _progress(
    rows: list[Standing], yuan: dict[int, Decimal], today: date, code: str, due: date,
    mu: float, given: float | None, block: Block | None, ends: tuple[int, ...],
) -> Progress:  # fmt: skip
    return Progress(
        today, rows, crc32(code.encode()), mu, given, due,
        sum((yuan.get(row.holding.pk, Decimal(0)) for row in rows), Decimal(0)),
        sum((yuan.get(row.holding.pk, Decimal(0)) for row in rows if row.signed_on), Decimal(0)),
        block, ends,
    )  # fmt: skip
