"""Half a year of a simulated town: all of the loop occurs in it, and all of it is whole."""

import pytest

from linli import integrity
from linli.cases.loop import ACTIONS
from linli.cases.models import Case, Deliberation, Event
from linli.simulate.beginning import begin
from tests.simulate.conftest import TUESDAY
from tests.small_town import SmallTown

# Left to people: what one adds to one's own report has a reason that no lot can draw.
NEVER = {"add"}


@pytest.fixture(scope="module")
def _lived(rows_of_module, tmp_path_factory):
    """A small town with half a year behind it."""
    SmallTown(tmp_path_factory.mktemp("lived") / "town").load()
    return begin(1500, 0.6, 7, TUESDAY)


@pytest.fixture
def lived(_lived, db):
    return _lived


def test_all_of_the_loop_occurs_and_all_of_it_holds(lived):
    assert ACTIONS.keys() - lived.steps.keys() == NEVER
    assert integrity.faults().lines == []
    assert lived.cases == Case.objects.count() > 1000
    assert lived.events == Event.objects.count()


def test_neighbours_meet_and_vote_and_what_they_say_is_kept(lived):
    held = Deliberation.objects.exclude(minutes="")
    assert held.filter(outcome="settled").exists()
    for meeting in held:
        assert meeting.opened_at < meeting.meets_at < meeting.met_at
        for proposal in meeting.proposals.all():
            votes = (proposal.favour, proposal.against, proposal.abstain)
            assert sum(votes) == meeting.households
    assert held.first().proposals.count() >= 2
