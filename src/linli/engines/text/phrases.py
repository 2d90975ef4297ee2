"""Phrases that some texts share and others lack, and the place they name."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .words import FUNCTION_WORDS, tagged

SHARE = 0.35
"""Least part of the texts that must hold a phrase for it to be theirs."""

LIFT = 5.0
"""How much oftener than elsewhere they must hold it."""

_LONGEST = 12
_HEAD = 240
_TERMS = 6

_RUNS = re.compile(r"[^\W_]+(?:[·.．][^\W_]+)*")
_FIXED = re.compile(r"[A-Za-z0-9]")
_ENDS_LIKE_A_PLACE = re.compile(
    r"(小区|社区|街道|新城|花园|家园|公寓|广场|大厦|大道|公园|学校|大学|中学|小学|医院|市场|车站|地铁站"
    r"|工业园|园区|片区|[省市区县州镇乡村组路街巷桥港湖河江山岛湾苑园府院城郡庭墅轩阁楼栋站厂场所线居坊里])$"
)
_DISTRICT = re.compile(r"[A-Z]\d*[省市区县州镇]|[一-鿿]{2,4}?(?:市|区|县|州|镇|乡|街道)")


@dataclass(frozen=True)
class Phrase:
    """A phrase, the part of the texts that hold it (0 to 1), and how telling it is (0 to 1)."""

    text: str
    share: float
    weight: float


def shared_phrases(texts: Sequence[str], everything: Sequence[str]) -> list[Phrase]:
    """Find phrases that many of some texts hold and few of all texts do.

    Found by character, not by word: names of estates and firms are cut differently from one
    message to the next.

    Parameters
    ----------
    texts
        The texts in question; the first 240 characters of each are read.
    everything
        All texts, these included.

    Returns
    -------
    At most 6 phrases, none mostly within others, the most telling first.
    """
    holding: Counter[str] = Counter()
    for text in texts:
        holding.update(_substrings(text[:_HEAD]))
    least = max(2.0, SHARE * len(texts))
    # A part of a longer phrase that is nearly as common says no more than the whole.
    covered = {
        part
        for phrase, count in holding.items()
        if count >= least
        for part in (phrase[:-1], phrase[1:])
        if holding[part] <= 1.3 * count
    }
    whole = [
        (phrase, count)
        for phrase, count in holding.items()
        if count >= least and phrase not in covered
    ]
    whole.sort(key=lambda item: (-item[1] * len(item[0]), item[0]))
    judged = []
    for phrase, count in whole[:60]:
        everywhere = sum(phrase in text for text in everything)
        lift = count / len(texts) * len(everything) / max(everywhere, 1)
        if lift >= LIFT or everywhere == count:
            telling = count / len(texts) * min(1.0, count / max(everywhere, 1) + 0.2)
            judged.append(Phrase(phrase, count / len(texts), telling * min(len(phrase), 6) / 6))
    judged.sort(key=lambda phrase: (-phrase.weight, phrase.text))
    chosen: list[Phrase] = []
    told: set[str] = set()
    for one in judged:
        pairs = {one.text[at : at + 2] for at in range(len(one.text) - 1)}
        if 2 * len(pairs & told) <= len(pairs):
            chosen.append(one)
            told |= pairs
    return chosen[:_TERMS]


def name_place(texts: Sequence[str], phrases: Sequence[Phrase]) -> str:
    """Name the place texts are about.

    Parameters
    ----------
    texts
        The texts.
    phrases
        What they share, from `shared_phrases`.

    Returns
    -------
    The most shared phrase that ends as place names do (小区, 路, 苑, …); else the district that
    most of them name; else nothing.
    """
    named = [
        phrase
        for phrase in phrases
        if len(phrase.text) > 3 and _ENDS_LIKE_A_PLACE.search(phrase.text)
    ]
    if named:
        return max(named, key=lambda phrase: phrase.share).text
    districts: Counter[str] = Counter()
    for text in texts:
        districts.update(set(_DISTRICT.findall(text[:_HEAD])))
    if not districts:
        return ""
    place, count = min(districts.items(), key=lambda item: (-item[1], item[0]))
    return place if 2 * count >= len(texts) else ""


def shares_only_wording(subjects: Sequence[str], everything: Sequence[str]) -> bool:
    """Tell whether subjects share a way of saying (请加快…) rather than a thing.

    Parameters
    ----------
    subjects
        Subjects of the messages in question.
    everything
        All texts, to see which words are these messages' own.

    Returns
    -------
    True if the word most theirs, held by many of them and few others, is no noun, name or code.
    """
    holding: Counter[tuple[str, str]] = Counter()
    for words in tagged(subjects):
        holding.update({one for one in words if one[0] not in FUNCTION_WORDS})
    common = [(word, tag, n) for (word, tag), n in holding.items() if n >= 0.3 * len(subjects)]
    theirs = {
        (word, tag): n * n / sum(word in text for text in everything) for word, tag, n in common
    }
    if not theirs:
        return False
    _, tag = max(theirs, key=lambda one: (theirs[one], one))
    return tag[0] in "vadcpr" and tag != "vn"


def _substrings(text: str) -> set[str]:
    """Give all runs of 2 to 12 characters without punctuation, whole codes only."""
    found = set()
    for match in _RUNS.finditer(text):
        run = match.group()
        for start in range(len(run) - 1):
            if start and _FIXED.match(run[start]) and _FIXED.match(run[start - 1]):
                continue
            for end in range(start + 2, min(start + _LONGEST, len(run)) + 1):
                cut = end < len(run) and _FIXED.match(run[end - 1]) and _FIXED.match(run[end])
                if not cut:
                    found.add(run[start:end])
    return {phrase for phrase in found if phrase[0] not in _LOOSE and phrase[-1] not in _LOOSE}


_LOOSE = frozenset(
    "的地得了着过在是有和与及或也都就将被把对向从为于以因但而且我你您他她它这那其该请等吗呢吧"
)
"""Characters no phrase begins or ends with."""
