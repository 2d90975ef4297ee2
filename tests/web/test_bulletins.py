"""The pages of bulletins: kept ones are only read, others are waited for, each for who may."""

from datetime import date

import pytest

from linli import clock
from linli.cases.models import Category
from linli.indicators.bulletins import making, stretch
from linli.indicators.bulletins.models import Issue
from linli.places.models import Area
from linli.scores import tallies
from linli.scores.models import Tally
from tests.cases.conftest import MORNING, tell
from tests.small_town import SmallTown


@pytest.fixture
def lake(db, tmp_path):
    """The small town, with somebody who leads the west only."""
    small = SmallTown(tmp_path / "town")
    small.people.append(["chief", "村长", "Chief", "westteam", "leader", "", ""])
    small.load()
    with clock.at(MORNING):
        yield small


def happened(area, n):
    key = Category.objects.get(code="lights").pk
    Tally.objects.create(day=date(2026, 2, 9), kind="community", subject=area.pk, category=key,
                         received=n)  # fmt: skip


def made(period, code=""):
    area = Area.objects.get(code=code) if code else None
    return making.now_made(stretch.read(period), area)


def test_a_bulletin_that_is_kept_is_shown_with_its_files_and_steps(lake, enter):
    tell("桥上摆摊占道")
    tallies.fold()
    made("2026-02")
    client = enter("leader")

    page = client.get("/bulletins/month/")

    for kind, begins in (("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype")):
        address = f"/bulletins/2026-02/{kind}/"
        assert address in page.text
        file = client.get(address)
        assert file.content.lstrip().startswith(begins)
        assert "attachment" in file["Content-Disposition"]
    assert "/bulletins/2026-01/" in page.text and "/bulletins/2026-03/" in page.text
    assert "Issued 2026-03-10" in page.text


def test_one_never_asked_for_is_waited_for_and_there_once_the_worker_made_it(lake, enter):
    client = enter("leader")

    waiting = client.get("/bulletins/2026-01/")
    assert waiting.status_code == 202
    assert "is being made" in waiting.text and 'hx-trigger="every 2s"' in waiting.text
    assert client.get("/bulletins/2026-01/pdf/")["Location"] == "/bulletins/2026-01/"
    making.serve()

    there = client.get("/bulletins/2026-01/")
    assert there.status_code == 200 and "hx-trigger" not in there.text
    assert Issue.objects.count() == 1


def test_grids_on_the_map_and_columns_of_the_chart_lead_to_their_cases(lake, enter):
    happened(Area.objects.get(code="w1"), 3)
    made("2026-02")

    page = enter("leader").get("/bulletins/2026-02/").text

    grid = '<a href="/bulletins/2026-02/cases/?figure=received&amp;grid=w1"'
    assert grid in page and 'aria-label="西村一格: 3"' in page
    assert '<a href="/bulletins/2026-01/cases/?figure=received"' in page


def test_the_list_finds_bulletins_by_day_and_leads_on_to_the_last_ones(lake, enter):
    for period in ("2026-02", "2026-01", "2026-02-25"):
        made(period)
    client = enter("leader")

    every = client.get("/bulletins/").text
    found = client.get("/bulletins/?day=2026-02-25").text

    assert "/bulletins/2026-W10/" in every and "/bulletins/2026-01/?version=1" in every
    assert "/bulletins/2026-02/?version=1" in found and "/bulletins/2026-02-25/" in found
    assert "/bulletins/2026-01/?version=1" not in found
    nothing = client.get("/bulletins/?day=2025-05-05").text
    assert "No bulletin is found" in nothing and "/bulletins/2025-05-05/" in nothing


def test_made_anew_the_new_version_stands_beside_the_old_one(lake, enter):
    made("2026-02")
    client = enter("leader")

    client.post("/bulletins/2026-02/anew/", {"why": "late entries", "area": ""})
    between = client.get("/bulletins/2026-02/").text
    making.serve()
    page = client.get("/bulletins/2026-02/").text

    assert "A new version is being made" in between
    assert "Why: late entries" in page and "?version=1" in page
    assert "Why: late entries" not in client.get("/bulletins/2026-02/?version=1").text
    assert client.get("/bulletins/2026-02/?version=7").status_code == 404


def test_who_leads_an_area_is_shown_that_area_and_no_figure_of_another(lake, enter):
    happened(Area.objects.get(code="e1"), 8)
    for code in ("", "west", "east"):
        made("2026-02", code)
    client = enter("chief")

    own = client.get("/bulletins/2026-02/")
    assert own.status_code == 200 and "西村" in own.text and "东村" not in own.text
    assert "/bulletins/2026-02/?area=east" not in client.get("/bulletins/").text
    for address in (
        "/bulletins/2026-02/?area=east", "/bulletins/2026-02/?area=lake",
        "/bulletins/2026-02/pdf/?area=east", "/bulletins/2026-02/pdf/?area=lake",
        "/bulletins/2026-02/cases/?figure=received",
        "/bulletins/2026-02/cases/?figure=received&area=east",
        "/bulletins/2026-02/cases/?figure=received&grid=e1",
        "/bulletins/2026-02/cases/?figure=overdue&organisation=enforcement",
    ):  # fmt: skip
        assert client.get(address).status_code == 403, address
    assert client.get("/bulletins/2026-02/cases/?figure=received&grid=w1").status_code == 200
    for name in ("anew", "send"):
        address = f"/bulletins/2026-02/{name}/"
        assert client.post(address, {"area": "east"}).status_code == 403


def test_bulletins_are_for_those_who_lead(lake, enter):
    for address in ("/bulletins/", "/bulletins/month/", "/bulletins/month/pdf/",
                    "/bulletins/month/cases/"):  # fmt: skip
        assert enter("officer").get(address).status_code == 403
    assert not Issue.objects.exists()


def test_what_there_is_not_is_not_found(lake, enter):
    client = enter("leader")
    for address in ("/bulletins/2026-04/", "/bulletins/soon/", "/bulletins/month/odt/",
                    "/bulletins/month/?area=mars", "/bulletins/month/?area=works",
                    "/bulletins/month/cases/?figure=luck",
                    "/bulletins/month/cases/?figure=received&grid=mars",
                    "/bulletins/month/cases/?figure=received&area=mars"):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_the_cockpit_and_the_indicators_lead_to_the_bulletins(lake, enter):
    client = enter("leader")

    for address in ("/cockpit/", "/indicators/"):
        assert 'class="second" href="/bulletins/"' in client.get(address).text
    assert 'class="second" href="/bulletins/"' not in enter("officer").get("/indicators/").text


def test_a_kept_bulletin_is_read_with_few_questions_however_many_versions_there_are(
    lake, enter, django_assert_max_num_queries
):
    made("2026-02")
    making.now_made(stretch.read("2026-02"), None, "once more")
    client = enter("leader")
    client.get("/bulletins/2026-02/")

    with django_assert_max_num_queries(16):
        client.get("/bulletins/2026-02/")
    with django_assert_max_num_queries(12):
        client.get("/bulletins/2026-02/pdf/")
    with django_assert_max_num_queries(16):
        client.get("/bulletins/")
