"""The pages of the hot topics."""

import pytest

from linli import clock
from linli.cases.models import Case
from linli.topics import sweep
from linli.topics.models import Topic
from tests.cases.conftest import MORNING
from tests.topics.conftest import talk
from tests.web.test_pages import ELSEWHERE, LANGUAGES


@pytest.fixture
def topic(town):
    with clock.at(MORNING):
        talk()
        sweep.sweep()
        yield Topic.objects.get()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_answer_in_both_languages(topic, enter, language):
    for path in ("/topics/", f"/topics/{topic.pk}/"):
        page = enter("dispatcher", language).get(path)
        assert page.status_code == 200
        assert topic.title in page.text
        assert not ELSEWHERE.search(page.content)
        assert " style=" not in page.text
        assert enter("resident", language).get(path).status_code == 403


def test_the_page_shows_only_the_cases_one_may_see(topic, enter):
    assert enter("dispatcher").get(f"/topics/{topic.pk}/").text.count('href="/cases/26-') >= 5
    assert 'href="/cases/26-' not in enter("officer").get(f"/topics/{topic.pk}/").text


def test_the_button_makes_one_joint_case_and_opens_it(topic, enter):
    assert "Make one joint case" in enter("dispatcher").get(f"/topics/{topic.pk}/").text
    assert "Make one joint case" not in enter("leader").get(f"/topics/{topic.pk}/").text
    assert enter("leader").post(f"/topics/{topic.pk}/joint/").status_code == 403

    answer = enter("dispatcher").post(f"/topics/{topic.pk}/joint/")

    topic.refresh_from_db()
    assert answer["Location"] == f"/cases/{topic.joint.code}/"
    assert Case.objects.filter(merged_into=topic.joint).exists()


def test_more_cases_ask_the_database_no_more(topic, enter, django_assert_max_num_queries):
    client = enter("dispatcher")
    client.get(f"/topics/{topic.pk}/")
    with django_assert_max_num_queries(60) as many:
        client.get(f"/topics/{topic.pk}/")
    topic.members.exclude(pk=topic.members.order_by("-pk").first().pk).delete()
    with django_assert_max_num_queries(60) as few:
        client.get(f"/topics/{topic.pk}/")

    assert len(many) == len(few)
