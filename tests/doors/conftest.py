import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from linli.doors import keys
from tests.cases.conftest import morning, town
from tests.small_town import person

__all__ = ["Caller", "caller", "morning", "town"]


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files without collecting them first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
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


class Caller:
    """Somebody's program: it has a key and asks the API with it."""

    def __init__(self, role: str, *scopes: str, language: str = "en") -> None:
        chosen = list(scopes) or list(keys.scopes())
        self.key, self.secret = keys.issue(person(role), "program", chosen)
        self.headers = {"authorization": f"Bearer {self.secret}", "accept-language": language}
        self._client = Client()

    def get(self, path: str, **asked: Any) -> HttpResponse:
        return self._client.get(f"/api/v1{path}", asked, headers=self.headers)

    def rows(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        """Return all rows of a list, page by page."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self.get(path, **asked)
            assert answer.status_code == 200, answer.content
            told = answer.json()
            found += told["items"]
            if told["next"] is None:
                return found
            asked["cursor"] = told["next"]

    def send(self, path: str, body: Any = None, method: str = "post") -> HttpResponse:
        return getattr(self._client, method)(
            f"/api/v1{path}", json.dumps(body if body is not None else {}),
            content_type="application/json", headers=self.headers,
        )  # fmt: skip

    def upload(self, path: str, parts: dict[str, Any]) -> HttpResponse:
        return self._client.post(f"/api/v1{path}", parts, headers=self.headers)


@pytest.fixture
def caller(town) -> Callable[..., Caller]:
    """Return what gives a role a key and a program that uses it."""
    return Caller
