"""Every page answers whom it is for, in both languages, and loads nothing from elsewhere."""

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.timezone import localdate

from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case, Notice
from linli.cases.models import Report as Told
from tests.cases.conftest import tell
from tests.small_town import PEOPLE, person
from tests.web.conftest import photo

pytestmark = pytest.mark.usefixtures("town")
ROLES = [row[0] for row in PEOPLE]
LANGUAGES = {"en": "My work", "zh-hans": "我的工作"}
ELSEWHERE = re.compile(
    rb"""(?:src|href|action)=["'](?:https?:)?//|@import|url\(["']?(?:https?:)?//"""
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_the_pages_answer_every_role_in_both_languages(enter, role, language):
    case = tell("桥头占道", reporter=person("resident"))
    client = enter(role, language)

    for path in ("/cases/", "/report/", "/receipt/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert f'<html lang="{language}">' in page.text
        assert LANGUAGES[language] in page.text
        assert not ELSEWHERE.search(page.content)
        assert "default-src 'self'" in page["Content-Security-Policy"]
    seen = client.get(f"/cases/{case.code}/")
    assert seen.status_code in (200, 404)
    assert not ELSEWHERE.search(seen.content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_league_page_is_for_those_who_work_for_the_town(enter, language):
    for contest in ("grids", "departments", "teams"):
        page = enter("leader", language).get("/leagues/", {"contest": contest})
        assert page.status_code == 200
    assert enter("resident", language).get("/leagues/").status_code == 403


def test_a_mistyped_period_says_so_and_shows_the_last_month(enter):
    page = enter("leader").get("/leagues/", {"period": "soon"})

    assert page.status_code == 200
    assert "“soon” is not a period" in page.text


def test_nobody_enters_unasked(town):
    case = tell("桥头占道")
    for path in ("/cases/", f"/cases/{case.code}/", "/evidence/1/", "/leagues/"):
        assert Client().get(path)["Location"].startswith("/sign-in/?next=")


def test_styles_and_scripts_load_nothing_from_elsewhere():
    for name in ("linli.css", "linli.js"):
        content = Path(finders.find(f"linli/{name}")).read_bytes()
        assert not ELSEWHERE.search(content)
        assert b"http" not in content


def test_pages_hold_no_inline_script_or_style(enter):
    case = tell("桥头占道")
    for path in ("/cases/", f"/cases/{case.code}/", "/report/", "/leagues/"):
        page = enter("leader").get(path).text
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=", page)


def test_demo_accounts_are_offered_in_a_demonstration_only(settings, db):
    assert "/enter/officer/" not in Client().get("/sign-in/").text
    settings.DEMO = True
    assert "/enter/officer/" in Client().get("/sign-in/").text


def test_the_language_is_switched_by_a_form(enter):
    client = enter("leader", "zh-hans")

    client.post("/language/", {"language": "en", "next": "/"})

    assert "My work" in client.get("/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lost_visitor_is_told_so_in_style(enter, language):
    lost = enter("leader", language).get("/nowhere")

    assert lost.status_code == 404
    assert {"en": "There is no such page", "zh-hans": "没有这个页面"}[language] in lost.text
    assert "linli.css" in lost.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_page_says_so_in_style(enter, language, monkeypatch):
    client = enter("leader", language)
    client.raise_request_exception = False
    monkeypatch.setattr("linli.web.views.work", None)

    broken = client.get("/")

    assert broken.status_code == 500
    assert {"en": "Something broke", "zh-hans": "系统出错了"}[language] in broken.text


def test_a_form_without_its_token_is_refused_in_style(town):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    assert "This form is too old" in client.post("/sign-in/", {"username": "x"}).text


def test_a_request_for_another_host_is_refused_in_style(town, settings):
    settings.ALLOWED_HOSTS = ["linli.example"]

    refused = Client(headers={"accept-language": "en"}).get("/")

    assert refused.status_code == 400
    assert "This request cannot be read" in refused.text


def test_what_people_write_is_shown_and_not_run(enter):
    evil = "<script>alert(1)</script>"
    case = tell(evil, body=evil, author=evil, contact=evil, category="rubbish")
    loop.act(case, "accept", person("warden"))
    loop.act(case, "resolve", person("warden"), reply=evil)
    receipt = Told.objects.get(case=case).receipt

    for path in ("/cases/", f"/cases/{case.code}/", f"/receipt/{receipt}/"):
        assert evil not in enter("supervisor").get(path).text


def test_health_asks_the_database(db):
    assert Client().get("/healthz").content == b"ok"


# --- the list --------------------------------------------------------------------------------


def _queries(client, django_assert_max_num_queries, path):
    """Count the queries of a page that was seen before; every few seconds one looks for news."""
    found = []
    for _again in range(2):
        with django_assert_max_num_queries(60) as seen:
            assert client.get(path).status_code == 200
        found.append(len(seen))
    return min(found)


def _many(n):
    """Report `n` things, no two alike."""
    words = Random(Case.objects.count())
    receive(
        [
            Report("".join(chr(words.randrange(0x4E00, 0x9000)) for _ in range(16)),
                   category="stalls", area=("w1", "e1")[i % 2], reporter=person("resident"))
            for i in range(n)
        ]
    )  # fmt: skip


def _titles(page):
    return re.findall(r'class="title" href="([^"]+)"', page.text)


@pytest.mark.parametrize("path", ["/cases/", "/cases/?waiting=accept", "/"])
@pytest.mark.parametrize("role", ["officer", "warden", "leader", "resident"])
def test_a_longer_list_asks_the_database_no_more(enter, django_assert_max_num_queries, path, role):
    _many(3)
    client = enter(role)
    client.get(path)
    few = _queries(client, django_assert_max_num_queries, path)

    _many(40)

    assert _queries(client, django_assert_max_num_queries, path) == few


def test_the_list_shows_fifty_a_page_and_keeps_its_filters(enter):
    _many(60)
    assert Case.objects.count() == 60

    page = enter("leader").get("/cases/", {"state": "open"})

    assert page.text.count('class="title"') == 50
    following = re.search(r'rel="next" href="(/cases/\?state=open&amp;after=[0-9-]+)"', page.text)
    rest = enter("leader").get(following.group(1).replace("&amp;", "&"))
    assert rest.text.count('class="title"') == 10
    assert 'rel="next"' not in rest.text
    back = re.search(r'rel="prev" href="([^"]+)"', rest.text).group(1).replace("&amp;", "&")
    assert _titles(enter("leader").get(back)) == _titles(page)


def test_the_filters_narrow_the_list(enter):
    stall = tell("桥上摆摊占道", reporter=person("resident"))
    light = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    client = enter("dispatcher")

    def shown(**given):
        text = re.sub("</?mark>", "", client.get("/cases/", given).text)
        return {case for case in (stall, light) if case.title in text}

    assert shown() == {stall, light}
    assert shown(q="摆摊") == {stall}
    assert shown(q=light.code) == {light}
    assert shown(area="西村") == {stall}
    assert shown(area="East") == {light}
    assert shown(area="田园") == {light}
    assert shown(category=light.category_id) == {light}
    assert shown(category=stall.category.parent_id) == {stall}
    assert shown(state="closed") == set()
    assert shown(overdue="on") == set()
    assert shown(state="nonsense") == {stall, light}
    assert shown(organisation=stall.functional_id) == {stall}
    assert shown(organisation=stall.territorial_id) == {stall}
    assert shown(source="resident") == {stall, light}
    assert shown(source="patrol") == set()
    assert shown(lead="functional") == {stall, light}
    assert shown(satisfied="none") == {stall, light}
    assert shown(satisfied="no") == set()
    assert shown(supervised="on") == set()
    today = localdate(stall.reported_at)
    assert shown(since=today, until=today) == {stall, light}
    assert shown(since=today + timedelta(days=1)) == set()
    assert shown(until=today - timedelta(days=1)) == set()
    assert enter("resident").get("/cases/", {"mine": "mine"}).text.count('class="title"') == 1


def test_the_figures_on_my_work_lead_to_what_they_count(enter):
    _many(3)
    client = enter("officer")
    home = client.get("/").text
    found = re.findall(r'href="(/cases/\?waiting=[a-z]+)"><b>(\d+)</b>', home)

    assert found
    for path, count in found:
        assert f'class="count">{count}<' in client.get(path).text


def test_my_work_puts_what_is_due_first_on_top(enter):
    slow = tell("桥上摆摊占道")
    fast = tell("桥头垃圾成堆", category="rubbish")
    loop.act(fast, "accept", person("warden"))
    page = enter("warden").get("/")

    assert page.status_code == 200
    assert fast.title in page.text.split('class="figures"')[0]
    assert slow.title not in page.text.split('class="figures"')[0]


def test_notices_are_read_by_opening_their_case(enter):
    case = tell("桥上摆摊占道")
    client = enter("worker")
    assert Notice.objects.filter(user=person("worker"), read_at=None).exists()
    assert case.title in client.get("/").text.split('id="notices"')[1]

    client.get(f"/cases/{case.code}/")

    assert not Notice.objects.filter(user=person("worker"), read_at=None).exists()


# --- who sees what ---------------------------------------------------------------------------


def test_a_resident_sees_only_what_they_reported(enter):
    own = tell("桥上摆摊占道", reporter=person("resident"))
    other = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    client = enter("resident")

    assert client.get(f"/cases/{own.code}/").status_code == 200
    assert client.get(f"/cases/{other.code}/").status_code == 404
    assert client.post(f"/cases/{other.code}/urge/").status_code == 404
    assert other.title not in client.get("/cases/").text


def test_a_department_sees_the_cases_it_has(enter):
    stall = tell("桥上摆摊占道")
    light = tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)

    assert enter("officer").get(f"/cases/{stall.code}/").status_code == 200
    assert enter("officer").get(f"/cases/{light.code}/").status_code == 404
    assert enter("builder").get(f"/cases/{light.code}/").status_code == 200


def test_a_steward_sees_the_village_and_no_further(enter):
    west = tell("楼上吵人", category="neighbours")
    east = tell("楼上吵得睡不着", category="neighbours", lon=121.03, lat=30.735)

    assert enter("steward").get(f"/cases/{west.code}/").status_code == 200
    assert enter("steward").get(f"/cases/{east.code}/").status_code == 404


def test_a_reporter_reads_the_answers_but_not_the_notes(enter):
    case = tell("桥头垃圾成堆", category="rubbish", reporter=person("resident"))
    loop.act(case, "accept", person("warden"))
    loop.act(case, "note", person("warden"), text="隔壁单位不配合")
    loop.act(case, "resolve", person("warden"), reply="已经清运完毕")

    page = enter("resident").get(f"/cases/{case.code}/").text

    assert "已经清运完毕" in page
    assert "隔壁单位不配合" not in page
    assert "Xu Zhigang" not in page.split('id="trace"')[1]


def test_the_receipt_page_names_nobody(enter):
    case = tell("桥头垃圾成堆", category="rubbish", reporter=person("resident"),
                author="林女士", contact="13900000000")  # fmt: skip
    loop.act(case, "accept", person("warden"))
    loop.act(case, "resolve", person("warden"), reply="已经清运完毕")
    receipt = Told.objects.get(case=case).receipt

    page = Client(headers={"accept-language": "en"}).get(f"/receipt/{receipt}/")

    assert "已经清运完毕" in page.text
    for told in ("林女士", "13900000000", "林晓荷", "徐志刚", "Xu Zhigang", "Lin Xiaohe",
                 case.title, case.code):  # fmt: skip
        assert told not in page.text
    assert Client().get("/receipt/", {"code": receipt})["Location"] == f"/receipt/{receipt}/"
    assert Client().get("/receipt/", {"code": "0" * 12}).status_code == 404


def test_a_photo_is_served_to_those_who_see_its_case(enter):
    case = tell("桥头垃圾成堆", category="rubbish", reporter=person("resident"))
    loop.act(case, "accept", person("warden"))
    loop.act(case, "resolve", person("warden"), reply="好了", evidence=[photo()])
    path = f"/evidence/{case.evidence.get().pk}/"

    seen = enter("resident").get(path)
    assert seen.status_code == 200
    assert seen["Content-Type"] == "image/webp"
    assert "sandbox" in seen["Content-Security-Policy"]
    assert enter("officer").get(path).status_code == 404


def test_supervision_is_shown_as_long_as_the_case_is_open(enter):
    case = tell("桥头摆摊")
    loop.act(case, "supervise", person("leader"), reason="反复投诉")
    page = f"/cases/{case.code}/"
    assert "Under supervision" in enter("leader").get(page).content.decode()

    loop.act(case, "cancel", person("dispatcher"), reason="误报")

    assert "Under supervision" not in enter("leader").get(page).content.decode()
