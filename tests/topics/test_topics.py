"""What many people write about is found, kept under one address, and made one joint case."""

from datetime import timedelta

import pytest

from linli import clock
from linli.cases import loop
from linli.cases.chain import faults
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.people.scope import scope
from linli.topics import joint, sweep
from linli.topics.models import Sweep, Topic
from tests.cases.conftest import MORNING
from tests.small_town import category, organisation, person
from tests.topics.conftest import NOISE, OTHERS, talk


def the_topic() -> Topic:
    return Topic.objects.get(rank__isnull=False)


def test_what_several_people_write_about_is_a_topic_with_its_cases(town):
    talk()

    assert sweep.sweep() == 1
    topic = the_topic()
    titles = {title for title, _body in NOISE}
    assert set(topic.cases.values_list("title", flat=True)) <= titles
    assert topic.count >= 5
    assert topic.people == topic.count
    assert sum(topic.curve) == topic.count
    assert len(topic.curve) == sweep.WEEKS
    assert "打桩" in "".join(topic.terms)


def test_the_same_reports_give_the_same_topics(town):
    talk()

    def told():
        sweep.sweep()
        return list(Topic.objects.values_list("title", "place", "count", "curve", "rank", "growth"))

    assert told() == told()


def test_a_topic_found_again_keeps_its_address(town):
    talk()
    sweep.sweep()
    before = the_topic()

    talk([("湖滨花园工地打桩没完没了", "湖滨花园工地昨晚又打桩到半夜，谁来管管打桩噪声？")])
    sweep.sweep()

    after = the_topic()
    assert after.pk == before.pk
    assert after.count == before.count + 1


def test_what_nobody_writes_about_any_longer_is_no_topic(town):
    talk()
    sweep.sweep()

    with clock.at(MORNING + timedelta(days=200)):
        assert sweep.sweep() == 0
    assert not Topic.objects.exists()


def test_a_sweep_is_due_when_something_came_in_and_the_last_was_a_while_ago(town):
    assert not sweep.is_due()
    talk()
    assert sweep.is_due()
    sweep.sweep()
    talk(OTHERS[:1], days_apart=0)
    assert not sweep.is_due()
    with clock.at(MORNING + sweep.EVERY):
        assert sweep.is_due()


def test_only_so_many_reports_are_read(town, monkeypatch):
    talk()
    monkeypatch.setattr(sweep, "MOST", 3)

    sweep.sweep()

    assert Sweep.objects.latest("id").read == 3


def test_the_eldest_open_case_becomes_the_joint_case(town):
    talk()
    sweep.sweep()
    topic = the_topic()
    eldest = topic.cases.order_by("reported_at").first()
    count = topic.cases.count()

    made = joint.join(topic, person("dispatcher"))

    assert made.case == eldest
    assert made.merged == count - 1
    assert Case.objects.filter(merged_into=eldest).count() == count - 1
    assert eldest.reports.count() == count
    assert all(faults(case) == [] for case in Case.objects.all())


def test_what_cannot_be_merged_any_more_points_to_the_joint_case_and_its_people_join(town):
    talk()
    sweep.sweep()
    topic = the_topic()
    first, second, third = topic.cases.order_by("reported_at")[:3]
    loop.act(first, "accept", person("builder"))
    loop.act(second, "return", person("builder"), reason="不归我们")
    loop.act(third, "join", person("dispatcher"), organisation=organisation("enforcement"),
             reason="夜间施工")  # fmt: skip

    made = joint.join(topic, person("supervisor"))

    assert (made.case, made.noted, made.organisations) == (first, 1, 1)
    second.refresh_from_db()
    assert second.state == "returned"
    assert first.code in second.events.latest("seq").data["text"]
    active = first.assignments.filter(active=True)
    assert active.filter(organisation=organisation("enforcement"), side="joint").exists()
    topic.refresh_from_db()
    assert topic.joint == first


def test_only_dispatchers_and_supervisors_make_joint_cases(town):
    talk()
    sweep.sweep()

    for name in ("officer", "leader", "steward", "resident", "worker"):
        with pytest.raises(Refused):
            joint.join(the_topic(), person(name))
    assert not Case.objects.filter(state="merged").exists()


def test_topics_are_for_those_who_work_for_the_town(town):
    talk()
    sweep.sweep()

    assert scope(person("officer")).of(Topic).exists()
    assert not scope(person("resident")).of(Topic).exists()
    assert category("lights")


def test_a_joint_case_needs_two(town):
    talk()
    sweep.sweep()
    topic = the_topic()
    for case in topic.cases.order_by("-reported_at")[: topic.cases.count() - 1]:
        loop.act(case, "cancel", person("dispatcher"), reason="误报")

    with pytest.raises(Refused, match="at least two"):
        joint.join(topic, person("dispatcher"))
