"""What people say: sentences composed from the grammar in `sayings.toml`.

A category without words of its own speaks by the examples of its pack, or by its name.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from linli.cases.models import Category

MOST = 60  # characters of a title


@cache
def words() -> dict[str, Any]:
    """Return the grammar."""
    with (Path(__file__).parent / "sayings.toml").open("rb") as file:
        return tomllib.load(file)


class Speech:
    """Speaks for the categories of a town."""

    def __init__(self, categories: Iterable[Category], rng: Random) -> None:
        self._rng = rng
        self._frames = words()["frames"]
        self._cores = {category.code: _cores(category) for category in categories}

    def core(self, category: str) -> str:
        """Say what is wrong, without place or time."""
        return self._rng.choice(self._cores[category])

    def spot(self) -> str:
        """Name a spot that any village has."""
        return self._rng.choice(self._frames["spots"])

    def report(self, core: str, place: str, by_patrol: bool = False) -> tuple[str, str]:
        """Say it as somebody reports it.

        Returns
        -------
        Title and body.
        """
        choose, frames = self._rng.choice, self._frames
        title = f"{place}{core}"[:MOST]
        if by_patrol:
            return title, f"{choose(frames['patrol'])}{place}{core}。"
        parts = [f"{choose(frames['hello'])}{place}{core}"]
        chance = self._rng.random()
        if chance < 0.6:
            parts.append(f"{choose(frames['since'])}就这样了")
        if chance < 0.8:
            parts.append(choose(frames["effect"]))
        return title, "，".join(parts) + "。" + choose(frames["ask"])

    def again(self, title: str) -> tuple[str, str]:
        """Say the same as somebody before: the next to see it."""
        core = title[:MOST]
        return core, f"{self._rng.choice(self._frames['again'])}{core}。"

    def reply(self, organisation: str, place: str, is_good: bool) -> str:
        """Answer what was done; a bad answer says next to nothing."""
        replies, choose = words()["replies"], self._rng.choice
        if not is_good:
            return choose(replies["short"])
        kind = "done" if self._rng.random() < 0.8 else "explained"
        return choose(replies[kind]).format(
            organisation=organisation, place=place, measure=choose(replies["measures"])
        )

    def settled(self) -> str:
        """Answer what a steward and the neighbours agreed."""
        replies, choose = words()["replies"], self._rng.choice
        return choose(replies["settled"]).format(measure=choose(replies["measures"]))

    def question(self, title: str) -> str:
        """Ask the neighbours what to do about a matter."""
        return self.meeting("questions").format(title=title)

    def meeting(self, kind: str) -> str:
        """Say something of one kind that belongs to a meeting of neighbours."""
        return self._rng.choice(words()["meetings"][kind])

    def proposals(self, count: int) -> list[str]:
        """Name so many ways to settle it."""
        return self._rng.sample(words()["meetings"]["proposals"], count)

    def reason(self, kind: str) -> str:
        """Give a reason or a comment of one kind; it may be empty where people say nothing."""
        return self._rng.choice(words()["reasons"][kind])


def _cores(category: Category) -> list[str]:
    own = words().get(category.code, {})
    composed = [f"{what}{how}" for what in own.get("what", ()) for how in own.get("how", ())]
    told = [text.rstrip("。！？") for text in category.examples]
    return [*composed, *told] or [f"{category.name}的问题一直没有解决"]
