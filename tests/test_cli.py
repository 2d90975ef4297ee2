"""The command line, as an operator uses it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.cases.models import Case
from linli.cli import app
from linli.people.models import User
from tests.small_town import SmallTown

ROOT = Path(__file__).parents[1]
COMMANDS = ["init", "load", "serve", "demo", "import", "replay", "train", "check", "league", "tick",
            "reindex", "simulate"]  # fmt: skip


def linli(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def town(db, tmp_path):
    return SmallTown(tmp_path / "town").write()


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "record.csv"
    path.write_text(
        "id,subject,created,category,lon,lat,reply,replied\n"
        "1,路灯不亮了,2026-03-10T09:00,lights,121.005,30.705,已修,2026-03-10T15:00\n"
        "2,垃圾没人收,2026-03-10T09:00,rubbish,121.03,30.705,已清,2026-03-28T15:00\n"
        "3,井盖,never,lights,121.03,30.705,,\n"
    )
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command):
    shown = linli(command, "--help")

    assert shown.exit_code == 0 and "Usage" in shown.output


def test_a_record_goes_from_file_to_league(town, record):
    assert json.loads(linli("load", town, "--json").stdout)["changed"] is True
    assert json.loads(linli("load", town, "--json").stdout)["changed"] is False

    figures = json.loads(linli("replay", record, "--json").stdout)
    assert (figures["received"], figures["resolved"], figures["resolved_on_time"]) == (2, 2, 1)
    assert figures["left_out"] == 1
    assert "record.csv" in Path(figures["report"]).read_text()

    table = json.loads(linli("league", "--level", "grid", "--json").stdout)
    raw = {s["code"]: s["parts"]["on_time"]["raw"] for s in table["standings"]}
    assert raw == {"w1": 1.0, "e1": 0.0}
    assert "西村一格" in linli("league", "--level", "grid").stdout

    assert linli("check").exit_code == 0


def test_a_replay_without_a_trained_model_says_what_to_do_first(town, record):
    linli("load", town)

    assert "linli train categories" in linli("replay", record).output


def test_check_ends_with_one_where_something_was_changed(town, record):
    linli("load", town)
    linli("replay", record)
    Case.objects.filter(pk=Case.objects.first().pk).update(state="closed")

    checked = linli("check", "--json")

    assert checked.exit_code == 1
    assert "state is 'closed'" in json.loads(checked.stdout)["faults"][0]


def test_tick_says_what_it_did(town, record):
    linli("load", town)
    linli("import", "cases", record)

    done = json.loads(linli("tick", "--json").stdout)

    assert done["clocks_rung"] > 0 and done["events_folded"] > 0


def test_an_import_writes_its_remarks_to_a_file(town, record):
    linli("load", town)
    figures = json.loads(linli("import", "cases", record, "--report", "out.txt", "--json").stdout)

    assert figures["new"] == 2 and "created" in Path("out.txt").read_text()


def test_what_the_user_can_mend_is_one_clear_line(db, tmp_path):
    missing = linli("import", "cases", tmp_path / "nothing.csv")

    assert missing.exit_code == 1 and "Traceback" not in missing.output


def test_a_faulty_town_is_told_line_by_line_and_not_loaded(tmp_path, db):
    small = SmallTown(tmp_path / "town")
    small.row("officer")[3] = "nowhere"

    refused = linli("load", small.write())

    assert refused.exit_code == 1 and "people.csv" in refused.output and "nowhere" in refused.output


# --- as separate processes, with a server that really listens ------------------------------


def start(home, *arguments, demo=True):
    environment = {**os.environ, "LINLI_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-m", "linli", *map(str, arguments)], env=environment, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def stop(process):
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=60)[0]


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def founding(home):
    """Return what tells the cases of an installation from any others, oldest first."""
    with closing(sqlite3.connect(home / "linli.sqlite3")) as database:
        return [uid for (uid,) in database.execute("SELECT uid FROM cases_case ORDER BY id")]


def reports(home):
    with closing(sqlite3.connect(home / "linli.sqlite3", timeout=30)) as database:
        return database.execute("SELECT COUNT(*) FROM cases_report").fetchone()[0]


def page(port, path="/healthz"):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not answer")


def test_the_demo_serves_the_sample_town_and_no_other_server_takes_its_accounts(
    tmp_path, installation
):
    home, port = installation(tmp_path / "home"), free_port()
    small = ("demo", "--port", port, "--cases", 300, "--years", 0.3)
    demo = start(home, *small)
    try:
        assert page(port) == "ok"
        assert "平湖" in page(port, "/sign-in/")
    finally:
        said = stop(demo)
    assert f"http://127.0.0.1:{port}" in said and "dispatcher" in said and "linli-demo" in said
    first = founding(home)
    assert len(first) > 250

    before = reports(home)
    again = start(home, *small, "--speed", 600)
    try:
        assert page(port) == "ok"
        lives_on = any(time.sleep(0.5) or reports(home) > before for _ in range(180))
    finally:
        stop(again)
    assert lives_on
    assert founding(home)[: len(first)] == first

    refused = start(home, "serve", "--port", port)
    assert refused.wait(timeout=60) == 1
    assert "demo accounts" in refused.communicate()[0]


def test_demo_accounts_open_nothing_outside_demo_mode(town, settings, client):
    linli("load", town)
    user = User.objects.get(username="dispatcher")
    user.set_password("linli-demo")
    user.is_demo = True
    user.save()

    settings.DEMO = False
    assert not client.login(username="dispatcher", password="linli-demo")
    settings.DEMO = True
    assert client.login(username="dispatcher", password="linli-demo")


def test_a_town_gets_a_simulated_history_once(town):
    linli("load", town)

    made = json.loads(
        linli("simulate", "--cases", 60, "--years", 0.1, "--seed", 3, "--json").stdout
    )
    assert made["cases"] == Case.objects.count() > 20
    assert made["events"] > made["cases"]

    refused = linli("simulate", "--cases", 60)
    assert refused.exit_code == 1 and "linli init" in refused.output
    assert Case.objects.count() == made["cases"]
