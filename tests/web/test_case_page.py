"""The page of a case: who reported it, in words what happened, by when, and the photos."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli import clock
from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.learnt import train_replies
from linli.cases.models import Case
from linli.cases.sentences import SENTENCES
from linli.people.models import Leave
from tests.cases.conftest import MORNING, tell
from tests.small_town import organisation, person
from tests.web.conftest import photo

pytestmark = pytest.mark.usefixtures("town")


def page(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.code}/").text


# --- who reported it -------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "supervisor", "dispatcher", "worker", "head"])
def test_the_reporters_name_and_number_are_shown_on_asking_and_the_look_is_kept(enter, role):
    case = tell("桥上摆摊占道", author="王先生", contact="13800001234")
    client = enter(role)
    assert "13800001234" not in page(client, case)
    assert "王先生" not in page(client, case)

    seen = client.post(f"/cases/{case.code}/look/")

    assert "13800001234" in seen.text
    assert "王先生" in seen.text
    assert case.events.filter(action="look", by=person(role)).count() == 1
    assert "13800001234" not in page(client, case), "it is shown once"


@pytest.mark.parametrize("role", ["leader", "administrator", "builder"])
def test_whoever_does_not_handle_it_finds_no_way_to_look(enter, role):
    case = tell("桥上摆摊占道", author="王先生", contact="13800001234")
    client = enter(role)

    assert "form-look" not in client.get(f"/cases/{case.code}/").text
    answer = client.post(f"/cases/{case.code}/look/", follow=True)

    assert "13800001234" not in answer.text
    assert not case.events.filter(action="look").exists()


def test_a_look_in_place_brings_only_the_names(enter):
    case = tell("桥上摆摊占道", author="王先生", contact="13800001234")

    part = enter("officer").post(f"/cases/{case.code}/look/", headers={"hx-request": "true"})

    assert "13800001234" in part.text
    assert "<html" not in part.text


def test_a_reporter_with_an_account_is_not_named_by_what_they_did(enter):
    case = tell("桥上摆摊占道", reporter=person("resident"))
    loop.act(case, "urge", person("resident"), reason="急")

    text = page(enter("officer"), case)

    assert "The reporter urged it." in text
    assert "Lin Xiaohe" not in text
    assert "林晓荷" not in text


def test_a_reporter_sees_that_somebody_looked_but_not_who(enter):
    case = tell("桥上摆摊占道", reporter=person("resident"))
    enter("officer").post(f"/cases/{case.code}/look/")

    text = page(enter("resident"), case)

    assert "Somebody who handles it looked at who reported it." in text
    assert "Wu Li" not in text


# --- in words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["The system gave it to both sides: West village for the area, Enforcement for the "
                "matter; Enforcement leads.", "Jin Guoqiang (Enforcement) returned it and asks for "
                "a ruling.", "不归我们", "Fang Zheng (Town government) ruled that it belongs to "
                "Housing.", "Gu Jiang (Housing) resolved it for Housing."]),
        ("zh-hans", ["系统双交办：块上交西村村委，条上交综合执法队，由综合执法队牵头。",
                     "金国强（综合执法队）退单，提请终审。", "不归我们",
                     "方正（平湖镇政府）终审裁定由建设办承办。", "顾匠（建设办）代表建设办办结。"]),
    ],
)  # fmt: skip
def test_what_happened_is_told_in_sentences(enter, language, words):
    case = tell("桥上摆摊占道")
    loop.act(case, "return", person("head"), reason="不归我们")
    loop.act(case, "rule", person("dispatcher"), organisation=organisation("housing"),
             reason="棚子归建设")  # fmt: skip
    loop.act(case, "accept", person("builder"))
    loop.act(case, "resolve", person("builder"), reply="拆了", evidence=[photo()])

    text = page(enter("supervisor", language), case)

    for said in words:
        assert said in text
    assert "%(" not in text


def test_every_action_has_a_sentence_of_its_own():
    assert set(SENTENCES) == set(loop.ACTIONS)


def test_the_ruling_that_sent_it_here_leads_to_its_case(enter):
    first = tell("桥上摆摊占道")
    loop.act(first, "return", person("head"), reason="不归我们")
    loop.act(first, "rule", person("dispatcher"), organisation=organisation("housing"),
             reason="棚子归建设")  # fmt: skip
    second = tell("集市另一头的棚子搭出来了")

    assert f'href="/cases/{first.code}/">See case {first.code}' in page(enter("builder"), second)
    assert "棚子归建设" in page(enter("builder"), second)


def test_a_lead_who_is_away_is_shown_as_away(enter):
    case = tell("桥上摆摊占道")
    Leave.objects.create(user=person("worker"), since=MORNING, until=MORNING + timedelta(days=999))

    with clock.at(MORNING + timedelta(hours=1)):
        assert "Lu Chunyan (away)" in page(enter("officer"), case)


# --- by when ---------------------------------------------------------------------------------


def test_the_time_left_stands_in_words_and_as_a_bar(enter):
    with clock.at(MORNING):
        case = tell("桥上摆摊占道")
    with clock.at(MORNING + timedelta(minutes=75)):
        text = page(enter("officer", "zh-hans"), case)

    assert "还剩 45 工作分钟" in text
    assert '<rect class="used" width="62"' in text
    assert 'data-left="45.000"' in text


def test_deadlines_are_told_afresh_for_the_page_that_counted_them_down(enter):
    with clock.at(MORNING):
        case = tell("桥上摆摊占道")
    with clock.at(MORNING + timedelta(hours=2, minutes=30)):
        part = enter("officer").get(f"/cases/{case.code}/clocks/")

    assert "30 working minutes overdue" in part.text
    assert "<html" not in part.text
    assert enter("builder").get(f"/cases/{case.code}/clocks/").status_code == 404


# --- acting ----------------------------------------------------------------------------------


def test_a_mistake_comes_back_into_its_place(enter):
    case = loop.act(tell("桥上摆摊占道"), "accept", person("officer"))

    part = enter("officer").post(
        f"/cases/{case.code}/resolve/", {"reply": "清走了"}, headers={"hx-request": "true"}
    )

    assert part.status_code == 422
    assert 'id="resolve-evidence_error"' in part.text
    assert "清走了" in part.text
    assert "<html" not in part.text
    assert 'hx-preserve="true"' in part.text


def test_a_step_taken_in_place_leads_back_to_the_case(enter):
    case = tell("桥上摆摊占道")

    answer = enter("officer").post(f"/cases/{case.code}/accept/", headers={"hx-request": "true"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/cases/{case.code}/"


def test_advice_on_a_reply_needs_a_model_and_the_right_to_see_the_case(enter):
    asked = ["路灯不亮", "垃圾没人收", "桥上摆摊", "噪音太大"] * 10
    good = "经核实，根据市容管理条例第十二条，已于昨日派人现场处理完毕，后续将每日巡查。"
    replies = [good if i % 2 else "知道了" for i in range(40)]
    case = tell("桥上摆摊占道")
    ask = {"reply": "知道了，会处理的，请放心等待。"}
    assert "remarks" not in enter("officer").post(f"/cases/{case.code}/advice/", ask).text
    marks = [i % 2 == 1 for i in range(40)]
    train_replies(asked, replies, marks, marks)

    said = enter("officer").post(f"/cases/{case.code}/advice/", ask)

    assert "advice only" in said.text
    assert enter("builder").post(f"/cases/{case.code}/advice/", ask).status_code == 404


# --- photos ----------------------------------------------------------------------------------


def photographed() -> Case:
    case = tell("桥上摆摊占道", reporter=person("resident"), evidence=[photo()])
    loop.act(case, "accept", person("officer"))
    return loop.act(case, "resolve", person("officer"), reply="好了", evidence=[photo("b.png")])


def test_before_and_after_stand_side_by_side(enter):
    text = page(enter("supervisor"), photographed())

    pair = text.split('class="pair"')[1].split("</section>")[0]
    assert pair.index("Before") < pair.index("After")
    assert pair.count("<figure>") == 2


def test_the_file_as_it_came_is_for_those_who_handle_the_case(enter):
    row = photographed().evidence.first()
    path = f"/evidence/{row.pk}/"

    assert enter("supervisor").get(path)["Content-Type"] == "image/png"
    assert enter("leader").get(path)["Content-Type"] == "image/webp"
    assert enter("resident").get(path)["Content-Type"] == "image/webp"
    for size in ("small", "screen"):
        seen = enter("leader").get(f"{path}{size}/")
        assert seen["Content-Type"] == "image/webp"
        assert seen["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in seen["Content-Security-Policy"]
        assert enter("builder").get(f"{path}{size}/").status_code == 404
    assert enter("leader").get(f"{path}huge/").status_code == 404


def test_a_document_is_offered_to_be_kept_and_not_shown(enter):
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF")
    case = tell("桥上摆摊占道", evidence=[paper])
    row = case.evidence.get()

    sent = enter("officer").get(f"/evidence/{row.pk}/")

    assert sent["Content-Disposition"].startswith("attachment")
    assert enter("officer").get(f"/evidence/{row.pk}/small/").status_code == 404


# --- how much it asks ------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "dispatcher", "supervisor"])
def test_a_case_with_much_to_tell_asks_the_database_no_more(
    enter, django_assert_max_num_queries, role
):
    case = tell("桥上摆摊占道，电动车过不去", author="甲")
    loop.act(case, "accept", person("officer"))
    client = enter(role)

    def queries() -> int:
        with django_assert_max_num_queries(60) as seen:
            assert client.get(f"/cases/{case.code}/").status_code == 200
        return len(seen)

    def more(numbers: range) -> None:
        """Let others report the same and something like it, with photos, and leave notes."""
        receive([Report(f"桥上摆摊占道，电动车过不去{n}", category="stalls", author=str(n),
                        follows=case.pk, lon=121.005, lat=30.705, evidence=[photo()])
                 for n in numbers])  # fmt: skip
        for n in numbers:
            loop.act(case, "note", person(["officer", "head"][n % 2]), text=f"看过{n}")
            tell(f"桥上摆摊占道，过不去第{n}处" + "一二三四五六七八"[n] * 9)

    more(range(2))
    queries()
    few = queries()
    more(range(2, 8))

    assert queries() == few
    assert few <= 32


def test_what_the_words_suggested_stands_with_the_case(enter):
    case = tell("桥边的路灯坏了，晚上一片漆黑", category=None)

    text = page(enter("dispatcher", "zh-hans"), case)

    assert re.search(r"根据上报文字推测的类别：\s*路灯 \d+ %", text)
