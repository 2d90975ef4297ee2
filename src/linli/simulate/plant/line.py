"""A line of machines, with what belongs to the town beside it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .greenhouse import Greenhouse
from .kinds import OF_THE_LINE, PUMP, kind_of
from .machine import Machine, Stretch
from .orders import Seconds
from .town import Bridge, PumpStation

Kept = Machine | Bridge | PumpStation | Greenhouse


class Line:
    """Machines that go on together; all chance comes from `seed`.

    Parameters
    ----------
    assets
        Code and kind of each, as the register has them.
    at
        When it begins, seconds since 1970.
    """

    def __init__(
        self, assets: Sequence[tuple[str, str]], at: float, seed: int, *, is_kept: bool = True
    ) -> None:
        self.seed = seed
        self.kept: dict[str, Kept] = {
            code: _kept(code, kind, at, seed, is_kept) for code, kind in assets
        }

    @property
    def machines(self) -> dict[str, Machine]:
        """What wears: machines of the line and pumps of the town."""
        return {code: one for code, one in self.kept.items() if isinstance(one, Machine)}

    def run(self, at: Seconds) -> dict[str, Stretch]:
        """Let all of them go on to the last of `at`."""
        return {code: one.run(at) for code, one in self.kept.items()}

    def wear(self) -> dict[str, tuple[str, float]]:
        """Return kind and worst wear of each machine of the line, which the camera needs."""
        return {
            code: (one.kind.name, max(one.wear().values()))
            for code, one in self.machines.items()
            if one.kind is not PUMP
        }

    def save(self, path: Path, **beside: Any) -> None:
        """Write how it stands, whole or not at all."""
        told = {"seed": self.seed, "kept": {c: one.told() for c, one in self.kept.items()}}
        written = path.with_suffix(".new")
        written.write_text(json.dumps(told | beside), "utf-8")
        written.replace(path)

    def remember(self, told: Mapping[str, Any]) -> None:
        """Stand as `save` told."""
        for code, how in told.get("kept", {}).items():
            if code in self.kept:
                self.kept[code].remember(how)


def assets_of(plant: str = "P1", line: str = "L1") -> list[tuple[str, str]]:
    """Return code and kind of twelve machines, for a line that no register names."""
    return [(f"{plant}-{line}-M{n:02d}", kind.name) for n, kind in enumerate(OF_THE_LINE, 1)]


def _kept(code: str, kind: str, at: float, seed: int, is_kept: bool) -> Kept:
    if "bridge" in kind:
        return Bridge(code, at, seed)
    if kind == "pump-station":
        return PumpStation(code, at, seed)
    if kind == "greenhouse":
        return Greenhouse(code, at, seed)
    known = kind_of(kind)
    return Machine(code, known, at, seed, is_kept=is_kept, around_the_clock=known is PUMP)
