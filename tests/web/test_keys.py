"""API keys on their page: issued to oneself, shown once, revoked by owner or administrator."""

import re

import pytest

from linli.doors import keys
from linli.doors.models import ApiKey
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town")
TOLD = {"name": "热线", "scopes": ["reports:write"], "expires": "2036-05-01"}


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(enter):
    client = enter("officer")
    page = client.post("/keys/issue/", TOLD)
    secret = re.search(r'class="password">([^<]+)<', page.text)[1]

    assert "no-store" in page["Cache-Control"]
    assert keys.find(secret).owner == person("officer")
    listed = client.get("/keys/").text
    assert "热线" in listed
    assert secret not in listed
    client.post(f"/keys/{ApiKey.objects.get().pk}/revoke/")
    assert keys.find(secret) is None


def test_administrators_revoke_the_keys_of_others_and_nobody_else_does(enter):
    enter("officer").post("/keys/issue/", TOLD)
    path = f"/keys/{ApiKey.objects.get().pk}/revoke/"

    assert enter("worker").post(path).status_code == 404
    assert enter("administrator").get(path).status_code == 405
    assert "热线" not in enter("worker").get("/keys/").text
    assert enter("administrator").post(path).status_code == 302
    assert ApiKey.objects.get().revoked_at is not None


def test_residents_have_no_keys_and_a_key_needs_a_purpose(enter):
    assert enter("resident").get("/keys/").status_code == 403
    assert enter("resident").post("/keys/issue/", TOLD).status_code == 403
    assert enter("officer").post("/keys/issue/", {"name": "x"}).status_code == 422
    assert enter("officer").post("/keys/issue/", {**TOLD, "expires": "2001-01-01"}
                                 ).status_code == 422  # fmt: skip
    assert not ApiKey.objects.exists()
