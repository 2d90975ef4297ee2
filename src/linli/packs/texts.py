"""The bytes of a town's files as text."""

import os
from pathlib import Path

from django.utils.translation import gettext as _

from linli.sections import LINE, Faults, Spot


def shown(path: Path) -> str:
    """Return a path as people would type it from where they are."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def text_of(path: Path, faults: Faults, gb18030: bool = False) -> str | None:
    """Read a file in UTF-8, with or without a byte order mark, or GB18030 where allowed.

    Returns None, with a fault noted, if the file is missing or in another encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.tell(Spot(shown(path)), "", _("cannot be read: %(reason)s.")
                    % {"reason": error.strerror})  # fmt: skip
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        if gb18030:
            return content.decode("gb18030")
    except UnicodeDecodeError:
        pass
    names = _("UTF-8 or GB18030") if gb18030 else "UTF-8"
    faults.tell(Spot(shown(path), LINE, line), "", _("is not written in %(encoding)s.")
                % {"encoding": names})  # fmt: skip
    return None
