"""A version at work: gate first, then the surface or the board model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from linli.assets.inspection.models import Reason, Station, Verdict
from linli.assets.inspection.pictures import Image, Picture
from linli.engines.board import CAMERA_MOVED, NOTHING_TO_SEE, WRONG_PART, BoardModel
from linli.engines.board import read as read_grey
from linli.engines.board.images import grey as board_grey
from linli.engines.picture_quality import Gate, placed
from linli.engines.picture_quality.measures import grey
from linli.engines.picture_quality.placing import edges
from linli.engines.surface import Backbone, SurfaceModel

GATE, SURFACE, BOARD, TEMPLATES = "gate.json", "surface.npz", "board.json", "templates"
MOST_BOXES = 5
MOST_LIKES = 3
TROUBLES = {
    CAMERA_MOVED: Reason.MOVED,
    WRONG_PART: Reason.WRONG_PART,
    NOTHING_TO_SEE: Reason.EMPTY,
}


@dataclass(frozen=True)
class Place:
    """A flaw: the number of its kind where the model knows kinds, its box and score."""

    box: tuple[int, int, int, int]
    score: float
    number: int | None = None


@dataclass(frozen=True)
class Judged:
    """What a version says of a picture."""

    verdict: Verdict
    reason: str = ""
    detail: str = ""
    score: float | None = None
    threshold: float | None = None
    places: tuple[Place, ...] = ()
    heat: NDArray[np.float32] | None = None
    likes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Judge:
    """Judges pictures. `samples` says what the surface was learnt from, by place."""

    gate: Gate
    surface: SurfaceModel | None = None
    board: BoardModel | None = None
    templates: tuple[tuple[str, Image], ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return Station.Method.SURFACE if self.surface else Station.Method.BOARD

    @property
    def white(self) -> float:
        return self.gate.white

    @property
    def threshold(self) -> float:
        if self.surface is not None:
            return self.surface.threshold
        assert self.board is not None
        return self.board.threshold

    # --- judging -----------------------------------------------------------------------------

    def judge(
        self, pictures: Sequence[Picture], templates: Sequence[str] = (), *, explain: bool = True
    ) -> list[Judged]:
        """Judge pictures, those that pass the gate together.

        Parameters
        ----------
        templates
            For each picture the name of its golden template, empty where it is not known.
        explain
            Whether to say which good patches the worst places were compared with.
        """
        found: list[Judged | None] = [self._gated(picture) for picture in pictures]
        left = [at for at, one in enumerate(found) if one is None]
        if self.surface is not None:
            for at, judged in zip(
                left, self._surfaces([pictures[at] for at in left], explain), strict=True
            ):
                found[at] = judged
        else:
            names = list(templates) or [""] * len(pictures)
            for at in left:
                found[at] = self._board(pictures[at], names[at])
        return [one for one in found if one is not None]

    def _gated(self, picture: Picture) -> Judged | None:
        if picture.image.dtype == np.uint8 and self.white > 255:
            return Judged(Verdict.UNUSABLE, Reason.DARK, "8 bits, 16 learnt")
        if picture.image.dtype == np.uint16 and self.white <= 255:
            return Judged(Verdict.UNUSABLE, Reason.BRIGHT, "16 bits, 8 learnt")
        quality = self.gate.look(picture.image)
        if quality.trouble is None:
            return None
        return Judged(
            Verdict.UNUSABLE, Reason(quality.trouble.value),
            f"{quality.figure:.3g} / {quality.limit:.3g}",
        )  # fmt: skip

    def _surfaces(self, pictures: Sequence[Picture], explain: bool) -> list[Judged]:
        assert self.surface is not None
        if not pictures:
            return []
        found = []
        for picture, one in zip(
            pictures, self.surface.score([p.image for p in pictures]), strict=True
        ):
            if not one.is_flawed:
                found.append(Judged(Verdict.GOOD, score=one.score,
                                    threshold=self.surface.threshold, heat=one.heat))  # fmt: skip
                continue
            likes = self._likes(picture.image) if explain else []
            found.append(Judged(
                Verdict.FLAWED, score=one.score, threshold=self.surface.threshold,
                places=hot_places(one.heat, self.surface.threshold, one.shape), heat=one.heat,
                likes=likes,
            ))  # fmt: skip
        return found

    def _likes(self, image: Image) -> list[dict[str, Any]]:
        assert self.surface is not None
        return [
            {
                "box": list(like.box), "score": round(like.score, 2),
                "sample": self.samples[like.sample] if like.sample < len(self.samples) else "",
                "there": list(like.there), "distance": round(like.distance, 3),
            }
            for like in self.surface.explain(image, MOST_LIKES)
        ]  # fmt: skip

    def _board(self, picture: Picture, name: str) -> Judged:
        assert self.board is not None
        template = self.template_for(picture.image, name)
        part = board_grey(picture.image, picture.name)
        if template.shape != part.shape:
            return Judged(Verdict.UNUSABLE, Reason.SIZE, "{1} × {0}".format(*part.shape))
        found = self.board.find(template, part)
        if found.registration.failed:
            at = found.registration
            detail = f"{at.shift[0]:.0f}, {at.shift[1]:.0f} px; {at.rotation:.1f}°; {at.scale:.3f}"
            return Judged(Verdict.UNUSABLE, TROUBLES[at.trouble], detail)
        places = tuple(
            Place((int(b[0]), int(b[1]), int(b[2]), int(b[3])), float(c), int(k))
            for b, k, c in zip(found.boxes, found.types, found.confidence, strict=True)
        )
        score = max((place.score for place in places), default=0.0)
        verdict = Verdict.FLAWED if places else Verdict.GOOD
        return Judged(verdict, score=score, threshold=self.board.threshold, places=places)

    def template_for(self, image: Image, name: str) -> Image:
        """Return the golden template of that name, else the only one, else the most like it."""
        if len(self.templates) == 1:
            return self.templates[0][1]
        for known, template in self.templates:
            if known == name:
                return template
        own = edges(grey(image, self.white))
        likeness = [
            _fit(other, own) if other.shape == own.shape else -9.0
            for other in (edges(grey(template, 255.0)) for _name, template in self.templates)
        ]
        return self.templates[int(np.argmax(likeness))][1]

    # --- keeping -----------------------------------------------------------------------------

    def save(self, folder: Path) -> str:
        """Write all into a folder that is made for it, and return the hash of its files."""
        import cv2

        folder.mkdir(parents=True)
        told = {"gate": self.gate.told(), "samples": list(self.samples)}
        (folder / GATE).write_bytes(orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY))
        if self.surface is not None:
            self.surface.save(folder / SURFACE)
        if self.board is not None:
            self.board.save(folder / BOARD)
            (folder / TEMPLATES).mkdir()
            for name, image in self.templates:
                _done, content = cv2.imencode(".png", image)
                (folder / TEMPLATES / f"{name}.png").write_bytes(content.tobytes())
        return fingerprint(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the folder holds no version, or not all of one.
        """
        try:
            told = orjson.loads((folder / GATE).read_bytes())
            gate, samples = Gate.of(told["gate"]), tuple(told["samples"])
            if (folder / SURFACE).exists():
                surface = SurfaceModel.load(folder / SURFACE)
                # One worker, one core: more threads only wait for each other.
                own = Backbone(**vars_of(surface.backbone) | {"threads": 1})
                return cls(gate, replaced(surface, own), samples=samples)
            model = BoardModel.load(folder / BOARD)
        except (OSError, KeyError, orjson.JSONDecodeError) as fault:
            raise ValueError(f"{folder} holds no version: {fault}") from fault
        files = sorted((folder / TEMPLATES).glob("*.png"))
        templates = tuple((file.stem, read_grey(file)) for file in files)
        if not templates:
            raise ValueError(f"{folder} holds no template")
        return cls(gate, None, model, templates, samples)


