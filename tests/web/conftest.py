import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.small_town import SmallTown, person


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files without collecting them first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def steady_town(monkeypatch):
    """Let no query for the town's version, due every two seconds, fall into a test that counts."""
    monkeypatch.setattr("linli.places.town.NOTICE_AFTER_S", 600.0)


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    return small


@pytest.fixture
def enter():
    """Return a function that signs a role in, reading one language."""

    def signed_in(role: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(person(role))
        return client

    return signed_in


def png(side: int = 8) -> bytes:
    """Make a small grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(
            ">I", zlib.crc32(kind + body)
        )  # fmt: skip

    rows = b"".join(b"\0" + b"\x80" * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def photo(name: str = "there.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png())
