"""What is done to the town is written down, and the writing shows if it was touched."""

import pytest

from linli import integrity
from linli.people import audit
from linli.people.models import AuditEntry
from linli.people.scope import scope
from tests.small_town import organisation, person

pytestmark = pytest.mark.usefixtures("town")


def _three_acts():
    by = person("administrator")
    audit.record("person-changed", by, person("worker"), changes={"name": ("陆春", "陆春燕")})
    audit.record("role-granted", by, organisation("westteam"), changes={"hours": (2.5, 7)})
    audit.record("exported", by, kind="table", key="cases", reason="月报")


def test_the_trail_holds_together():
    _three_acts()

    assert audit.faults() == []
    assert integrity.faults().lines == []


@pytest.mark.parametrize(
    "harm",
    [
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(reason="别的"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(changes={"name": ["a", "b"]}),
        lambda entry: entry.delete(),
    ],
    ids=["reason", "changes", "removed"],
)
@pytest.mark.parametrize("which", [-1, -2, -3])
def test_a_touched_trail_shows(harm, which):
    _three_acts()
    entries = list(AuditEntry.objects.order_by("number"))

    harm(entries[which])

    assert len(integrity.faults().lines) == 1


def test_an_act_nobody_declared_is_no_act():
    with pytest.raises(ValueError, match="wandered"):
        audit.record("wandered", None)


def test_the_trail_is_read_by_administrators_within_their_reach(town):
    town.people.append(["villager", "西管", "Xi Guan", "westteam", "administrator", "", ""])
    town.load()
    _three_acts()

    def seen(role: str) -> list[str]:
        return [e.key for e in scope(person(role)).of(AuditEntry) if e.action != "town-loaded"]

    assert seen("administrator") == ["cases", "westteam", "worker"]
    assert seen("villager") == ["westteam", "worker"]
    assert seen("leader") == []
