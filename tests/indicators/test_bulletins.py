"""Bulletins: what they say, which changes they choose, where figures lead, what they come as."""

import json
import re
import zlib
from base64 import a85decode
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import translation

from linli import clock
from linli.cases.models import Category
from linli.indicators.bulletins import changes, contents, document, stretch, writing
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.changes import of_counts, of_rates
from linli.people.models import Organisation
from linli.places.models import Area
from linli.scores import backlog, tallies
from linli.scores.models import Tally
from tests.cases.conftest import MORNING, tell
from tests.small_town import SmallTown, person
from tests.web.conftest import plain_static_files  # noqa: F401


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


def bulletin(period, area=""):
    """Make a bulletin, without keeping it."""
    place = Area.objects.get(code=area) if area else None
    return contents.bulletin(Basis(stretch.read(period), place))


def numbers(told):
    shown = told.block("numbers").numbers
    return {one.label: (one.value, one.change, one.tone) for one in shown}


def texts(told, show):
    return [one.text for one in told.block(show).sentences]


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

    told = bulletin("2026-03")

    assert numbers(told)["Received"] == ("5", "+2", "")
    assert "first 10 days" in told.note


# --- figures ---------------------------------------------------------------------------------


def test_figures_stand_against_the_period_before_and_say_whether_that_is_better(lake):
    # January: 1 on time, 1 overdue: 50 %. February: 3 on time, 1 overdue: 75 %, 25 points more.
    happened(date(2026, 1, 20), received=4, on_time=1, overdue=1)
    happened(date(2026, 2, 20), received=6, on_time=3, overdue=1)

    found = numbers(bulletin("month"))

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

    told = bulletin("2026-03")

    links = {one.label: one.link for one in told.block("numbers").numbers}
    assert numbers(told)["Received"][0] == "1"
    assert case.title in client.get(links["Received"]).text
    assert case.title in client.get(links["Open now"]).text
    assert case.title not in client.get(links["Fell overdue"]).text
    assert "Nothing was counted here" in client.get(links["Fell overdue"]).text
    (most,) = [one for one in told.block("map").grounds if one.value]
    assert (most.name, most.value) == (str(case.community_grid), 1)
    assert case.title in client.get(most.link).text


def test_who_let_most_fall_overdue_is_named_to_the_leader(lake):
    enforcement = Organisation.objects.get(code="enforcement")
    for kind, subject in (("town", 0), ("functional", enforcement.pk)):
        happened(date(2026, 2, 20), kind, subject, overdue=7)

    told = bulletin("month")

    assert texts(told, "asks") == ["Enforcement let 7 cases fall overdue."]
    assert "organisation=enforcement" in told.block("asks").sentences[0].link


def test_the_bulletin_of_an_area_counts_its_own_grids(lake):
    # West: 4 and 3 in February, 1 in January; east: 90. So 7, 6 more than the month before.
    for code, day, n in (("w1", date(2026, 2, 3), 4), ("w2", date(2026, 2, 4), 3),
                         ("w1", date(2026, 1, 4), 1), ("e1", date(2026, 2, 4), 90)):  # fmt: skip
        happened(day, "community", Area.objects.get(code=code).pk, received=n, overdue=n)
        happened(day, "town", 0, "lights" if code == "w2" else "stalls", received=n)

    told = bulletin("month", "west")

    assert numbers(told)["Received"] == ("7", "+6", "")
    assert "area=west" in told.block("numbers").numbers[0].link
    assert "West" in told.title or "西村" in told.title
    assert {one.name: one.value for one in told.block("map").grounds} == {
        "西村一格": 4, "西村二格": 3
    }  # fmt: skip
    assert texts(told, "asks") == ["西村一格 let 4 cases fall overdue.",
                                   "西村二格 let 3 cases fall overdue."]  # fmt: skip
    (league,) = [one for one in told.blocks if one.show == "league"]
    assert {one.name for one in [*league.top, *league.bottom]} == {"西村一格", "西村二格"}


def test_a_column_of_the_chart_leads_to_its_own_period(lake):
    happened(date(2026, 1, 20), received=4)

    chart = bulletin("month").block("chart")

    assert (chart.values[-2], chart.labels[-2]) == (4, "26-01")
    assert chart.links[-2].startswith("/bulletins/2026-01/cases/")
    # Of a month that runs, ten days of those before are counted: no list has just those.
    assert bulletin("2026-03").block("chart").links[-2] == ""


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

    told = bulletin("month")

    assert "Received (路灯) rose from 4 to 12, 4.0 times its usual spread." in texts(
        told, "changes"
    )
    assert any("category=lights" in one.link for one in told.block("changes").sentences)


