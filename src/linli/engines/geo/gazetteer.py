"""Text to place: the most specific area that a message is about, and why.

All names, aliases and codes are found in one pass. Each mention is weighed (subject over body,
first over later, a name borrowed by a road over nothing much), the weights are added up the
tree of areas, and the tree is walked down from the top as long as one child clearly leads. So
A市 said together with A3区 gives A3区, and a county of another city that only lends its name to
an estate loses to the city the message is about.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import ahocorasick

Part = Literal["subject", "body"]
Role = Literal["plain", "borrowed", "origin"]

# Weights were set on the 6,319 messages of the TipDM Cup 2020 by reading where they went wrong.
SUBJECT_WEIGHT = 3.0
BODY_WEIGHT = 1.0
# The first plain mention of a message counts for half a mention more.
FIRST_MENTION = 0.5
# 芙蓉路 crosses three districts, M9县城 is an estate in A7县: the name says next to nothing.
BORROWED = 0.05
# A landing or the end of a bridge (西林寺社区河埠头, 双红村桥头) lies in the place that is named.
# Where somebody is from (M3县人, 户籍D市) or going (去A9市), and what a thing once belonged to
# (原A9市磷矿), is rarely where the matter is.
ORIGIN = 0.35
# A district whose city is never named while another city is: most often an estate's zone.
STRANGER = 0.3
# Below this total, names say nothing; one mention in the body is 1.
LEAST = 0.3
# In the body, a name counts in full only where it places something (住在…, …小区, …号).
UNPLACED = 0.5
# One of several, such as 观沙岭、先锋等站点, is an example.
LISTED = 0.25
# A part named this faintly beside its whole is said in passing: the walk stays at the whole.
PASSING = 0.15
# The runner-up must stay below this share of the leader, or the walk stops above both.
CLOSE = 0.7

# No message needs more to say where it is; keeps a 10 MB text from holding up the rest.
_LONGEST = 20_000
# Names this close with no word between are taken as one expression (A市五矿万境K9县).
_EXPRESSION = 8
_CHAIN = 2

# Stands above the topmost areas, so that a town may have several of them.
_TOP = -1

# What may stand between an area and its part: A市的A3区, A7县原A8县.
_JOINS = "的原辖属下在 "
_SEPARATES = re.compile(r"[^\w]|[到至往和与及或同从来去回在迁赴距离跟由向经比、，。]")
_BORROWS = re.compile(
    r"[东南西北中]?(?:路(?!口镇|[灯面边上况政网障])|大道|街(?![道镇乡办头面])|巷(?!子))"
    r"|河(?![西东道南北边滩埠])|山(?=[上下顶脚风景的，。、\s]|$)|坡(?!子)|亭|大?桥(?!镇|(?<=[村区]桥)[头边下])"
    r"|郡|国里|之都|嘉苑|置区|大酒店|宾馆|烧烤|特色|米粉|牌照|号线"
)
_ORIGIN_AFTER = re.compile(r"(?:的?户口|的?户籍|籍|人(?![民大社才行事防力流员口]))")
_ORIGIN_BEFORE = re.compile(
    r"(?:(?:户口|户籍|籍贯|老家|来自|出生|出身)[^，。；！？\n]{0,6}|[去往从原])$"
)
_PLACES_BEFORE = re.compile(
    r"(?:在|位于|地处|我们?是|系|住|地址|坐落|投诉|举报|反映)[^，。；！？\n]{0,4}$"
)
_PLACES_AFTER = re.compile(
    r"[^，。；！？、\n]{0,8}?(?:社区|小区|新村|村|组|栋|路(?!公交)|街|巷|苑|业主|居民|片区|楼盘)"
)
_LISTED = ("、", "等")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B)}


@dataclass(frozen=True, slots=True)
class Place:
    """An area as people name it. `parent` is a code; aliases need not be unique."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None


