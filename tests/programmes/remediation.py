"""A small campaign: two blocks side by side in the works of the small town, one parcel each."""

import tomllib
from datetime import date
from pathlib import Path

from linli.people.scope import Scope
from linli.programmes.remediation.models import Holding
from linli.tables import declared
from tests.small_town import SmallTown, person, square

PACK = Path(__file__).parents[2] / "src/linli/packs/remediation.toml"
TOLD = date(2026, 3, 2)
# 0.008° by 0.006° at latitude 30.715: 766.3 m by 665.2 m.
WEST = square(121.002, 30.712, 121.010, 30.718)
EAST = square(121.022, 30.712, 121.030, 30.718)


def with_pack(small: SmallTown) -> SmallTown:
    """Give the small town the pack that comes with Linli; its housing office answers for it."""
    told = tomllib.loads(PACK.read_text("utf-8"))
    for category in told["category"]:
        small.categories.append(category | {"function": "housing"})
    small.sections |= {name: told[name] for name in ("ladder", "policy", "price")}
    return small


def bring(table: str, *rows: dict, by: str = "administrator") -> list:
    """Take rows in as an import would; returns what `check` says of them."""
    writer = declared()[table].writer
    sight = Scope(person(by))
    outcomes = writer.check(sight, rows)
    if writer.together and not any(isinstance(one, list) for one in outcomes):
        wrong = writer.together(sight, rows)
        if wrong:
            return [wrong]
    if not any(isinstance(one, list) for one in outcomes):
        writer.write(sight, rows)
    return outcomes


def campaign(area: str = "lake", code: str = "works", owner: str = "housing", **more) -> None:
    bring("campaigns", {"code": code, "name": "老工业区", "policy": "standard",
                        "organisation": owner, "area": area, "began_on": date(2026, 2, 1),
                        "due_on": date(2026, 6, 30), "given_mu": 1530.0, **more})  # fmt: skip


def block(code: str = "b1", shape: dict = WEST, of: str = "works", **more) -> list:
    return bring("blocks", {"code": code, "name": f"{code}区块", "campaign": of,
                            "due_on": date(2026, 4, 30), "shape": shape, **more})  # fmt: skip


def parcel(code: str = "p1", shape: dict = WEST, of: str = "b1", **more) -> list:
    return bring("parcels", {"code": code, "block": of, "use": "工业", "shape": shape, **more})


def holding(code: str = "h1", of: str = "p1", disposition: str = "vacate", **more) -> list:
    return bring("holdings", {"code": code, "name": f"{code}五金厂", "parcel": of,
                              "disposition": disposition, "land_mu": 10.5,
                              "negotiator": "builder", **more})  # fmt: skip


def listed(of: str = "h1", **lines: float) -> list:
    """List buildings and machines; `building_frame=1200` is that many of `building-frame`."""
    return bring("inventory", *(
        {"code": f"{of}-{name}", "holding": of, "price": name.replace("_", "-"), "quantity": n}
        for name, n in lines.items()
    ))  # fmt: skip


def told(code: str = "h1", **more) -> Holding:
    """Put a holding on the land that was surveyed and notified."""
    holding(code, surveyed_on=date(2026, 2, 20), notified_on=TOLD, **more)
    return Holding.objects.get(code=code)


def small_campaign() -> None:
    """Put campaign, two blocks and a parcel in each there."""
    campaign()
    block("b1", WEST, given_mu=765.0)
    block("b2", EAST)
    parcel("p1", WEST)
    parcel("p2", EAST, "b2")
