"""What packs say of remediation: the policy of a campaign and its price table."""

from decimal import Decimal
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from linli import rows
from linli.cases.section import CategoryCode, CategoryEntry
from linli.programmes.ladders import Ladder
from linli.programmes.remediation.models import NOTIFIED, SIGNED
from linli.programmes.remediation.policy import Policy, Price
from linli.programmes.section import LadderEntry
from linli.rows import Counts
from linli.sections import (
    Declaration,
    EnglishName,
    Faults,
    Name,
    Read,
    Slug,
    check_codes,
)

Day = Annotated[int, Field(ge=1, le=3650)]


class PolicyEntry(Declaration):
    """A `[[policy]]` of a pack."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    ladder: Slug
    upgrade_ladder: Slug
    sizes: list[Annotated[int, Field(gt=0)]] = []
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.05
    stall_category: CategoryCode
    late_category: CategoryCode


class PriceEntry(Declaration):
    """A `[[price]]` of a pack; `amount` is yuan a unit."""

    code: CategoryCode
    policy: Slug
    group: Literal["land", "building", "equipment", "loss", "bonus"]
    name: Name
    name_en: EnglishName = ""
    unit: Annotated[str, Field(min_length=1, max_length=20)]
    unit_en: Annotated[str, Field(max_length=40)] = ""
    amount: Annotated[float, Field(ge=0, lt=1e11, allow_inf_nan=False)]
    counts: Literal["given", "land", "building"] = "given"
    dispositions: list[Literal["vacate", "enforce", "upgrade"]] = []
    days: Annotated[list[Day], Field(max_length=2)] = []


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with policies and price tables."""
    policies, prices = read.of(PolicyEntry), read.of(PriceEntry)
    check_codes(policies, faults)
    check_codes(prices, faults)
    ladders = read.of(LadderEntry)
    for entry in policies.entries:
        policy = entry.value
        for name in ("ladder", "upgrade_ladder"):
            code = getattr(policy, name)
            if not ladders.knows(code):
                faults.tell(entry, name, _("“%(code)s” is not known here.") % {"code": code})
            elif code in ladders.by():
                stages = {stage.code for stage in ladders.by()[code].value.stages}
                for needed in sorted({NOTIFIED, SIGNED} - stages):
                    faults.tell(entry, name, _("the ladder has no stage “%(code)s”.")
                                % {"code": needed})  # fmt: skip
        for name in ("stall_category", "late_category"):
            code = getattr(policy, name)
            if not read.of(CategoryEntry).knows(code):
                faults.tell(entry, name, _("“%(code)s” is not known here.") % {"code": code})
        if sorted(set(policy.sizes)) != policy.sizes:
            faults.tell(entry, "sizes", _("they must grow."))
    for line in prices.entries:
        price = line.value
        if not policies.knows(price.policy):
            faults.tell(line, "policy", _("“%(code)s” is not known here.")
                        % {"code": price.policy})  # fmt: skip
        if price.days and (len(price.days) != 2 or price.days[0] > price.days[1]):
            faults.tell(line, "days", _("name the first and the last day."))
        if bool(price.days) != (price.group == "bonus"):
            faults.tell(line, "days", _("a bonus, and nothing else, has days."))


def obstacles(read: Read, faults: Faults) -> None:
    """Nothing stands in the way: what is left out and used is retired."""


def write(read: Read) -> dict[str, Counts]:
    """Write policies and price tables."""
    ladders = dict(Ladder.objects.values_list("code", "pk"))
    policies = {
        entry.value.code: {
            "pack": entry.pack,
            "ladder_id": ladders[entry.value.ladder],
            "upgrade_ladder_id": ladders[entry.value.upgrade_ladder],
            "retired": False,
            **entry.value.model_dump(
                include={"name", "name_en", "sizes", "tolerance", "stall_category",
                         "late_category"}
            ),
        }
        for entry in read.of(PolicyEntry).entries
    }  # fmt: skip
    found, counts = rows.bring(Policy, policies)
    prices = {
        entry.value.code: {
            "policy_id": found[entry.value.policy].pk,
            "amount": Decimal(str(entry.value.amount)).quantize(Decimal("0.01")),
            "retired": False,
            **entry.value.model_dump(exclude={"code", "policy", "amount"}),
        }
        for entry in read.of(PriceEntry).entries
    }
    _rows, priced = rows.bring(Price, prices)
    return {"policies": counts, "prices": priced}


def clear(read: Read) -> dict[str, Counts]:
    """Take away, or retire, what no pack names any longer."""
    prices = rows.clear(Price, read.of(PriceEntry).by())
    return {"prices": prices, "policies": rows.clear(Policy, read.of(PolicyEntry).by())}
