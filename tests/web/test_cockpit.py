"""The cockpit: figures that are true, seen by those who lead, live for all who watch."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli import background
from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case
from linli.clock import at
from linli.people.scope import scope
from linli.web.cockpit import hub
from linli.web.cockpit.reach import reach_of
from linli.web.cockpit.snapshot import snapshot
from tests.small_town import SmallTown, person


def report(place: str, words: str = "桥头垃圾成堆") -> Case:
    return receive([Report(words, area=place, category="rubbish")])[0].case


def told(role: str) -> dict:
    reach = reach_of(scope(person(role)))
    assert reach is not None
    return snapshot(reach, "en")


def stages(role: str = "leader") -> list[str]:
    page = told(role)["parts"]["flow"]
    return [piece.split("</a>")[0].rpartition(">")[2] for piece in page.split("flow-today")[1:]]


def test_the_flow_tells_what_reached_each_stage_today(town):
    case = report("w1")
    report("e1", "东村垃圾成堆")
    loop.act(case, "accept", person("steward"))
    loop.act(case, "resolve", person("steward"), reply="已清运，并增设垃圾桶。")
    background.once()

    assert stages() == ["2", "2", "2", "1", "0"]


def test_a_grid_shows_what_lies_open_in_it(town):
    report("w1")
    background.once()

    grids = told("leader")["grids"]

    assert grids["w1"] == [1, 0]
    assert "e1" not in grids


def test_a_cockpit_reaches_no_further_than_the_office(town):
    town.people.append(["chief", "西长", "Xi Zhang", "westteam", "leader", "", ""])
    town.load()
    report("w1")
    report("e1", "东村垃圾成堆")
    background.once()

    assert stages("chief")[0] == "1"
    assert set(told("chief")["grids"]) == {"w1"}
    assert stages("leader")[0] == "2"


@pytest.mark.parametrize(
    ("role", "status"),
    [("leader", 200), ("dispatcher", 200), ("resident", 403), ("officer", 403), ("worker", 403)],
)
def test_the_cockpit_is_for_those_who_lead(town, enter, role, status):
    client = enter(role)
    for path in ("/cockpit/", "/cockpit/?wall", "/cockpit/stage/1/"):
        assert client.get(path).status_code == status


def test_nobody_unknown_gets_the_stream(town):
    assert Client().get("/cockpit/live/").status_code == 403


def test_each_number_of_the_flow_leads_to_its_cases(town, enter):
    case = report("w1")
    background.once()

    page = enter("leader").get("/cockpit/stage/1/").content.decode()

    assert case.title in page
    assert enter("leader").get("/cockpit/stage/9/").status_code == 404


def test_what_was_escalated_and_is_overdue_waits_for_a_leader(town, enter):
    case = report("w1")
    assert case.title not in told("leader")["parts"]["needs"]

    with at(case.resolve_due + timedelta(days=1)):
        background.once()
        assert case.title in told("leader")["parts"]["needs"]


def test_a_longer_history_asks_the_database_no_more(town):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            told("leader")
        return len(asked)

    report("w1")
    background.once()
    told("leader")
    before = queries()
    for place in ("w1", "w2", "e1", "e2", "w1"):
        report(place, f"{place}路口垃圾成堆{Case.objects.count()}")
    background.once()

    assert queries() == before


@pytest.mark.django_db(transaction=True)
def test_whoever_watches_is_told_of_the_next_event(transactional_db, tmp_path):
    SmallTown(tmp_path / "town").load()
    reach = reach_of(scope(person("leader")))
    assert reach is not None

    def sense() -> None:
        report("w1")
        background.once()

    async def watching() -> list[str]:
        viewers = [hub.watch(reach, "en") for _ in range(3)]
        for viewer in viewers:
            assert (await anext(viewer)).startswith(b"retry")
            assert _number(await anext(viewer)) == "0"
        await asyncio.get_running_loop().run_in_executor(None, sense)
        last = ["0"] * len(viewers)
        for i, viewer in enumerate(viewers):
            while last[i] == "0":
                last[i] = _number(await asyncio.wait_for(anext(viewer), 30))
            await viewer.aclose()
        assert not hub._hubs, "nobody watches, so nobody looks"
        return last

    assert asyncio.run(watching()) == ["1", "1", "1"]


def _number(event: bytes) -> str:
    assert event.startswith(b"data: ")
    flow = json.loads(event[6:])["parts"]["flow"]
    return flow.split("flow-today")[1].split("</a>")[0].rpartition(">")[2]
