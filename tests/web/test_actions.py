"""Every action of the table can be taken on the case page, and a refusal says why."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client

from linli.cases import loop
from linli.cases.actors import Actor
from linli.cases.models import Case, Evidence, State
from linli.cases.models import Report as Told
from linli.clock import now
from linli.people.models import Organisation
from linli.people.scope import Scope
from linli.places.models import Town
from linli.places.town import forget
from tests.cases.conftest import tell
from tests.small_town import category, organisation, person
from tests.web.conftest import photo

pytestmark = pytest.mark.usefixtures("town")


def reported() -> Case:
    return tell("不知道归谁管的事", category="neighbours", reporter=person("resident"))


def private() -> Case:
    case = reported()
    return loop.act(case, "triage", person("steward"), triage="neighbourhood")


def deliberated() -> Case:
    return loop.act(
        private(), "deliberate", person("steward"),
        question="停车怎么安排", venue="邻里客厅", meets_at=now(),
    )  # fmt: skip


def public() -> Case:
    """A public matter whose department is missing here, so that it waits for a dispatcher."""
    Organisation.objects.update(functions=[])
    Town.objects.update(version=F("version") + 1)
    forget()
    return loop.act(
        reported(), "triage", person("dispatcher"), triage="public", category=category("stalls")
    )


def dispatched() -> Case:
    return tell("桥上摆摊占道", reporter=person("resident"))


def accepted() -> Case:
    return loop.act(dispatched(), "accept", person("officer"))


def returned() -> Case:
    return loop.act(dispatched(), "return", person("head"), reason="不归我们")


def joined() -> Case:
    return loop.act(
        accepted(), "join", person("head"), organisation=organisation("housing"), reason="要拆"
    )


def waiting_for_days() -> Case:
    return loop.act(accepted(), "ask_extension", person("officer"), days=2, reason="下雨")


def resolved() -> Case:
    return loop.act(accepted(), "resolve", person("officer"), reply="好了", evidence=[photo()])


def verified() -> Case:
    return loop.act(resolved(), "verify", person("supervisor"))


def rated_badly() -> Case:
    return loop.act(resolved(), "evaluate", person("resident"), satisfied=False)


def appealed() -> Case:
    return loop.act(rated_badly(), "appeal", person("head"), reason="超出职权")


STEPS: list[tuple[str, Callable[[], Case], str, dict]] = [
    ("triage", reported, "steward", {"triage": "neighbourhood"}),
    ("triage", reported, "dispatcher", {"triage": "public", "category": "stalls", "area": "w1"}),
    ("dispatch", public, "dispatcher", {"organisation": "enforcement"}),
    (
        "deliberate",
        private,
        "steward",
        {"question": "停车怎么安排", "venue": "邻里客厅", "meets_at": "2026-03-14T19:00"},
    ),
    ("minute", deliberated, "steward", {"minutes": "划线停车，晚上让出通道", "households": "12"}),
    ("settle", private, "steward", {"reply": "谈好了"}),
    ("accept", dispatched, "officer", {}),
    ("acknowledge", dispatched, "steward", {}),
    ("acknowledge", dispatched, "worker", {}),
    ("resolve", accepted, "officer", {"reply": "清走了", "evidence": photo}),
    ("sign_off", joined, "builder", {"reply": "拆了"}),
    ("assign", accepted, "head", {"person": "officer"}),
    ("return", dispatched, "head", {"reason": "不归我们"}),
    ("rule", returned, "dispatcher", {"organisation": "housing", "reason": "归建设"}),
    ("join", accepted, "dispatcher", {"organisation": "housing", "reason": "要拆"}),
    ("ask_extension", accepted, "officer", {"days": "2", "reason": "下雨"}),
    ("grant_extension", waiting_for_days, "dispatcher", {}),
    ("refuse_extension", waiting_for_days, "dispatcher", {"reason": "雨停了"}),
    ("note", accepted, "officer", {"text": "去看过", "evidence": photo}),
    ("add", accepted, "resident", {"text": "今天又多了两摊", "evidence": photo}),
    ("urge", dispatched, "resident", {"reason": "急"}),
    ("supervise", dispatched, "leader", {"reason": "盯紧"}),
    ("verify", resolved, "supervisor", {"comment": "属实"}),
    ("evaluate", resolved, "resident", {"satisfied": "yes", "comment": "谢谢"}),
    ("evaluate", verified, "resident", {"satisfied": "no"}),
    ("reopen", resolved, "supervisor", {"reason": "没清干净"}),
    ("close", verified, "dispatcher", {}),
    ("merge", dispatched, "dispatcher", {"into": "other"}),
    ("cancel", dispatched, "resident", {"reason": "自己好了"}),
    ("appeal", rated_badly, "head", {"reason": "超出职权"}),
    ("rule_on_appeal", appealed, "supervisor", {"upheld": "yes", "reason": "属实"}),
]


def _typed(given: dict) -> dict:
    """Turn the words of the table above into what a browser would send."""
    known = {
        "category": lambda code: category(code).pk,
        "organisation": lambda code: organisation(code).pk,
        "person": lambda name: person(name).pk,
        "evidence": lambda make: make(),
        "into": lambda _: tell("集市垃圾没人收", category="rubbish").code,
    }
    return {name: known.get(name, str)(value) for name, value in given.items()}


def test_every_action_of_a_person_stands_in_the_table_above():
    by_people = {n for n, a in loop.ACTIONS.items() if a.who - {Actor.SYSTEM}}
    # A look is answered by the page itself: see test_case_page.
    assert {name for name, *_ in STEPS} == by_people - {"look"}


@pytest.mark.parametrize(("action", "make", "role", "given"), STEPS)
def test_a_permitted_action_shows_its_form_and_can_be_taken(enter, action, make, role, given):
    case = make()
    client = enter(role)

    page = client.get(f"/cases/{case.code}/")
    form = re.search(rf'<form[^>]*id="form-{action}".*?</form>', page.text, re.DOTALL)
    assert form, f"{role} finds no way to {action}"
    for need in loop.ACTIONS[action].needs:
        assert f'name="{need.removesuffix("?")}"' in form[0]
    answer = client.post(f"/cases/{case.code}/{action}/", _typed(given))

    assert answer.status_code == 302, answer.text
    assert answer["Location"] == f"/cases/{case.code}/"
    assert case.events.filter(action=action, by=person(role)).exists()
    assert client.get(answer["Location"]).status_code in (200, 404)


@pytest.mark.parametrize("make", [reported, dispatched, accepted, returned, resolved, verified])
@pytest.mark.parametrize("role", ["officer", "head", "dispatcher", "steward", "supervisor",
                                  "leader", "resident", "worker"])  # fmt: skip
def test_the_page_offers_what_the_table_permits_and_nothing_else(enter, make, role):
    case = make()
    page = enter(role).get(f"/cases/{case.code}/")
    if page.status_code == 404:
        return

    offered = set(re.findall(r'id="form-(\w+)"', page.text))

    assert offered == set(loop.permitted(case, Scope(person(role))))


def test_a_triage_that_leaves_the_place_leaves_the_point(enter):
    case = reported()
    page = enter("steward").get(f"/cases/{case.code}/").text
    assert 'value="West · 西村一格"' in page

    enter("steward").post(
        f"/cases/{case.code}/triage/", {"triage": "private", "area": "West · 西村一格"}
    )

    after = Case.objects.get(pk=case.pk)
    assert after.triage == "private"
    assert (after.lon, after.lat, after.located_by) == (case.lon, case.lat, "point")


def test_what_is_not_a_photo_is_refused_and_leaves_nothing(enter):
    case = accepted()
    fake = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")

    answer = enter("officer").post(
        f"/cases/{case.code}/resolve/", {"reply": "清走了", "evidence": fake}
    )

    assert answer.status_code == 422
    assert "“photo.jpg” is not a photo or PDF" in answer.text
    assert "清走了" in answer.text
    case.refresh_from_db()
    assert case.state == State.ACCEPTED
    assert not Evidence.objects.exists()


def test_what_is_missing_is_said_beside_the_field(enter):
    case = accepted()

    answer = enter("officer").post(f"/cases/{case.code}/resolve/", {"reply": ""})

    assert answer.status_code == 422
    assert 'id="resolve-reply_error"' in answer.text
    assert 'id="resolve-evidence_error"' in answer.text


def test_a_refusal_says_why(enter):
    case = joined()

    answer = enter("officer").post(
        f"/cases/{case.code}/resolve/", {"reply": "好了", "evidence": photo()}
    )

    assert answer.status_code == 422
    assert "has not answered yet" in answer.text


def test_whoever_may_not_act_is_refused(enter):
    case = dispatched()

    answer = enter("supervisor").post(f"/cases/{case.code}/accept/")

    assert answer.status_code == 422
    assert "You may not do this" in answer.text
    assert enter("supervisor").get(f"/cases/{case.code}/accept/").status_code == 405
    assert enter("supervisor").post(f"/cases/{case.code}/vanish/").status_code == 404


def test_a_case_one_cannot_see_cannot_be_merged_into(enter):
    case = dispatched()

    for code in ("26-999999", "26-" + "9" * 40, "²", "nonsense"):
        answer = enter("dispatcher").post(f"/cases/{case.code}/merge/", {"into": code})
        assert answer.status_code == 422
        assert "There is no case" in answer.text


def test_a_resident_reports_with_a_photo_and_gets_a_code(enter):
    answer = enter("resident").post(
        "/report/",
        {"title": "桥头垃圾成堆", "body": "三天了", "area": "West · 西村一格",
         "category": category("rubbish").pk, "evidence": [photo(), photo("b.png")]},
    )  # fmt: skip

    told = Told.objects.get()
    assert answer["Location"] == f"/receipt/{told.receipt}/"
    assert told.reporter == person("resident")
    assert told.case.state == State.DISPATCHED
    assert told.case.community_grid.code == "w1"
    assert told.case.evidence.count() == 2


def test_a_report_by_position_finds_its_grids(enter):
    enter("worker").post("/report/", {"title": "集市灯坏了", "lon": "121.005", "lat": "30.705"})

    case = Case.objects.get()
    assert (case.community_grid.code, case.service_grid.code) == ("w1", "market")
    assert case.source == "patrol"


def test_anybody_may_report_without_an_account(town):
    visitor = Client(headers={"accept-language": "en"})

    answer = visitor.post(
        "/report/", {"title": "桥头垃圾成堆", "area": "西村一格", "author": "王", "contact": "138"}
    )

    assert visitor.get(answer["Location"]).status_code == 200
    assert Told.objects.get().contact == "138"


@pytest.mark.parametrize(
    "given",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"title": "摊位", "area": "没有这个地方"},
        {"title": "摊位", "lon": "500", "lat": "30"},
        {"title": "摊位", "lon": "121"},
        {"title": "摊位", "lon": "nan", "lat": "nan"},
        {"title": "摊位\0"},
        {"title": "摊位", "category": "77777"},
    ],
)
def test_a_report_that_cannot_be_taken_in_says_why_and_keeps_nothing(enter, given):
    answer = enter("resident").post("/report/", given)

    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert not Case.objects.exists()


def test_a_report_with_a_false_photo_keeps_nothing(enter):
    fake = SimpleUploadedFile("photo.jpg", b"MZ not a photo", "image/jpeg")

    answer = enter("resident").post(
        "/report/", {"title": "桥头垃圾成堆", "area": "西村一格", "evidence": fake}
    )

    assert answer.status_code == 422
    assert not Case.objects.exists()
