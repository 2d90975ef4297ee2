"""A dispatcher's program works through the desk, many cases at once, and keeps filters."""

import pytest

from linli.cases.models import Case, Ruling, SavedFilter
from linli.people.models import AuditEntry
from tests.cases.conftest import tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("morning")


def test_the_desk_is_counted_and_read_queue_by_queue(caller):
    program = caller("dispatcher")
    case = tell("不知道在哪里的一堆东西", category="stalls", lon=None, lat=None)
    queues = {queue["name"]: queue["count"] for queue in program.get("/desk").json()["items"]}

    assert queues["unlocated"] == 1
    told = program.get("/desk/unlocated").json()
    assert [row["code"] for row in told["items"]] == [case.code] and told["more"] == 0
    assert program.get("/desk/nothing").status_code == 404
    assert caller("head").get("/desk").status_code == 403


def test_a_returned_case_is_shown_with_its_objection_and_precedents(caller):
    first = tell("桥头摆摊")
    caller("head").send(f"/cases/{first.code}/return", {"reason": "不归我们"})
    program = caller("dispatcher")
    ruled = {"organisation": "housing", "reason": "归建设办"}
    assert program.send(f"/cases/{first.code}/rule", ruled).status_code == 200
    Ruling.objects.update(withdrawn=True)
    second = tell("集市上又有人占道卖鱼")
    caller("head").send(f"/cases/{second.code}/return", {"reason": "还是不归我们"})
    Ruling.objects.update(withdrawn=False)

    told = program.get(f"/desk/cases/{second.code}").json()["dispute"]

    assert told["objection"] == "还是不归我们"
    assert [one["organisation"] for one in told["precedents"]] == ["housing"]
    assert told["precedents"][0]["is_here"] and "housing" in told["candidates"]


def test_one_step_is_taken_with_many_cases_and_each_refusal_says_why(caller):
    open_, other = tell("桥头摆摊"), tell("河边倒了一车建筑垃圾", category="rubbish")
    gone = tell("路灯不亮了好几个晚上", category="lights")
    program = caller("dispatcher")
    assert program.send(f"/cases/{gone.code}/cancel", {"reason": "误报"}).status_code == 200

    answer = program.send("/desk/many/urge", {"cases": [open_.code, other.code, gone.code]})

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["done"] == [open_.code, other.code]
    assert told["refused"] == [{"case": gone.code, "why": "Not on your desk."}]
    assert Case.objects.get(pk=open_.pk).events.filter(action="urge").exists()


def test_what_a_step_with_many_needs_is_asked_for(caller):
    case = tell("桥头摆摊")
    program = caller("dispatcher")

    for body in ({"cases": [case.code]}, {"reason": "重复"}, {"cases": [], "reason": "重复"}):
        assert program.send("/desk/many/cancel", body).status_code == 422
    assert program.send("/desk/many/look", {"cases": [case.code]}).status_code in (404, 405)
    done = program.send("/desk/many/cancel", {"cases": [case.code], "reason": "重复"})
    assert done.json()["done"] == [case.code]


def test_a_filter_is_kept_listed_replaced_and_dropped_by_its_owner_alone(caller):
    program = caller("dispatcher")
    kept = program.send("/filters", {"name": "我的", "query": "waiting=overdue&nonsense=1"})
    assert kept.status_code == 201 and kept.json()["query"] == "waiting=overdue"
    again = program.send("/filters", {"name": "我的", "query": "sort=due"})
    assert again.json()["id"] == kept.json()["id"]

    assert [row["query"] for row in program.rows("/filters")] == ["sort=due"]
    address = f"/filters/{kept.json()['id']}"
    assert caller("supervisor").send(address, method="delete").status_code == 404
    assert program.send(address, method="delete").status_code == 204
    assert not SavedFilter.objects.exists()


def test_a_ruling_says_what_it_routed_and_is_taken_back_with_a_reason(caller):
    first = tell("桥头摆摊")
    caller("head").send(f"/cases/{first.code}/return", {"reason": "不归我们"})
    program = caller("dispatcher")
    program.send(f"/cases/{first.code}/rule", {"organisation": "housing", "reason": "归建设办"})
    ruling = Ruling.objects.get()
    second = tell("集市上又有人占道卖鱼")

    routed = program.rows(f"/rulings/{ruling.pk}/cases")

    assert second.code in [row["code"] for row in routed]
    address = f"/rulings/{ruling.pk}/withdraw"
    assert caller("head").send(address, {"reason": "不对"}).status_code in (403, 404)
    assert program.send(address, {"reason": " "}).status_code == 422
    assert program.send(address, {"reason": "改了分工"}).json()["withdrawn"] is True
    assert AuditEntry.objects.get(action="ruling-withdrawn").by == person("dispatcher")


def test_the_calendar_is_changed_by_the_towns_administrator_once_its_effect_was_read(caller):
    program = caller("administrator")
    wanted = {"hours": [["08:30", "12:00"], ["13:30", "17:30"]], "holidays": ["2026-09-14"]}

    effect = program.send("/calendar/effect", wanted)
    assert effect.json() == {"days": ["2026-09-14"], "changes_hours": False, "due": 0}
    assert program.get("/calendar").json()["holidays"] == []

    assert program.send("/calendar", wanted, "put").json()["holidays"] == ["2026-09-14"]
    assert AuditEntry.objects.filter(action="calendar-changed").exists()
    overlap = {"hours": [["08:30", "12:00"], ["11:30", "17:30"]]}
    assert program.send("/calendar", overlap, "put").status_code == 422
    assert caller("dispatcher").send("/calendar", wanted, "put").status_code == 403
