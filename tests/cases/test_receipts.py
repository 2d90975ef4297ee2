"""Whoever reported without an account acts with the code of their receipt."""

import pytest

from linli.cases import chain, loop
from linli.cases.models import Notice, Report, State
from tests.cases.conftest import tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")


def resolved(**told):
    case = tell("桥头垃圾成堆", category="rubbish", **told)
    loop.act(case, "accept", person("warden"))
    return loop.act(case, "resolve", person("warden"), reply="已经清运完毕")


def test_a_reporter_without_an_account_rates_with_the_code_alone():
    case = resolved(contact="138")
    told = Report.objects.get(case=case)

    after = loop.act_with_receipt(told, "evaluate", satisfied=False, comment="还在")

    assert after.satisfied is None, "sent back, it waits for another answer"
    assert after.state == State.REOPENED
    event = case.events.get(action="evaluate")
    assert event.by is None
    assert event.data["receipt"] == told.pk
    assert told.receipt not in str(event.data)
    case.refresh_from_db()
    assert chain.faults(case) == []


def test_the_code_of_somebody_with_an_account_only_shows():
    case = resolved(reporter=person("resident"))
    told = Report.objects.get(case=case)

    with pytest.raises(loop.Refused):
        loop.act_with_receipt(told, "evaluate", satisfied=True)


def test_the_code_opens_only_what_the_table_says():
    told = Report.objects.get(case=tell("桥上摆摊占道"))

    for action in ("cancel", "look", "accept", "note"):
        with pytest.raises(loop.Refused):
            loop.act_with_receipt(told, action, reason="x", text="x")


def test_a_code_does_not_reach_another_case():
    told = Report.objects.get(case=resolved())
    other = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    told.case = other  # as somebody might try

    with pytest.raises(loop.Refused):
        loop.act_with_receipt(told, "urge", reason="急")


def test_what_a_reporter_adds_is_told_to_the_leads():
    case = tell("桥上摆摊占道")
    Notice.objects.all().delete()

    loop.act_with_receipt(Report.objects.get(case=case), "add", text="今天又多了两摊")

    assert Notice.objects.filter(action="add", user=person("worker")).exists()
