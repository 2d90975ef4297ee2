"""The trace: `linli check` finds whatever was changed behind the loop's back."""

from datetime import timedelta

import pytest
from django.db import connection

from linli import integrity
from linli.cases import chain
from linli.cases.loop import act
from linli.cases.models import Case, Event
from linli.scores import tallies
from tests.cases.conftest import tell
from tests.small_town import organisation, person

pytestmark = pytest.mark.usefixtures("town", "morning")


@pytest.fixture
def case():
    case = tell("桥头摆摊", body="每天傍晚都有")
    case = act(case, "return", person("head"), reason="桥面归建设办")
    case = act(case, "rule", person("dispatcher"), organisation=organisation("housing"),
               reason="桥")  # fmt: skip
    return act(case, "accept", person("builder"))


def alter(table, change, *values):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}", values)


def faults(case):
    return chain.faults(Case.objects.get(pk=case.pk))


def test_an_untouched_case_has_no_fault(case):
    assert faults(case) == []
    assert integrity.faults().lines == []


@pytest.mark.parametrize(
    "change",
    ["action = 'urge' WHERE action = 'return'", "data = '{\"reason\":\"x\"}' WHERE action = 'rule'",
     "by_id = NULL WHERE action = 'accept'", "category_id = NULL WHERE action = 'dispatch'"],
)  # fmt: skip
def test_a_changed_event_is_found(case, change):
    alter("cases_event", change)

    assert "was changed or moved" in faults(case)[0]


def test_an_event_moved_in_time_is_found(case):
    event = case.events.get(action="return")
    Event.objects.filter(pk=event.pk).update(at=event.at - timedelta(hours=3))

    assert "event 4 (return)" in faults(case)[0]


def test_a_missing_event_is_found(case):
    Event.objects.filter(case=case, action="return").delete()

    assert "event 4 is missing" in faults(case)[0]


def test_missing_last_events_are_found(case):
    Event.objects.filter(case=case, action="accept").delete()

    assert "the last events are missing: 5 of 6 remain" in faults(case)[0]


def test_reordered_events_are_found(case):
    returned, ruled = case.events.get(action="return"), case.events.get(action="rule")
    Event.objects.filter(pk=returned.pk).update(seq=99)
    Event.objects.filter(pk=ruled.pk).update(seq=returned.seq)
    Event.objects.filter(pk=returned.pk).update(seq=ruled.seq)

    assert "was changed or moved" in faults(case)[0]


def test_a_row_that_differs_from_its_events_is_found(case):
    alter("cases_case", "state = 'closed'")

    assert "state is 'closed', its events say 'accepted'" in faults(case)[0]


def test_a_changed_text_is_found(case):
    alter("cases_case", "body = 'nothing to see'")

    assert faults(case)


def test_a_changed_assignment_is_found(case):
    alter("cases_assignment", "leads = %s", False)

    assert "its assignments differ from its events" in faults(case)


def test_an_event_cannot_be_taken_over_from_another_case(case):
    other = tell("另一处路灯不亮", category="lights", lon=121.03)
    stolen = other.events.get(seq=3)
    Event.objects.filter(case=case, seq=3).delete()
    Event.objects.filter(pk=stolen.pk).update(case=case)

    assert faults(case) and faults(other)


def test_a_changed_tally_is_found(case):
    tallies.fold()
    alter("scores_tally", "received = received + 1")

    assert any("received is 2, its events say 1" in line for line in integrity.faults().lines)


def test_the_fold_of_the_events_is_the_row(case):
    values, _moves = chain.fold(case.events.order_by("seq"))

    assert values == chain.row(Case.objects.get(pk=case.pk))
