"""Visits are planned, made and called off; each request becomes a case that all must answer."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from linli import clock
from linli.cases.intake import Unusable
from linli.cases.loop import Refused, act, act_with_receipt, permitted
from linli.cases.models import Case, Report
from linli.cases.timeline import public_lines
from linli.enterprises import coverage, visiting
from linli.enterprises.models import Enterprise, Visit
from linli.enterprises.visiting import Request, plan, record, speak_for
from linli.people.scope import Scope
from tests.enterprises.rows import code, enterprise
from tests.small_town import person

PACK = """code = "enterprise"
name = "助企"
name_en = "Enterprises"

[[category]]
code = "talent"
name = "人才"
function = "housing"
lead = "functional"
accept_hours = 2
resolve_hours = 15
evaluation_days = 3
triage = "public"
joint = ["urban-management"]
every_answer = true
separate = true

[[category]]
code = "exports"
name = "出口"
function = "urban-management"
lead = "functional"
accept_hours = 2
resolve_hours = 15
evaluation_days = 3
triage = "public"
every_answer = true
separate = true
"""
ENGINEERS = Request("缺少高级工程师", "招聘半年无人应聘。", "talent")
ORDERS = Request("出口订单受阻", "", "exports")


@pytest.fixture(autouse=True)
def loaded(town):
    town.town["packs"] = ["village", "enterprise"]
    folder = town.write()
    (folder / "packs" / "enterprise.toml").write_text(PACK, "utf-8")
    from linli.packs.loader import load

    load(folder)


def today():
    return localtime(clock.now()).date()


def made(number=1, visitor="officer", requests=(), **told):
    row = Enterprise.objects.filter(code=code(number)).first() or enterprise(number)
    (visit,) = plan([row], person(visitor), today(), person("builder"))
    receipts = record(visit, person(visitor), requests=requests, **told)
    return Visit.objects.get(pk=visit.pk), receipts


def test_who_plans_for_others_and_who_only_for_themselves():
    row = enterprise()
    for by in ("builder", "administrator", "leader", "head"):
        assert plan([row], person("officer"), today() + timedelta(days=1), person(by)) or True
    with pytest.raises(Refused):
        plan([row], person("officer"), today(), person("worker"))
    assert len(plan([row], person("worker"), today(), person("worker"))) == 1


def test_nobody_without_an_office_is_sent_and_no_day_that_has_passed_is_planned():
    row = enterprise()
    with pytest.raises(Refused):
        plan([row], person("resident"), today(), person("builder"))
    with pytest.raises(Refused):
        plan([row], person("officer"), today() - timedelta(days=1), person("builder"))


def test_the_same_visit_is_not_planned_twice():
    row = enterprise()
    assert len(plan([row], person("officer"), today(), person("builder"))) == 1
    assert plan([row], person("officer"), today(), person("builder")) == []


def test_what_a_visit_found_is_kept_once():
    visit, _receipts = made(met="总经理", research="研发人员12人", sales="同比增长", plans="扩产")
    assert (visit.state, visit.met, visit.plans) == ("done", "总经理", "扩产")
    with pytest.raises(Refused):
        record(visit, person("officer"))


def test_only_the_visitor_and_who_plans_record_it():
    (visit,) = plan([enterprise()], person("officer"), today(), person("builder"))
    with pytest.raises(Refused):
        record(visit, person("worker"))
    record(visit, person("builder"))


def test_each_request_becomes_a_case_of_its_own_at_the_place_of_the_enterprise():
    visit, receipts = made(requests=[ENGINEERS, ORDERS, ENGINEERS])
    assert [receipt.fate for receipt in receipts] == ["new", "new", "new"]
    cases = Case.objects.filter(difficulty__visit=visit).order_by("id")
    assert [case.source for case in cases] == ["visit"] * 3
    assert {case.service_grid.code for case in cases} == {"works"}
    assert all(visit.enterprise.name in case.body for case in cases)
    # Housing leads, the enforcement is called in, the team of the place supports.
    assert {a.organisation.code for a in cases[0].assignments.all()} == {
        "housing", "enforcement", "government",
    }  # fmt: skip


def test_a_request_that_cannot_be_taken_in_leaves_nothing_behind():
    (visit,) = plan([enterprise()], person("officer"), today(), person("builder"))
    with pytest.raises(Unusable):
        record(visit, person("officer"), requests=[ENGINEERS, Request("灯不亮", "", "lights")])
    assert Visit.objects.get().state == "planned"
    assert not Case.objects.exists()


def test_the_enterprise_sees_every_answer_and_rates_them():
    row = enterprise()
    speak_for(row, person("resident"), person("builder"))
    _visit, (receipt,) = made(requests=[ENGINEERS])
    case = receipt.case
    assert Scope(person("resident")).of(Case).filter(pk=case.pk).exists()
    act(case, "accept", person("builder"))
    with pytest.raises(Refused):
        act(case, "resolve", person("builder"), reply="已对接高校")
    act(case, "sign_off", person("officer"), reply="已联系中介")
    act(case, "sign_off", person("warden"), reply="已协调宿舍")
    act(case, "resolve", person("builder"), reply="已对接高校")
    assert "evaluate" in permitted(Case.objects.get(pk=case.pk), Scope(person("resident")))
    act(case, "verify", person("supervisor"))
    assert act(case, "evaluate", person("resident"), satisfied=True).state == "closed"


def test_without_an_account_the_receipt_code_speaks_for_the_enterprise():
    _visit, (receipt,) = made(requests=[ENGINEERS])
    act(receipt.case, "accept", person("builder"))
    act(receipt.case, "sign_off", person("officer"), reply="已联系中介")
    act(receipt.case, "sign_off", person("warden"), reply="已协调宿舍")
    act(receipt.case, "resolve", person("builder"), reply="已对接高校")
    told = [value for line in public_lines(receipt.case) for _name, value in line.told]
    assert told == ["已对接高校", "已协调宿舍", "已联系中介"]
    report = Report.objects.get(receipt=receipt.code)
    assert act_with_receipt(report, "evaluate", satisfied=True).satisfied


def test_who_speaks_for_an_enterprise():
    row, other = enterprise(1), enterprise(2)
    with pytest.raises(Refused):
        speak_for(row, person("resident"), person("worker"))
    with pytest.raises(Refused):
        speak_for(row, person("worker"), person("builder"))
    speak_for(row, person("resident"), person("builder"))
    with pytest.raises(Refused):
        speak_for(other, person("resident"), person("builder"))
    sight = Scope(person("resident"))
    assert list(sight.of(Enterprise)) == [row]
    assert not sight.of(Visit).exists()


def test_a_visit_that_is_called_off_says_why():
    (visit,) = plan([enterprise()], person("officer"), today(), person("builder"))
    visiting.call_off(visit, person("officer"), "企业停产检修")
    assert Visit.objects.get().reason == "企业停产检修"
    with pytest.raises(Refused):
        record(visit, person("officer"))


def test_coverage_by_grid_and_by_visitor():
    # In the works: one visited today, one 100 days ago, one never. In w1: one, never.
    for number, area in ((1, "works"), (2, "works"), (3, "works"), (4, "w1")):
        enterprise(number, area=area)
    made(1, "officer")
    long_ago = clock.now() - timedelta(days=100)
    with clock.at(long_ago):
        made(2, "head")
    plan([Enterprise.objects.get(area__code="w1")], person("head"), today(), person("builder"))
    sight = Scope(person("leader"))
    lines = {line.key: line for line in coverage.by_grid(sight)}
    works, w1 = lines["works"], lines["w1"]
    # 1 of 3 within 90 days is 33 %; one is stale, one was never visited.
    assert (works.all, works.visited, works.never, works.stale, works.percent) == (3, 1, 1, 1, 33)
    assert (w1.all, w1.visited, w1.never, w1.percent) == (1, 0, 1, 0)
    people = {line.key: line for line in coverage.by_visitor(sight)}
    # The officer saw 1 of 1; the head 0 of 2 lately: one too long ago, one still to come.
    assert (people["officer"].all, people["officer"].visited) == (1, 1)
    head = people["head"]
    assert (head.all, head.visited, head.never, head.waiting) == (2, 0, 1, 1)


def test_those_that_have_waited_longest_come_first():
    for number in (1, 2, 3):
        enterprise(number)
    made(1)
    with clock.at(clock.now() - timedelta(days=50)):
        made(2)
    found = visiting.waiting_longest(Scope(person("builder")))
    names = [row.name for row in found]
    assert names == ["第3电机有限公司", "第2电机有限公司", "第1电机有限公司"]


def test_what_the_list_is_narrowed_by():
    enterprise(1, industry="3973", size="large")
    enterprise(2, industry="1811", area="w1")
    made(1)
    sight = Scope(person("leader"))

    def names(**query):
        return [row.name for row in coverage.listed(sight, query)]

    one, two = "第1电机有限公司", "第2电机有限公司"
    assert names() == [one, two]
    assert names(q="第2") == [two]
    assert names(industry="39") == [one]
    assert names(industry="C") == [one, two]
    assert names(digital="on") == [one]
    assert names(area="west") == [two]
    assert names(size="large") == [one]
    assert names(stale="on") == [two]
    assert names(above="2024") == []
