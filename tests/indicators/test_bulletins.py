"""Bulletins: what they say, which changes they choose, where figures lead, what they come as."""

import base64
import re
import zlib
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import translation

from linli import clock
from linli.cases.models import Category
from linli.indicators.bulletins import changes, contents, counted, stretch, writing
from linli.indicators.bulletins.changes import of_counts, of_rates
from linli.people.models import Organisation
from linli.places.models import Area
from linli.scores import backlog, tallies
from linli.scores.models import Tally
from tests.cases.conftest import MORNING, tell
from tests.small_town import SmallTown, person
from tests.web.conftest import plain_static_files  # noqa: F401


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(counted, "_kept", {})


@pytest.fixture
def lake(db, tmp_path):
    """The small town on the morning of 10 March 2026."""
    small = SmallTown(tmp_path / "town")
    small.load()
    with clock.at(MORNING):
        yield small


def happened(day, kind="town", subject=0, category="stalls", **counts):
    """Write a tally as folding writes it."""
    key = Category.objects.get(code=category).pk
    Tally.objects.create(day=day, kind=kind, subject=subject, category=key, **counts)


def numbers(told):
    return {one.label: (one.value, one.change, one.tone) for one in told.numbers}


# --- periods ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "text", "first", "last"),
    [
        ("day", "2026-03-09", date(2026, 3, 9), date(2026, 3, 9)),
        ("week", "2026-W10", date(2026, 3, 2), date(2026, 3, 8)),
        ("month", "2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2025-W01", "2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
    ],
)
def test_a_bulletin_is_of_the_last_period_that_is_over_or_of_the_named_one(
    lake, asked, text, first, last
):
    found = stretch.read(asked)

    assert (str(found), found.whole.first, found.whole.last) == (text, first, last)
    assert str(stretch.read(text)) == text


@pytest.mark.parametrize("text", ["soon", "2026-13", "2026-W60", "2026-02-30", "2026-04"])
def test_what_is_no_period_or_has_not_begun_is_refused_with_a_reason(lake, text):
    with pytest.raises(ValueError, match=text):
        stretch.read(text)


def test_a_period_that_still_runs_is_compared_with_as_many_days_of_the_one_before(lake):
    happened(date(2026, 3, 2), received=5)
    happened(date(2026, 2, 10), received=3)
    happened(date(2026, 2, 11), received=40)  # the eleventh of March is still to come

    told = contents.bulletin(stretch.read("2026-03"))

    assert numbers(told)["Received"] == ("5", "+2", "")
    assert "first 10 days" in told.note


# --- figures ---------------------------------------------------------------------------------


def test_figures_stand_against_the_period_before_and_say_whether_that_is_better(lake):
    # January: 1 on time, 1 overdue: 50 %. February: 3 on time, 1 overdue: 75 %, 25 points more.
    happened(date(2026, 1, 20), received=4, on_time=1, overdue=1)
    happened(date(2026, 2, 20), received=6, on_time=3, overdue=1)

    found = numbers(contents.bulletin(stretch.read("month")))

    assert found["Received"] == ("6", "+2", "")
    assert found["On time"] == ("75.0 %", "+25.0", "better")
    assert found["Fell overdue"] == ("1", "±0", "")
    assert found["Satisfied"] == ("–", "", "")


def test_each_figure_leads_to_the_very_cases_it_counts(lake):
    case = tell("桥上摆摊占道")
    tallies.fold()
    backlog.refresh()
    client = Client(headers={"accept-language": "en"})
    client.force_login(person("leader"))

    told = contents.bulletin(stretch.read("2026-03"))

    links = {one.label: one.link for one in told.numbers}
    assert numbers(told)["Received"][0] == "1"
    assert case.title in client.get(links["Received"]).text
    assert case.title in client.get(links["Open now"]).text
    assert case.title not in client.get(links["Fell overdue"]).text
    assert "Nothing was counted here" in client.get(links["Fell overdue"]).text
    (most,) = [one for one in told.map.grounds if one.value]
    assert (most.name, most.value) == (str(case.community_grid), 1)
    assert case.title in client.get(most.link).text


def test_who_let_most_fall_overdue_is_named_to_the_leader(lake):
    enforcement = Organisation.objects.get(code="enforcement")
    for kind, subject in (("town", 0), ("functional", enforcement.pk)):
        happened(date(2026, 2, 20), kind, subject, overdue=7)

    told = contents.bulletin(stretch.read("month"))

    assert [one.text for one in told.asks] == ["Enforcement let 7 cases fall overdue."]
    assert "organisation=enforcement" in told.asks[0].link


# --- what changed most -----------------------------------------------------------------------


