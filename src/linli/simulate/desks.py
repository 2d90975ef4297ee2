"""What waits for the visitors of a demonstration: theirs to do, neither too much nor too little.

A visitor enters as one of the demo accounts. What waits for such an account is left alone, up
to `KEPT` cases a pile: of what is older, colleagues take care. Where nearly nothing waits, the
town is asked to send something.
"""

from collections import deque
from collections.abc import Iterator

from linli.cases.models import Case
from linli.cases.waiting import PILES
from linli.people.models import User
from linli.people.scope import Scope

KEPT, ENOUGH = 8, 2
# The steps by which each pile grows smaller, and those on the way there.
STEPS: dict[str, frozenset[str]] = {
    "rule": frozenset({"rule"}),
    "accept": frozenset({"accept", "return"}),
    "resolve": frozenset({"resolve", "assign", "join", "ask_extension"}),
    "join": frozenset({"sign_off"}),
    "triage": frozenset({"triage", "cancel"}),
    "dispatch": frozenset({"dispatch", "cancel"}),
    "settle": frozenset({"settle"}),
    "extension": frozenset({"grant_extension", "refuse_extension"}),
    "verify": frozenset({"verify", "reopen"}),
    "appeal": frozenset({"rule_on_appeal"}),
    "rate": frozenset({"evaluate"}),
}


class Desks:
    """The demo accounts' piles, one account looked at after the other."""

    def __init__(self) -> None:
        self.accounts = {user.pk: user for user in User.objects.filter(is_demo=True)}
        self._round = deque(self.accounts.values())
        self._kept: dict[int, dict[int, frozenset[str]]] = {}

    def look_at_all(self) -> Iterator[None]:
        """Look at every desk, one at a time."""
        for user in self.accounts.values():
            self._look(user)
            yield

    def look(self) -> User | None:
        """Look at the next desk, and return whose it is if nearly nothing lies there."""
        if not self._round:
            return None
        user = self._round[0]
        self._round.rotate(-1)
        return user if self._look(user) < ENOUGH else None

    def keeps(self, case: int, action: str) -> bool:
        """Tell whether a step is left to a visitor."""
        return any(action in kept.get(case, ()) for kept in self._kept.values())

    def _look(self, user: User) -> int:
        sight = Scope(user)
        kept: dict[int, frozenset[str]] = {}
        for name, pile in PILES.items():
            cases = sight.of(Case).filter(pile.of(sight)).order_by("-touched_at", "-id")
            for case in cases.values_list("pk", flat=True)[:KEPT]:
                kept[case] = kept.get(case, frozenset()) | STEPS[name]
        self._kept[user.pk] = kept
        return len(kept)
