"""Terms for finding texts: what a text is filed under, and what a question asks for.

Chinese is written without blanks, and a segmenter cuts the same characters differently in
different sentences. So texts are filed under every two neighbouring characters, which no
context changes, and only the question is cut into words: each of its words must be there,
in any order. Other scripts are filed by whole words and asked for by their beginnings.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .words import FUNCTION_WORDS, segment

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")
_QUOTED = re.compile(r"[\"“”„«»「『](.+?)[\"“”„«»」』]")
_LONGEST = 60  # longer runs are noise, and databases limit the length of a term
MAX_ASKED = 24  # terms of one question


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of one script, and whether each is Chinese."""
    for found in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        han, other = found.groups()
        yield (han, True) if han else (other[:_LONGEST], False)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def terms(text: str) -> list[str]:
    """Return the terms a text is filed under, in its order.

    Each Chinese character with the one after it, the last of a run alone, so that every
    character begins a term; words and numbers of other scripts whole, in lower case.
    """
    found: list[str] = []
    for run, is_han in _runs(text):
        if is_han:
            found += _pairs(run)
            found.append(run[-1])
        else:
            found.append(run)
    return found


@dataclass(frozen=True)
class Question:
    """What somebody looks for.

    Attributes
    ----------
    whole
        Terms that must be there.
    beginnings
        What terms must begin with.
    phrases
        Terms that must follow each other, joined by blanks; the last may be a beginning.
    words
        The words to mark where they were found.
    """

    whole: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.whole or self.beginnings)


def _asked_words(text: str) -> list[str]:
    words: list[str] = []
    for run, is_han in _runs(text):
        words += _joined(segment([run])[0]) if is_han and len(run) > 2 else [run]
    return [word for word in words if word not in FUNCTION_WORDS] or words


def _joined(words: list[str]) -> list[str]:
    """Join characters that the segmenter left alone side by side: it did not know their word."""
    found: list[str] = []
    grows = False
    for word in words:
        is_alone = len(word) == 1 and word not in FUNCTION_WORDS
        if is_alone and grows:
            found[-1] += word
        else:
            found.append(word)
        grows = is_alone
    return found


def question(text: str) -> Question:
    """Understand what somebody typed into a search box.

    Every word must be found; what stands in quotation marks must be found as it stands.
    Anything that is no letter, digit or character only parts words.
    """
    quoted = [found.group(1) for found in _QUOTED.finditer(text)]
    marks = _asked_words(_QUOTED.sub(" ", text))
    whole: list[str] = []
    beginnings: list[str] = []
    phrases: list[str] = []
    for word in marks:
        _ask(word, whole, beginnings)
    for phrase in quoted:
        runs = list(_runs(phrase))
        for run, _is_han in runs:
            _ask(run, whole, beginnings)
        if runs:
            last, is_han = runs[-1]
            tail = _pairs(last) or [last] if is_han else [last]
            before = [term for run, _is_han in runs[:-1] for term in terms(run)]
            phrases.append(" ".join([*before, *tail]))
            marks.append(unicodedata.normalize("NFKC", phrase).strip())
    kept = tuple(dict.fromkeys(whole))[:MAX_ASKED]
    return Question(
        kept,
        tuple(dict.fromkeys(beginnings))[: MAX_ASKED - len(kept)],
        tuple(phrases[:4]),
        tuple(dict.fromkeys(marks)),
    )


def _ask(word: str, whole: list[str], beginnings: list[str]) -> None:
    is_han = re.match(f"[{_HAN}]", word) is not None
    if is_han and len(word) > 1:
        whole += _pairs(word)
    else:
        beginnings.append(word)