def test_a_change_weighs_against_what_is_usual_and_not_by_its_size():
    # Quiet: six times 8, six times 12, once 10; mean 10, standard deviation √(48 / 12) = 2, by
    # chance √10 = 3.162: from 10 to 30 is 20 / 3.162 = 6.32 times the usual.
    quiet = of_counts([8, 12] * 6 + [10, 30], "quiet")
    # Restless: six times 0, six times 20, once 10; standard deviation √(1,200 / 12) = 10: from
    # 10 to 60 is 50 / 10 = 5 times.
    restless = of_counts([0, 20] * 6 + [10, 60], "restless")
    # From 10 to 13 is 3 / 3.162, less than once the usual: nothing changed.
    still = of_counts([8, 12] * 6 + [10, 13], "still")

    found = changes.most([still, restless, quiet])

    assert [one.series.tag for one in found] == ["quiet", "restless"]
    assert [round(one.times, 2) for one in found] == [6.32, 5.0]


def test_a_rate_of_few_trials_must_change_more():
    # 80 of 100 each time: by chance √(0.8 × 0.2 / 100) = 4 points; 60 is 20 / 4 = 5 times.
    many = of_rates([80] * 13 + [60], [100] * 14)
    # 8 of 10: by chance √(0.8 × 0.2 / 10) = 12.65 points; 60 is 20 / 12.65 = 1.58 times.
    few = of_rates([8] * 13 + [6], [10] * 14)

    assert round(changes.change(many).times, 2) == 5.0
    assert round(changes.change(few).times, 2) == 1.58


def test_what_is_known_for_three_periods_only_is_not_weighed():
    assert changes.change(of_rates([1, 2, 3, 9], [10] * 4)) is None


def test_the_bulletin_names_the_category_that_doubled(lake):
    # Thirteen months of 4 lights each: by chance √4 = 2 are usual; from 4 to 12 is 4 times that.
    for back in range(13):
        year, month = divmod(2026 * 12 - back, 12)
        happened(date(year, month + 1, 5), category="lights", received=4)
    happened(date(2026, 2, 5), category="lights", received=12)

    told = contents.bulletin(stretch.read("month"))

    texts = [one.text for one in told.changes]
    assert "Received (路灯) rose from 4 to 12, 4.0 times its usual spread." in texts
    assert any("category=lights" in one.link for one in told.changes)


# --- as files --------------------------------------------------------------------------------


def text_of(pdf):
    """Return the text that the pages of a PDF of ours hold, as a viewer selects it."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        try:
            page = zlib.decompress(base64.a85decode(stream.strip(), adobe=False))
        except ValueError:
            stream = stream.strip().removesuffix(b"~>")
            try:
                page = zlib.decompress(base64.a85decode(stream))
            except (ValueError, zlib.error):
                continue
        except zlib.error:
            continue
        for shown in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page, re.S):
            plain = re.sub(
                rb"\\([0-7]{3}|.)",
                lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else m[1], shown, flags=re.S,
            )  # fmt: skip
            is_wide = len(plain) % 2 == 0 and any(b > 0x7F or b < 0x20 for b in plain)
            found.append(plain.decode("utf-16-be" if is_wide else "latin-1", "replace"))
    return "".join(found)


@pytest.fixture
def told(lake, settings):
    settings.SITE_URL = "https://lake.example"
    happened(date(2026, 2, 20), received=6, on_time=3, overdue=1)
    happened(date(2026, 2, 20), "community", Area.objects.get(code="w1").pk, received=6)
    with translation.override("zh-hans"):
        yield contents.bulletin(stretch.read("month"))


def test_the_word_document_has_text_pictures_and_links(told):
    from docx import Document

    made = writing.written(told, "docx")

    paper = Document(BytesIO(made))
    words = "\n".join(p.text for p in paper.paragraphs)
    assert told.title in words and "2026" in words
    links = {rel.target_ref for rel in paper.part.rels.values() if rel.is_external}
    assert {"https://lake.example" + one.link for one in told.numbers} <= links
    pictures = [name for name in ZipFile(BytesIO(made)).namelist() if "media/" in name]
    assert len(pictures) == 2


def test_the_pdf_holds_its_chinese_as_text_that_can_be_selected(told):
    made = writing.written(told, "pdf")

    assert made.startswith(b"%PDF-")
    text = text_of(made)
    assert told.title in text
    assert "平湖镇" in text
    assert "75.0 %" in text
    assert b"https://lake.example/bulletins/2026-02/cases/" in made


def test_the_web_page_stands_by_itself(told):
    made = writing.written(told, "html").decode()

    assert told.title in made and "<svg" in made
    assert "<script" not in made and "<link" not in made
    assert 'href="https://lake.example/bulletins/2026-02/cases/?figure=received"' in made


def test_a_town_in_which_nothing_happened_has_a_bulletin_too(lake):
    told = contents.bulletin(stretch.read("month"))

    assert told.changes == [] and told.asks == []
    for kind in writing.FORMS:
        assert writing.written(told, kind)
