"""`linli bulletin`, as an operator or a timer uses it."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli import clock
from linli.cli import app
from linli.indicators.bulletins.models import Issue
from linli.scores.models import Tally
from tests.cases.conftest import MORNING
from tests.indicators.test_bulletins import happened
from tests.small_town import SmallTown

# The issues it prints are asked of both kinds of database where they are made.
pytestmark = pytest.mark.one_database


def linli(*arguments, **environment):
    return CliRunner().invoke(
        app, ["bulletin", *map(str, arguments)], env={"COLUMNS": "200", "LANG": "C", **environment}
    )


@pytest.fixture
def lake(db, tmp_path, monkeypatch):
    """The morning of 10 March 2026; 6 cases in February, 4 in January, 2 on the day before."""
    SmallTown(tmp_path / "town").load()
    monkeypatch.chdir(tmp_path)
    for day, n in ((date(2026, 1, 5), 4), (date(2026, 2, 5), 6), (date(2026, 3, 9), 2)):
        happened(day, received=n)
    with clock.at(MORNING):
        yield tmp_path


def told(*arguments):
    done = linli(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def received(found):
    numbers = next(block for block in found["blocks"] if block["show"] == "numbers")["numbers"]
    return next(one for one in numbers if one["label"] == "Received")


@pytest.mark.parametrize(
    ("period", "named", "value", "change"),
    [
        ("day", "2026-03-09", "2", "+2"),
        ("week", "2026-W10", "0", "±0"),
        ("month", "2026-02", "6", "+2"),
        ("2026-01", "2026-01", "4", "+4"),
    ],
)
def test_json_is_the_bulletin_of_a_day_a_week_or_a_month(lake, period, named, value, change):
    found = told("--period", period)

    assert found["period"] == named
    assert (received(found)["value"], received(found)["change"]) == (value, change)
    assert "/cases/" in received(found)["link"]
    outlined = next(block for block in found["blocks"] if block["show"] == "map")
    assert outlined["grounds"] and "path" not in outlined["grounds"][0]


@pytest.mark.parametrize("kind", ["docx", "pdf", "html"])
@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_a_file_is_written_as_its_ending_says(lake, kind, period):
    done = linli("--period", period, "--out", f"report.{kind}", "--language", "zh-hans")

    assert done.exit_code == 0, done.output
    written = Path(f"report.{kind}").read_bytes()
    assert written.startswith({"docx": b"PK", "pdf": b"%PDF", "html": b"<!doctype"}[kind])
    title = {"day": "日报", "week": "周报", "month": "月报"}[period]
    if kind == "html":
        assert title in written.decode()
    if kind == "docx":
        from docx import Document

        assert Document(BytesIO(written)).paragraphs[0].text == title


def test_without_a_file_name_it_is_a_word_document_named_after_its_period(lake):
    figures = told("--out", "x.pdf")
    assert figures == {"file": "x.pdf", "period": "2026-02", "version": 1, "issued": True}

    done = linli("--language", "zh-hans")

    assert done.exit_code == 0 and Path("月报-2026-02.docx").is_file()


def test_the_language_of_the_operator_is_that_of_the_bulletin(lake):
    assert json.loads(linli("--json", LANG="zh_CN.UTF-8").stdout)["title"] == "月报"
    assert told()["title"] == "Bulletin of the month"
    assert told("--language", "zh-hans")["title"] == "月报"


def test_of_an_area_it_tells_the_area_alone(lake):
    found = told("--area", "west")

    assert (found["area"], received(found)["value"]) == ("west", "0")


def test_what_was_issued_is_written_again_until_it_is_made_anew_on_purpose(lake):
    first = told()
    Tally.objects.filter(day=date(2026, 2, 5)).update(received=9)

    assert told() == first
    assert received(told("--anew", "entered late"))["value"] == "9"
    assert [(one.version, one.why) for one in Issue.objects.order_by("version")] == [
        (1, ""), (2, "entered late")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--period", "soon"), "soon"),
        (("--period", "2026-04"), "not begun"),
        (("--period", "0001-01"), "0001-01"),
        (("--out", "report.odt"), ".docx, .pdf or .html"),
        (("--out", "report"), ".docx, .pdf or .html"),
        (("--language", "fr"), "zh-hans"),
        (("--area", "mars"), "mars"),
        (("--area", "works"), "works"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_writes_nothing(lake, arguments, says):
    done = linli(*arguments)

    assert done.exit_code == 2 and says in done.output and "Traceback" not in done.output
    assert not Issue.objects.exists() and not list(lake.glob("*.docx"))


def test_a_folder_that_is_not_there_is_told(lake):
    done = linli("--out", "nowhere/report.pdf")

    assert done.exit_code == 1 and "nowhere" in done.output and "Traceback" not in done.output


def test_before_a_town_is_loaded_it_says_what_to_do_first(db):
    done = linli()

    assert done.exit_code == 1 and "linli load" in done.output
