"""What lies open now, against the cases themselves."""

import pytest
from django.db.models import Q
from tests.small_town import SmallTown, area, organisation, person

from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import OPEN, Case
from linli.clock import at
from linli.scores import backlog
from linli.scores.models import Backlog, Tally


@pytest.fixture
def town(db, tmp_path):
    return SmallTown(tmp_path / "town").load()


def report(place: str, category: str = "rubbish") -> Case:
    return receive(
        [Report(f"{place}垃圾成堆{Case.objects.count()}", area=place, category=category)]
    )[0].case


def row(kind: str, subject: int = 0) -> Backlog:
    return Backlog.objects.get(kind=kind, subject=subject)


def test_the_backlog_counts_each_open_case_where_it_lies_and_with_whom(town):
    first, _second = report("w1"), report("e1")
    loop.act(report("w2"), "cancel", person("dispatcher"), reason="重复")
    backlog.refresh()

    assert row("town").open == Case.objects.filter(state__in=OPEN).count() == 2
    assert row("community", area("w1").pk).dispatched == 1
    assert row("functional", organisation("housing").pk).open == 2
    here = Q(community_grid=first.community_grid)
    assert row("community", area("w1").pk).open == Case.objects.filter(here).count()


def test_a_case_that_ended_leaves_the_backlog(town):
    case = report("w1")
    backlog.refresh()
    assert row(Tally.Kind.TOWN).open == 1

    loop.act(case, "cancel", person("dispatcher"), reason="误报")

    assert backlog.refresh() > 0
    assert row(Tally.Kind.TOWN).open == 0
    assert backlog.refresh() == 0, "nothing changed, so nothing is written"


def test_a_case_past_its_deadline_counts_as_overdue(town):
    case = report("w1")
    backlog.refresh()
    assert row("town").overdue == 0

    with at(case.resolve_due.replace(year=case.resolve_due.year + 1)):
        backlog.refresh()

    assert row("town").overdue == 1
    assert row("community", area("w1").pk).overdue == 1
