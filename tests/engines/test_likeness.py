"""The same policy for the same case: differences by hand."""

from decimal import Decimal

from linli.engines.likeness import Case, differences


def case(key, prices=None, money=None, words=()):
    return Case(key, prices or {}, money or {}, frozenset(words))


def test_who_gets_what_all_get_does_not_differ():
    like = [case("a", {"brick": Decimal(900)}), case("b", {"brick": Decimal(900)})]
    assert differences(case("me", {"brick": Decimal(900)}), like, 0.05) == []


def test_an_older_price_differs_by_its_share():
    # Middle of 900, 900, 960 is 900; 945 is 5 % more and still within 5 %, 946 is not.
    like = [case("a", {"brick": Decimal(900)}), case("b", {"brick": Decimal(900)}),
            case("c", {"brick": Decimal(960)})]  # fmt: skip
    assert not differences(case("me", {"brick": Decimal(945)}), like, 0.05)
    (found,) = differences(case("me", {"brick": Decimal(946)}), like, 0.05)
    assert (found.kind, found.name, found.mine, found.middle) == (
        "price",
        "brick",
        Decimal(946),
        Decimal(900),
    )
    assert found.is_more
    assert [key for key, _value in found.like] == ["a", "b", "c"]


def test_money_for_one_alone_differs_and_so_does_money_for_all_but_one():
    alone = differences(case("me", money={"crane": Decimal(20)}), [case("a"), case("b")], 0.05)
    assert [(d.name, d.mine, d.middle, d.is_more) for d in alone] == [
        ("crane", Decimal(20), Decimal(0), True)
    ]
    # Middle of 20, 20, 0 is 20; I get nothing.
    like = [
        case("a", money={"crane": Decimal(20)}),
        case("b", money={"crane": Decimal(20)}),
        case("c"),
    ]
    without = differences(case("me"), like, 0.05)
    assert [(d.mine, d.middle, d.is_more) for d in without] == [(Decimal(0), Decimal(20), False)]


def test_words_count_once_more_than_half_have_them():
    # One of two is not more than half: my having the words differs, my lacking them does not.
    like = [case("a", words={"首选新厂房"}), case("b")]
    (found,) = differences(case("me", words={"首选新厂房"}), like, 0.05)
    assert (found.kind, found.middle) == ("words", Decimal("0.5"))
    assert differences(case("me"), like, 0.05) == []
    # Two of three are: lacking them differs.
    like.append(case("c", words={"首选新厂房"}))
    assert [d.mine for d in differences(case("me"), like, 0.05)] == [Decimal(0)]


def test_a_line_one_does_not_have_says_nothing():
    assert (
        differences(case("me", {"steel": Decimal(700)}), [case("a", {"brick": Decimal(1)})], 0.05)
        == []
    )


def test_another_sum_is_another_difference():
    like = [case("a")]
    (first,) = differences(case("me", money={"crane": Decimal(20)}), like, 0.05)
    (second,) = differences(case("me", money={"crane": Decimal("20.5")}), like, 0.05)
    assert first.what == "money:crane=20"
    assert second.what == "money:crane=20.5"


def test_without_like_cases_nothing_can_differ():
    assert differences(case("me", money={"crane": Decimal(20)}), [], 0.05) == []
