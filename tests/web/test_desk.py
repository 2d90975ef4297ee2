"""The dispatcher's desk: every queue, what stands beside a case, and steps with many at once."""

import re

import pytest

from linli import clock
from linli.cases import desk, loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case, Ruling, State
from linli.people.scope import scope
from tests.cases.conftest import MORNING, tell
from tests.small_town import PEOPLE, area, category, organisation, person

pytestmark = pytest.mark.usefixtures("town")
HX = {"hx-request": "true"}


def _returned(title: str, why: str) -> Case:
    case = tell(title)
    loop.act(case, "return", person("head"), reason=why)
    return case


def _unsure(title: str = "有件事说不清楚", **told) -> Case:
    case = tell(title, category=None, **told)
    Case.objects.filter(pk=case.pk).update(
        category=None, state=State.REPORTED, suggestions=[["lights", 0.44], ["stalls", 0.31]]
    )
    return Case.objects.get(pk=case.pk)


def _queues(page) -> dict[str, int]:
    found = re.findall(r"queue=(\w+)\" hx-get.*?<b>(\d+)</b>", page.text)
    return {name: int(n) for name, n in found}


@pytest.mark.parametrize("role", [row[0] for row in PEOPLE])
def test_the_desk_is_for_dispatchers(enter, role):
    case = tell("桥头占道")
    allowed = role == "dispatcher"
    client = enter(role)

    assert client.get("/desk/").status_code == (200 if allowed else 403)
    assert client.post("/desk/many/", {"action": "urge", "pick": case.pk}).status_code == (
        200 if allowed else 403
    )
    assert client.post(f"/desk/{case.code}/urge/").status_code != (403 if allowed else 200)
    assert case.events.filter(action="urge").exists() == allowed
    assert ('href="/desk/"' in client.get("/").text) == allowed


def test_every_queue_holds_what_it_says(enter):
    with clock.at(MORNING):
        _fill_every_queue()

        found = _queues(enter("dispatcher").get("/desk/"))

    assert found == {"unlocated": 1, "unsure": 1, "undispatched": 0, "returned": 1,
                     "extension": 1, "soon": 1, "overdue": 0, "twins": 0}  # fmt: skip


def _fill_every_queue():
    receive([Report("不知道在哪里的事")])
    _unsure()
    _returned("桥上摆摊占道", "不归我们")
    longer = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    loop.act(longer, "accept", person("builder"))
    loop.act(longer, "ask_extension", person("builder"), days=2, reason="等备件")
    tell("桥头垃圾成堆", category="rubbish")  # to be accepted within two working hours


def test_a_suggestion_is_taken_with_one_tap(enter):
    case = _unsure()
    client = enter("dispatcher")
    page = client.get("/desk/?queue=unsure").text
    first = f'name="guess" value="{category("lights").pk}" formnovalidate data-key="1">'
    assert "44%" in page.split(first)[1].split("</button>")[0]

    given = {"guess": category("lights").pk, "queue": "unsure"}
    after = client.post(f"/desk/{case.code}/triage/", given, headers=HX)

    case.refresh_from_db()
    assert (case.state, case.category) == (State.DISPATCHED, category("lights"))
    assert "Done: Triage." in after.text
    assert "<html" not in after.text


def test_a_case_without_a_place_asks_for_it_before_it_is_dispatched(enter):
    receive([Report("路灯不亮了，不知道在哪", category="lights")])
    case = Case.objects.get()
    client = enter("dispatcher")
    guess = {"guess": category("lights").pk, "queue": "unlocated"}

    refused = client.post(f"/desk/{case.code}/triage/", guess)
    assert "A public matter needs a category and a place" in refused.text

    client.post(f"/desk/{case.code}/triage/", guess | {"area": "西村一格"})
    case.refresh_from_db()
    assert (case.state, case.community_grid) == (State.DISPATCHED, area("w1"))


def test_a_return_shows_how_such_cases_were_ruled_on_and_what_both_said(enter):
    first = _returned("桥上摆摊占道", "摊主归市场管")
    loop.act(first, "rule", person("dispatcher"), organisation=organisation("housing"),
             reason="桥面由建设办管理")  # fmt: skip
    Ruling.objects.update(withdrawn=True)
    second = _returned("桥下有人摆摊卖菜", "这次也不归我们")
    Ruling.objects.update(withdrawn=False)
    client = enter("dispatcher")

    page = client.get("/desk/?queue=returned").text

    for told in ("这次也不归我们", "桥面由建设办管理", "摊主归市场管", "the same grid", first.code):
        assert told in page
    client.post(f"/desk/{second.code}/rule/", {"precedent": Ruling.objects.get().pk})
    second.refresh_from_db()
    assert second.state == State.DISPATCHED
    assert second.functional == organisation("housing")


def test_a_ruling_needs_its_reason(enter):
    case = _returned("桥上摆摊占道", "不归我们")
    client = enter("dispatcher")
    given = {"candidate": organisation("housing").pk, "queue": "returned"}

    refused = client.post(f"/desk/{case.code}/rule/", given)
    assert refused.status_code == 200 and "This field is required" in refused.text
    client.post(f"/desk/{case.code}/rule/", given | {"reason": "桥面归你们"})

    assert Ruling.objects.get().organisation == organisation("housing")


