"""How often a program may ask, or a guest send, is counted for all processes together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from linli.doors.allowance import Allowance
from linli.people.models import Attempts
from linli.rest import Problem

ROOT = Path(__file__).parents[2]
SETUP = """
import sys, time
from types import SimpleNamespace
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
import linli.people.limits
setup_test_environment()
linli.people.limits.time = SimpleNamespace(time=lambda: 1_800_000_000.0)
"""
PREPARE = """
from pathlib import Path
from tests.small_town import SmallTown
SmallTown(Path(sys.argv[1])).load()
"""
# Forked once the town is there: each has a count and a connection of its own from then on.
APART = """
import multiprocessing
from django.db import connections
connections.close_all()
fork = multiprocessing.get_context("fork")
asking = [fork.Process(target=exec, args=(ASK, globals())) for _ in range(2)]
for process in asking:
    process.start()
for process in asking:
    process.join(120)
assert [process.exitcode for process in asking] == [0, 0]
"""
ASK = """
answers = [Client().get("/api/v1/receipts/nothing").status_code for _ in range(50)]
asked = sum(status != 429 for status in answers)
"""


SEND = """
from django.conf import settings
from django.test import override_settings
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}).enable()
sent = [Client().post("/report/", {"title": ""}).status_code for _ in range(15)]
print(asked, sum(status != 429 for status in sent), flush=True)
"""


def let_through(process: Allowance, who: str, times: int, asked: int) -> int:
    """Ask so often, and return how often it was let through."""
    done = 0
    for _ in range(asked):
        try:
            process.take(who, times)
        except Problem:
            continue
        done += 1
    return done


@pytest.mark.django_db
def test_two_processes_let_through_no_more_than_one_would():
    one, other = Allowance(), Allowance()

    assert let_through(one, "somebody", times=60, asked=40) == 40
    assert let_through(other, "somebody", times=60, asked=40) == 20
    assert let_through(one, "somebody", times=60, asked=10) == 0
    assert let_through(other, "somebody else", times=60, asked=10) == 10


@pytest.mark.django_db
def test_where_much_is_allowed_hardly_a_request_waits_for_a_write(django_assert_max_num_queries):
    one, other = Allowance(), Allowance()

    with django_assert_max_num_queries(60):
        assert let_through(one, "key-1", times=3000, asked=290) == 290
    assert Attempts.objects.get(what="api").times == 270
    through = 290 + let_through(other, "key-1", times=3000, asked=3000)
    assert 3000 <= through <= 3060


@pytest.mark.django_db
def test_whoever_is_over_the_limit_costs_no_query_any_more(django_assert_num_queries):
    process = Allowance()
    let_through(process, "somebody", times=5, asked=6)

    with django_assert_num_queries(0):
        assert let_through(process, "somebody", times=5, asked=100) == 0


@pytest.mark.one_database  # SQLite's file: how to wait for one another is the harder there
def test_processes_over_one_database_count_together(tmp_path, installation):
    installation(tmp_path)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "LINLI_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
    }

    program = SETUP + PREPARE + f"ASK = {ASK + SEND!r}\n" + APART
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "town")],
        env=environment, cwd=ROOT, timeout=300, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    asked, sent = (
        sum(map(int, both)) for both in zip(*map(str.split, done.stdout.splitlines()), strict=True)
    )
    assert (asked, sent) == (60, 20)
