"""What one enterprise needs is found among what others make, with the words that say so."""

import pytest

from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.enterprises.matching import keeping
from linli.enterprises.matching.introduce import introduce
from linli.enterprises.matching.match import Market, Ware
from linli.enterprises.matching.models import Need, Supply
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


def suppliers(need):
    """Return who could supply, once the worker has looked."""
    keeping.refresh()
    return list(Supply.objects.filter(need=need))


def alike(need, *wares):
    """Return how alike a need is to each ware, and the words in common."""
    market = Market([Ware(n, name) for n, name in enumerate(wares)])
    ((found, row),) = market.alike([need])
    return [(float(score), market.common(row, at)) for at, score in enumerate(found)]


def test_the_same_words_are_as_alike_as_can_be_and_others_not_at_all():
    # Of the same two words the cosine is 1; of no common word it is 0.
    same, other = alike("bearing motor", "bearing motor", "carton")
    assert same[0] == pytest.approx(1.0)
    assert set(same[1]) == {"bearing", "motor"}
    assert other == (0.0, [])


def test_a_word_weighs_the_more_the_fewer_wares_have_it():
    # Two wares, of which one has "bearing" and none "motor": bearing weighs ln(3 / 2) + 1 =
    # 1.4055, motor ln(3 / 1) + 1 = 2.0986. The need is (1.4055, 2.0986), of length 2.5257; the
    # ware is bearing alone: the cosine is 1.4055 / 2.5257 = 0.5565.
    first, second = alike("bearing motor", "bearing", "box")
    assert first == (pytest.approx(0.5565, abs=1e-4), ["bearing"])
    assert second == (0.0, [])


def test_who_could_supply_is_told_with_the_words_in_common(park):
    (found,) = suppliers(park)
    assert found.supplier.code == code(2)
    assert found.product == "电机专用轴承"
    assert "轴承" in found.words
    assert found.is_industry


def test_an_enterprise_does_not_supply_itself(park):
    write("enterprise-products", {"enterprise": code(1), "name": "电机轴承"})
    assert code(1) not in [one.supplier.code for one in suppliers(park)]


def test_the_ware_most_alike_stands_for_an_enterprise_and_the_industry_counts_a_fifth(park):
    write("enterprise-products", {"enterprise": code(3), "name": "轴承", "industry": "2231"})
    first, second = suppliers(park)
    # The wares are 深沟球轴承, 纸箱, 电机专用轴承 and 轴承. That of the second enterprise which
    # has both words of the need is the likest; a fifth of all is for being of the industry (345).
    assert (first.supplier.code, first.product, first.is_industry) == (
        code(2),
        "电机专用轴承",
        True,
    )
    assert (second.supplier.code, second.product, second.is_industry) == (code(3), "轴承", False)
    assert second.likeness < 0.8


def test_what_is_kept_follows_what_is_written(park):
    keeping.refresh()
    assert keeping.refresh() == 0
    write("enterprise-products", {"enterprise": code(3), "name": "电机轴承"})
    # The very words of the need: 0.8 without the industry; the other has one word more.
    assert [one.supplier.code for one in suppliers(park)] == [code(3), code(2)]
    write("enterprises", {"code": code(2), "status": "gone"})
    assert [one.supplier.code for one in suppliers(park)] == [code(3)]
    kept = list(Supply.objects.values_list("need", "supplier", "product", "words", "likeness"))
    Supply.objects.all().delete()
    keeping.keep()
    fields = ("need", "supplier", "product", "words", "likeness")
    assert list(Supply.objects.values_list(*fields)) == kept


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
