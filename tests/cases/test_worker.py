"""Clocks ring once each, however many workers are awake."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from linli import clock
from linli.cases import chain, worker
from linli.cases.intake import Report, receive
from linli.cases.loop import act
from linli.cases.models import Case, Event
from linli.scores import tallies
from tests.cases.conftest import BRIDGE, MORNING, tell
from tests.small_town import SmallTown, person


def test_a_reminder_rings_before_the_clock_and_an_escalation_after_it(town, morning):
    case = tell("桥头摆摊")

    rung = []
    for hours in (0, 1.4, 1.6, 1.9, 2.0, 2.1):
        with clock.at(morning + timedelta(hours=hours)):
            worker.tick()
        rung.append(list(case.events.filter(by=None, seq__gt=3).values_list("action", flat=True)))

    assert rung == [[], [], ["remind"], ["remind"], ["remind", "escalate"],
                    ["remind", "escalate"]]  # fmt: skip


def test_a_case_overdue_is_noted_once(town, morning):
    case = act(tell("桥头摆摊"), "accept", person("officer"))
    with clock.at(morning + timedelta(days=30)):
        worker.tick()
        worker.tick()

    case.refresh_from_db()
    assert case.overdue_at == case.resolve_due
    assert case.events.filter(data__overdue=True).count() == 1


def test_a_paused_case_has_no_clock(town, morning):
    case = act(tell("桥头摆摊"), "return", person("head"), reason="不归我们")
    with clock.at(morning + timedelta(days=30)):
        assert worker.tick() == 0
    assert case.clock == ""


def test_rung_when_due_an_event_stands_at_its_own_time(town, morning):
    case = tell("桥头摆摊")
    with clock.at(morning + timedelta(days=30)):
        worker.tick(when_due=True)

    escalated = case.events.filter(action="escalate").order_by("seq").first()
    assert escalated.at == case.accept_due


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_do_each_thing_once(tmp_path):
    SmallTown(tmp_path / "town").load()
    with clock.at(MORNING):
        receive([
            Report("".join(chr(0x4E00 + n * 31 + k) for k in range(9)), category="stalls",
                   lon=BRIDGE[0], lat=BRIDGE[1])
            for n in range(60)
        ])  # fmt: skip
    start = Barrier(4)

    def work(_number):
        start.wait()
        try:
            with clock.at(MORNING + timedelta(days=2)):
                return worker.tick(batch=7), tallies.fold()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))

    assert (
        sum(rang for rang, _ in done)
        == Event.objects.filter(action__in=("remind", "escalate")).count()
    )
    tallies.fold()
    assert not Event.objects.filter(folded=False).exists() and tallies.faults() == []
    for case in Case.objects.all():
        clocks = [e.data["clock"] for e in case.events.filter(action__in=("remind", "escalate"))]
        assert len(clocks) == len(set(clocks)) == 3, clocks
        assert chain.faults(case) == []
