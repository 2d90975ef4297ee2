"""Hot topics: what many people write about, where, since when, and whether it grows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from .grams import Words, mix
from .phrases import Phrase, name_place, shared_phrases, shares_only_wording
from .twins import sketch, twin_groups

COHESION = 0.1
"""Least mean likeness within a topic. Of 4,326 real messages any two are 0.007 alike on average,
two that share a salutation (尊敬的) 0.012, two from one district 0.014 to 0.016."""

LINK = 0.15
"""A message belongs to a topic only if it is this like at least one other."""

SUBJECT_WEIGHT = 2.0

SAME_HAND = 0.8
"""Messages that resemble this much count as one person when no one says who wrote them."""

MIN_PEOPLE = 4

GROWTH_WEEKS = 4
"""Growth compares so many weeks with as many before."""

WINDOW = np.timedelta64(7 * GROWTH_WEEKS, "D")

_MOST_AT_ONCE = 6000
_BATCH = 1024


@dataclass(frozen=True)
class Topic:
    """Something several people write about.

    Attributes
    ----------
    title
        The subject of the message that says most of what they share.
    place
        Where: the place named most, from `places` if given, else from the texts; may be empty.
    count, people, likes
        Number of messages, of distinct people who wrote them, and of likes they had.
    ids
        The messages, earliest first.
    since, until
        Time of the first and of the last message.
    growth
        (messages in the last `GROWTH_WEEKS` + 1) / (messages in as many weeks before + 1).
    terms
        Phrases its messages share and others lack, the most telling first.
    heat
        `people` + the sum over messages of √likes. Everyone who writes counts one; likes count
        by their square root, so one message with 2,000 of them weighs as much as 45 people, and
        not at all unless at least `MIN_PEOPLE` people wrote.
    """

    title: str
    place: str
    count: int
    people: int
    likes: int
    ids: tuple[str, ...]
    since: np.datetime64
    until: np.datetime64
    growth: float
    terms: tuple[str, ...]
    heat: float

    @property
    def rising(self) -> bool:
        """More messages came in the last `GROWTH_WEEKS` than in as many weeks before."""
        return bool(self.growth > 1)


def hot_topics(
    ids: Sequence[str],
    subjects: Sequence[str],
    bodies: Sequence[str],
    created: npt.ArrayLike,
    likes: npt.ArrayLike,
    places: Sequence[str] | None = None,
    people: Sequence[str] | None = None,
    *,
    limit: int = 20,
    now: np.datetime64 | None = None,
) -> list[Topic]:
    """Find what many people write about, hottest first (see `Topic.heat`).

    Messages are weighed by their words and word pairs (tf-idf, subjects double): what everybody
    writes, a salutation or the name of a district, weighs next to nothing, a rare name that
    several share weighs much. Messages alike on average by `COHESION` form a topic.

    Parameters
    ----------
    ids, subjects, bodies
        The messages, shape (n,).
    created
        When each was written, datetime64, shape (n,).
    likes
        Likes of each, shape (n,).
    places
        Name of the place of each if known, empty where not.
    people
        Who wrote each, if known. Without it near copies count as one person, and messages that
        share a turn of phrase rather than a thing are taken for one busy writer's and left out.
    limit
        Most topics to give.
    now
        The moment growth is seen from; the time of the last message unless told.

    Raises
    ------
    ValueError
        If the inputs differ in length.

    Notes
    -----
    4,326 messages take some 3 s and 0.4 GB. Average linkage (UPGMA) within parts of the graph of
    alike messages, so time grows with the square of the number of messages, memory with that of
    the largest such part.
    """
    times = np.asarray(created, dtype="datetime64[s]")
    liked = np.maximum(np.asarray(likes, dtype=np.int64), 0)
    for name, column in (
        ("subjects", subjects),
        ("bodies", bodies),
        ("created", times),
        ("likes", liked),
        ("places", places),
        ("people", people),
    ):
        if column is not None and len(column) != len(ids):
            raise ValueError(f"{len(ids)} ids but {len(column)} {name}")
    if len(ids) < 2:
        return []
    person = _people(subjects, bodies, people)
    texts = [f"{subject}\n{body}" for subject, body in zip(subjects, bodies, strict=True)]
    vectors = _vectors(subjects, bodies)
    found = []
    for members in _clusters(vectors):
        members = _without_strays(vectors, members)
        writers = len(np.unique(person[members]))
        if writers >= MIN_PEOPLE:
            found.append((writers + float(np.sqrt(liked[members]).sum()), writers, members))
    # Position breaks ties, so that equal heat gives the same order everywhere.
    found.sort(key=lambda topic: (-topic[0], int(topic[2][0])))
    seen_from = times.max() if now is None else now
    topics: list[Topic] = []
    for heat, writers, members in found:
        if len(topics) == limit:
            break
        if people is None and shares_only_wording([subjects[i] for i in members], texts):
            continue
        in_order = members[np.argsort(times[members], kind="stable")]
        phrases = shared_phrases([texts[i] for i in in_order], texts)
        named = [places[i] for i in in_order] if places is not None else []
        best = _spokesman(vectors, in_order, [subjects[i] for i in in_order], phrases)
        topics.append(
            Topic(
                title=subjects[best].strip(),
                place=_most_named(named) or name_place([texts[i] for i in in_order], phrases),
                count=len(members),
                people=writers,
                likes=int(liked[members].sum()),
                ids=tuple(str(ids[i]) for i in in_order),
                since=times[in_order[0]],
                until=times[in_order[-1]],
                growth=_growth(times[members], seen_from),
                terms=tuple(phrase.text for phrase in phrases),
                heat=heat,
            )
        )
    return topics


def _people(
    subjects: Sequence[str], bodies: Sequence[str], people: Sequence[str] | None
) -> npt.NDArray[np.int64]:
    """Number who wrote each message, shape (n,)."""
    if people is not None:
        return np.unique(np.asarray(people, dtype=np.str_), return_inverse=True)[1]
    sketches = sketch([f"{s} {b}" for s, b in zip(subjects, bodies, strict=True)])
    return twin_groups(sketches, SAME_HAND)


def _vectors(subjects: Sequence[str], bodies: Sequence[str]) -> csr_matrix:
    """Weigh words and word pairs of each message: log(1 + tf) · idf, length 1."""
    text, hashes, weight = [], [], []
    for part, importance in ((subjects, SUBJECT_WEIGHT), (bodies, 1.0)):
        words = Words.of(part)
        same = words.text[1:] == words.text[:-1]
        pairs = mix(words.hashes[:-1][same] * np.uint64(3) + words.hashes[1:][same])
        text += [words.text, words.text[1:][same]]
        hashes += [words.hashes, pairs]
        weight.append(np.full(len(words.text) + len(pairs), importance, np.float32))
    terms, column = np.unique(np.concatenate(hashes), return_inverse=True)
    counts = csr_matrix(
        (np.concatenate(weight), (np.concatenate(text), column)),
        shape=(len(subjects), len(terms)),
    )
    counts.sum_duplicates()
    frequency = np.bincount(counts.indices, minlength=len(terms))
    # A term of one message links it to nothing; left in, it would only make long messages lonely.
    counts = counts[:, frequency >= 2]
    rarity = np.log(len(subjects) / frequency[frequency >= 2])
    values = np.log1p(counts.data) * rarity[counts.indices]
    row = np.repeat(np.arange(len(subjects)), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(row, values * values, len(subjects)))
    counts.data = (values / np.maximum(length[row], 1e-9)).astype(np.float32)
    return counts


def _links(vectors: csr_matrix) -> csr_matrix:
    """Keep the likeness of each two messages that are at least `LINK` alike."""
    rows, columns, values = [], [], []
    for at in range(0, vectors.shape[0], _BATCH):
        alike = (vectors[at : at + _BATCH] @ vectors.T).tocoo()
        keep = (alike.data >= LINK) & (alike.row + at < alike.col)
        rows.append(alike.row[keep] + at)
        columns.append(alike.col[keep])
        values.append(alike.data[keep])
    return csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(vectors.shape[0], vectors.shape[0]),
    )


def _clusters(vectors: csr_matrix) -> list[npt.NDArray[np.int64]]:
    """Part messages into clusters alike on average by `COHESION`; small ones are left out."""
    waiting = [(np.arange(vectors.shape[0]), _links(vectors), LINK)]
    clusters = []
    while waiting:
        members, links, link = waiting.pop()
        component = connected_components(links, directed=False)[1]
        size = np.bincount(component)
        for number in np.flatnonzero(size >= MIN_PEOPLE):
            inside = np.flatnonzero(component == number)
            if len(inside) > _MOST_AT_ONCE:
                # Too large for a full table of pairs: cut its weaker links first.
                stronger = links[inside][:, inside]
                stronger.data[stronger.data < link * 1.25] = 0
                stronger.eliminate_zeros()
                waiting.append((members[inside], stronger, link * 1.25))
                continue
            part = members[inside]
            apart = 1 - np.clip((vectors[part] @ vectors[part].T).toarray(), 0, 1)
            np.fill_diagonal(apart, 0)
            tree = linkage(squareform(apart, checks=False), "average")
            label = fcluster(tree, 1 - COHESION, "distance")
            clusters += [part[label == one] for one in np.unique(label)]
    return [cluster for cluster in clusters if len(cluster) >= MIN_PEOPLE]


def _without_strays(vectors: csr_matrix, members: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Leave out messages less than half as like the rest as is usual in the topic."""
    likeness = _likeness(vectors, members)
    return members[likeness >= np.median(likeness) / 2]


