"""What a version learns from, and what it is measured on: two sides that share no part."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from linli.assets.inspection import learning, pictures
from linli.assets.inspection.judges import Judge
from linli.assets.inspection.learning import Pair, Read
from linli.assets.inspection.models import Inspection, Station, Verdict
from linli.assets.inspection.pictures import BadPicture, Picture
from linli.engines.board.images import grey
from linli.engines.picture_quality import measures

GOOD, PAIRS = "good", "pairs"
MOST_JUDGED = 400  # the newest of them
BLOCK, HELD_BACK = 8, 5  # of neighbouring pairs every fifth block is held back
ENOUGH_PAIRS = 40  # from which any are
SIDE, ALIKE = 24, 3.0  # pixels a side and grey levels within which two pictures are the same one


@dataclass
class Material:
    """Pictures on both sides; `faults` name those that could not be read."""

    good: list[Picture] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    judged: int = 0
    test_good: list[Picture] = field(default_factory=list)
    test_flawed: list[Picture] = field(default_factory=list)
    test_pairs: list[Pair] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    left_out: int = 0

    def told(self) -> dict[str, int]:
        """Return counts of what was learnt from and measured on."""
        return {
            "given": len(self.good) + len(self.pairs) - self.judged, "judged": self.judged,
            "test": len(self.test_good) + len(self.test_flawed) + len(self.test_pairs),
            "left_out": self.left_out, "unreadable": len(self.faults),
        }  # fmt: skip


def folder(station: Station) -> Path:
    """Return where the pictures lie that were given to learn from."""
    return pictures.home() / "samples" / station.code


def give(station: Station, files: Path) -> None:
    """Keep the pictures (and labels) of a folder to learn from, in place of those given before."""
    target = folder(station) / (GOOD if station.method == Station.Method.SURFACE else PAIRS)
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for path in sorted(files.iterdir()):
        if path.is_file() and path.suffix.lower() in pictures.KINDS | {".txt"}:
            shutil.copyfile(path, fresh / path.name)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def gathered(station: Station, present: Judge | None) -> Material:
    """Gather what there is for a new version.

    Parameters
    ----------
    present
        The judge in use, which knows the templates and what white is.
    """
    found = Material()
    if station.method == Station.Method.SURFACE:
        _surface(station, present, found)
    else:
        _board(station, present, found)
    return found


def _surface(station: Station, present: Judge | None, found: Material) -> None:
    given = _given(station, GOOD)
    found.faults += given.faults
    white = present.white if present is not None else 255.0
    for row, picture in _judged(station, found.faults, white):
        is_good = row.truth == Verdict.GOOD
        if row.held_back:
            (found.test_good if is_good else found.test_flawed).append(picture)
        elif is_good:
            found.good.append(picture)
            found.names.append(f"#{row.pk}")
    # Whatever tells nothing new of a test picture may teach; what is one may not.
    kept = _apart_from(found.good, [*found.test_good, *found.test_flawed], white)
    given_kept = _apart_from(given.good, [*found.test_good, *found.test_flawed], white)
    found.left_out = len(found.good) - len(kept) + len(given.good) - len(given_kept)
    found.judged = len(kept)
    found.names = [given.good[at].name for at in given_kept] + [found.names[at] for at in kept]
    found.good = [given.good[at] for at in given_kept] + [found.good[at] for at in kept]


def _board(station: Station, present: Judge | None, found: Material) -> None:
    given = _given(station, PAIRS)
    found.faults += given.faults
    for at, pair in enumerate(given.pairs):
        is_test = len(given.pairs) >= ENOUGH_PAIRS and at // BLOCK % HELD_BACK == HELD_BACK - 1
        (found.test_pairs if is_test else found.pairs).append(pair)
    if present is None:
        return
    for row, picture in _judged(station, found.faults, 255.0):
        if row.held_back:
            side = found.test_good if row.truth == Verdict.GOOD else found.test_flawed
            side.append(picture)
            continue
        # Where people say a flaw was missed nobody drew where; nothing can be learnt from that.
        if row.verdict == Verdict.GOOD and row.truth == Verdict.FLAWED:
            continue
        part = grey(picture.image, picture.name)
        golden = present.template_for(picture.image, "")
        if golden.shape == part.shape:
            group = f"{row.lot_id} {row.serial or row.pk}"
            found.pairs.append(Pair(f"#{row.pk}", "", golden, part, _boxes(row), group))
            found.judged += 1


def _boxes(row: Inspection) -> learning.Boxes:
    """Return the boxes that hold after a judgement: the machine's, of the kind people named."""
    if row.truth == Verdict.GOOD:
        return np.zeros((0, 5), np.int64)
    flaws = list(row.flaws.all())
    named = [flaw.kind for flaw in flaws if flaw.by_id and flaw.kind]
    own = [flaw for flaw in flaws if not flaw.by_id and flaw.box and flaw.kind]
    kind = named[0].number if len(named) == 1 and len(own) == 1 else None
    return np.array(
        [[*(flaw.box or ()), kind if kind is not None else flaw.kind.number]
         for flaw in own if flaw.kind and flaw.kind.number is not None], np.int64,
    ).reshape(-1, 5)  # fmt: skip


def _given(station: Station, what: str) -> Read:
    files = folder(station) / what
    if not files.is_dir():
        return Read()
    return learning.read_good(files) if what == GOOD else learning.read_pairs(files)


def _judged(station: Station, faults: list[str], white: float) -> list[tuple[Inspection, Picture]]:
    """Return judged parts whose picture is kept, the newest `MOST_JUDGED` of each side."""
    rows = (
        Inspection.objects.filter(station=station)
        .exclude(judgement=Inspection.Judgement.NONE)
        .exclude(picture="")
        .prefetch_related("flaws__kind")
        .order_by("-judged_at", "-pk")
    )
    found = []
    for is_test in (True, False):
        for row in rows.filter(held_back=is_test)[:MOST_JUDGED]:
            content = pictures.content_of(row.picture)
            if content is None:
                continue
            try:
                picture = pictures.read(content, f"#{row.pk}")
            except BadPicture as fault:
                faults.append(str(fault))
                continue
            if white > 255:
                # Kept pictures have 8 bits; the camera of this station has more.
                wide = picture.image.astype(np.float32) * (white / 255)
                picture = Picture(wide.astype(np.uint16), picture.name)
            found.append((row, picture))
    return found


def _apart_from(some: Sequence[Picture], tests: Sequence[Picture], white: float) -> list[int]:
    """Return the places of pictures that are no test picture, whatever their name."""
    if not some or not tests:
        return list(range(len(some)))
    known = np.stack([_thumb(picture, white) for picture in tests])
    return [
        at for at, picture in enumerate(some)
        if float(np.abs(known - _thumb(picture, white)).max(1).min()) > ALIKE
    ]  # fmt: skip


def _thumb(picture: Picture, white: float) -> np.ndarray:
    import cv2

    small = cv2.resize(
        measures.grey(picture.image, white), (SIDE, SIDE), interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, np.float32).ravel() * 255
