"""Learning a judge from pictures: good ones for a surface, labelled pairs for a board.

No database here: the command line learns from folders with the same functions.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from linli.assets.inspection import pictures
from linli.assets.inspection.judges import Judge
from linli.assets.inspection.pictures import BadPicture, Image, Picture
from linli.engines import board
from linli.engines.board.images import grey
from linli.engines.picture_quality import Gate
from linli.engines.surface import Backbone, BadImageError, SurfaceModel
from linli.engines.surface.pictures import full_scale

FALSE_ALARMS = 0.01
LEAST_GOOD = 10
MOST_GOOD = 400  # more say little that is new, and the memory grows with each

Boxes = NDArray[np.int64]
Progress = Callable[[int], None]


class NothingToLearnFrom(ValueError):
    """Too little, or nothing usable, to learn from; the message says where and why."""


@dataclass(frozen=True)
class Pair:
    """A part with its golden template and the boxes people drew: x1 y1 x2 y2 type."""

    name: str
    template: str
    golden: Image
    part: Image
    boxes: Boxes
    group: str = ""


@dataclass
class Read:
    """What was read of a folder, and what was not, with why."""

    good: list[Picture] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


# --- from folders ----------------------------------------------------------------------------


def files_of(folder: Path) -> list[Path]:
    """Return the pictures of a folder by name; a `.png` beside a `.jpg` is a mask, and none.

    Raises
    ------
    NothingToLearnFrom
        If there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise NothingToLearnFrom(_("%(folder)s: there is no such folder.") % {"folder": folder})
    found = sorted(
        path for path in folder.iterdir()
        if path.suffix.lower() in pictures.KINDS and path.is_file()
    )  # fmt: skip
    photos = {path.stem for path in found if path.suffix.lower() in (".jpg", ".jpeg")}
    found = [p for p in found if p.suffix.lower() != ".png" or p.stem not in photos]
    if not found:
        raise NothingToLearnFrom(_("%(folder)s: there is no picture in it.") % {"folder": folder})
    return found


def read_good(folder: Path, tick: Progress = lambda done: None) -> Read:
    """Read the good pictures of a folder; those that are none are named in `faults`."""
    found = Read()
    for path in files_of(folder):
        try:
            found.good.append(pictures.read_file(path))
        except BadPicture as fault:
            found.faults.append(str(fault))
        tick(1)
    return found


def read_pairs(folder: Path, tick: Progress = lambda done: None) -> Read:
    """Read labelled pairs: `X_test`, `X_temp` and `X.txt` with lines x1 y1 x2 y2 type."""
    found = Read()
    parts = [path for path in files_of(folder) if path.stem.endswith("_test")]
    if not parts:
        raise NothingToLearnFrom(
            _("%(folder)s: no pair in it (X_test.jpg, X_temp.jpg, X.txt).") % {"folder": folder}
        )
    for path in parts:
        try:
            found.pairs.append(_pair(path))
        except (BadPicture, ValueError) as fault:
            found.faults.append(str(fault))
        tick(1)
    return found


def _pair(path: Path) -> Pair:
    stem = path.stem.removesuffix("_test")
    golden = template_beside(path)
    if golden is None:
        raise BadPicture(_("%(name)s: its template %(other)s is not there.")
                         % {"name": path.name, "other": f"{stem}_temp{path.suffix}"})  # fmt: skip
    labels = path.with_name(f"{stem}.txt")
    boxes = boxes_of(labels) if labels.exists() else np.zeros((0, 5), np.int64)
    return Pair(
        stem, stem, grey(pictures.read_file(golden).image, golden.name),
        grey(pictures.read_file(path).image, path.name), boxes,
    )  # fmt: skip


def template_beside(path: Path) -> Path | None:
    """Return the golden template that lies beside `X_test`, if one does."""
    stem = path.stem.removesuffix("_test")
    return next(
        (other for suffix in (path.suffix, *sorted(pictures.KINDS))
         if (other := path.with_name(f"{stem}_temp{suffix}")).exists()), None,
    )  # fmt: skip


