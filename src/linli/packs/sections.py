"""The sections of towns and packs, each owned by an app; a new one is a line here."""

from typing import Protocol

from linli.assets.growing import section as growing
from linli.assets.maintenance import section as maintenance
from linli.assets.register import section as assets
from linli.assets.telemetry import section as telemetry
from linli.cases import section as cases
from linli.enterprises import section as enterprises
from linli.indicators import section as indicators
from linli.indicators.bulletins import section as bulletins
from linli.indicators.schemes import section as schemes
from linli.people import section as people
from linli.places import section as places
from linli.programmes import section as programmes
from linli.programmes.remediation import section as remediation
from linli.programmes.renewal import section as renewal
from linli.rows import Counts
from linli.sections import Declaration, Faults, Name, Read, Slug
from linli.stewards import section as stewards


class Owner(Protocol):
    """An app's `section` module."""

    def check(self, read: Read, faults: Faults) -> None: ...
    def obstacles(self, read: Read, faults: Faults) -> None: ...
    def write(self, read: Read) -> dict[str, Counts]: ...
    def clear(self, read: Read) -> dict[str, Counts]: ...


# From the lowest floor up: what is written first may be referred to by what comes later.
OWNERS: tuple[Owner, ...] = (
    places, people, cases, stewards, enterprises, programmes, remediation, renewal, indicators,
    bulletins, schemes, assets, telemetry, maintenance, growing,
)  # fmt: skip

# What stands in a pack as `[[name]]`.
PACK_SECTIONS: dict[str, type[Declaration]] = {
    "category": cases.CategoryEntry,
    "service": stewards.ServiceEntry,
    "rung": enterprises.RungEntry,
    "per_mu": enterprises.PerMuEntry,
    "ladder": programmes.LadderEntry,
    "indicator": indicators.IndicatorEntry,
    "target": indicators.TargetEntry,
    "scheme": schemes.SchemeEntry,
    "bulletin": bulletins.BulletinEntry,
    "policy": remediation.PolicyEntry,
    "price": remediation.PriceEntry,
    "programme": renewal.ProgrammeEntry,
    "asset_kind": assets.AssetKindEntry,
    "skill": assets.SkillEntry,
    "rule": telemetry.RuleEntry,
    "upkeep": maintenance.UpkeepEntry,
    "crop": growing.CropEntry,
}


class PackEntry(Declaration):
    """The head of a pack."""

    code: Slug
    name: Name
    name_en: str = ""
