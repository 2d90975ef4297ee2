"""The pages of scoring schemes: how one stands, what to improve first, judging an item."""

import pytest

from linli import clock
from linli.indicators import keeping
from linli.indicators.schemes.models import Assessment, Proof, Scheme
from tests.cases.conftest import MORNING
from tests.doors.conftest import Caller
from tests.indicators.test_schemes import FAIR, INDICATORS, judge, told
from tests.small_town import SmallTown, area
from tests.web.conftest import photo
from tests.web.test_lists_as_files import files_on, rows_of
from tests.web.test_pages import ELSEWHERE, LANGUAGES

FAIR_ADDRESS = "/schemes/fair/"
STREETS = "/schemes/fair/items/streets/"
PAGES = (FAIR_ADDRESS, f"{FAIR_ADDRESS}improve/", STREETS, "/schemes/fair/items/sewage/")
JUDGED = {"side": "self", "points": "4.5", "evidence": "巡查记录第13号，照片见附件"}


@pytest.fixture
def town(db, tmp_path):
    """12.8 of 20 points in 2025 as `scored` of tests/indicators; 1.6 in 2024."""
    small = SmallTown(tmp_path / "town")
    small.sections["indicator"] = [dict(one) for one in INDICATORS]
    small.sections["scheme"] = [dict(FAIR)]
    small.load()
    with clock.at(MORNING):
        told("sewage", 67, "2024")
        told("sewage", 81)
        told("centres", 9)
        judge("officer", "streets", 4)
        judge("builder", "streets", 3.5, "review")
        judge("builder", "circle", 2.5)
        yield small


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_answer_in_both_languages(town, enter, language):
    for path in PAGES:
        page = enter("leader", language).get(path)
        assert page.status_code == 200, path
        assert not ELSEWHERE.search(page.content)
        assert " style=" not in page.text
        assert enter("resident", language).get(path).status_code == 403


def test_one_scheme_is_shown_at_once_and_more_are_listed(town, enter):
    assert enter("leader").get("/schemes/")["Location"] == FAIR_ADDRESS
    town.sections["scheme"] = [FAIR, FAIR | {"code": "second", "name_en": "Second"}]
    town.load()
    page = enter("leader").get("/schemes/").text
    assert "Fair town" in page
    assert "Second" in page
    town.sections.pop("scheme")
    town.load()
    assert "No pack of this town defines" in enter("leader").get("/schemes/").text


def test_a_scheme_says_what_is_missing_and_both_sides_of_a_judgement(town, enter):
    page = " ".join(enter("leader").get(FAIR_ADDRESS).text.split())
    # environment: 13 − 8.3 = 4.7 lost; life: 7 − 4.5 = 2.5.
    assert "2.2 points are missing to “Sample”; most is lost in Environment: 4.7 of 13" in page
    assert "<dt>Self-assessment</dt><dd>4</dd>" in page
    assert "<dt>Review</dt><dd>3.5 <small>(−0.5)</small></dd>" in page
    assert "not reviewed yet" in page  # circle


def test_a_year_is_compared_with_the_one_before_as_far_as_both_are_known(town, enter):
    def page():
        return " ".join(enter("leader").get(FAIR_ADDRESS).text.split())

    # Of 2024 the sewage alone is known: 4.8 − 1.6 = 3.2 more, and no total to compare.
    assert "+3.2" in page()
    assert "against 2024" not in page()
    told("centres", 6, "2024")
    judge("officer", "streets", 3, period="2024")
    judge("builder", "circle", 2, period="2024")
    # 1.6 + 3 + 2 + 2 = 8.6; 12.8 − 8.6 = 4.2 more. Environment 8.3 − 4.6, life 4.5 − 4.
    assert "+4.2 against 2024 (8.6)" in page()
    assert "<small>+3.7</small>" in page()
    assert "<small>+0.5</small>" in page()


def test_everybody_sees_what_waits_for_them(town, enter):
    assert "Review: 生活圈" in enter("supervisor").get(FAIR_ADDRESS).text
    # Housing has assessed the whole town, and neither village yet.
    page = enter("builder").get(FAIR_ADDRESS).text
    assert "Assess: 生活圈 <small>West</small>" in page
    assert "Assess: 生活圈</a>" not in page
    assert "Waiting for you" not in enter("leader").get(f"{FAIR_ADDRESS}?period=2026").text
    assert "Assess: 街面" in enter("officer").get(f"{FAIR_ADDRESS}?period=2026").text
    assert "Waiting for you" not in enter("worker").get(f"{FAIR_ADDRESS}?period=2026").text


def test_areas_stand_beside_each_other(town, enter):
    told("sewage", 95, place="west")
    page = enter("leader").get(FAIR_ADDRESS).text
    assert "?period=2025&amp;area=west" in page
    assert "area=east" not in page  # nothing is known of it
    assert enter("leader").get(f"{FAIR_ADDRESS}?area=west").status_code == 200
    for wrong in ("area=w1", "area=nowhere", "period=2025-01", "period=2031", "period=x"):
        assert enter("leader").get(f"{FAIR_ADDRESS}?{wrong}").status_code == 404


def test_what_if_shows_what_other_figures_would_give_and_keeps_nothing(town, enter):
    address = f"{FAIR_ADDRESS}improve/"
    page = " ".join(enter("leader").get(address).text.split())
    assert "This is enough for “Sample”" in page
    assert "90.7 %" in page
    # 88 % gives 1.6 more: 14.4, and 0.6 are missing.
    page = " ".join(enter("leader").get(f"{address}?v-sewage=88").text.split())
    assert "+1.60 with your figures; really 12.8" in page
    assert "0.6 points are missing" in page
    assert "12.8" in enter("leader").get(address).text
    wrong = enter("leader").get(f"{address}?v-sewage=many")
    assert (wrong.status_code, "That is no number." in wrong.text) == (422, True)