def _fit(template: Any, own: Any) -> float:
    # What lies further off is compared over less of the picture, and so fits more easily.
    place = placed(template, own)
    return place.likeness - 3 * place.offset - abs(place.turn) / 30


def vars_of(backbone: Backbone) -> dict[str, Any]:
    """Return what a backbone was made with, without what it has opened since."""
    from dataclasses import fields

    return {each.name: getattr(backbone, each.name) for each in fields(backbone)}


def replaced(surface: SurfaceModel, backbone: Backbone) -> SurfaceModel:
    """Return a surface model that looks through another backbone."""
    from dataclasses import replace

    return replace(surface, backbone=backbone)


def hot_places(
    heat: NDArray[np.float32], threshold: float, shape: tuple[int, int]
) -> tuple[Place, ...]:
    """Return the places hotter than the threshold, the hottest first; cells that touch are one."""
    import cv2

    hot = (heat > threshold).astype(np.uint8)
    count, marks, boxes, _middles = cv2.connectedComponentsWithStats(hot, connectivity=8)
    rows, columns = heat.shape
    height, width = shape
    found = []
    for mark in range(1, count):
        x, y, w, h = boxes[mark, :4].tolist()
        box = (x * width // columns, y * height // rows,
               (x + w) * width // columns, (y + h) * height // rows)  # fmt: skip
        found.append(Place(box, float(heat[marks == mark].max())))
    return tuple(sorted(found, key=lambda place: -place.score)[:MOST_BOXES])


def fingerprint(folder: Path) -> str:
    """Hash the files of a folder with their names."""
    digest = sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(f"{file.relative_to(folder).as_posix()}\n".encode())
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()
