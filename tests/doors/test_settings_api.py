"""Keys, webhooks and letters over REST: no secret is told twice, no key reaches beyond itself."""

import pytest

from linli.doors.api import api
from linli.doors.models import Message, NoticeChoice, Webhook
from tests.cases.conftest import tell

pytestmark = pytest.mark.usefixtures("morning")
HOOK = {"name": "热线", "url": "https://hotline.example/linli", "actions": ["resolve"]}


def test_a_webhook_tells_its_secret_once(caller):
    program = caller("administrator")
    added = program.send("/webhooks", HOOK)
    assert added.status_code == 201
    secret, key = added.json()["secret"], added.json()["webhook"]["id"]

    read = program.get(f"/webhooks/{key}")
    assert secret not in read.content.decode() and read.json()["actions"] == ["resolve"]
    changed = program.send(f"/webhooks/{key}", {"active": False}, "patch").json()
    assert changed["active"] is False and changed["url"] == HOOK["url"]
    for wrong in ({"url": "ftp://x.example/"}, {"actions": ["dance"]}):
        assert program.send("/webhooks", HOOK | wrong).status_code == 422
    assert caller("dispatcher").send("/webhooks", HOOK).status_code == 403
    assert program.send(f"/webhooks/{key}", method="delete").status_code == 204
    assert not Webhook.objects.exists()


def test_a_message_that_was_given_up_is_sent_once_more(caller):
    program = caller("administrator")
    program.send("/webhooks", HOOK | {"actions": []})
    tell("桥头摆摊")
    message = Message.objects.earliest("pk")
    assert program.send(f"/messages/{message.pk}/again").status_code == 409
    Message.objects.update(state=Message.State.GIVEN_UP, tries=10)

    assert program.send(f"/messages/{message.pk}/again").json()["state"] == "waiting"
    assert "桥头摆摊" not in program.get("/messages").content.decode()


def test_one_chooses_what_one_is_told_and_a_new_address_waits_to_be_confirmed(caller):
    program = caller("officer")
    assert program.get("/notice-settings").json()["address"] == ""
    chosen = {"address": "wu@town.example", "actions": ["dispatch"], "pace": "daily",
              "quiet_from": "22:00", "quiet_until": "07:30"}  # fmt: skip
    told = program.send("/notice-settings", chosen, "put").json()

    assert told["quiet_from"] == "22:00" and told["confirmed"] is False
    row = NoticeChoice.objects.get()
    assert (row.user.username, row.pace) == ("officer", "daily")
    half = chosen | {"quiet_until": None}
    assert program.send("/notice-settings", half, "put").status_code == 422


def test_a_key_is_revoked_by_its_owner_and_shows_no_secret(caller):
    program, other = caller("officer"), caller("officer")
    listed = program.get("/keys").content.decode()
    assert other.secret not in listed and other.key.hash not in listed

    revoked = program.send(f"/keys/{other.key.pk}/revoke").json()

    assert revoked["revoked_at"] and other.get("/cases").status_code == 401
    assert caller("head").send(f"/keys/{program.key.pk}/revoke").status_code == 404


def test_no_key_makes_keys_or_changes_what_guards_an_account():
    names = {
        told["operationId"]
        for methods in api.completed()["paths"].values()
        for told in methods.values()
    }

    issuing = {name for name in names if "issue" in name and "bulletin" not in name}
    assert not {name for name in names if "password" in name} | issuing
