"""Matters that several departments handle jointly: each owes an answer, and none closes without."""

import pytest

from linli.cases import loop
from linli.cases.loop import Refused, act, permitted
from linli.cases.models import Case
from linli.cases.timeline import public_lines, tell
from linli.people.scope import Scope
from tests.cases.conftest import tell as report
from tests.small_town import SmallTown, person

GROWTH = {
    "code": "growth", "name": "企业难题", "function": "urban-management", "lead": "functional",
    "accept_hours": 2, "resolve_hours": 15, "evaluation_days": 3, "evidence": [],
    "triage": "public", "joint": ["housing", "urban-management"], "every_answer": True,
    "separate": True,
}  # fmt: skip


@pytest.fixture
def town(db, tmp_path, morning):
    small = SmallTown(tmp_path / "town")
    small.categories.append(dict(GROWTH))
    small.load()
    return small


@pytest.fixture
def case(town):
    return report("缺少高级工程师", category="growth", reporter=person("resident"))


def now(case):
    return Case.objects.get(pk=case.pk)


def answer(case, *who):
    for name in who:
        act(case, "sign_off", person(name), reply=f"{name}的答复")


def test_the_departments_of_the_category_are_called_in_at_the_dispatch(case):
    sides = {a.organisation.code: (a.side, a.leads) for a in case.assignments.all()}
    # The enforcement leads by its function and is not called in once more.
    assert sides == {
        "westteam": ("territorial", False),
        "enforcement": ("functional", True),
        "housing": ("joint", False),
    }


def test_it_is_resolved_only_when_everybody_has_answered(case):
    act(case, "accept", person("officer"))
    assert "resolve" not in permitted(now(case), Scope(person("officer")))
    with pytest.raises(Refused, match=r"西村村委.*建设办"):
        act(case, "resolve", person("officer"), reply="办结")
    answer(case, "builder")
    with pytest.raises(Refused, match="西村村委"):
        act(case, "resolve", person("officer"), reply="办结")
    answer(case, "worker")
    assert act(case, "resolve", person("officer"), reply="办结").state == "resolved"


@pytest.mark.parametrize("accepted", [False, True])
def test_no_other_way_ends_it_with_an_answer_missing(case, accepted):
    other = report("桥上摆摊占道")
    if accepted:
        act(case, "accept", person("officer"))
    everybody = ["resident", "worker", "officer", "head", "builder", "steward", "dispatcher",
                 "supervisor", "leader", "administrator", None]  # fmt: skip
    tried = 0
    for name in loop.ACTIONS:
        for who in everybody:
            inputs = {"reason": "没有理由", "reply": "答复", "into": other, "triage": "private"}
            needs = {need.rstrip("?") for need in loop.ACTIONS[name].needs}
            given = {key: value for key, value in inputs.items() if key in needs}
            if name == "sign_off":
                continue
            try:
                act(case, name, person(who) if who else None, **given)
            except (Refused, TypeError, AssertionError, KeyError):
                tried += 1
            assert now(case).is_open
            assert now(case).state not in ("resolved", "verified")
    assert tried > 100


def test_each_stays_a_case_of_its_own_however_alike(case):
    again = report("缺少高级工程师", category="growth")
    assert again.pk != case.pk
    plain = report("缺少高级工程师", category="stalls")
    assert plain.pk not in (case.pk, again.pk)
    assert report("缺少高级工程师", category="stalls").pk == plain.pk


def test_the_reporter_sees_every_answer(case):
    act(case, "accept", person("officer"))
    answer(case, "builder", "worker")
    act(case, "resolve", person("officer"), reply="共同办结")
    told = [value for line in public_lines(case) for _name, value in line.told]
    assert told == ["共同办结", "worker的答复", "builder的答复"]
    lines = tell(now(case), Scope(person("resident")), in_office=False)
    assert [v for line in lines for _n, v in line.told if "答复" in v or "办结" in v] == told


def test_the_answers_of_other_cases_stay_among_officials(town):
    plain = report("桥上摆摊占道", reporter=person("resident"))
    act(plain, "accept", person("officer"))
    act(plain, "sign_off", person("worker"), reply="内部说明")
    assert all("内部说明" not in str(line.told) for line in public_lines(plain))


def test_what_is_sent_back_is_answered_anew_by_everybody(case):
    act(case, "accept", person("officer"))
    answer(case, "builder", "worker")
    act(case, "resolve", person("officer"), reply="办结")
    act(case, "evaluate", person("resident"), satisfied=False, comment="没有解决")
    assert now(case).state == "reopened"
    act(case, "accept", person("officer"))
    with pytest.raises(Refused):
        act(case, "resolve", person("officer"), reply="再办结")
    answer(case, "builder", "worker")
    assert act(case, "resolve", person("officer"), reply="再办结").state == "resolved"


def test_the_chain_rebuilds_a_case_that_was_handled_jointly(case):
    from linli.cases.chain import faults

    act(case, "accept", person("officer"))
    answer(case, "builder", "worker")
    act(case, "resolve", person("officer"), reply="办结")
    act(case, "evaluate", person("resident"), satisfied=False)
    assert list(faults(now(case))) == []


def test_a_field_that_nobody_has_is_a_fault_of_the_pack(db, tmp_path):
    from linli.sections import Faulty

    small = SmallTown(tmp_path / "town")
    small.categories.append({**GROWTH, "joint": ["space-travel"]})
    with pytest.raises(Faulty, match="space-travel"):
        small.load()
