"""Long answers leave piece by piece, in the way an asynchronous server asks for them."""

import asyncio
import gc
import warnings
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.sessions.backends.db import SessionStore
from django.core.asgi import get_asgi_application
from django.test import AsyncRequestFactory, RequestFactory

from linli import memory
from linli.streams import PIECE, pieces, sent
from linli.web import warm
from tests.cases.conftest import tell
from tests.small_town import SmallTown, person


def test_a_file_leaves_in_pieces_and_is_closed(tmp_path):
    path = tmp_path / "long"
    path.write_bytes(b"x" * (2 * PIECE + 1))
    file = path.open("rb")

    assert [len(part) for part in pieces(file)] == [PIECE, PIECE, 1]
    assert file.closed


def test_an_asynchronous_server_gets_each_part_when_it_is_made():
    made = []

    def parts():
        for n in range(3):
            made.append(n)
            yield b"%d" % n

    async def first():
        answer = sent(AsyncRequestFactory().get("/"), parts())
        got = await anext(answer)
        await answer.aclose()
        return got

    assert asyncio.run(first()) == b"0" and made == [0]
    assert b"".join(sent(RequestFactory().get("/"), parts())) == b"012"


def asked(path, cookie=""):
    """Ask our application as a server does, and return the status and the body's parts."""

    async def ask():
        headers = [(b"host", b"localhost")] + ([(b"cookie", cookie.encode())] if cookie else [])
        talk = ApplicationCommunicator(get_asgi_application(), {
            "type": "http", "method": "GET", "path": path, "query_string": b"",
            "headers": headers, "asgi": {"version": "3.0"}, "http_version": "1.1",
        })  # fmt: skip
        await talk.send_input({"type": "http.request", "body": b""})
        start, body = await talk.receive_output(20), []
        while True:
            part = await talk.receive_output(20)
            body.append(part.get("body", b""))
            if not part.get("more_body"):
                return start["status"], body

    return asyncio.run(ask())


def test_a_static_file_is_served_without_being_read_whole(settings):
    folder = Path(settings.STATIC_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "test-of-streams.txt"
    file.write_bytes(b"y" * (PIECE + 7))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            status, body = asked(f"/{settings.STATIC_URL.strip('/')}/{file.name}")
    finally:
        file.unlink()

    assert status == 200
    assert [len(part) for part in body if part] == [PIECE, 7]


@pytest.mark.django_db(transaction=True)
def test_an_export_leaves_an_asynchronous_server_row_by_row(tmp_path, settings):
    SmallTown(tmp_path / "town").load()
    case = tell("路灯不亮", category="lights")
    session = SessionStore()
    who = person("dispatcher")
    session["_auth_user_id"] = str(who.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = who.get_session_auth_hash()
    session.save()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        status, body = asked("/export/cases.csv", f"sessionid={session.session_key}")

    parts = [part for part in body if part]
    assert status == 200 and len(parts) == 2
    assert parts[0].decode("utf-8-sig").startswith("编号")
    assert parts[1].decode().startswith(case.code)


@pytest.mark.django_db
def test_a_worker_that_is_warm_walks_over_its_town_no_more(tmp_path):
    SmallTown(tmp_path / "town").load()
    try:
        warm.up()

        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
        memory._settled = None
