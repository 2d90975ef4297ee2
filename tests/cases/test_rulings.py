"""Precedents can be found, read and taken back; the calendar can be changed knowingly."""

from datetime import date

import pytest

from linli.cases import calendar_changes, loop, rulings
from linli.cases.calendar import calendar
from linli.cases.models import Assignment, Case, Ruling
from linli.clock import now
from linli.people.administration import Impossible, OutOfReach
from linli.people.models import AuditEntry, Side
from tests.cases.conftest import tell
from tests.small_town import organisation, person

pytestmark = pytest.mark.usefixtures("town", "morning")


@pytest.fixture
def ruling() -> Ruling:
    case = tell("桥头垃圾")
    loop.act(case, "return", person("head"), reason="不归我们管")
    loop.act(case, "rule", person("dispatcher"), organisation=organisation("housing"),
             reason="摊位垃圾归建设办")  # fmt: skip
    return Ruling.objects.get()


def _functional(case: Case) -> str:
    row = Assignment.objects.get(case=case, side=Side.FUNCTIONAL, active=True)
    return row.organisation.code


def test_a_withdrawn_ruling_routes_no_more(ruling):
    second = tell("又一处摊位垃圾堆在桥边")
    assert _functional(second) == "housing"
    assert second in rulings.routed(ruling)

    rulings.withdraw(ruling, person("administrator"), "职责已调整")

    assert _functional(tell("第三处流动摊贩挡路")) == "enforcement"
    assert _functional(second) == "housing"
    assert rulings.withdrawal(ruling).reason == "职责已调整"
    assert rulings.withdrawal(ruling).by == person("administrator")


def test_only_who_oversees_the_grid_takes_a_ruling_back(ruling):
    for name in ("officer", "head", "leader", "resident", "steward"):
        with pytest.raises(OutOfReach):
            rulings.withdraw(ruling, person(name), "试试")
    ruling.refresh_from_db()
    assert not ruling.withdrawn


def test_rulings_are_found_by_their_words(ruling):
    assert list(rulings.search(Ruling.objects.all(), "归建设", "in-force")) == [ruling]
    assert not rulings.search(Ruling.objects.all(), "", "withdrawn").exists()
    assert not rulings.search(Ruling.objects.all(), "没有的词", "").exists()


# --- calendar --------------------------------------------------------------------------------


def _with_holiday(day: date):
    rules = calendar_changes.present()
    return calendar_changes.checked(rules.hours, [*rules.holidays, day], rules.workdays)


def test_a_holiday_of_the_town_counts_from_now_on():
    tell("桥头垃圾")
    tomorrow = date(2026, 3, 11)
    case = Case.objects.get()
    promised = case.resolve_due
    assert promised.date() in (date(2026, 3, 11), date(2026, 3, 12))

    told = calendar_changes.effect(_with_holiday(promised.date()))
    assert told.due == 1
    calendar_changes.change(person("administrator"), _with_holiday(tomorrow), "镇庆")

    assert not calendar().is_workday(tomorrow)
    case.refresh_from_db()
    assert case.resolve_due == promised
    assert tell("另一处路灯不亮", category="lights").resolve_due > promised
    entry = AuditEntry.objects.get(action="calendar-changed")
    assert entry.changes["holidays"] == [[], ["2026-03-11"]]


def test_a_calendar_that_cannot_be_is_refused_as_in_its_file():
    with pytest.raises(Impossible, match=r"both a holiday and a workday|既"):
        calendar_changes.checked([["08:30", "12:00"]], [now().date()], [now().date()])
    with pytest.raises(Impossible):
        calendar_changes.checked([["12:00", "08:30"]], [], [])
    with pytest.raises(Impossible):
        calendar_changes.checked([["noon"]], [], [])


def test_only_the_towns_administrator_changes_the_calendar():
    for name in ("dispatcher", "leader", "resident"):
        with pytest.raises(OutOfReach):
            calendar_changes.change(person(name), _with_holiday(date(2026, 3, 11)))