def test_the_officer_assesses_with_files_and_the_others_may_look(town, enter):
    assert "Judge it" in enter("officer").get(STREETS).text
    assert "Judge it" not in enter("worker").get(STREETS).text
    given = JUDGED | {"proofs": [photo("街面.png")]}
    assert enter("worker").post(f"{STREETS}assess/", JUDGED).status_code == 403
    assert enter("officer").post(f"{STREETS}assess/", given)["Location"].endswith("#streets")

    row = Assessment.objects.get(item="streets", side="self", newest=True)
    assert (row.points, row.evidence) == (4.5, JUDGED["evidence"])
    page = enter("leader").get(STREETS).text
    assert "街面.png" in page
    assert "replaced" in page  # the earlier one stays
    assert "assessed anew since the review" in page
    file = f"/schemes/files/{Proof.objects.get().pk}/"
    assert enter("leader").get(file)["Content-Type"] == "image/png"
    assert enter("resident").get(file).status_code == 403


@pytest.mark.parametrize(
    "changed", [{"points": "9"}, {"points": "x"}, {"evidence": ""}, {"side": "review"}]
)
def test_what_is_wrong_with_a_judgement_is_said_beside_it(town, enter, changed):
    page = enter("officer").post(f"{STREETS}assess/", JUDGED | changed)
    assert page.status_code == 422
    assert "errorlist" in page.text
    assert Assessment.objects.filter(item="streets").count() == 2


def test_a_file_that_is_no_evidence_is_refused(town, enter):
    from django.core.files.uploadedfile import SimpleUploadedFile

    given = JUDGED | {"proofs": [SimpleUploadedFile("run.exe", b"MZ")]}
    page = enter("officer").post(f"{STREETS}assess/", given)
    assert (page.status_code, "not a photo or PDF" in page.text) == (422, True)
    assert not Proof.objects.exists()


def test_programs_read_scores_and_judge(town):
    ask = Caller("leader").get
    scores = ask("/schemes/fair/scores").json()
    assert (scores["period"], round(scores["total"], 6), scores["reaches"]) == ("2025", 12.8, False)
    assert scores["plan"][0]["item"] == "sewage"
    tried = ask("/schemes/fair/scores", instead="sewage:95").json()
    assert (round(tried["total"], 6), tried["reaches"]) == (16, True)
    for wrong in ({"instead": "sewage:inf"}, {"instead": "x:1"}, {"period": "x"}, {"area": "w1"}):
        assert ask("/schemes/fair/scores", **wrong).status_code == 422

    given = {"period": "2025", "side": "self", "points": 5, "evidence": "巡查记录第14号"}
    address = "/schemes/fair/items/streets/assess"
    assert Caller("worker").send(address, given).status_code == 403
    kept = Caller("officer").send(address, given).json()
    assert (kept["points"], kept["proofs"]) == (5, [])
    assert Caller("officer").send(address, given | {"points": 6}).status_code == 422
    sent = Caller("officer").upload(address, {**given, "proofs": photo()})
    file = Caller("leader").get(f"/assessments/files/{sent.json()['proofs'][0]}")
    assert file["Content-Type"] == "image/png"
    assert Caller("resident").get("/schemes/fair/scores").status_code == 403


def test_the_items_come_out_as_a_file_as_they_are_seen(town, enter):
    (link,) = files_on(enter("leader"), f"{FAIR_ADDRESS}?period=2025")
    rows = {row["Item"]: row for row in rows_of(enter("leader"), link)}
    assert (rows["environment"]["Points"], rows["environment"]["Points at most"]) == ("8.3", "13.0")
    assert (rows["sewage"]["Figure of the indicator"], rows["sewage"]["Unit"]) == ("81.0", "%")
    assert (rows["streets"]["Self-assessment"], rows["streets"]["Review"]) == ("4.0", "3.5")
    other = rows_of(enter("leader"), "/export/scheme-items.csv?scheme=fair&period=2024")
    assert [row["Points"] for row in other if row["Item"] == "sewage"] == ["1.6"]
    assert rows_of(enter("leader"), "/export/scheme-items.csv?scheme=fair&period=x") == []
    assert enter("resident").get(link).status_code in (403, 404)


def test_an_item_that_is_computed_says_what_more_would_give(town, enter):
    page = " ".join(enter("leader").get("/schemes/fair/items/sewage/").text.split())
    # 95 % gives the 3.2 that are lost; 2.2 are missing to the sample: 90.7 %, as worked out there.
    assert "95.0 % would give 3.2 points more" in page
    assert "90.7 % alone is enough for “Sample”" in page


def test_the_cockpit_shows_the_total(town, enter):
    page = enter("leader").get("/cockpit/").text
    assert "Fair town" in page
    assert "2.2 missing" in page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_the_database_few_times(town, enter, django_assert_max_num_queries, path):
    for place in ("", "west", "east"):
        for year in ("2024", "2025"):
            told("sewage", 88, year, place)
    judge("officer", "streets", 4, place="west")
    assert area("west").pk in Assessment.objects.values_list("area", flat=True)
    assert Scheme.objects.count() == 1
    keeping.ponder()
    client = enter("leader")
    client.get(path)
    with django_assert_max_num_queries(20):
        client.get(path)
