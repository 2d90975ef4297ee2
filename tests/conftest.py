"""Every test has a home of its own and knows no town yet."""

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

# For whatever a test starts in a process of its own. pytest-django has read the settings of
# this one before any conftest: what they say of the home is set again for each test below.
os.environ["LINLI_HOME"] = tempfile.mkdtemp(prefix="linli-tests-")

import pytest
from django.db import connection, transaction
from django.utils import translation

from linli.doors.allowance import allowance
from linli.places.town import forget


@pytest.fixture(autouse=True)
def home(settings, tmp_path_factory):
    """Keep what each test writes beside the database to itself; others run at the same time."""
    folder = tmp_path_factory.mktemp("home")
    settings.HOME = folder
    settings.MEDIA_ROOT = folder / "files"
    settings.MODELS_ROOT = folder / "models"
    return folder


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Let a password take no second, as it must where it can be guessed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """Let no window of a limit end while a test counts in it."""
    began = time.time()
    still = SimpleNamespace(time=lambda: began, monotonic=time.monotonic)
    for module in ("linli.people.limits", "linli.doors.access"):
        monkeypatch.setattr(f"{module}.time", still)


@pytest.fixture(autouse=True)
def no_requests_yet():
    """Let no test count the requests of another against a limit."""
    allowance.forget()


@pytest.fixture(autouse=True)
def language_of_the_town():
    """Let no language that a request asked for outlive its test."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def no_town():
    """Let no town outlive its test."""
    forget()
    yield
    forget()


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup, django_db_blocker):
    """Let what a fixture of a module writes stay for all its tests, and be undone after the last.

    Each test that asks for `db` beside it has a savepoint of its own within.
    """
    with django_db_blocker.unblock():
        all_of_it = transaction.atomic()
        all_of_it._from_testcase = True  # or no durable transaction could be within
        with all_of_it:
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="session")
def _empty_installation(request, tmp_path_factory):
    """Keep the test database as it is after its migrations, which take ten seconds."""
    if connection.vendor != "sqlite":
        pytest.fail("an installation of its own is made of the SQLite test database")
    request.getfixturevalue("django_db_setup")
    kept = tmp_path_factory.mktemp("migrated") / "linli.sqlite3"
    with request.getfixturevalue("django_db_blocker").unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(kept)])
    return kept


@pytest.fixture(scope="session")
def installation(_empty_installation):
    """Return what makes a folder a new installation: an SQLite database that is migrated."""

    def made(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (
            closing(sqlite3.connect(_empty_installation)) as kept,
            closing(sqlite3.connect(folder / "linli.sqlite3")) as new,
        ):
            kept.backup(new)
        return folder

    return made


# Begun first, the longest before all: what takes long at the end keeps one worker waiting for
# the other. A file goes to one worker as a whole, so what a module shares is made once.
LONG = (
    *("web/test_api_permissions.py", "web/test_axe.py", "doors/test_schemathesis.py"),
    *("web/test_map_browser.py", "web/test_cockpit_browser.py", "engines/test_surface.py"),
    *("test_cli.py", "web/test_five_doubles_browser.py", "web/test_permissions.py"),
    *("simulate/test_history.py", "doors/test_allowance.py", "simulate/plant/test_going.py"),
    *("web/test_cutting_browser.py", "scores/test_workers.py", "simulate/test_live.py"),
    *("assets/inspection/test_teaching.py", "indicators/test_bulletin_issues.py"),
)


def _by_length(item):
    name = item.path.relative_to(Path(__file__).parent).as_posix()
    return LONG.index(name) if name in LONG else len(LONG)


def pytest_collection_modifyitems(items):
    """Begin with long files; what writes to the database runs on both kinds of it."""
    items.sort(key=_by_length)
    names = (
        *("assets", "cases", "doors", "enterprises", "indicators", "logistics"),
        *("packs", "people", "programmes", "scores", "simulate", "stewards", "topics"),
    )
    folders = [Path(__file__).parent / name for name in names]
    for item in items:
        alike = item.get_closest_marker("one_database") is not None
        if not alike and any(folder in item.path.parents for folder in folders):
            item.add_marker(pytest.mark.both_databases)


def pytest_sessionfinish(session, exitstatus):
    """Let no test be skipped where everything is said to be there (`LINLI_NO_SKIP=1`)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("LINLI_NO_SKIP") == "1" and skipped and exitstatus == 0:
        session.exitstatus = 1
        reporter.write_line(f"{len(skipped)} tests were skipped, and none may be", red=True)
