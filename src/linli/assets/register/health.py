"""How assets are, as those who watch them say: the worst word counts, for what lies above too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from linli import clock
from linli.assets.register.models import Asset, Health

State = Health.State
WORST_FIRST = (State.ACT, State.WATCH, State.OK)
_RANK = {state: rank for rank, state in enumerate(WORST_FIRST)}


def say(
    asset: Asset, by: str, state: str, why: str = "", why_en: str = "", at: datetime | None = None
) -> Health:
    """Keep what a watcher says of an asset; `since` stays while the state does.

    Parameters
    ----------
    by
        Who watches: "telemetry", "maintenance", "inspection".
    why, why_en
        In one sentence, in the language of the town and in English.
    """
    row = Health.objects.filter(asset=asset, by=by).first()
    if row is None:
        row = Health(asset=asset, by=by, state="")
    before = (row.state, row.why, row.why_en)
    if row.state != state:
        row.since = at or clock.now()
    row.state, row.why, row.why_en = State(state), why[:200], why_en[:200]
    if before != (row.state, row.why, row.why_en):
        row.save()
    return row


def worst(words: Iterable[Health]) -> Health | None:
    """Return the worst of what is said; of equal words the one said longest."""
    return min(words, key=lambda row: (_RANK[State(row.state)], row.since), default=None)


@dataclass(frozen=True)
class Verdict:
    """The worst that is said of an asset or of anything below it, and of which."""

    state: str
    of: Asset
    word: Health

    @property
    def label(self) -> str:
        return str(State(self.state).label)


def verdicts(seen: QuerySet[Asset]) -> dict[str, Verdict]:
    """Return for each asset of which anything is said, and for all above it, the worst, by code."""
    rows = Health.objects.filter(asset__in=seen.order_by(), asset__retired=False)
    found: dict[str, Verdict] = {}
    for word in rows.select_related("asset"):
        told = Verdict(word.state, word.asset, word)
        for code in word.asset.above:
            before = found.get(code)
            if before is None or (_RANK[State(word.state)], word.since) < (
                _RANK[State(before.state)], before.word.since
            ):  # fmt: skip
                found[code] = told
    return found
