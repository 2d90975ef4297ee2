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
# Forked, each with a connection of its own: Django need not be read again for each of them.
APART = """
import multiprocessing
from django.db import connections
def apart(*programs):
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    working = [fork.Process(target=exec, args=(program, globals() | {"mine": n}))
               for n, program in enumerate(programs)]
    for process in working:
        process.start()
    for process in working:
        process.join(120)
    assert [process.exitcode for process in working] == [0] * len(working)
"""
PREPARE = """
if connection.vendor != "sqlite":
    call_command("migrate", verbosity=0)
Town.objects.create(code="t", name="t", version=1)
Case.objects.create(source="patrol", title="x", state="reported", reported_at=AT, touched_at=AT)
"""
WRITE = """
case = Case.objects.get()
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

    begun = f"WRITE, FOLD = {WRITE!r}, {FOLD!r}\napart(WRITE, WRITE, FOLD, FOLD, FOLD)\n"
    command = [sys.executable, "-c", SETUP + APART + PREPARE + begun + CHECK]
    done = subprocess.run(
        command, env=environment, timeout=300, check=True, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert done.stdout.split() == ["800", "800", "0"]
