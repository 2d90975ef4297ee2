"""Text: what it is about, whether it was said before, what many speak of, how good replies are."""

from .categories import CategoryModel, Suggestions
from .store import NotAModelError
from .twins import NEAR_TWIN, band_keys, resemblance, sketch, twin_groups, twin_pairs
from .words import content_words, segment

__all__ = [
    "NEAR_TWIN",
    "CategoryModel",
    "NotAModelError",
    "Suggestions",
    "band_keys",
    "content_words",
    "resemblance",
    "segment",
    "sketch",
    "twin_groups",
    "twin_pairs",
]