def _likeness(vectors: csr_matrix, members: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Tell how like the others each member is on average, shape (members,)."""
    alike = (vectors[members] @ vectors[members].T).toarray()
    np.fill_diagonal(alike, 0)
    return alike.sum(axis=1) / max(len(members) - 1, 1)


def _spokesman(
    vectors: csr_matrix,
    members: npt.NDArray[np.int64],
    subjects: Sequence[str],
    phrases: Sequence[Phrase],
) -> int:
    """Choose the member whose subject holds most of what the topic shares."""
    likeness = _likeness(vectors, members)
    said = np.array([sum(p.weight for p in phrases if p.text in s) for s in subjects])
    return int(members[np.argmax(said + likeness / max(likeness.max(), 1e-9))])


def _most_named(places: Sequence[str]) -> str:
    """Give the place most messages name, if at least a third of them agree."""
    named = Counter(place for place in places if place)
    if not named:
        return ""
    place, count = min(named.items(), key=lambda item: (-item[1], item[0]))
    return place if 3 * count >= len(places) else ""


def _growth(times: npt.NDArray[np.datetime64], now: np.datetime64) -> float:
    last = np.count_nonzero((times > now - WINDOW) & (times <= now))
    before = np.count_nonzero((times > now - 2 * WINDOW) & (times <= now - WINDOW))
    return float((last + 1) / (before + 1))
