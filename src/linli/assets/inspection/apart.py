"""Inspection apart from any town: a model in one file, a folder of pictures judged with it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from linli.assets.inspection import learning, pictures
from linli.assets.inspection.judges import Judge, Judged
from linli.assets.inspection.learning import NothingToLearnFrom
from linli.assets.inspection.pictures import BadPicture, Picture

AT_ONCE = 16
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Line:
    """What is said of one file."""

    name: str
    judged: Judged | None
    fault: str = ""

    def told(self) -> dict[str, Any]:
        """Return it in what JSON can hold."""
        if self.judged is None:
            return {"file": self.name, "verdict": "unusable", "reason": "broken",
                    "detail": self.fault}  # fmt: skip
        one = self.judged
        return {
            "file": self.name, "verdict": str(one.verdict), "reason": str(one.reason),
            "detail": one.detail, "score": one.score, "threshold": one.threshold,
            "flaws": [
                {"box": list(place.box), "score": round(place.score, 4), "type": place.number}
                for place in one.places
            ],
        }  # fmt: skip


@dataclass
class Learnt:
    """A judge from a folder, how many pictures it was learnt from, and which were no use."""

    judge: Judge
    samples: int
    faults: list[str] = field(default_factory=list)


def learn(
    good: Path | None, pairs: Path | None, false_alarms: float, tick: Progress = lambda done: None
) -> Learnt:
    """Learn from a folder of good pictures, or of labelled pairs.

    Raises
    ------
    NothingToLearnFrom
        If there is nothing usable in it.
    """
    if good is not None:
        read = learning.read_good(good, tick)
        if not read.good and read.faults:
            raise NothingToLearnFrom(read.faults[0])
        return Learnt(
            learning.of_good(read.good, false_alarms=false_alarms), len(read.good), read.faults
        )
    assert pairs is not None
    read = learning.read_pairs(pairs, tick)
    if not read.pairs and read.faults:
        raise NothingToLearnFrom(read.faults[0])
    return Learnt(learning.of_pairs(read.pairs), len(read.pairs), read.faults)


def save(judge: Judge, file: Path) -> str:
    """Write a judge to one file (a zip archive), and return the hash of what it holds."""
    with tempfile.TemporaryDirectory() as place:
        digest = judge.save(Path(place) / "model")
        made = shutil.make_archive(str(Path(place) / "packed"), "zip", Path(place) / "model")
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, file)
    return digest


def load(file: Path) -> Judge:
    """Read a judge that `save` wrote.

    Raises
    ------
    ValueError
        If the file holds none.
    """
    with tempfile.TemporaryDirectory() as place:
        try:
            shutil.unpack_archive(file, place, "zip")
        except (shutil.ReadError, OSError, ValueError) as fault:
            raise ValueError(_("%(name)s holds no model.") % {"name": file}) from fault
        try:
            return Judge.load(Path(place))
        except ValueError as fault:
            raise ValueError(_("%(name)s holds no model.") % {"name": file}) from fault


def judged(judge: Judge, folder: Path, tick: Progress = lambda done: None) -> Iterator[Line]:
    """Judge the pictures of a folder; a file that is none is told of and stops nothing.

    Of pairs `X_test` and `X_temp` the part is judged against its own template.

    Raises
    ------
    NothingToLearnFrom
        If there is no such folder, or no picture in it.
    """
    paths = [path for path in learning.files_of(folder) if not path.stem.endswith("_temp")]
    for at in range(0, len(paths), AT_ONCE):
        some: list[Picture] = []
        lines: list[Line | None] = []
        for path in paths[at : at + AT_ONCE]:
            try:
                some.append(pictures.read_file(path))
                lines.append(None)
            except BadPicture as fault:
                lines.append(Line(path.name, None, str(fault)))
        said = iter(zip(some, judge.judge(some, [name_of(p.name) for p in some]), strict=True))
        for line in lines:
            if line is None:
                picture, one = next(said)
                line = Line(picture.name, one)
            tick(1)
            yield line


def name_of(name: str) -> str:
    """Return the name of the template a part `X_test` belongs to."""
    return Path(name).stem.removesuffix("_test")
