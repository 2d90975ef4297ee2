"""What the learnt model thinks of a reply while it is typed: advice, never a condition."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.learnt import judge
from linli.cases.models import Case

GOOD = 0.5
TOO_SHORT = 8  # characters: of less nothing can be said
QUESTIONS: dict[str, tuple[str | Promise, str | Promise]] = {
    "relevant": (
        _("It speaks of what was reported"),
        _("It seems to speak of something else than was reported"),
    ),
    "complete": (
        _("It says what was done"),
        _("Say what was done, by whom and when"),
    ),
    "explains": (
        _("It explains itself"),
        _("Say why: the rule it rests on, the cause, or what comes next"),
    ),
}


@dataclass(frozen=True)
class Remark:
    """One thing a good reply does, and whether this one seems to."""

    is_good: bool
    words: str | Promise


def advise(case: Case, reply: str) -> list[Remark]:
    """Judge a reply to a case; nothing as long as no reply model was trained here."""
    if len(reply.strip()) < TOO_SHORT:
        return []
    judged = judge([f"{case.title}\n{case.body}"], [reply])
    return [
        Remark(score >= GOOD, QUESTIONS[name][0 if score >= GOOD else 1])
        for marks in judged
        for name, score in marks.items()
        if name in QUESTIONS
    ]
