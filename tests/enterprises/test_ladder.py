"""The cultivation ladder: who stands where, what is lacking in numbers, and the next step."""

from datetime import date

import pytest
from django.utils.translation import override

from linli.cases.models import Case, Source
from linli.cases.refusal import Refused
from linli.enterprises.ladder.climb import standings
from linli.enterprises.ladder.models import NextStep, Rung, Title
from linli.enterprises.ladder.steps import open_step
from linli.enterprises.models import Enterprise
from linli.sections import Faulty
from tests.enterprises.ladders import CULTIVATION, RUNGS, condition
from tests.enterprises.rows import check, code, enterprise, write
from tests.small_town import organisation, person


@pytest.fixture
def park(town):
    town.categories.append(dict(CULTIVATION))
    town.sections["rung"] = [dict(rung) for rung in RUNGS]
    town.load()
    return town


def figures(number, year=2024, **values):
    write("enterprise-years", {"enterprise": code(number), "year": year, **values})


def stands(number):
    found = standings(Enterprise.objects.all())
    climber = found.climber(Enterprise.objects.get(code=code(number)).pk)
    return found.rungs[climber.at].code


def lacks(number):
    found = standings(Enterprise.objects.all())
    climber = found.climber(Enterprise.objects.get(code=code(number)).pk)
    with override("en"):
        return [one.lack for one in climber.lacks]


def test_an_enterprise_stands_on_the_highest_rung_it_has_reached(park):
    for number in range(1, 5):
        enterprise(number, founded=date(2010, 1, 1))
    figures(1, output=299.9, staff=50)  # below 3 million yuan
    figures(2, output=300.0, staff=20)  # exactly what is asked
    figures(3, output=1500.0, staff=60, above_scale=True)  # fell below, still in the statistics
    figures(4, output=100.0, staff=2)
    write(
        "enterprise-titles", {"enterprise": code(4), "rung": "special", "since": date(2023, 6, 1)}
    )

    assert [stands(n) for n in range(1, 5)] == ["micro", "small", "above", "special"]
    counts = standings(Enterprise.objects.all()).counts()
    assert [(rung.code, count) for rung, count, _new in counts] == [
        ("micro", 1), ("small", 1), ("above", 1), ("special", 1),
    ]  # fmt: skip


def test_what_is_lacking_is_told_in_numbers(park):
    enterprise(1)
    figures(1, output=1820.0, staff=40)
    # 1,820 of 2,000 (10,000 yuan) are 18.2 of 20 million yuan.
    assert lacks(1) == ["Output 18.2 of 20 million yuan"]
    found = standings(Enterprise.objects.all()).candidates(0)
    assert found == []
    (near,) = standings(Enterprise.objects.all()).candidates(1)
    with override("zh-hans"):
        assert "1,820" in near.lacks[0].lack
        assert "2,000 万元" in near.lacks[0].lack


def test_shares_ages_and_years_running_are_lacking_each_in_its_own_words(park):
    enterprise(1, founded=date(2023, 7, 1))
    figures(1, 2023, profit=80.0, above_scale=True)
    figures(1, 2024, profit=120.0, rd=25.0, sales=1000.0, above_scale=True)
    # rd 25 of sales 1,000 is 2.5 %; founded mid 2023 it is 1.5, so 1 whole year at the end of
    # 2024; the profit was 80 in 2023, 0.8 million yuan.
    assert lacks(1) == [
        "Research and development as a share of Sales 2.5 % of 3 %",
        "Years since founding 1 of 2 years",
        "Profit 0.8 of 1 million yuan (2023)",
    ]


def test_what_nobody_has_given_is_lacking_and_said_so(park):
    enterprise(1)
    figures(1, output=None, staff=None, sales=10.0)
    assert lacks(1) == ["Output not given", "Staff not given"]


def test_candidates_come_by_how_much_they_lack_and_then_how_far_they_are(park):
    for number in range(1, 5):
        enterprise(number)
    figures(1, output=1000.0, staff=40)
    figures(2, output=1900.0, staff=40)
    figures(3, output=2100.0, staff=40)  # meets the output, is not in the statistics yet
    figures(4, output=10.0, staff=1)  # lacks two

    found = standings(Enterprise.objects.all())
    keys = {e.pk: e.code for e in Enterprise.objects.all()}
    assert [keys[c.enterprise] for c in found.candidates(0)] == [code(3)]
    assert [keys[c.enterprise] for c in found.candidates(1)] == [code(3), code(2), code(1)]
    assert [keys[c.enterprise] for c in found.candidates(2)] == [
        code(3), code(2), code(1), code(4),
    ]  # fmt: skip
    assert [keys[c.enterprise] for c in found.candidates(2, rung=1)] == [code(4)]


