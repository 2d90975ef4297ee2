"""Several workers at once, each a process of its own over one database.

A file of SQLite, unless `LINLI_WORKERS_DATABASE` names an empty database of another kind.
"""

import os
import subprocess
import sys

import pytest

SETUP = """
import django, sys, time
django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from django.db import connection, transaction
from linli.cases.models import Case, Event
from linli.places.models import Town
from linli.scores import tallies
from linli.scores.models import Tally
from django.db.models import Sum
AT = datetime(2020, 1, 15, tzinfo=UTC)
"""
PREPARE = """
if connection.vendor != "sqlite":
    call_command("migrate", verbosity=0)
Town.objects.create(code="t", name="t", version=1)
Case.objects.create(source="patrol", title="x", state="reported", reported_at=AT, touched_at=AT)
"""
WRITE = """
case = Case.objects.get()
mine = int(sys.argv[1])
for turn in range(40):
    Event.objects.bulk_create([
        Event(case=case, seq=mine * 100_000 + turn * 10 + i, action="report", at=AT,
              source="patrol", hash="")
        for i in range(10)
    ])
"""
FOLD = """
while tallies.fold(limit=7) or Event.objects.count() < 800 or Event.objects.filter(folded=False):
    time.sleep(0.001)
"""
CHECK = """
sums = Tally.objects.filter(kind="town").aggregate(a=Sum("received"), b=Sum("self_found"))
print(sums["a"], sums["b"], len(tallies.faults()))
"""


@pytest.mark.one_database
def test_workers_at_the_same_time_count_each_event_once(tmp_path, installation):
    installation(tmp_path)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "LINLI_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "linli.settings",
    }
    if elsewhere := os.environ.get("LINLI_WORKERS_DATABASE"):
        environment["DATABASE_URL"] = elsewhere

    def start(program: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-c", SETUP + program, *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    assert start(PREPARE).wait(120) == 0
    working = [start(WRITE, "0"), start(WRITE, "1"), start(FOLD), start(FOLD), start(FOLD)]
    assert [process.wait(120) for process in working] == [0] * 5

    told, _ = start(CHECK).communicate(timeout=120)
    assert told.split() == ["800", "800", "0"]
