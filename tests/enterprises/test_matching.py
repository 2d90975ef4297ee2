"""What one enterprise needs is found among what others make, with the words that say so."""

import pytest

from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.enterprises.matching.introduce import introduce
from linli.enterprises.matching.match import likeness, suppliers
from linli.enterprises.matching.models import Need
from linli.enterprises.models import Enterprise
from tests.enterprises.ladders import CULTIVATION
from tests.enterprises.rows import check, code, enterprise, write
from tests.small_town import person


@pytest.fixture
def park(town):
    town.categories.append(dict(CULTIVATION))
    town.load()
    enterprise(1)
    enterprise(2, industry="3451", products=["深沟球轴承"])
    enterprise(3, industry="2231", products=["纸箱"])
    write("enterprise-products", {"enterprise": code(2), "name": "电机专用轴承"})
    write("enterprise-needs", {"enterprise": code(1), "name": "电机轴承", "industry": "345"})
    return Need.objects.get()


def test_the_same_words_are_as_alike_as_can_be_and_others_not_at_all():
    # Of the same two words the cosine is 1; of no common word it is 0.
    same, other = likeness("bearing motor", ["bearing motor", "carton"])
    assert same[0] == pytest.approx(1.0)
    assert set(same[1]) == {"bearing", "motor"}
    assert other == (0.0, [])


def test_one_of_two_equally_rare_words_in_common():
    # Three texts: "bearing" in two, "motor" and "box" in one. With scikit-learn's smoothed
    # weights ln((1 + n) / (1 + df)) + 1: bearing ln(4 / 3) + 1 = 1.2877, motor ln(4 / 2) + 1 =
    # 1.6931. The need is (1.2877, 1.6931), of length 2.1271; the ware is bearing alone: its cosine
    # is 1.2877 / 2.1271 = 0.6053.
    found = likeness("bearing motor", ["bearing", "box"])
    assert found[0] == (pytest.approx(0.6053, abs=1e-4), ["bearing"])


def test_who_could_supply_is_told_with_the_words_in_common(park):
    (found,) = suppliers(park)
    assert found.enterprise.code == code(2)
    assert found.product == "电机专用轴承"
    assert "轴承" in found.words
    assert found.is_industry


def test_an_enterprise_does_not_supply_itself(park):
    write("enterprise-products", {"enterprise": code(1), "name": "电机轴承"})
    assert code(1) not in [one.enterprise.code for one in suppliers(park)]


def test_an_introduction_becomes_one_case(park):
    supplier = Enterprise.objects.get(code=code(2))
    made = introduce(park, supplier, person("builder"))
    assert introduce(park, supplier, person("builder")) == made
    case = Case.objects.get()
    assert case.category.code == "cultivation"
    assert supplier.name in case.title
    with pytest.raises(Refused):
        introduce(park, park.enterprise, person("builder"))
    with pytest.raises(Refused):
        introduce(park, supplier, person("worker"))


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"enterprise": "x"}, "enterprise"),
        ({"name": " "}, "name"),
        ({"industry": "99"}, "industry"),
    ],
)
def test_each_bad_row_is_told_by_its_column(park, values, column):
    good = {"enterprise": code(1), "name": "漆包线", "industry": "3831"}
    assert check("enterprise-needs", good) == ["new"]
    (outcome,) = check("enterprise-needs", good | values)
    assert [wrong.column for wrong in outcome] == [column]
