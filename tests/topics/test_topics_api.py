"""A hot topic over REST: its curve, its cases, and the joint case."""

from linli.cases.models import Case
from linli.topics.models import Topic
from tests.doors.conftest import caller
from tests.topics.conftest import talk

__all__ = ["caller"]


def test_topics_are_looked_for_read_and_made_one_case(caller, town):
    talk()
    program = caller("dispatcher")
    assert caller("officer").send("/topics/look").status_code == 403
    assert program.send("/topics/look").json()["found"] >= 1
    topic = Topic.objects.get(rank=1)

    curve = program.get(f"/topics/{topic.pk}/curve").json()
    assert curve["weeks"] == topic.curve and sum(curve["weeks"]) == topic.count
    assert curve["recent"] == sum(topic.curve[-4:])
    cases = {row["code"] for row in program.rows(f"/topics/{topic.pk}/cases")}
    assert cases == {case.code for case in Case.objects.filter(topics=topic)}

    assert caller("head").send(f"/topics/{topic.pk}/joint").status_code == 403
    made = program.send(f"/topics/{topic.pk}/joint")
    assert made.status_code == 200, made.content
    told = made.json()
    assert told["merged"] + told["noted"] == len(cases) - 1
    assert program.get(f"/topics/{topic.pk}").json()["joint"] == told["case"]
    assert program.send(f"/topics/{topic.pk}/joint").status_code == 409
