"""Scores of a year are kept, appealed against, ruled on, and say what would lift a class."""

import pytest

from linli.cases.refusal import Refused
from linli.enterprises.models import Enterprise, Revision, YearFigures
from linli.enterprises.per_mu import appeals
from linli.enterprises.per_mu.chances import chance
from linli.enterprises.per_mu.models import Appeal, Score
from linli.enterprises.per_mu.scoring import due, refresh, score_year
from linli.people.scope import Scope
from linli.sections import Faulty
from tests.enterprises.rows import code, enterprise, write
from tests.small_town import person

MEASURES = [
    {"code": "tax-mu", "name": "亩均税收", "of": "tax", "per": "land_mu", "weight": 60},
    {"code": "added-energy", "name": "单位能耗增加值", "of": "value_added", "per": "energy",
     "weight": 40},
]  # fmt: skip
CLASSES = [
    {"code": "A", "share": 0.2}, {"code": "B"}, {"code": "C", "share": 0.2},
    {"code": "D", "share": 0.2},
]  # fmt: skip
PER_MU = {"code": "industry", "name": "亩均论英雄", "sections": ["C"], "least": 5, "cap": 1.5,
          "measures": MEASURES, "classes": CLASSES}  # fmt: skip


@pytest.fixture
def park(town):
    town.row("administrator")[3] = "housing"
    town.sections["per_mu"] = [PER_MU]
    town.load()
    for number in range(1, 6):
        enterprise(number, land_mu=10.0)
        figures(number, 2023, tax=100.0)
        figures(number, 2024, tax=100.0 + 10 * number)
    refresh()
    return town


def figures(number, year, **values):
    usual = {"value_added": 100.0, "energy": 50.0, "above_scale": True}
    write("enterprise-years", {"enterprise": code(number), "year": year, **usual, **values})


def league(year=2024):
    rows = Score.objects.filter(year=year, rank__gt=0).order_by("rank").select_related("enterprise")
    return [(row.enterprise.code, row.points, row.grade) for row in rows]


def score(number, year=2024):
    return Score.objects.get(enterprise__code=code(number), year=year)


def test_scores_and_classes_of_a_year(park):
    # The benchmarks of 2024 are what 2023 reached: tax 500 on 50 mu, 10; value added 500 for
    # energy of 250, 2. So value added gives everybody 40, and tax 60 × (10 + n) / 10: 66, 72,
    # 78, 84, and 90, which is the cap. Of five places each share of 20 % is one.
    assert league() == [
        (code(5), 130.0, "A"), (code(4), 124.0, "B"), (code(3), 118.0, "B"),
        (code(2), 112.0, "C"), (code(1), 106.0, "D"),
    ]  # fmt: skip


def test_the_first_year_is_measured_by_itself(park):
    # All alike in 2023: 100 points each, ranked by their codes.
    assert [points for _code, points, _grade in league(2023)] == [100.0] * 5


def test_industries_with_few_enterprises_are_taken_together(park):
    enterprise(6, land_mu=10.0, industry="1811")
    enterprise(7, land_mu=10.0, industry="2211")
    for number in (6, 7):
        figures(number, 2024, tax=100.0)
    score_year(2024)
    assert {row.group for row in Score.objects.filter(year=2024)} == {"38", ""}
    assert (score(6).of, score(5).of) == (2, 5)


def test_who_has_given_no_land_is_not_scored_and_told_why(park):
    enterprise(6, land_mu=None)
    figures(6, 2024, tax=100.0)
    score_year(2024)
    found = score(6)
    assert (found.points, found.grade, found.lacks) == (None, "", ["land_mu"])


def test_those_below_scale_and_other_sections_are_left_out(park):
    enterprise(6, industry="6513")
    enterprise(7)
    figures(6, 2024, tax=100.0)
    figures(7, 2024, tax=100.0, above_scale=False)
    score_year(2024)
    assert Score.objects.filter(year=2024).count() == 5


def test_what_changes_makes_its_year_and_the_next_due(park):
    assert due() == []
    figures(1, 2023, tax=90.0)
    assert due() == [2023, 2024]
    assert refresh() == [2023, 2024]
    assert due() == []
    park.sections["per_mu"] = [{**PER_MU, "cap": 2.0}]
    park.load()
    assert due() == [2023, 2024]


def test_what_would_lift_one_class(park):
    # The second has 112 and is C. The last B has 118, so 118.01 are needed: 78.01 from tax,
    # 78.01 / 60 × 10 on each of 10 mu = 130.017, rounded up 130.1.
    found = chance(score(2))
    assert (found.grade, found.target, found.missing) == ("B", 118.01, 6.01)
    assert {one.figure: one.needed for one in found.singles}["tax"] == 130.1

    figures(2, 2024, tax=130.1)
    score_year(2024)
    assert score(2).grade == "B"


