"""The list of cases: pages, chips, filters that are kept, and parts of it for htmx."""

import re

import pytest

from linli.cases import loop
from linli.cases.listing import A_PAGE
from linli.cases.models import SavedFilter
from tests.cases.conftest import tell
from tests.small_town import person
from tests.web.test_pages import _many, _titles

pytestmark = pytest.mark.usefixtures("town")


def _next(page):
    found = re.search(r'rel="next" href="([^"]+)"', page.text)
    return found and found.group(1).replace("&amp;", "&")


@pytest.mark.parametrize("sort", ["newest", "oldest", "due", "best"])
def test_every_case_stands_on_one_page_only_whatever_the_order(enter, sort):
    _many(2 * A_PAGE + 7)
    client = enter("leader")
    seen, to = [], f"/cases/?sort={sort}"
    while to:
        page = client.get(to)
        seen += _titles(page)
        to = _next(page)

    assert len(seen) == len(set(seen)) == 2 * A_PAGE + 7


def test_what_was_searched_for_comes_page_by_page_too(enter):
    _many(A_PAGE + 3)
    client = enter("leader")
    first = client.get("/cases/?q=西村+OR+,东村")
    assert _titles(first) == []
    first = client.get("/cases/?q=摆摊")
    second = client.get(_next(first))

    assert len(_titles(first)) == A_PAGE
    assert len(_titles(second)) == 3
    assert not set(_titles(first)) & set(_titles(second))


@pytest.mark.parametrize("mark", ["x", "1-", "-1", "9-x", "1-" + "9" * 30, "9" * 30 + "-1", "٣-٣"])
def test_a_mistyped_mark_shows_the_first_page(enter, mark):
    tell("桥头占道")

    page = enter("leader").get("/cases/", {"after": mark, "sort": "due"})

    assert page.status_code == 200 and "桥头占道" in page.text


def test_each_filter_that_is_set_can_be_taken_away(enter):
    case = tell("桥头占道")
    page = enter("leader").get(
        "/cases/", {"state": "open", "area": "西村", "category": case.category_id, "q": "桥"}
    ).text  # fmt: skip
    chips = re.search(r'<ul class="chips".*?</ul>', page, re.S).group()

    for told in ("All open", "West", "占道摆摊", "桥"):
        assert f"<b>{told}</b>" in chips
    without = re.findall(r'href="/cases/\?([^"]+)"', chips)
    assert len(without) == 4
    assert not any("state=" in query and "area=" in query and "category=" in query and "q=" in query
                   for query in without)  # fmt: skip


def test_htmx_gets_the_list_alone_and_the_address_without_what_is_empty(enter):
    tell("桥头占道")
    client = enter("leader")

    part = client.get("/cases/?q=&state=open&area=", headers={"hx-request": "true"})
    back = {"hx-request": "true", "hx-history-restore-request": "true"}
    again = client.get("/cases/?state=open", headers=back)

    assert "<html" not in part.text and "桥头占道" in part.text
    assert part["HX-Push-Url"] == "/cases/?state=open"
    assert "HX-Request" in part["Vary"]
    assert "<html" in again.text


def test_filters_are_kept_under_a_name_by_each_for_themselves(enter):
    officer, leader = enter("officer"), enter("leader")
    kept = officer.post("/cases/filters/", {"name": "急件", "query": "state=open&overdue=on&x=1"})
    assert kept["Location"] == "/cases/?state=open&overdue=on"
    officer.post("/cases/filters/", {"name": "急件", "query": "state=closed"})

    saved = SavedFilter.objects.get()
    assert (saved.owner, saved.query) == (person("officer"), "state=closed")
    assert "急件" in officer.get("/cases/").text
    assert "急件" not in leader.get("/cases/").text
    assert leader.post(f"/cases/filters/{saved.pk}/drop/").status_code == 404
    assert officer.post(f"/cases/filters/{saved.pk}/drop/").status_code == 302
    assert not SavedFilter.objects.exists()


def test_a_filter_without_a_name_is_not_kept(enter):
    enter("officer").post("/cases/filters/", {"name": "  ", "query": "state=open"})

    assert not SavedFilter.objects.exists()


def test_a_count_says_nothing_of_what_is_not_seen(enter):
    tell("桥头占道")
    tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)

    page = enter("builder").get("/cases/", {"q": "占道"}).text

    assert 'class="count">0<' in page
    assert "No case fits these filters." in page


def test_what_was_found_is_marked_in_title_and_text(enter):
    tell("<i>桥头</i>占道", body="小贩<b>占道</b>卖菜")

    page = enter("leader").get("/cases/", {"q": "占道"}).text

    assert "&lt;i&gt;桥头&lt;/i&gt;<mark>占道</mark>" in page
    assert "&lt;b&gt;<mark>占道</mark>&lt;/b&gt;" in page


def test_supervised_cases_are_listed(enter):
    case = tell("桥头占道")
    tell("田里路灯坏了", category="lights", lon=121.03, lat=30.735)
    loop.act(case, "supervise", person("leader"), reason="反复投诉")

    assert len(_titles(enter("leader").get("/cases/?supervised=on"))) == 1
