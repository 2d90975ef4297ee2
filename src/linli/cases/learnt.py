"""What the town's machines have learnt: models trained, versioned and kept with the town.

`MODELS_ROOT/<kind>/<fingerprint>.npz` holds each version, `MODELS_ROOT/<kind>/current`
names the one in use. Without a trained category model the examples in the packs serve;
what was learnt from them is kept as well, so that one process learns and the others read.
"""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from linli import __version__
from linli.cases.models import Category
from linli.engines.text import CategoryModel, NotAModelError, ReplyQuality
from linli.places.models import Town
from linli.places.town import once_a_version, the_town

CATEGORIES, REPLIES, EXAMPLES = "categories", "replies", "examples"
log = logging.getLogger(__name__)
KINDS: dict[str, type[CategoryModel] | type[ReplyQuality]] = {
    CATEGORIES: CategoryModel,
    REPLIES: ReplyQuality,
}


class NotEnough(ValueError):
    """Labels from which nothing can be learnt."""


def _folder(kind: str) -> Path:
    return _folder_of(settings.MODELS_ROOT, the_town().code, kind)


@lru_cache(maxsize=32)
def _folder_of(root: Path | str, town: str, kind: str) -> Path:
    return Path(root) / town / kind


@lru_cache(maxsize=32)
def _current(folder: Path) -> str:
    return str(folder / "current")


def keep(kind: str, model: CategoryModel | ReplyQuality) -> str:
    """Store a model, put it in use and return its version."""
    folder = _folder(kind)
    folder.mkdir(parents=True, exist_ok=True)
    version = model.fingerprint
    model.save(folder / f"{version}.npz")
    fresh = folder / "current.new"
    fresh.write_text(version)
    os.replace(fresh, folder / "current")
    return version


def version_in_use(kind: str) -> str | None:
    """Return the version of the model in use, None if none was trained here."""
    try:
        with open(_current(_folder(kind))) as current:  # asked at each reply
            return current.read().strip()
    except FileNotFoundError:
        return None


@lru_cache(maxsize=4)
def _read(kind: str, path: Path) -> CategoryModel | ReplyQuality:
    return KINDS[kind].load(path)


def _trained(kind: str) -> CategoryModel | ReplyQuality | None:
    version = version_in_use(kind)
    if version is None:
        return None
    try:
        return _read(kind, _folder(kind) / f"{version}.npz")
    except (NotAModelError, FileNotFoundError):
        # A town goes on without a model that this version of Linli cannot read.
        log.warning("the model %s of %s cannot be used: train it anew", version, kind)
        return None


@once_a_version
def _from_examples(town: Town) -> CategoryModel | None:
    pairs = [
        (text, category.code)
        for category in Category.objects.filter(retired=False)
        for text in category.examples
    ]
    if len({code for _, code in pairs}) < 2:
        return None
    key = sha256(orjson.dumps([__version__, pairs])).hexdigest()[:16]
    path = _folder(EXAMPLES) / f"{key}.npz"
    with suppress(NotAModelError, FileNotFoundError):
        return CategoryModel.load(path)
    model = CategoryModel.fit([t for t, _ in pairs], [c for _, c in pairs], seed=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several threads and processes may learn it at once; the last one's file stays.
    fresh = path.with_name(f"{key}.{uuid4().hex}")
    model.save(fresh)
    os.replace(fresh, path)
    for other in path.parent.glob("*.npz"):
        if other != path:
            other.unlink(missing_ok=True)
    return model


def category_model() -> CategoryModel | None:
    """Return the model that suggests categories: the trained one, else one from examples."""
    model = _trained(CATEGORIES) or _from_examples()
    assert model is None or isinstance(model, CategoryModel)
    return model


def judge(messages: Sequence[str], replies: Sequence[str]) -> list[dict[str, float]]:
    """Judge replies: relevant, complete, explains itself, each 0 to 1.

    Returns an empty list as long as no reply model was trained here.
    """
    model = _trained(REPLIES)
    if model is None or not messages:
        return []
    assert isinstance(model, ReplyQuality)
    scores = model.score(messages, replies)
    return [
        {"relevant": round(float(r), 3), "complete": round(float(c), 3),
         "explains": round(float(e), 3)}
        for r, c, e in zip(scores.relevant, scores.complete, scores.explains, strict=True)
    ]  # fmt: skip


def train_categories(texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> str:
    """Learn categories from labelled messages, put the model in use, return its version.

    Raises
    ------
    NotEnough
        If fewer than two of the town's categories are labelled, or a label is none of them.
    """
    rows = Category.objects.filter(retired=False).values_list("code", "name")
    known = {word for row in rows for word in row}
    strange = sorted(set(labels) - known)
    if strange:
        raise NotEnough(_("The packs have no category “%(names)s”.")
                        % {"names": "”, “".join(strange[:5])})  # fmt: skip
    if len(set(labels)) < 2:
        raise NotEnough(_("At least two categories are needed to learn to tell them apart."))
    return keep(CATEGORIES, CategoryModel.fit(texts, labels, seed=seed))


def train_replies(
    messages: Sequence[str],
    replies: Sequence[str],
    explains: Sequence[bool],
    complete: Sequence[bool | None],
    seed: int = 0,
) -> str:
    """Learn to judge replies, put the model in use, return its version.

    Raises
    ------
    NotEnough
        If the labels do not hold replies of both kinds.
    """
    if len(set(explains)) < 2:
        raise NotEnough(_("Replies that explain themselves and others are both needed."))
    model = ReplyQuality.fit(messages, replies, explains, complete, seed=seed)
    return keep(REPLIES, model)