def test_a_capped_figure_does_not_lift_alone_but_another_may(park):
    # The fourth has 124: to 130.01 tax would have to give 90.01, its cap is 90. Value added:
    # 46.01 of 40 times 2 for each of 50 = 115.025, rounded up 115.1.
    needed = {one.figure: one.needed for one in chance(score(4)).singles}
    assert needed["tax"] is None
    assert needed["value_added"] == 115.1


def test_nothing_is_above_the_best_class(park):
    assert chance(score(5)) is None


def test_an_appeal_upheld_corrects_the_figure_and_scores_anew(park):
    firm = Enterprise.objects.get(code=code(1))
    row = appeals.appeal(firm, 2024, "tax", 145.0, "补缴税款未计入", person("builder"))
    assert (row.given, row.claimed) == (110.0, 145.0)

    appeals.rule(row, person("administrator"), True, "税务部门已核实")

    assert YearFigures.objects.get(enterprise=firm, year=2024).tax == 145.0
    # 60 × 14.5 / 10 = 87, and 40: second behind the one with 130.
    assert league()[1] == (code(1), 127.0, "B")
    kept = Revision.objects.get(figure="tax")
    assert (kept.before, kept.after, kept.by) == (110.0, 145.0, person("administrator"))
    assert Appeal.objects.get().state == "upheld"


def test_an_appeal_rejected_changes_nothing(park):
    firm = Enterprise.objects.get(code=code(1))
    row = appeals.appeal(firm, 2024, "tax", 145.0, "补缴税款未计入", person("builder"))
    before = league()
    appeals.rule(row, person("administrator"), False, "税款属于上年")
    assert league() == before
    assert not Revision.objects.exists()


def test_nobody_rules_on_their_own_appeal_nor_twice(park):
    firm = Enterprise.objects.get(code=code(1))
    row = appeals.appeal(firm, 2024, "tax", 145.0, "补缴税款未计入", person("builder"))
    with pytest.raises(Refused):
        appeals.rule(row, person("builder"), True, "同意")
    with pytest.raises(Refused):
        appeals.rule(row, person("worker"), True, "同意")
    with pytest.raises(Refused):
        appeals.rule(row, person("administrator"), True, " ")
    appeals.rule(row, person("administrator"), True, "已核实")
    with pytest.raises(Refused):
        appeals.rule(row, person("administrator"), False, "再议")


@pytest.mark.parametrize(
    ("figure", "claimed", "reason", "who"),
    [
        ("tax", 145.0, "理由", "worker"),  # neither the enterprise nor who keeps the register
        ("tax", 145.0, "  ", "builder"),
        ("tax", 110.0, "理由", "builder"),  # says so already
        ("tax", -5.0, "理由", "builder"),
        ("profit", 5.0, "理由", "builder"),  # does not count
    ],
)
def test_what_is_no_appeal(park, figure, claimed, reason, who):
    firm = Enterprise.objects.get(code=code(1))
    with pytest.raises(Refused):
        appeals.appeal(firm, 2024, figure, claimed, reason, person(who))
    assert not Appeal.objects.exists()


def test_one_appeal_a_figure_is_open_at_a_time(park):
    firm = Enterprise.objects.get(code=code(1))
    appeals.appeal(firm, 2024, "tax", 145.0, "理由", person("builder"))
    with pytest.raises(Refused):
        appeals.appeal(firm, 2024, "tax", 150.0, "理由", person("builder"))
    appeals.appeal(firm, 2024, "energy", 40.0, "理由", person("builder"))


def test_scores_are_seen_as_figures_are(park):
    assert Scope(person("leader")).of(Score).count() == 10
    assert Scope(person("resident")).of(Score).count() == 0


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"measures": [{**MEASURES[0], "of": "taxes", "weight": 100}]}, "of"),
        ({"measures": [MEASURES[0]]}, "measures"),  # the weights add up to 60
        ({"classes": [{"code": "A", "share": 0.2}, {"code": "B", "share": 0.2}]}, "classes"),
        ({"classes": [{"code": "A", "share": 0.6}, {"code": "B"}, {"code": "C", "share": 0.4}]},
         "classes"),
        ({"cap": 0.5}, "cap"),
        ({"sections": ["c"]}, "sections"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_is_told_with_file_and_line(town, values, key):
    town.sections["per_mu"] = [PER_MU | values]
    with pytest.raises(Faulty) as faulty:
        town.load()
    (fault,) = faulty.value.faults
    assert fault.spot.file.endswith("packs/village.toml")
    assert fault.spot.number
    assert fault.field == key