def boxes_of(path: Path) -> Boxes:
    """Read the boxes of a label file.

    Raises
    ------
    ValueError
        Naming the file and the line that is none.
    """
    rows = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        words = line.replace(",", " ").split()
        try:
            row = [int(word) for word in words]
        except ValueError:
            row = []
        if len(row) != 5 or row[2] <= row[0] or row[3] <= row[1]:
            raise ValueError(_("%(name)s, line %(n)d: x1 y1 x2 y2 type is wanted, not “%(text)s”.")
                             % {"name": path.name, "n": number, "text": line[:60]})  # fmt: skip
        rows.append(row)
    return np.array(rows, np.int64).reshape(-1, 5)


# --- learning --------------------------------------------------------------------------------


def of_good(
    good: Sequence[Picture], *, names: Sequence[str] = (), false_alarms: float = FALSE_ALARMS
) -> Judge:
    """Learn a surface and its gate from good pictures.

    Raises
    ------
    NothingToLearnFrom
        If there are fewer than `LEAST_GOOD`, or their types of numbers are mixed.
    """
    if len(good) < LEAST_GOOD:
        raise NothingToLearnFrom(
            _("%(n)d good pictures are too few to learn from; %(least)d at least.")
            % {"n": len(good), "least": LEAST_GOOD}
        )
    names = list(names) or [picture.name for picture in good]
    kinds = {picture.image.dtype.name for picture in good}
    if len(kinds) > 1:
        odd = next(p for p in good if p.image.dtype != good[0].image.dtype)
        raise NothingToLearnFrom(
            _("%(name)s: %(kind)s, but the others are %(other)s.")
            % {"name": odd.name, "kind": odd.image.dtype, "other": good[0].image.dtype}
        )
    step = max(1, -(-len(good) // MOST_GOOD))
    some = list(good[::step])
    images = [picture.image for picture in some]
    with threadpool_limits(limits=1, user_api="blas"):
        try:
            white = full_scale(images)
            surface = SurfaceModel.fit(
                images, false_alarms=false_alarms, backbone=Backbone(threads=1)
            )
        except BadImageError as fault:
            where = some[fault.at].name if fault.at is not None else ""
            raise NothingToLearnFrom(f"{where}: {fault}" if where else str(fault)) from fault
        left_out = set(surface.left_out)
        gate = Gate.fit(
            [image for at, image in enumerate(images) if at not in left_out], white=white
        )
    return Judge(gate, surface, samples=tuple(names[::step]))


def of_pairs(pairs: Sequence[Pair], *, seed: int = 0) -> Judge:
    """Learn a board and its gate from labelled pairs.

    Raises
    ------
    NothingToLearnFrom
        If there are none, or no flaw in any.
    """
    if len(pairs) < 4:
        raise NothingToLearnFrom(
            _("%(n)d labelled pairs are too few to learn from; %(least)d at least.")
            % {"n": len(pairs), "least": 4}
        )
    groups = [pair.group for pair in pairs] if all(pair.group for pair in pairs) else None
    with threadpool_limits(limits=1, user_api="blas"):
        try:
            model = board.BoardModel.fit(
                ((pair.golden, pair.part) for pair in pairs),
                [pair.boxes for pair in pairs], groups, seed=seed,
            )  # fmt: skip
        except ValueError as fault:
            raise NothingToLearnFrom(str(fault)) from fault
        templates = templates_of(pairs)
        gate = Gate.fit([pair.part for pair in pairs], one_thing=len(templates) == 1)
    return Judge(gate, None, model, tuple(templates), tuple(pair.name for pair in pairs))


def templates_of(pairs: Iterable[Pair]) -> list[tuple[str, Image]]:
    """Return each template once, by the first name it has."""
    seen: dict[bytes, tuple[str, Image]] = {}
    for pair in pairs:
        seen.setdefault(pair.golden.tobytes(), (pair.template, pair.golden))
    return list(seen.values())
