"""A network that turns a picture into features, run by ONNX Runtime."""

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]
OURS = "lite0.onnx"


@dataclass(frozen=True)
class Backbone:
    """A network in a file, and which of its outputs are looked at.

    Attributes
    ----------
    path
        An ONNX file with one input of shape (n, 3, h, w), RGB from -1 to 1, and outputs of shape
        (n, c, h', w'). None for the one that comes with Linli: the first layers of
        EfficientNet-Lite0 (Tan & Le 2019), see `tools/backbone.py`.
    side
        To which square pictures are squeezed, pixels.
    grid
        Into how many cells a side the features are brought.
    fine, coarse
        Names of outputs: all of them tell where a patch has its like, and the second alone
        tell how it usually looks.
    mean, spread
        What the network wants subtracted and divided by, where it is not -1 to 1: three numbers.
    threads
        How many threads it may take; 0 for all.
    """

    path: Path | None = None
    side: int = 256
    grid: int = 16
    fine: tuple[str, ...] = ("s1",)
    coarse: tuple[str, ...] = ("s2", "s4")
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spread: tuple[float, float, float] = (1.0, 1.0, 1.0)
    threads: int = 0

    @cached_property
    def _session(self) -> Any:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = self.threads
        network = files(__package__).joinpath(OURS).read_bytes() if self.path is None else self.path
        return InferenceSession(network, options, providers=["CPUExecutionProvider"])

    def features(self, pictures: NDArray[np.float32]) -> tuple[Features, Features]:
        """Return the features of the cells of some pictures.

        Parameters
        ----------
        pictures
            Shape (n, side, side, 3), RGB from -1 to 1.

        Returns
        -------
        Of the fine and coarse outputs together, and of the coarse alone; each of shape
        (n, grid², channels).
        """
        told = (pictures - np.array(self.mean, np.float32)) / np.array(self.spread, np.float32)
        [entry] = self._session.get_inputs()
        outputs = self._session.run(
            [*self.fine, *self.coarse], {entry.name: told.transpose(0, 3, 1, 2)}
        )
        cells = [self._cells(output) for output in outputs]
        return np.concatenate(cells, 2), np.concatenate(cells[len(self.fine) :], 2)

    def _cells(self, output: NDArray[np.float32]) -> Features:
        n, channels, height, width = output.shape
        grid = self.grid
        if height % grid == 0 and width % grid == 0:
            parts = output.reshape(n, channels, grid, height // grid, grid, width // grid)
            brought = parts.mean(axis=(3, 5))
        else:
            how = cv2.INTER_AREA if height > grid else cv2.INTER_LINEAR
            brought = np.stack([_resized(one, grid, how) for one in output])
        return brought.reshape(n, channels, grid * grid).transpose(0, 2, 1)


def _resized(planes: NDArray[np.float32], grid: int, how: int) -> NDArray[np.float32]:
    return np.stack([cv2.resize(plane, (grid, grid), interpolation=how) for plane in planes])