class Mention(NamedTuple):
    """A name found in a message: the words, where they stand, and what they weigh."""

    name: str
    part: Part
    start: int
    end: int
    codes: tuple[str, ...]
    role: Role
    weight: float


class Candidate(NamedTuple):
    """A place the message may be about, with its share of the evidence (all add up to 1)."""

    code: str
    score: float


@dataclass(frozen=True)
class Resolution:
    """Where a message belongs.

    Attributes
    ----------
    code
        The most specific area that the names support, None where no name was found.
    path
        Codes from the topmost area down to `code`.
    is_ambiguous
        Whether two candidates were so close that `code` is the area above both.
    """

    code: str | None
    path: tuple[str, ...]
    is_ambiguous: bool
    # The rest is asked for one message in many, so it is worked out when asked.
    _evidence: "_Evidence" = field(repr=False, compare=False)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """All names found, in reading order."""
        return self._evidence.mentions()

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The most specific areas named, best first.

        The first need not be `code`: when two districts are named alike, `code` is the city
        above them.
        """
        return self._evidence.candidates()

    @cached_property
    def why(self) -> dict[str, object]:
        """The reasons in plain values, ready to be stored with an event."""
        return {
            "path": list(self.path),
            "ambiguous": self.is_ambiguous,
            "mentions": [
                {
                    "name": mention.name,
                    "in": mention.part,
                    "span": [mention.start, mention.end],
                    "role": mention.role,
                    "weight": round(mention.weight, 2),
                }
                for mention in self.mentions
            ],
        }


class Gazetteer:
    """Knows the names of a town's areas; built once, then read only.

    Parameters
    ----------
    places
        All areas, in any order.

    Raises
    ------
    ValueError
        If a code comes twice, a parent is unknown, or parents run in a circle.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        position: dict[str, int] = {}
        for number, place in enumerate(self.places):
            if place.code in position:
                raise ValueError(f'code "{place.code}" comes twice')
            position[place.code] = number
        self._codes = [place.code for place in self.places]
        self._lineage = [_lineage(place, self.places, position) for place in self.places]
        self._within = [frozenset(line) for line in self._lineage]
        self._words = _words(self.places)

    def resolve(self, subject: str, body: str = "") -> Resolution:
        """Find the most specific area a message is about.

        Parameters
        ----------
        subject, body
            The message as written. Only the first 20,000 characters of each are read.

        Returns
        -------
        The area and why; `code` is None where nothing is named.
        """
        if not self._words:
            return NOWHERE
        found = self._find(subject, "subject", SUBJECT_WEIGHT)
        found += self._find(body, "body", BODY_WEIGHT)
        return self._weigh(found) if found else NOWHERE

    def resolve_many(self, subjects: Sequence[str], bodies: Sequence[str]) -> list[Resolution]:
        """Resolve messages one by one; `subjects` and `bodies` have the same length."""
        return [self.resolve(subject, body) for subject, body in zip(subjects, bodies, strict=True)]

    def _find(self, text: str, part: Part, weight: float) -> list["_Found"]:
        """Find the names in one text, longest first, and what role each plays there."""
        text = text[:_LONGEST]
        size = len(text)
        if _WIDE.search(text):
            text = text.translate(_NARROW)
        found: list[_Found] = []
        previous: _Found | None = None
        for last, (length, places, starts_plain, ends_plain) in self._words.iter_long(text):
            end = last + 1
            start = end - length
            if starts_plain and start and _is_plain(text[start - 1]):
                continue
            if ends_plain and end < size and _is_plain(text[end]):
                continue
            item = _Found(text[start:end], part, start, end, places, weight)
            if previous is not None and start - previous.end <= _EXPRESSION:
                self._chain(previous, item, text)
            if item.role == "plain":
                if _BORROWS.match(text, end):
                    item.role = "borrowed"
                elif _ORIGIN_AFTER.match(text, end):
                    item.role = "origin"
                    # 西地省I市I3县人: the whole expression is where somebody is from.
                    before = item.chained
                    while before is not None:
                        before.role = "origin"
                        before = before.chained
                elif item.chained is None and _ORIGIN_BEFORE.search(
                    text, max(0, start - 10), start
                ):
                    item.role = "origin"
            if part == "body":
                item.weight *= self._placing(item, text)
            found.append(item)
            if item.role != "borrowed":
                previous = item
        return found

    def _placing(self, item: "_Found", text: str) -> float:
        """Weigh a name in the body by whether the words around it place something."""
        if text[item.end : item.end + 1] in _LISTED or text[item.start - 1 : item.start] == "、":
            return LISTED
        if _PLACES_AFTER.match(text, item.end):
            return 1.0
        # The words before A市A3区 place A3区 too.
        start = item.start if item.chained is None else item.chained.start
        return 1.0 if _PLACES_BEFORE.search(text, max(0, start - 8), start) else UNPLACED

    def _chain(self, previous: "_Found", item: "_Found", text: str) -> None:
        """Read a name together with the one just before it."""
        between = text[previous.end : item.start]
        if _SEPARATES.search(between):
            return
        nested = tuple(
            place
            for place in item.places
            if any(above in self._within[place] for above in previous.places)
        )
        if nested and len(between) == 1 and between not in _JOINS and _is_plain(item.name[0]):
            # 西地省辉K4县建工程: a coded name in the middle of a word is no place of its own.
            item.role = "borrowed"
        elif nested:
            item.places = nested
            if len(between) <= _CHAIN:
                item.chained = previous
                item.role = previous.role
        elif not self._are_siblings(previous.places, item.places):
            item.role = "borrowed"

    def _are_siblings(self, some: tuple[int, ...], others: tuple[int, ...]) -> bool:
        """Say whether two names may stand in one list, such as B市C市, or the second is wider."""
        return any(
            other in self._within[one] or self._lineage[one][:-1] == self._lineage[other][:-1]
            for one in some
            for other in others
        )

    def _weigh(self, found: list["_Found"]) -> Resolution:
        own = self._own_weight(found)
        total: dict[int, float] = defaultdict(float)
        below: dict[int, set[int]] = defaultdict(set)
        for place, weight in own.items():
            above = _TOP
            for step in self._lineage[place]:
                total[step] += weight
                below[above].add(step)
                above = step

        at, is_ambiguous = _TOP, False
        while at in below:
            ranked = sorted(below[at], key=total.__getitem__, reverse=True)
            best = total[ranked[0]]
            if best < max(LEAST, PASSING * own.get(at, 0.0)):
                break
            if len(ranked) > 1 and total[ranked[1]] >= CLOSE * best:
                is_ambiguous = True
                break
            at = ranked[0]
        path = tuple([self._codes[step] for step in self._lineage[at]]) if at != _TOP else ()
        evidence = _Evidence(found, self._codes, total, below)
        return Resolution(path[-1] if path else None, path, is_ambiguous, evidence)

    def _own_weight(self, found: list["_Found"]) -> dict[int, float]:
        """Add up what the mentions say for each place they name."""
        plain = [item for item in found if item.role == "plain"]
        if plain:
            plain[0].weight += FIRST_MENTION
        named = {item.places[0] for item in plain if len(item.places) == 1}
        headed = {item.places[0] for item in plain if item.part == "subject"}

        own: dict[int, float] = defaultdict(float)
        times: dict[int, int] = defaultdict(int)
        for item in found:
            if len(item.places) > 1:
                item.places = self._likelier(item.places, named)
            if item.role == "borrowed":
                item.weight *= BORROWED
            elif item.role == "origin":
                item.weight *= ORIGIN
            # What the subject names yields only to what else the subject names.
            if self._is_stranger(item, headed if item.part == "subject" else named):
                item.weight *= STRANGER
            share = item.weight / len(item.places)
            for place in item.places:
                times[place] += 1
                own[place] += share / times[place]
        return own

    def _likelier(self, places: tuple[int, ...], named: set[int]) -> tuple[int, ...]:
        """Keep, of places that share a name, those in whose parents most is named."""
        inner = [self._lineage[place][1:-1] for place in places]
        kin = [
            sum(len(self._within[other].intersection(line)) for other in named) for line in inner
        ]
        most = max(kin)
        return tuple(place for place, k in zip(places, kin, strict=True) if k == most)

    def _is_stranger(self, item: "_Found", named: set[int]) -> bool:
        """Say whether a place's own branch goes unnamed while another branch is named.

        Branches are the areas below the topmost one: cities of a province, towns of a county.
        Only names deeper than their branch can be strangers to it.
        """
        line = self._lineage[item.places[0]]
        if len(line) < 3 or len(item.places) > 1:
            return False
        branch, depth = line[1], len(line)
        others = False
        for place in named:
            other = self._lineage[place]
            if len(other) == 2:
                if other[1] == branch:
                    return False
                others = True
            elif len(other) > 2 and other[1] == branch and len(other) != depth:
                return False
        return others


