"""The demonstration begins with visits made: three difficulties of one maker, three answered."""

from pathlib import Path

from linli import sample, visited
from linli.cases.models import Assignment, Case
from linli.enterprises.models import Delegate, Difficulty, Visit
from linli.packs.loader import load
from linli.people.models import User
from linli.people.scope import Scope
from linli.places.models import Town
from linli.places.town import forget
from tests.small_town import person

TOWN = Path(__file__).parents[2] / "towns" / "pinghu"


def test_what_the_park_asked_for_has_gone_through_the_loop(db):
    load(TOWN)
    # What is kept of the same town by another test of this run is not of these rows.
    Town.objects.update(version=900)
    forget()
    sample.bring(TOWN, Scope(person("administrator")))
    users = {user.username: user for user in User.objects.filter(username__in=(
        "leader", "administrator", "supervisor"))}  # fmt: skip

    visited.tell(users)

    cases = {row.case.title: row.case for row in Difficulty.objects.select_related("case")}
    assert {title: case.state for title, case in cases.items()} == {
        "缺少高级工程师": "closed",
        "新厂区开工手续待办": "closed",
        "海外订单受阻": "verified",  # waits for the enterprise to rate it
        "本地配套企业不足": "closed",
    }
    answers = Assignment.objects.filter(case__in=cases.values(), active=True, leads=False)
    assert answers.count() >= 8
    assert all(row.answer for row in answers)
    assert Delegate.objects.count() == 2
    assert Visit.objects.filter(state="done").count() == 38
    mine = Scope(person("enterprise")).of(Case)
    assert mine.count() == 3

    before = Visit.objects.count()
    visited.tell(users)
    assert Visit.objects.count() == before
