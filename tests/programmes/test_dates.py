"""The days of a milestone are changed with a reason, and what they were stays to be read."""

from datetime import date

import pytest
from django.urls import reverse

from linli.cases.refusal import Refused
from linli.programmes.renewal import progress
from linli.programmes.renewal.dates import redate
from linli.programmes.renewal.doing import finish
from linli.programmes.renewal.models import MilestoneChange
from tests.programmes.conftest import browser, given, milestone, node
from tests.programmes.test_renewal import BRIDGE, PATH, due
from tests.small_town import person

TODAY = date(2026, 3, 31)


@pytest.fixture
def projects(town):
    given("programmes", PATH, BRIDGE | {"began": date(2026, 3, 1)})
    given(
        "milestones",
        due("P-1-1", "P-1", 1, date(2026, 2, 10), done=date(2026, 2, 25)),
        due("P-1-2", "P-1", 2, date(2026, 3, 20)),
        due("P-2-1", "P-2", 1, date(2026, 6, 1)),
    )
    return town


def changed():
    return [(c.what, c.was, c.became, c.reason, c.by and c.by.username)
            for c in MilestoneChange.objects.order_by("id")]  # fmt: skip


def test_an_officer_of_its_organisation_moves_the_plan_and_the_first_plan_stays(projects):
    row = redate(milestone("P-1-2"), person("builder"), "汛期停工", {"due": date(2026, 5, 1)})
    assert (row.due, row.first_due) == (date(2026, 5, 1), date(2026, 3, 20))
    assert changed() == [("due", date(2026, 3, 20), date(2026, 5, 1), "汛期停工", "builder")]
    # It was 11 days late by the day of the plan in force, and is so no longer.
    assert progress.late_ones([node("P-1").pk], TODAY).count() == 0


def test_only_the_administrator_sets_the_first_plan_anew(projects):
    wanted = {"first_due": date(2026, 4, 1)}
    with pytest.raises(Refused, match="administrator"):
        redate(milestone("P-1-2"), person("builder"), "新计划", wanted)
    # Planned from 1 January to 10 February: 40 days, to 10 March: 68. It took from 11 January to
    # 25 February: 45, whatever was planned.
    assert (milestone("P-1-1").planned_days, milestone("P-1-1").taken_days) == (40, 45)
    redate(milestone("P-1-1"), person("administrator"), "调整", {"first_due": date(2026, 3, 10)})
    assert (milestone("P-1-1").planned_days, milestone("P-1-1").taken_days) == (68, 45)


def test_what_was_reached_is_put_right_or_taken_back_and_opens_the_project_again(projects):
    finish(milestone("P-2-1"), person("administrator"), on=TODAY)
    assert node("P-2").finished == TODAY
    redate(milestone("P-2-1"), person("administrator"), "误报", {"done": date(2026, 3, 30)})
    assert node("P-2").finished == date(2026, 3, 30)
    redate(milestone("P-2-1"), person("administrator"), "误报", {"done": None})
    assert (milestone("P-2-1").done, node("P-2").finished) == (None, None)
    assert [(what, became) for what, _was, became, _why, _by in changed()] == [
        ("done", TODAY), ("done", date(2026, 3, 30)), ("done", None)]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "reason", "said"),
    [
        ({"due": date(2026, 5, 1)}, " ", "Say why"),
        ({"due": date(2026, 3, 20)}, "同", "No day was changed"),
        ({"due": None}, "空", "needs a day"),
        ({"done": date(2026, 3, 30)}, "完", "what shows it"),
    ],
)
def test_what_cannot_be_is_refused(projects, days, reason, said):
    with pytest.raises(Refused, match=said):
        redate(milestone("P-1-2"), person("builder"), reason, days)
    with pytest.raises(Refused, match="still to come"):
        redate(milestone("P-1-1"), person("builder"), "错", {"done": date(2026, 4, 1)})
    assert not changed()


def test_nobody_else_moves_a_day(projects):
    for other in ("worker", "officer", "leader"):
        with pytest.raises(Refused, match="officer or head"):
            redate(milestone("P-1-2"), person(other), "想改", {"due": date(2026, 5, 1)})


def test_a_file_that_moves_a_day_leaves_a_trace_too(projects):
    given("milestones", due("P-1-2", "P-1", 2, date(2026, 4, 9)))
    assert changed() == [("due", date(2026, 3, 20), date(2026, 4, 9), "", None)]


def test_days_are_moved_on_the_page_and_their_history_is_read_there(projects):
    builder = browser("builder")
    page = builder.get("/programmes/P-1/").content.decode()
    assert "Change its days" in page
    assert "First plan" not in page  # the administrator's
    address = reverse("milestone-dates", args=[milestone("P-1-2").pk])
    wrong = builder.post(address, {"due": "2026-05-01", "reason": ""})
    assert wrong.status_code == 422
    assert builder.post(address, {"due": "2026-05-01", "reason": "汛期停工"}).status_code == 302
    page = builder.get("/programmes/P-1/").content.decode()
    assert "2026-03-20 → 2026-05-01" in page
    assert "汛期停工" in page and "1 change" in page
    assert browser("officer").post(address, {"due": "2026-05-02", "reason": "x"}).status_code == 403
    assert "First plan" in browser("administrator").get("/programmes/P-1/").content.decode()
