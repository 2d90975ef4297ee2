"""A record of the past, lived through the loop at its real times."""

import csv
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from linli.cases import learnt
from linli.cases.models import Case, Event
from linli.doors.reading import Unreadable
from linli.integrity import faults
from linli.packs.loader import load
from linli.replay import replay
from linli.scores.leagues import league
from tests.small_town import SmallTown

DATA = Path(os.environ.get("LINLI_DATA", Path(__file__).parents[2] / "shared/data"))
ACITY = Path(__file__).parents[1] / "towns/acity"
COLUMNS = ["id", "subject", "created", "body", "category", "lon", "lat", "reply", "replied"]
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def town(db, tmp_path):
    return SmallTown(tmp_path / "town").load()


@pytest.fixture
def record(tmp_path):
    def write(*rows, columns=COLUMNS):
        path = tmp_path / "record.csv"
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([columns, *rows])
        return path

    return write


def row(number, created, reply="", replied="", title="路灯不亮了", lon=121.005):
    return [number, f"{title}{number}", created, "", "lights", lon, 30.705, reply, replied]


def test_a_reply_resolves_its_case_at_the_time_it_came(town, record):
    replayed = replay(record(row(1, "2026-03-10T09:00", "已修", "2026-03-10T15:30")))

    case = Case.objects.get()
    assert case.state == "resolved"
    assert case.resolved_at.astimezone(ZONE) == datetime(2026, 3, 10, 15, 30, tzinfo=ZONE)
    assert (replayed.resolved, replayed.on_time) == (1, 1)


def test_a_late_reply_is_late_and_the_clocks_before_it_have_rung(town, record):
    replayed = replay(record(row(1, "2026-03-10T09:00", "已修", "2026-03-20T15:30")))

    steps = list(Case.objects.get().events.order_by("seq").values_list("action", flat=True))
    assert steps == ["report", "triage", "dispatch", "accept", "remind", "escalate", "resolve"]
    assert (replayed.resolved, replayed.on_time, replayed.rang) == (1, 0, 2)


def test_a_record_that_does_not_say_when_a_case_was_accepted_counts_no_first_response(town, record):
    replay(record(row(1, "2026-03-10T09:00", "已修", "2026-03-10T15:30")))

    assert league("grids", "2026-03").standings[0].parts["on_time"].n == 1
    assert "response" in league("grids", "2026-03").dropped


def test_a_neighbourhood_matter_of_the_record_is_settled_by_its_reply(town, record):
    told = row(1, "2026-03-10T09:00", "两家议定", "2026-03-11T15:30", "楼上漏水")
    told[4] = "neighbours"
    replay(record(told))

    assert Case.objects.get().state == "verified"


def test_where_the_record_ends_without_a_reply_the_case_falls_overdue(town, record):
    replay(record(row(1, "2026-03-10T09:00"),
                  row(2, "2026-03-12T09:00", "已修", "2026-04-20T09:00", lon=121.03)))  # fmt: skip

    assert Case.objects.get(reports__external_id="1").overdue_at is not None


def test_without_replies_no_clock_rings(town, record):
    path = record(["1", "路灯不亮了", "2020-03-10T09:00"], columns=["id", "subject", "created"])

    assert replay(path).rang == 0


def test_a_reply_before_its_report_is_left_out_with_a_remark(town, record):
    replayed = replay(record(row(1, "2026-03-10T09:00", "已修", "2026-03-09T09:00")))

    assert replayed.resolved == 0 and replayed.imported.faults[0].field == "replied"


def test_ratings_of_the_record_are_rated_in_the_loop(town, record):
    columns = [*COLUMNS, "satisfied"]
    rows = [
        [*row(n, "2026-03-10T09:00", "已修", "2026-03-10T15:30", lon=lon), satisfied]
        for n, lon, satisfied in ((1, 121.005, "1"), (2, 121.03, "0"), (3, 121.015, ""))
    ]
    replay(record(*rows, columns=columns))

    states = Case.objects.order_by("reports__external_id").values_list("state", "satisfied")
    assert list(states) == [("closed", True), ("reopened", None), ("resolved", None)]


def test_replies_without_times_are_refused(town, record):
    path = record(["路灯不亮", "已修"], columns=["subject", "reply"])

    with pytest.raises(Unreadable):
        replay(path)


def test_replaying_again_takes_nothing_in_twice(town, record):
    path = record(row(1, "2026-03-10T09:00", "已修", "2026-03-10T15:30"))
    replay(path)
    before = Event.objects.count()
    again = replay(path)

    assert again.imported.counts["repeat"] == 1 and Case.objects.count() == 1
    assert again.replies == 0 and Event.objects.count() == before


def test_a_replay_broken_off_before_a_reply_takes_it_the_next_time(town, record):
    told = row(1, "2026-03-10T09:00", "已修", "2026-03-10T15:30")
    replay(record([*told[:-2], "", ""]))
    replay(record(told))

    assert Case.objects.get().events.filter(data__reply="已修").count() == 1


def test_replies_find_their_reports_without_numbers_too(town, record):
    columns = [name for name in COLUMNS if name != "id"]
    rows = [
        row(n, "2026-03-10T09:00", answer, "2026-03-10T15:30", lon=lon)[1:]
        for n, answer, lon in ((1, "已修", 121.005), (2, "已换", 121.03))
    ]
    assert replay(record(*rows, columns=columns)).resolved == 2
    said = Case.objects.get(title="路灯不亮了2").events.get(action="resolve").data["reply"]
    assert said == "已换"


def test_everything_stands_in_order_afterwards(town, record):
    replay(record(row(1, "2026-03-10T09:00", "已修", "2026-03-20T15:30"),
                  row(2, "2026-03-11T09:00", "已换", "2026-03-11T16:00", lon=121.03)))  # fmt: skip

    assert faults().lines == []
    table = league("grids", "2026-03")
    assert {s.unit.code: s.parts["on_time"].raw for s in table.standings} == {"w1": 0.0, "e1": 1.0}


@pytest.mark.skipif(not DATA.exists(), reason=f"no real data at {DATA} (set LINLI_DATA)")
def test_real_messages_and_their_replies_go_through_the_loop(db):
    load(ACITY)
    from linli.doors import training

    training.categories([DATA / "messages/labelled.csv"])
    training.replies([DATA / "messages/replies.csv"])
    assert learnt.version_in_use("replies")

    replayed = replay(DATA / "messages/replies.csv")

    assert replayed.received == 1993 and replayed.replies == 1993
    assert replayed.located > 0.9 * replayed.received
    assert 0 < replayed.on_time < replayed.resolved
    assert 0 < replayed.explained < replayed.resolved
    assert faults().lines == []
    table = league("grids", "2019", area_kind="district")
    assert len(table.standings) > 20
    assert "A7县" in {str(s.unit) for s in table.standings}
