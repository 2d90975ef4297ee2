"""Presses that wear, run day and night and say so every hour; what became of them is known."""

from datetime import datetime, timedelta

import numpy as np

from linli.assets.register import tree
from linli.assets.register.models import Asset, Entry, Stop
from linli.assets.telemetry import directory, store
from linli.assets.telemetry.models import Tag
from linli.assets.telemetry.points import MOMENT, moment

HOUR = np.timedelta64(1, "h")
KEYS = {
    "speed": ("setting", "速度", "Speed"), "load": ("setting", "负荷", "Load"),
    "vibration": ("sensor", "振动", "Vibration"), "oil": ("sensor", "油温", "Oil temperature"),
    "current": ("sensor", "电流", "Current"), "hours": ("counter", "运行小时", "Hours run"),
    "running": ("state", "运行", "Running"),
}  # fmt: skip


class Fleet:
    """Presses of line P1-L1; `now` is where their past ends."""

    def __init__(self, now: datetime, seed: int = 1) -> None:
        self.now = now
        self.rng = np.random.default_rng(seed)

    def press(self, code: str) -> Asset:
        """Return a press with its tags, made if it is not there."""
        line = Asset.objects.get(code="P1-L1")
        found = Asset.objects.filter(code=code).first()
        if found is None:
            found = Asset(code=code, level="machine", kind="press", parent=line, name=f"压机{code}",
                          name_en=f"Press {code}")  # fmt: skip
            tree.save(found)
        for key, (role, name, name_en) in KEYS.items():
            if not Tag.objects.filter(asset=found, key=key).exists():
                Tag.objects.create(asset=found, key=key, role=role, name=name, name_en=name_en,
                                   kind="flag" if key == "running" else "number",
                                   late_hours=1e6)  # fmt: skip
        directory.forget()
        return found

    def life(self) -> int:
        """Draw how many hours a press lasts."""
        return int(np.exp(self.rng.normal(np.log(320), 0.2)))

    def rows(self, life: int, age: int) -> dict[str, np.ndarray]:
        """Return what a press says in its first `age` hours, if it lasts `life`."""
        wear = np.expm1(4 * np.arange(1, age + 1) / life) / np.expm1(4)
        draw = self.rng.normal(size=(3, age))
        return {
            "speed": np.full(age, 100.0), "load": np.full(age, 80.0),
            "vibration": 2 + 3 * wear + 0.12 * draw[0],
            "oil": 45 + 16 * wear + 0.8 * draw[1], "current": 60 + 8 * wear + 0.6 * draw[2],
            "running": np.ones(age),
        }  # fmt: skip

    def lived(self, code: str, lives: list[int], age: int, left: int | None = None) -> Asset:
        """Let a press have failed after `lives`, and run for `age` hours since; the past ends now.

        Each failure is a stop of four hours and an entry that a part was replaced. `left` is what
        the running one still has, drawn by lot if it is not said.
        """
        asset = self.press(code)
        total = sum(lives) + 4 * len(lives) + age
        at = self.now - timedelta(hours=total)
        Asset.objects.filter(pk=asset.pk).update(commissioned=(at - timedelta(days=1)).date())
        Entry.objects.create(asset=asset, at=at, what="replaced", done="主轴承")
        counted = 0.0
        for number, hours in enumerate([*lives, age]):
            is_last = number == len(lives)
            whole = hours + (left if left is not None else self.life()) if is_last else hours
            said = self.rows(whole, hours)
            self.say(asset, at, said, counted)
            counted += hours
            at += timedelta(hours=hours)
            if not is_last:
                again = at + timedelta(hours=4)
                Stop.objects.create(asset=asset, since=at, until=again, cause="failure")
                Entry.objects.create(asset=asset, at=again, what="replaced", done="主轴承")
                at = again
        return Asset.objects.get(pk=asset.pk)

    def say(
        self, asset: Asset, since: datetime, said: dict[str, np.ndarray], counted: float = 0.0
    ) -> None:
        """Write what a press said, hour by hour, into telemetry; `counted` hours before."""
        age = len(next(iter(said.values())))
        # Half past: each hour of telemetry holds one point.
        times = (moment(since) + HOUR // 2 + np.arange(age) * HOUR).astype(MOMENT)
        said = {"hours": counted + np.arange(1, age + 1.0), **said}
        points = store.Points.table(times, {f"{asset.code}.{k}": v for k, v in said.items()})
        taken = store.write(points, history=True)
        assert not taken.refused, taken
