"""Keep the texts of a town's files, and lay them out as a folder again."""

import re
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from django.utils.translation import gettext as _

from linli.clock import now
from linli.packs.folder import TOWN_FILES, pack_file
from linli.packs.models import SourceText, TownVersion
from linli.people.models import User
from linli.places.models import Town

Files = dict[str, bytes]


class NoSource(LookupError):
    """The town was loaded before its texts were kept."""

    def __init__(self) -> None:
        super().__init__(
            _("The texts of this town are not kept yet: run `linli load` with its folder once.")
        )


def pack_name(code: str) -> str:
    """Return where the text of a pack stands in a town folder."""
    return f"packs/{code}.toml"


def keep(folder: Path, town: Town, by: User | None) -> TownVersion:
    """Keep the texts a town has just been loaded from."""
    files = {name: (folder / name).read_bytes() for name in TOWN_FILES}
    for code in town.packs:
        path = pack_file(folder, code)
        if path is not None:
            files[pack_name(code)] = path.read_bytes()
    return TownVersion.objects.create(
        how=TownVersion.How.LOADED, name=folder.resolve().name[:120], by=by, at=now(),
        files=store(files), number=town.version,
    )  # fmt: skip


def store(files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep texts, each once, and return their hashes by name."""
    hashes = {name: sha256(text).hexdigest() for name, text in files.items()}
    known = set(
        SourceText.objects.filter(sha256__in=hashes.values()).values_list("sha256", flat=True)
    )
    fresh = {hashes[name]: text for name, text in files.items() if hashes[name] not in known}
    SourceText.objects.bulk_create(
        [SourceText(sha256=key, packed=zlib.compress(text)) for key, text in fresh.items()],
        ignore_conflicts=True,
    )
    return hashes


def texts(version: TownVersion) -> Files:
    """Return the texts of a version by file name."""
    rows = dict(
        SourceText.objects.filter(sha256__in=version.files.values()).values_list("sha256", "packed")
    )
    return {name: zlib.decompress(bytes(rows[key])) for name, key in version.files.items()}


def text(version: TownVersion, name: str) -> str | None:
    """Return one text of a version, None if it has none of that name."""
    key = version.files.get(name)
    row = SourceText.objects.filter(sha256=key).first() if key else None
    return zlib.decompress(bytes(row.packed)).decode("utf-8-sig") if row else None


def are_kept() -> bool:
    """Tell whether the texts of the town are kept."""
    return TownVersion.objects.filter(number__isnull=False).exists()


def in_force() -> TownVersion:
    """Return the version the town was made from.

    Raises
    ------
    NoSource
        If none was kept.
    """
    version = TownVersion.objects.filter(number__isnull=False).order_by("-number", "-pk").first()
    if version is None:
        raise NoSource
    return version


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    """Write texts as a town folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def present(town: Town) -> Files:
    """Return the texts of the town as it is now, with the calendar as it was changed since."""
    files = texts(in_force())
    files["calendar.toml"] = calendar_text(town.calendar).encode()
    return files


def calendar_text(rules: Mapping[str, list]) -> str:
    """Write a calendar as its file has it."""
    hours = ", ".join(f'["{start}", "{end}"]' for start, end in rules.get("hours", []))
    lines = [f"hours = [{hours}]"]
    lines += [f"{name} = [{', '.join(rules.get(name, []))}]" for name in ("holidays", "workdays")]
    return "\n".join(lines) + "\n"


def with_pack(files: Files, code: str, content: bytes) -> Files:
    """Return the texts with one pack put in, and the town using it."""
    town = files["town.toml"].decode("utf-8-sig")
    listed = re.search(r"^packs\s*=\s*\[([^\]]*)\]", town, re.M)
    codes = re.findall(r"[\"']([\w-]+)[\"']", listed[1]) if listed else []
    if code not in codes:
        line = "packs = [" + ", ".join(f'"{known}"' for known in [*codes, code]) + "]"
        start, end = listed.span() if listed else (0, 0)
        town = town[:start] + line + ("" if listed else "\n") + town[end:]
    return {**files, "town.toml": town.encode(), pack_name(code): content}
