"""Who reported a case is shown to those who handle it, and each look is kept."""

import pytest

from linli.cases import chain, looks, loop
from linli.cases.models import State
from tests.cases.conftest import tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")


def test_a_look_shows_who_reported_and_is_an_event():
    case = tell("桥上摆摊占道", author="王先生", contact="13800001234")

    (seen,) = looks.look(case, person("officer"))

    assert (seen.author, seen.contact) == ("王先生", "13800001234")
    event = case.events.get(action="look")
    assert event.by == person("officer")
    assert "13800001234" not in str(event.data)
    case.refresh_from_db()
    assert case.state == State.DISPATCHED
    assert chain.faults(case) == []


@pytest.mark.parametrize("stranger", ["leader", "administrator", "builder", "resident"])
def test_whoever_does_not_handle_the_case_may_not_look(stranger):
    case = tell("桥上摆摊占道", author="王先生", reporter=person("resident"))

    with pytest.raises(loop.Refused):
        looks.look(case, person(stranger))

    assert not case.events.filter(action="look").exists()


def test_there_is_nothing_to_look_at_where_a_patrol_found_it():
    case = tell("桥上摆摊占道", source="patrol", reporter=person("worker"))

    assert "look" not in loop.permitted(case, looks.Scope(person("officer")))


def test_a_closed_case_keeps_its_reporter_behind_the_same_door():
    case = tell("桥上摆摊占道", author="王先生")
    loop.act(case, "cancel", person("dispatcher"), reason="误报")

    assert looks.look(case, person("dispatcher"))[0].author == "王先生"
    assert case.events.filter(action="look").count() == 1
