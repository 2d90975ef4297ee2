"""API keys are shown once, kept as a hash, and revoked at any time."""

from datetime import timedelta

import pytest

from linli import clock
from linli.doors import keys
from linli.doors.models import ApiKey
from linli.people.models import AuditEntry
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")


def issued(role="dispatcher", scopes=("cases:read",), **more):
    return keys.issue(person(role), "program", list(scopes), **more)


def test_the_secret_is_kept_nowhere():
    key, secret = issued()

    assert secret not in str(ApiKey.objects.values().get())
    assert secret not in str(list(AuditEntry.objects.values()))
    assert keys.find(secret) == key and keys.find(secret + "x") is None


def test_a_key_ends_when_it_was_to_end(morning):
    _key, secret = issued(expires_at=morning + timedelta(days=1))

    assert keys.find(secret) is not None
    with clock.at(morning + timedelta(days=1, seconds=1)):
        assert keys.find(secret) is None


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["cases:read"], 1), ("x", [], 1), ("x", ["cases:fly"], 1), ("x", ["cases:read"], -1)],
)
def test_a_key_that_makes_no_sense_is_not_issued(morning, name, scopes, days):
    with pytest.raises(keys.NoKey):
        keys.issue(person("dispatcher"), name, scopes, morning + timedelta(days=days))

    assert not ApiKey.objects.exists()


def test_use_is_noted_at_most_once_a_minute(morning, django_assert_num_queries):
    key, secret = issued()
    keys.find(secret)
    with clock.at(morning + timedelta(seconds=30)), django_assert_num_queries(1):
        keys.find(secret)
    with clock.at(morning + timedelta(seconds=61)):
        keys.find(secret)

    key.refresh_from_db()
    assert key.last_used_at == morning + timedelta(seconds=61)


def test_issuing_first_use_and_revoking_stand_in_the_audit_trail():
    key, secret = issued()
    keys.find(secret)
    keys.find(secret)
    keys.revoke(key, person("dispatcher"))
    keys.revoke(key, person("dispatcher"))

    entries = AuditEntry.objects.filter(kind="key").order_by("number")
    assert [e.action for e in entries] == ["key-issued", "key-used", "key-revoked"]


def test_only_the_owner_and_an_administrator_see_and_revoke_a_key():
    key, _secret = issued("officer")

    assert list(keys.keys_of(person("officer"))) == [key]
    assert list(keys.keys_of(person("administrator"))) == [key]
    assert not keys.keys_of(person("resident")).exists()
    with pytest.raises(keys.NoKey):
        keys.revoke(key, person("resident"))
    keys.revoke(key, person("administrator"))
    assert key.revoked_at is not None


def test_every_declared_table_falls_under_a_subject_that_has_a_name():
    for scope, words in keys.scopes().items():
        assert words and not words.startswith(scope.split(":")[0])