def test_cases_that_tell_nearly_the_same_are_shown_side_by_side(enter):
    text = "东边路口的红绿灯坏了好几天了，早高峰的时候非常危险，孩子上学都不敢过马路"
    first = tell(text, category="lights")
    second = tell(text + "请尽快", category="lights", lon=121.03, lat=30.705)
    assert first.pk != second.pk
    client = enter("dispatcher")

    page = client.get("/desk/?queue=twins")

    assert _queues(page)["twins"] == 1
    assert f"Merge into {first.code}" in page.text
    client.post(f"/desk/{second.code}/merge/", {"into": first.code, "queue": "twins"})
    second.refresh_from_db()
    assert (second.state, second.merged_into) == (State.MERGED, first)
    assert _queues(client.get("/desk/?queue=twins"))["twins"] == 0


def test_after_a_step_the_next_case_of_the_queue_is_open(enter):
    one, two = _unsure("第一件说不清的事情"), _unsure("另外一桩糊涂官司在这里")
    client = enter("dispatcher")

    after = client.post(f"/desk/{one.code}/triage/",
                        {"guess": category("lights").pk, "queue": "unsure", "at": "0"})  # fmt: skip

    assert f'aria-current="true" data-code="{two.code}"' in after.text


def test_a_step_with_many_says_which_were_refused_and_why(enter):
    waiting = tell("桥头占道")
    done = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    loop.act(done, "accept", person("builder"))
    loop.act(done, "resolve", person("builder"), reply="已修好")
    client = enter("dispatcher")

    page = client.post("/desk/many/", {"action": "urge", "pick": [waiting.pk, done.pk],
                                       "queue": "overdue", "reason": "请抓紧"})  # fmt: skip

    assert waiting.events.filter(action="urge").exists()
    assert not done.events.filter(action="urge").exists()
    assert "Urge: done with 1 case." in page.text
    told = page.text.split(f"{done.code}</a>")[1]
    assert "Not possible while the case is “Resolved”" in told.split("</li>")[0]


def test_many_are_given_a_category_at_once(enter):
    cases = [_unsure("第一件说不清的事情"), _unsure("另外一桩糊涂官司在这里")]

    enter("dispatcher").post("/desk/many/", {"action": "triage", "category": category("lights").pk,
                                             "pick": [case.pk for case in cases]})  # fmt: skip

    assert {case.state for case in Case.objects.all()} == {State.DISPATCHED}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"action": "urge"}, "Choose at least one case."),
        ({"action": "triage"}, "Category: This field is required."),
        ({"action": "merge", "into": ""}, "Merge into case: This field is required."),
        ({"action": "cancel"}, "Reason: This field is required."),
    ],
)
def test_what_a_step_with_many_lacks_is_named(enter, given, told):
    case = _unsure()
    pick = {} if told.startswith("Choose") else {"pick": case.pk}

    page = enter("dispatcher").post("/desk/many/", given | pick)

    assert told in page.text
    assert Case.objects.get().state == State.REPORTED


def test_only_steps_for_many_are_taken_with_many(enter):
    case = tell("桥头占道")
    for action in ("accept", "resolve", "nothing", ""):
        sent = enter("dispatcher").post("/desk/many/", {"action": action, "pick": case.pk})
        assert sent.status_code == 404


def test_the_desk_reaches_no_further_than_its_dispatcher(town, enter):
    town.people.append(["west", "方西", "Fang Xi", "westteam", "dispatcher", "", ""])
    town.load()
    east = _unsure(lon=121.03, lat=30.705)
    client = enter("west")

    assert _queues(client.get("/desk/"))["unsure"] == 0
    assert client.get("/desk/", {"case": east.code}).status_code == 404
    assert client.post(f"/desk/{east.code}/triage/", {}).status_code == 404
    assert "Choose at least one case." in client.post(
        "/desk/many/", {"action": "urge", "pick": east.pk}
    ).text  # fmt: skip


def test_a_longer_queue_asks_the_database_no_more(enter, django_assert_max_num_queries):
    client = enter("dispatcher")
    _unsure("第一件说不清的事情")

    def asked() -> int:
        with django_assert_max_num_queries(60) as seen:
            assert client.get("/desk/?queue=unsure").status_code == 200
        return len(seen)

    asked()
    few = asked()
    for n in range(12):
        _unsure(f"{chr(0x5000 + 7 * n) * 5}{chr(0x6000 + 11 * n) * 5}")
    asked()
    many = asked()

    assert many == few


def test_htmx_gets_one_case_of_a_queue_alone(enter):
    case = _unsure()

    part = enter("dispatcher").get(
        "/desk/", {"queue": "unsure", "case": case.code}, headers=HX | {"hx-target": "panel"}
    )

    assert part.text.strip().startswith('<article id="panel"')


def test_far_away_or_unlike_cases_are_no_twins():
    text = "东边路口的红绿灯坏了好几天了，早高峰的时候非常危险，孩子上学都不敢过马路"
    tell(text, category="lights", area="w1", lon=None, lat=None)
    tell("楼上天天跑跳吵得人睡不着觉", category="lights")

    assert desk.suspicions(scope(person("dispatcher"))) == []
