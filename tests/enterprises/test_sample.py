"""The sample register shows what a county reported, if one counts."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from linli import sample
from linli.enterprises.credit_code import is_right
from linli.enterprises.industries import is_core_digital, is_digital_manufacturing, is_known
from linli.enterprises.models import Enterprise, MonthFigures, YearFigures
from linli.packs.loader import load
from linli.people.scope import Scope
from tests.small_town import person

SAMPLE = Path(__file__).parents[2] / "towns" / "pinghu" / "sample"


def rows(name):
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def register():
    return {row["code"]: row for row in rows("enterprises.csv")}


@pytest.fixture(scope="module")
def years(register):
    found = defaultdict(list)
    for row in rows("enterprise-years.csv"):
        if row["above_scale"] == "true":
            found[int(row["year"])].append(
                row | {"industry": register[row["enterprise"]]["industry"]}
            )
    return found


def total(found, figure):
    return sum(float(row[figure] or 0) for row in found)


def test_every_code_and_industry_is_a_right_one(register):
    assert len(register) == 320
    assert all(is_right(code) and is_known(row["industry"]) for code, row in register.items())


def test_enterprises_of_the_digital_economy(years):
    digital = {
        y: [r for r in found if is_core_digital(r["industry"])] for y, found in years.items()
    }
    assert [len(digital[y]) for y in range(2019, 2026)] == [4, 6, 8, 11, 14, 17, 21]
    assert [len(years[y]) for y in range(2019, 2026)] == [52, 54, 56, 59, 62, 65, 68]
    # 4 of 52 are 7.7 %, 21 of 68 are 30.9 %; 35 of 82 (68 and 14 more) would be 42.7 %.
    shares = [len(digital[y]) / len(years[y]) for y in range(2019, 2026)]
    assert shares == sorted(shares)
    assert (round(shares[0], 3), round(shares[-1], 3)) == (0.077, 0.309)


@pytest.mark.parametrize(("year", "share"), [(2019, 1.41), (2025, 22.71)])
def test_core_digital_manufacturing_as_a_share_of_output(years, year, share):
    theirs = [row for row in years[year] if is_digital_manufacturing(row["industry"])]
    assert round(100 * total(theirs, "output") / total(years[year], "output"), 2) == share


def test_the_digital_share_of_industrial_investment(years):
    found = years[2025]
    share = total(found, "digital_investment") / total(found, "fixed_investment")
    assert round(100 * share, 1) == 55.0


@pytest.mark.parametrize(
    "figure", ["capital_raised", "capital_settled", "fixed_investment", "output", "value_added"]
)
def test_four_figures_grew_by_more_than_half_in_the_last_whole_year(years, figure):
    assert total(years[2025], figure) / total(years[2024], figure) > 1.5


def test_months_add_up_to_their_year():
    of_years = {(r["enterprise"], r["year"]): r for r in rows("enterprise-years.csv")}
    sums = defaultdict(float)
    for row in rows("enterprise-months.csv"):
        sums[row["enterprise"], row["month"][:4]] += float(row["output"] or 0)
    for key, row in of_years.items():
        if row["above_scale"] == "true":
            assert sums[key] == pytest.approx(float(row["output"] or 0), abs=0.01)


def test_the_two_that_are_told_of(register, years):
    by_name = {row["name"]: code for code, row in register.items()}
    output = {(r["enterprise"], y): float(r["output"] or 0) for y, f in years.items() for r in f}
    gears, motors = by_name["平湖捷驰传动科技有限公司"], by_name["浙江恒驱电机股份有限公司"]
    # 45 million yuan as a garment plant, over 100 million since; 3.7 billion.
    assert output[gears, 2021] == 4_500
    assert output[gears, 2025] > 10_000
    assert output[motors, 2025] == 370_000


def test_the_sample_goes_in_through_the_door_without_a_fault(db):
    load(SAMPLE.parent)
    taken = sample.bring(SAMPLE.parent, Scope(person("administrator")))
    # The register, and the small ones of the park that is cleared.
    small = len(rows("remediation-enterprises.csv"))
    assert taken["enterprises"] == Enterprise.objects.count() == 320 + small
    assert taken["enterprise-years"] == YearFigures.objects.count()
    assert taken["enterprise-months"] == MonthFigures.objects.count()
    assert "enterprises" not in sample.bring(SAMPLE.parent, Scope(person("administrator")))
