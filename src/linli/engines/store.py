"""Models on disk: arrays in an `.npz` archive with a JSON head, nothing that runs when read."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import orjson

_HEAD = "head"


class NotAModelError(ValueError):
    """The file is not a stored model of the kind asked for."""


def fingerprint(head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> str:
    """Hash the content of a model, 16 hexadecimal digits: equal models, equal fingerprints."""
    digest = hashlib.sha256(orjson.dumps(head, option=orjson.OPT_SORT_KEYS))
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:16]


def write(path: Path | str, head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a model to exactly `path`; `head` is anything JSON can hold."""
    with Path(path).open("wb") as file:
        entries: dict[str, Any] = {**arrays, _HEAD: np.frombuffer(orjson.dumps(head), np.uint8)}
        np.savez_compressed(file, **entries)


def read(path: Path | str, kind: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read a model back.

    Raises
    ------
    NotAModelError
        If the file is something else, or its head names another `kind`.
    FileNotFoundError
        If there is no such file.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        head = orjson.loads(arrays.pop(_HEAD).tobytes())
    except (BadZipFile, KeyError, ValueError, EOFError, TypeError, AttributeError) as error:
        raise NotAModelError(f"{path} is not a stored model") from error
    if not isinstance(head, dict) or head.get("kind") != kind:
        raise NotAModelError(f"{path} does not hold a model of kind {kind!r}")
    return head, arrays
