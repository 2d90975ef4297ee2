"""Text: what it is about, whether it was said before, what many speak of, how good replies are."""

from linli.engines.store import NotAModelError

from .categories import CategoryModel, Suggestions
from .replies import ReplyQuality, ReplyScores
from .terms import Question, question, terms
from .topics import GROWTH_WEEKS, Topic, hot_topics
from .twins import NEAR_TWIN, SKETCH_SIZE, band_keys, resemblance, sketch, twin_groups, twin_pairs
from .words import content_words, segment

__all__ = [
    "GROWTH_WEEKS",
    "NEAR_TWIN",
    "SKETCH_SIZE",
    "CategoryModel",
    "NotAModelError",
    "Question",
    "ReplyQuality",
    "ReplyScores",
    "Suggestions",
    "Topic",
    "band_keys",
    "content_words",
    "hot_topics",
    "question",
    "resemblance",
    "segment",
    "sketch",
    "terms",
    "twin_groups",
    "twin_pairs",
]
