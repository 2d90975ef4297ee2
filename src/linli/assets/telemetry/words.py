"""Words that a tag of words has sent, each a number in the order in which they came."""

from django.db import transaction

from linli.assets.telemetry import directory
from linli.assets.telemetry.models import Tag

MOST, LONGEST = 200, 40

_known: dict[int, dict[str, int]] = {}


def number_of(tag: int, word: str, given: list[str]) -> int | None:
    """Return the number of a word of a tag; None where it is too long, or one word too many."""
    held = _known.get(tag)
    if held is None or len(held) < len(given):
        held = _known[tag] = {one: place for place, one in enumerate(given)}
    if (found := held.get(word)) is not None and found < len(given) and given[found] == word:
        return found
    if not word or len(word) > LONGEST:
        return None
    with transaction.atomic():
        row = Tag.objects.select_for_update().only("id", "words").get(pk=tag)
        if word not in row.words:
            if len(row.words) >= MOST:
                return None
            row.words = [*row.words, word]
            Tag.objects.filter(pk=tag).update(words=row.words)
    directory.forget()
    given[:] = row.words
    _known[tag] = {one: place for place, one in enumerate(row.words)}
    return _known[tag][word]
