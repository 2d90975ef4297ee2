from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cases.conftest import morning, town
from tests.small_town import person

__all__ = ["morning", "town"]


@pytest.fixture(autouse=True)
def plain_static_files(settings, home):
    """Serve static files without collecting them first; keep uploads of each test to itself."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.HOME = home
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def enter():
    """Return a function that signs a role in, reading one language."""

    def signed_in(role: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(person(role))
        return client

    return signed_in


@pytest.fixture
def bring(enter):
    """Return a function that uploads a file for a table, and returns the page of its preview."""

    def brought(table: str, content: str | bytes, role: str = "administrator", name="rows.csv"):
        client = enter(role)
        raw = content.encode() if isinstance(content, str) else content
        sent = client.post("/import/", {"table": table, "file": SimpleUploadedFile(name, raw)})
        return client, sent

    return brought
