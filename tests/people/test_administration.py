"""Administrators change people within their own reach, and never make anybody more than that."""

from datetime import timedelta

import pytest

from linli.clock import now
from linli.people import administration, audit, leave
from linli.people.administration import Impossible, OutOfReach
from linli.people.directory import directory
from linli.people.models import AuditEntry, Lead, Leave, Membership, Role, User
from linli.people.scope import scope
from tests.small_town import SmallTown, area, organisation, person


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.organisations.append(
        ["eastteam", "东村村委", "East village", "territorial", "east", "government", ""]
    )
    small.people += [
        ["villager", "西管", "Xi Guan", "westteam", "administrator", "", ""],
        ["eastern", "东娃", "Dong Wa", "eastteam", "worker", "", ""],
        ["second", "副管", "Fu Guan", "government", "administrator", "", ""],
    ]
    small.load()
    return small


pytestmark = pytest.mark.usefixtures("town")


def _roles(name: str) -> set[tuple[str, str]]:
    return set(person(name).memberships.values_list("organisation__code", "role"))


def test_a_villages_administrator_adds_people_to_the_village_only():
    by = person("villager")

    user, password = administration.create_person(
        by, organisation("westteam"), Role.WORKER, "new", "新来"
    )

    assert user.check_password(password)
    assert user.password_is_temporary
    assert _roles("new") == {("westteam", "worker")}
    for beyond in ("government", "eastteam"):
        with pytest.raises(OutOfReach):
            administration.create_person(by, organisation(beyond), Role.WORKER, "x", "某")
    assert not User.objects.filter(username="x").exists()


@pytest.mark.parametrize("name", ["eastern", "leader", "administrator", "resident", "villager"])
def test_nobody_beyond_the_village_nor_oneself_is_changed(name):
    by, user = person("villager"), person(name)
    acts = [
        lambda: administration.reset_password(by, user),
        lambda: administration.deactivate(by, user, "无"),
        lambda: administration.change_person(by, user, name="别人"),
        lambda: administration.link(by, user, "oidc", "u-1"),
        lambda: administration.remove_second_factor(by, user),
        lambda: administration.grant(by, user, organisation("westteam"), Role.LEADER),
        lambda: administration.appoint(by, area("w1"), "town", user),
    ]
    before = person(name).password, _roles(name)

    for act in acts:
        with pytest.raises(OutOfReach):
            act()

    assert (person(name).password, _roles(name)) == before


def test_who_also_works_beyond_is_not_the_villages_to_change():
    # The worker leads a grid of the service layer, which is the town's.
    with pytest.raises(OutOfReach):
        administration.reset_password(person("villager"), person("worker"))
    with pytest.raises(OutOfReach):
        administration.grant(
            person("villager"), person("steward"), organisation("government"), Role.WORKER
        )


def test_the_towns_administrator_changes_all_but_themselves():
    by = person("administrator")

    administration.grant(by, person("eastern"), organisation("government"), Role.SUPERVISOR)
    assert ("government", "supervisor") in _roles("eastern")
    row = Membership.objects.get(user=person("eastern"), role=Role.SUPERVISOR)
    administration.withdraw(by, row)
    assert _roles("eastern") == {("eastteam", "worker")}
    with pytest.raises(OutOfReach):
        administration.grant(by, by, organisation("government"), Role.LEADER)
    administration.reset_password(by, person("second"))


def test_no_password_is_ever_in_the_trail():
    password = administration.reset_password(person("administrator"), person("worker"))

    assert password not in str(list(AuditEntry.objects.values()))
    assert audit.faults() == []


def test_a_closed_account_leads_nothing_and_the_gap_is_told():
    bare = administration.deactivate(person("administrator"), person("worker"), "调离")

    assert [a.code for a in bare] == ["market", "w1", "w2"]
    assert not Lead.objects.filter(user=person("worker")).exists()
    assert not person("worker").is_active
    assert AuditEntry.objects.filter(action="lead-removed").count() == 3


def test_a_new_lead_is_asked_at_once():
    directory()
    administration.appoint(person("administrator"), area("w1"), "community", person("officer"))

    assert person("officer").pk in directory().leads[area("w1").pk]
    assert person("worker").pk not in directory().leads[area("w1").pk]


def test_two_leads_are_two_persons():
    with pytest.raises(Impossible, match=r"徐志刚|Xu Zhigang"):
        administration.appoint(person("administrator"), area("w1"), "community", person("warden"))


def test_administrators_see_their_own_people():
    seen = scope(person("villager")).of(User).values_list("username", flat=True)
    assert set(seen) == {"worker", "steward", "villager", "warden", "leader"}  # two lead there
    assert set(scope(person("officer")).of(User).values_list("username", flat=True)) == {"officer"}


# --- leave -----------------------------------------------------------------------------------


def _days(first: int, last: int):
    return now() + timedelta(days=first), now() + timedelta(days=last)


def test_everybody_enters_their_own_leave_heads_that_of_their_people():
    leave.enter(person("officer"), person("officer"), *_days(1, 3))
    leave.enter(person("head"), person("officer"), *_days(4, 5))
    leave.enter(person("administrator"), person("officer"), *_days(6, 7))
    with pytest.raises(OutOfReach):
        leave.enter(person("worker"), person("officer"), *_days(8, 9))
    with pytest.raises(OutOfReach):
        leave.enter(person("villager"), person("eastern"), *_days(8, 9))

    assert person("officer").leaves.count() == 3
    assert set(scope(person("head")).of(Leave).values_list("user__username", flat=True)) == {
        "officer"
    }
    assert not scope(person("worker")).of(Leave).exists()


def test_with_one_lead_away_the_other_carries_on():
    row = leave.enter(person("worker"), person("worker"), *_days(1, 3))

    told = {c.area.code: c for c in leave.covers(person("worker"), row.since, row.until)}
    assert {code: c.other.username for code, c in told.items()} == {
        "market": "warden", "w1": "warden", "w2": "warden"
    }  # fmt: skip
    assert not any(c.is_bare for c in told.values())

    leave.enter(person("warden"), person("warden"), *_days(2, 4))
    assert all(c.is_bare for c in leave.covers(person("worker"), row.since, row.until))


def test_leave_that_has_begun_is_cut_short_not_undone():
    row = leave.enter(person("worker"), person("worker"), *_days(-2, 3))
    leave.remove(person("worker"), row)

    assert Leave.objects.get().until <= now()
    with pytest.raises(Impossible):
        leave.remove(person("worker"), Leave.objects.get())