# --- as files --------------------------------------------------------------------------------


def streams(pdf):
    """Return what the streams of a PDF of ours hold, unpacked."""
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
        body = packed.strip()
        try:
            is_text = body.endswith(b"~>")
            yield zlib.decompress(a85decode(body.removesuffix(b"~>")) if is_text else packed)
        except (ValueError, zlib.error):
            continue


def letters_of(pdf):
    """Return the letters that a viewer finds in a PDF: those its fonts are said to draw."""
    found = set()
    for body in streams(pdf):
        if b"beginbfrange" in body or b"beginbfchar" in body:
            for code in re.findall(rb"<([0-9A-Fa-f]{4})>", body):
                found.add(chr(int(code, 16)))
    return found


@pytest.fixture
def told(lake, settings):
    settings.SITE_URL = "https://lake.example"
    happened(date(2026, 2, 20), received=6, on_time=3, overdue=1)
    happened(date(2026, 2, 20), "community", Area.objects.get(code="w1").pk, received=6)
    with translation.override("zh-hans"):
        yield bulletin("month")


def test_the_word_document_has_text_pictures_and_links(told):
    from docx import Document

    made = writing.written(told, "docx")

    paper = Document(BytesIO(made))
    words = "\n".join(p.text for p in paper.paragraphs)
    assert told.title in words and "2026" in words
    links = {rel.target_ref for rel in paper.part.rels.values() if rel.is_external}
    numbers = told.block("numbers").numbers
    assert {"https://lake.example" + one.link for one in numbers} <= links
    pictures = [name for name in ZipFile(BytesIO(made)).namelist() if "media/" in name]
    assert len(pictures) == 2


def test_the_pdf_brings_its_chinese_along_and_it_can_be_selected(told):
    made = writing.written(told, "pdf")

    assert made.startswith(b"%PDF-")
    # The font is inside, not merely named, and says which letters it draws.
    assert b"FontFile2" in made and b"STSong" not in made
    wanted = set(f"{told.title}{told.issuer}{told.number}75.0")
    assert wanted - {" "} <= letters_of(made)
    assert b"https://lake.example/bulletins/2026-02/cases/" in made


def test_a_letter_the_font_lacks_is_written_all_the_same(told):
    rare = document.of({**document.plain(told), "issuer": "㙍镇"})

    assert b"STSong" in writing.written(rare, "pdf")


def test_without_an_address_of_the_site_files_lead_nowhere_wrong(told, settings):
    settings.SITE_URL = ""

    assert b"/bulletins/2026-02/cases/" not in writing.written(told, "pdf")
    page = writing.written(told, "html").decode()
    assert "href=" not in page and "收到" in page
    links = ZipFile(BytesIO(writing.written(told, "docx"))).read("word/_rels/document.xml.rels")
    assert b"bulletins" not in links


def test_what_is_kept_of_a_bulletin_is_written_again_to_the_letter(told):
    again = document.of(json.loads(json.dumps(document.plain(told))))

    assert again == told
    assert writing.written(again, "html") == writing.written(told, "html")


def test_the_web_page_stands_by_itself(told):
    made = writing.written(told, "html").decode()

    assert told.title in made and "<svg" in made
    assert "<script" not in made and "<link" not in made
    assert 'href="https://lake.example/bulletins/2026-02/cases/?figure=received"' in made


def test_a_town_in_which_nothing_happened_has_a_bulletin_too(lake):
    told = bulletin("month")

    assert texts(told, "changes") == [] and texts(told, "asks") == []
    for kind in writing.FORMS:
        assert writing.written(told, kind)


def test_word_aligns_its_figures_and_takes_no_font_from_a_theme(told):
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paper = Document(BytesIO(writing.written(told, "docx")))

    for row in paper.tables[0].rows[1:]:
        sides = [cell.paragraphs[0].alignment for cell in row.cells[:3]]
        assert sides[1:] == [WD_ALIGN_PARAGRAPH.RIGHT] * 2
    for name in ("Normal", "Title", "Heading 1"):
        assert "Theme" not in str(list(paper.styles[name].element.rPr.rFonts.attrib))
    said = {shape._inline.docPr.get("descr") for shape in paper.inline_shapes}
    assert said == {told.block("chart").title, told.block("map").title}


def test_few_shades_stand_as_far_apart_as_they_can(lake):
    # One case in one grid: a single shade, and it is the darkest.
    happened(date(2026, 2, 20), "community", Area.objects.get(code="w1").pk, received=1)

    shown = bulletin("month").block("map")

    assert {one.name: one.shade for one in shown.grounds if one.shade} == {"西村一格": 4}