def test_who_has_climbed_this_year_is_new(park):
    enterprise(1)
    enterprise(2)
    for year in (2023, 2024):
        figures(1, year, output=2500.0, above_scale=True)
    figures(2, 2023, output=1900.0, staff=30)
    figures(2, 2024, output=2300.0, above_scale=True)
    counts = {r.code: (n, new) for r, n, new in standings(Enterprise.objects.all()).counts()}
    assert counts["above"] == (2, 1)


def test_growth_is_measured_against_the_year_before(town):
    town.categories.append(dict(CULTIVATION))
    town.sections["rung"] = [
        dict(RUNGS[0]),
        {"code": "fast", "name": "快", "conditions": [
            condition("output", ">=", 0.2, growth=True)]},
    ]  # fmt: skip
    town.load()
    enterprise(1)
    enterprise(2)
    figures(1, 2023, output=100.0)
    figures(1, 2024, output=119.0)  # 19 %
    figures(2, 2023, output=100.0)
    figures(2, 2024, output=125.0)  # 25 %
    assert (stands(1), stands(2)) == ("micro", "fast")
    assert lacks(1) == ["Growth of Output 19 % of 20 %"]


def test_the_next_step_becomes_one_case_for_the_department_and_no_second(park):
    firm = enterprise(1)
    figures(1, output=1820.0, staff=40)
    step = open_step(firm, person("builder"))
    again = open_step(firm, person("builder"))

    assert again == step
    case = Case.objects.get()
    assert case.source == Source.VISIT
    assert case.category.code == "cultivation"
    assert firm.name in case.title
    assert case.assignments.filter(organisation=organisation("housing")).exists()
    assert NextStep.objects.get().case == case


def test_only_those_who_keep_the_register_open_a_next_step(park):
    firm = enterprise(1)
    figures(1, output=1820.0, staff=40)
    with pytest.raises(Refused):
        open_step(firm, person("worker"))
    assert not Case.objects.exists()


def test_nothing_is_above_the_highest_rung(park):
    firm = enterprise(1)
    figures(1, output=1.0)
    write(
        "enterprise-titles", {"enterprise": code(1), "rung": "special", "since": date(2023, 6, 1)}
    )
    with pytest.raises(Refused):
        open_step(firm, person("builder"))


def test_titles_come_in_each_bad_one_with_its_reason(park):
    enterprise(1)
    good = {"enterprise": code(1), "rung": "special", "since": date(2023, 6, 1)}
    assert check("enterprise-titles", good) == ["new"]
    for bad, column in (
        ({"enterprise": code(9)}, "enterprise"), ({"rung": "above"}, "rung"),
        ({"since": None}, "since"), ({"since": date(2999, 1, 1)}, "since"),
    ):  # fmt: skip
        (outcome,) = check("enterprise-titles", good | bad)
        assert [wrong.column for wrong in outcome] == [column]
    assert write("enterprise-titles", good) == ["new"]
    assert write("enterprise-titles", good) == ["unchanged"]
    assert write("enterprise-titles", good | {"document": "浙经信〔2023〕1号"}) == ["changed"]
    assert Title.objects.get().document == "浙经信〔2023〕1号"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (condition("sells", ">=", 1), "column"),
        (condition("output", ">=", 1, per="sells"), "per"),
        (condition("output", ">=", 1, per="output"), "per"),
        (condition("output", ">=", True), "value"),
        (condition("above_scale", "=", 1), "value"),
        (condition("above_scale", ">=", True), "value"),
        (condition("output", "~", 1), "comparison"),
        (condition("output", ">=", "viel"), "value"),
        (condition("output", ">=", 1, years=9), "years"),
        (condition("age", ">=", 1, growth=True), "column"),
        ({**condition("output", ">=", 1), "eval": "1"}, "eval"),
    ],
)
def test_a_condition_that_cannot_be_is_told_with_file_and_line(town, asked, key):
    town.sections["rung"] = [
        dict(RUNGS[0]), {"code": "next", "name": "下一级", "conditions": [asked]},
    ]  # fmt: skip
    with pytest.raises(Faulty) as faulty:
        town.load()
    (fault,) = faulty.value.faults
    assert fault.field == key
    assert fault.spot.file.endswith("village.toml")
    lines = (town.folder / "packs" / "village.toml").read_text("utf-8").splitlines()
    assert "conditions" in lines[fault.spot.number - 1]


def test_rungs_follow_the_pack_and_stay_while_somebody_holds_their_title(park):
    assert [rung.code for rung in Rung.objects.all()] == ["micro", "small", "above", "special"]
    enterprise(1)
    write(
        "enterprise-titles", {"enterprise": code(1), "rung": "special", "since": date(2023, 6, 1)}
    )
    park.sections["rung"] = park.sections["rung"][:3]
    with pytest.raises(Faulty):
        park.load()
    Title.objects.all().delete()
    park.load()
    assert Rung.objects.filter(retired=False).count() == 3
