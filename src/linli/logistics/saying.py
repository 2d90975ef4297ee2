"""What the routing engine says, in the reader's language."""

from django.utils.translation import gettext as _

from ..engines.routes.sentences import FOUND, parted

WORDS = ("what", "why")
"""What in a sentence is itself of the engine's; other parts are names and numbers."""


def said(text: str) -> str:
    """Say a fault, a broken rule or a reason in the language of whoever reads it."""
    sentence, parts = parted(text)
    if sentence not in FOUND:
        return text
    for part in WORDS:
        if part in parts:
            parts[part] = _(", ").join(said(each) for each in parts[part].split(", "))
    return _(sentence).format(**parts)
