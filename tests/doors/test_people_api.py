"""A program of the administration enters leave, changes leads and roles, and reads the trail."""

import pytest

from linli.people.models import AuditEntry, Lead, Leave, Membership, User
from tests.small_town import area, person

pytestmark = pytest.mark.usefixtures("morning")
WEEK = {"first": "2026-08-03", "last": "2026-08-07"}


def test_leave_is_entered_for_oneself_and_says_who_carries_on(caller):
    program = caller("worker")
    answer = program.send("/leaves", WEEK)

    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["leave"]["since"] == "2026-08-03T00:00:00+08:00"
    assert told["leave"]["until"] == "2026-08-08T00:00:00+08:00"
    covers = {cover["area"]: cover["other"] for cover in told["covers"]}
    assert covers["w1"] == "warden"
    assert program.send("/leaves", WEEK).status_code == 409
    assert program.send("/leaves", {"first": "2026-09-02", "last": "2026-09-01"}).status_code == 422


def test_a_head_enters_leave_for_their_people_and_for_nobody_else(caller):
    head = caller("head")
    entered = head.send("/leaves", WEEK | {"person": "officer"})

    assert entered.status_code == 201
    for name in ("worker", "nobody-at-all"):
        assert head.send("/leaves", WEEK | {"person": name}).status_code == 403
    address = f"/leaves/{entered.json()['leave']['id']}"
    assert caller("worker").send(address, method="delete").status_code == 404
    assert head.send(address, method="delete").status_code == 204
    assert not Leave.objects.exists()


def test_a_lead_is_appointed_and_dismissed_and_two_leads_are_two_persons(caller):
    program = caller("administrator")
    address = "/areas/w1/leads/community"

    told = program.send(address, {"person": "steward"}, "put")
    assert told.status_code == 200 and told.json()["person"] == "steward"
    assert Lead.objects.get(area=area("w1"), side="community").user == person("steward")
    assert program.send(address, {"person": "warden"}, "put").status_code == 409
    assert program.send(address, {"person": "nobody"}, "put").status_code == 422
    assert program.send(address, method="delete").status_code == 204
    assert program.send(address, method="delete").status_code == 409
    assert caller("leader").send(address, {"person": "steward"}, "put").status_code == 403


def test_an_account_is_added_changed_closed_and_opened_again(caller):
    program = caller("administrator")
    new = {"username": "fresh", "name": "新人", "organisation": "housing", "role": "officer"}
    assert program.send("/accounts", new).status_code == 201
    assert program.send("/accounts", new).status_code == 409
    fresh = person("fresh")
    assert fresh.password_is_temporary and not fresh.check_password("")

    changed = program.send("/people/fresh/change", {"name": "新同事", "email": "a@b.example"})
    assert changed.json()["name"] == "新同事"
    assert program.send("/people/fresh/change", {"email": "no address"}).status_code == 422
    role = {"organisation": "enforcement", "role": "head"}
    assert role in program.send("/people/fresh/roles", role).json()["items"]
    assert role not in program.send("/people/fresh/roles/withdraw", role).json()["items"]
    assert program.send("/people/fresh/roles/withdraw", role).status_code == 409

    assert program.send("/people/fresh/close", {"reason": "调走"}).json() == {"areas": []}
    assert not User.objects.get(username="fresh").is_active
    assert program.send("/people/fresh/open").json()["active"] is True
    assert Membership.objects.filter(user=fresh).count() == 1


def test_nobody_changes_their_own_roles(caller):
    role = {"organisation": "housing", "role": "head"}

    assert caller("administrator").send("/people/administrator/roles", role).status_code == 403
    assert caller("dispatcher").send("/people/officer/roles", role).status_code == 403


def test_the_trail_is_read_narrowed_to_one_kind_of_act(caller):
    program = caller("administrator")
    program.send("/leaves", WEEK | {"person": "officer"})

    told = program.rows("/audit", action="leave-entered")

    assert [(row["by"], row["key"]) for row in told] == [("administrator", "officer")]
    assert AuditEntry.objects.count() > 1
    assert caller("dispatcher").get("/audit").status_code == 403