class _Found:
    """A mention while it is being weighed."""

    __slots__ = ("chained", "end", "name", "part", "places", "role", "start", "weight")

    def __init__(
        self, name: str, part: Part, start: int, end: int, places: tuple[int, ...], weight: float
    ) -> None:
        self.name, self.part, self.start, self.end = name, part, start, end
        self.places, self.weight = places, weight
        self.role: Role = "plain"
        self.chained: _Found | None = None


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What was found in a message and how it added up, by position of the place."""

    found: list[_Found]
    codes: list[str]
    total: dict[int, float]
    below: dict[int, set[int]]

    def mentions(self) -> tuple[Mention, ...]:
        return tuple(
            Mention(
                item.name,
                item.part,
                item.start,
                item.end,
                tuple(self.codes[place] for place in item.places),
                item.role,
                item.weight,
            )
            for item in self.found
        )

    def candidates(self) -> tuple[Candidate, ...]:
        """Rank the most specific places by their share at every fork on the way down."""
        tips: list[Candidate] = []
        open_ends = [(_TOP, 1.0)] if self.found else []
        while open_ends:
            at, share = open_ends.pop()
            if at not in self.below:
                tips.append(Candidate(self.codes[at], round(share, 4)))
                continue
            together = sum(self.total[place] for place in self.below[at])
            open_ends += [(place, share * self.total[place] / together) for place in self.below[at]]
        return tuple(sorted(tips, key=lambda tip: (-tip.score, tip.code)))


NOWHERE = Resolution(None, (), False, _Evidence([], [], {}, {}))


def _is_plain(character: str) -> bool:
    """Say whether a character is a Latin letter or digit, which would prolong such a name."""
    return character.isascii() and character.isalnum()


def _lineage(place: Place, places: Sequence[Place], position: dict[str, int]) -> tuple[int, ...]:
    """List the positions from the topmost area down to `place`."""
    line = [position[place.code]]
    while (parent := places[line[-1]].parent) is not None:
        if parent not in position:
            raise ValueError(f'place "{places[line[-1]].code}": parent "{parent}" is unknown')
        if position[parent] in line:
            raise ValueError(f'place "{place.code}" is its own ancestor')
        line.append(position[parent])
    return tuple(reversed(line))


def _words(places: Sequence[Place]) -> ahocorasick.Automaton:
    """Build the automaton over names, aliases and codes, each with the places it may mean."""
    meaning: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        for word in {place.code, place.name, *place.aliases}:
            # Latin letters are matched in either case: a3区 is A3区.
            for form in {word, word.lower(), word.upper()} - {""}:
                meaning[form].append(number)
    automaton = ahocorasick.Automaton()
    for form in sorted(meaning):
        plain = _is_plain(form[0]), _is_plain(form[-1])
        automaton.add_word(form, (len(form), tuple(meaning[form]), *plain))
    if meaning:
        automaton.make_automaton()
    return automaton
