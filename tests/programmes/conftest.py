from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from linli import clock
from linli.people.scope import Scope
from linli.programmes.renewal.models import Milestone, Node
from linli.tables import declared
from tests.small_town import SmallTown, person

# A Tuesday; the days of the plans below are counted from it.
NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
PROGRAMMES = [
    {"code": "lake-frame", "name": "环湖区", "name_en": "Lake area", "level": "framework",
     "function": "housing", "area": "lake", "about": "186公顷"},
    {"code": "edge", "name": "界面导则", "name_en": "Interface", "level": "guidance",
     "parent": "lake-frame"},
    {"code": "ways", "name": "慢行行动", "name_en": "Slow traffic", "level": "action",
     "parent": "edge", "function": "housing"},
    {"code": "sponge", "name": "海绵行动", "name_en": "Sponge city", "level": "action",
     "parent": "edge"},
]  # fmt: skip
LATE = {
    "code": "programme-late", "name": "节点逾期", "name_en": "Late milestone",
    "function": "urban-management", "lead": "functional", "accept_hours": 2, "resolve_hours": 15,
    "evaluation_days": 3, "evidence": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files without collecting them first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def small(tmp_path):
    small = SmallTown(tmp_path / "town")
    small.sections = {"programme": [dict(entry) for entry in PROGRAMMES]}
    small.categories.append(dict(LATE))
    return small


@pytest.fixture
def town(db, small):
    small.load()
    with clock.at(NOW):
        yield small


def given(table, *rows, by="administrator"):
    """Bring rows in as an import does; every one must be good."""
    writer, scope = declared()[table].writer, Scope(person(by))
    outcomes = writer.check(scope, rows)
    assert all(isinstance(outcome, str) for outcome in outcomes), outcomes
    return [str(fate) for fate in writer.write(scope, rows)]


def wrong(table, row, by="administrator"):
    """Return what is wrong with a row, by column."""
    outcome = declared()[table].writer.check(Scope(person(by)), [row])[0]
    assert not isinstance(outcome, str), outcome
    return {fault.column: fault.message for fault in outcome}


def browser(username, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(person(username), "linli.people.signing_in.Accounts")
    return client


def node(code):
    return Node.objects.get(code=code)


def milestone(code):
    return Milestone.objects.get(code=code)
