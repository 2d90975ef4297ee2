"""Scoring schemes: points follow figures and judgements, and both sides of a judgement stay.

fair                    20 points, a sample from 15 on
├ environment
│ ├ sewage    8         nothing at 60 %, all at 95 %
│ └ streets   5         judged: assessed by whoever answers for urban management
└ life
  ├ centres   4         2 points from 6 on, 4 from 10
  └ circle    3         judged: assessed by housing
Housing reviews, but not what is its own.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli import clock
from linli.cases.evidence import NotEvidence
from linli.cases.refusal import Refused
from linli.indicators import keeping
from linli.indicators.figures import FIGURES
from linli.indicators.schemes import assessing, standing
from linli.indicators.schemes.assessing import Judgement, Side
from linli.indicators.schemes.models import Assessment, Scheme
from linli.indicators.schemes.taking import JUDGEMENTS
from linli.people.scope import scope
from linli.sections import Faulty
from tests.cases.conftest import MORNING
from tests.small_town import SmallTown, area, person
from tests.web.conftest import photo

ENTERED = {"every": "year", "function": "housing", "entered": {"by_area": True}}
INDICATORS = [
    {"code": "sewage", "name": "污水治理率", "unit": "percent", "decimals": 1, **ENTERED},
    {"code": "centres", "name": "养老中心", "unit": "pieces", **ENTERED},
    {"code": "monthly", "name": "月度", "unit": "pieces", "every": "month", "function": "housing",
     "entered": {}},
]  # fmt: skip
SEWAGE = {"code": "sewage", "parent": "environment", "name": "污水", "points": 8,
          "indicator": "sewage", "linear": {"nothing": 60, "full": 95}}  # fmt: skip
STREETS = {"code": "streets", "parent": "environment", "name": "街面", "points": 5,
           "function": "urban-management", "judged": "有人管护；附照片。"}  # fmt: skip
CENTRES = {"code": "centres", "parent": "life", "name": "养老", "points": 4,
           "indicator": "centres",
           "steps": [{"at": 6, "points": 2}, {"at": 10, "points": 4}]}  # fmt: skip
CIRCLE = {"code": "circle", "parent": "life", "name": "生活圈", "points": 3,
          "function": "housing", "judged": "步行可达"}  # fmt: skip
ITEMS = [
    {"code": "environment", "name": "环境美", "name_en": "Environment"}, SEWAGE, STREETS,
    {"code": "life", "name": "生活美", "name_en": "Life"}, CENTRES, CIRCLE,
]  # fmt: skip
FAIR = {"code": "fair", "name": "考评", "name_en": "Fair town", "every": "year", "threshold": 15,
        "threshold_name": "样板", "threshold_name_en": "Sample", "reviewer": "housing",
        "by_area": True, "item": ITEMS}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    small = SmallTown(tmp_path / "town")
    small.sections["indicator"] = [dict(one) for one in INDICATORS]
    small.sections["scheme"] = [dict(FAIR)]
    return small


@pytest.fixture
def town(db, files):
    files.load()
    with clock.at(MORNING):
        yield files


def told(indicator, value, period="2025", place=""):
    FIGURES.write(scope(person("administrator")), [
        {"indicator": indicator, "period": period, "value": value, "source": "年报", "area": place}
    ])  # fmt: skip
    keeping.ponder()


def judge(who, item, points, side=Side.OWN, *, place="", period="2025", files=(),
          evidence="巡查记录第12号"):  # fmt: skip
    scheme = Scheme.objects.get(code="fair")
    one = Judgement(scheme, assessing.item_of(scheme, item), area(place).pk if place else 0,
                    period, side, points, evidence)  # fmt: skip
    return assessing.assess(one, scope(person(who)), files)


def sheet(period="2025", place="", **instead):
    scheme = Scheme.objects.get(code="fair")
    return standing.sheet(scheme, period, area(place).pk if place else 0, instead)


def scores(shown):
    return {line.item.code: line.score for line in shown.lines}


@pytest.fixture
def scored(town):
    """81 % of the sewage, 9 centres, streets 4 and then 3.5 of 5, circle 2.5 of 3.

    sewage (81 − 60) / 35 × 8 = 4.8; streets 3.5; centres 2; circle 2.5: 12.8 of 20.
    """
    told("sewage", 81)
    told("centres", 9)
    judge("officer", "streets", 4)
    judge("builder", "streets", 3.5, Side.REVIEW)
    judge("builder", "circle", 2.5)
    return town


# --- points ----------------------------------------------------------------------------------


def test_points_add_up_by_branch_and_whole(scored):
    shown = sheet()
    # environment 4.8 + 3.5 = 8.3 of 13; life 2 + 2.5 = 4.5 of 7; 12.8 of 20, 2.2 to the sample.
    assert scores(shown) == {
        "environment": pytest.approx(8.3), "sewage": pytest.approx(4.8), "streets": 3.5,
        "life": 4.5, "centres": 2, "circle": 2.5,
    }  # fmt: skip
    assert [line.points for line in shown.branches] == [13, 7]
    assert shown.total == pytest.approx(12.8)
    assert shown.lacking == pytest.approx(2.2)
    assert not shown.reaches


def test_points_follow_an_indicator_as_soon_as_it_is_read_again(scored):
    # 95 % gives all 8: 12.8 − 4.8 + 8 = 16, and the sample is reached.
    told("sewage", 95)
    assert sheet().total == pytest.approx(16)
    assert sheet().reaches


def test_the_review_counts_and_until_there_is_one_the_self_assessment(scored):
    shown = sheet()
    assert (shown.line("streets").own.points, shown.line("streets").review.points) == (4, 3.5)
    assert shown.line("streets").difference == -0.5
    assert shown.line("circle").is_provisional
    judge("supervisor", "circle", 2, Side.REVIEW)
    assert sheet().line("circle").score == 2
    assert not sheet().line("circle").is_provisional


def test_what_nobody_has_told_counts_as_nothing_and_is_named(town):
    told("sewage", 95)
    shown = sheet()
    assert shown.total == 8
    assert [line.item.code for line in shown.unknown] == ["streets", "centres", "circle"]
    assert [line.item.code for line, _gain, _alone in shown.ranked] == []


def test_what_to_improve_first_is_said_with_the_figure_that_is_enough(scored):
    shown = sheet()
    # centres 9 → 10: 1 of 4 steps for 2 points, 0.125 a point, like sewage (14 / 35 for 3.2) and
    # 0.2 of streets (1.5 / 5 for 1.5), 0.33 of circle. Of equals that first which gives more.
    assert [line.item.code for line, _gain, _alone in shown.ranked] == [
        "sewage", "centres", "streets", "circle",
    ]  # fmt: skip
    # 2.2 more for sewage alone: 7 of 8 points, 60 + 35 × 7 / 8 = 90.625, so 90.7.
    assert [alone for _line, _gain, alone in shown.ranked] == [90.7, None, None, None]
    assert [(line.item.code, move.figure) for line, move in shown.plan] == [("sewage", 90.7)]


def test_a_figure_that_is_tried_changes_the_total_and_nothing_else(scored):
    # 88 %: 28 / 35 × 8 = 6.4, 1.6 more; circle in full 0.5 more: 12.8 + 2.1 = 14.9.
    assert sheet(sewage=88, circle=3).total == pytest.approx(14.9)
    assert sheet().total == pytest.approx(12.8)


def test_areas_are_scored_by_their_own_figures_and_judgements(scored):
    told("sewage", 95, place="west")
    judge("officer", "streets", 5, place="west")
    # 8 + 5 in the west; the town stays as it was, and nothing is known of the east.
    assert sheet(place="west").total == 13
    assert sheet().total == pytest.approx(12.8)
    assert not sheet(place="east").is_known


def test_a_year_is_compared_with_the_one_before(scored):
    told("sewage", 67, period="2024")
    scheme = Scheme.objects.get(code="fair")
    # 7 / 35 × 8 = 1.6 in 2024.
    ground = standing.Ground(scheme, ["2025", standing.before(scheme, "2025")])
    assert ground.sheet("2024").total == pytest.approx(1.6)
    assert ground.sheet("2025").total == pytest.approx(12.8)
    assert standing.usual(scheme) == "2025"


# --- who judges ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "item", "side"),
    [
        ("builder", "streets", Side.OWN),  # another field of work
        ("worker", "streets", Side.OWN),
        ("leader", "streets", Side.OWN),
        ("officer", "streets", Side.REVIEW),  # who does the work
        ("builder", "circle", Side.REVIEW),  # the reviewing department, of its own item
        ("dispatcher", "streets", Side.REVIEW),
    ],
)
def test_only_the_owner_assesses_and_only_a_reviewer_reviews(town, who, item, side):
    with pytest.raises(Refused):
        judge(who, item, 1, side)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("who", ["builder", "supervisor", "leader", "administrator"])
def test_the_named_department_supervisors_leaders_and_administrators_review(town, who):
    assert judge(who, "streets", 3, Side.REVIEW).by == person(who)


def test_an_organisation_of_one_area_assesses_there_alone(files, db):
    files.row("westteam")[6] = "urban-management"
    files.load()
    with clock.at(MORNING):
        assert judge("steward", "streets", 3, place="west")
        for place in ("", "east"):
            with pytest.raises(Refused):
                judge("steward", "streets", 3, place=place)


def test_nobody_reviews_their_own_assessment(files, db):
    files.row("officer")[4] = "officer supervisor"
    files.load()
    with clock.at(MORNING):
        judge("officer", "streets", 4)
        with pytest.raises(Refused, match="another person"):
            judge("officer", "streets", 5, Side.REVIEW)


@pytest.mark.parametrize("points", [-0.1, 5.1])
def test_points_lie_between_nothing_and_those_of_the_item(town, points):
    with pytest.raises(Refused, match="between 0 and 5"):
        judge("officer", "streets", points)


def test_without_evidence_nothing_is_judged(town):
    with pytest.raises(Refused, match="what shows it"):
        judge("officer", "streets", 4, evidence="  ok ")


def test_earlier_judgements_stay_and_a_review_they_outrun_is_told(scored):
    judge("officer", "streets", 4.5, evidence="补充照片后重新自评")
    told_of = [(one.side, one.points, one.newest) for one in Assessment.objects.filter(
        item="streets").order_by("pk")]  # fmt: skip
    assert told_of == [("self", 4, False), ("review", 3.5, True), ("self", 4.5, True)]
    line = sheet().line("streets")
    assert line.is_outrun
    assert line.score == 3.5  # the review still counts


def test_files_are_kept_as_they_came_and_others_refused(town):
    kept = judge("officer", "streets", 4, files=[photo("here.png")])
    proof = kept.files.get()
    assert (proof.name, proof.content_type) == ("here.png", "image/png")
    assert len(proof.sha256) == 64
    with pytest.raises(NotEvidence):
        judge("officer", "streets", 5, files=[SimpleUploadedFile("run.exe", b"MZ....")])
    assert Assessment.objects.get(newest=True) == kept


# --- from a file -----------------------------------------------------------------------------

ROW = {"scheme": "fair", "item": "streets", "period": "2025", "side": "self", "points": 4.0,
       "evidence": "巡查记录第12号"}  # fmt: skip


def check(who, *rows):
    return JUDGEMENTS.check(scope(person(who)), list(rows))


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"scheme": "unfair"}, "scheme"), ({"item": "sewage"}, "item"), ({"item": "x"}, "item"),
        ({"period": "2025-03"}, "period"), ({"period": "2031"}, "period"),
        ({"area": "w1"}, "area"), ({"points": None}, "points"), ({"points": 9.0}, "points"),
        ({"evidence": "x"}, "evidence"), ({"side": "review"}, "side"), ({"by": "head"}, "by"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_in_says_why(town, changed, column):
    ((wrong,),) = check("officer", ROW | changed)
    assert wrong.column == column


def test_an_administrator_brings_in_what_others_judged_in_their_name(town):
    rows = [ROW | {"by": "officer"}, ROW | {"by": "builder", "side": "review", "points": 3.5}]
    assert check("administrator", *rows) == ["new", "new"]
    JUDGEMENTS.write(scope(person("administrator")), rows)
    own, review = Assessment.objects.order_by("pk")
    assert (own.by, review.by) == (person("officer"), person("builder"))
    assert own.entered == review.entered == person("administrator")
    assert check("administrator", *rows) == ["unchanged", "unchanged"]
    # In whose name, they must be allowed to themselves.
    ((wrong,),) = check("administrator", ROW | {"by": "builder"})
    assert wrong.column == "side"


def test_nobody_reviews_themselves_in_one_file_either(files, db):
    files.row("officer")[4] = "officer supervisor"
    files.load()
    with clock.at(MORNING):
        first, (wrong,) = check("officer", ROW, ROW | {"side": "review"})
        assert (first, wrong.column) == ("new", "by")


# --- packs -----------------------------------------------------------------------------------


def with_item(number, **changed):
    items = [dict(one) for one in ITEMS]
    items[number] = {k: v for k, v in (items[number] | changed).items() if v is not None}
    return {"item": items}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"threshold": 21}, "20 points only"),
        ({"reviewer": "wizardry"}, "has the function “wizardry”"),
        (with_item(1, parent="nowhere"), "“nowhere” is not known"),
        (with_item(1, code="streets"), "“streets” stands twice"),
        (with_item(0, parent="life"), ""),  # a branch below a branch is right
        (with_item(0, points=3), "only those give points"),
        (with_item(0, parent="environment"), "run in a circle"),
        (with_item(1, points=None), "needs points"),
        (with_item(1, linear=None), "needs an indicator with “linear” or “steps”"),
        (with_item(1, indicator=None), "needs an indicator"),
        (with_item(1, indicator="nothing"), "“nothing” is not known"),
        (with_item(1, indicator="monthly"), "is known for each month"),
        (with_item(1, linear={"nothing": 9, "full": 9}), "must differ"),
        (with_item(2, function=None), "needs the function that assesses it"),
        (with_item(2, function="wizardry"), "has the function “wizardry”"),
        (with_item(4, steps=[{"at": 6, "points": 2}, {"at": 5, "points": 4}]), ""),
        (with_item(4, steps=[{"at": 6, "points": 2}, {"at": 9, "points": 3}]), "must go one way"),
        (with_item(4, steps=[{"at": 6, "points": 4}, {"at": 9, "points": 2}]), "must go one way"),
    ],
)
def test_what_is_wrong_with_a_scheme_is_said_before_anything_is_written(files, db, changed, said):
    files.sections["scheme"] = [FAIR | changed]
    if not said:
        files.load()
        return
    with pytest.raises(Faulty) as refused:
        files.load()
    assert said in " ".join(str(fault) for fault in refused.value.faults)
    assert not Scheme.objects.exists()


def test_a_scheme_no_pack_names_any_longer_is_retired_with_what_was_judged(scored):
    del scored.sections["scheme"]
    scored.load()
    assert Scheme.objects.get().retired
    assert Assessment.objects.count() == 3
    assert not scope(person("leader")).of(Scheme).exists()
    assert not scope(person("leader")).of(Assessment).exists()
