"""Unified social credit codes are told right from wrong by their check digit."""

import pytest

from linli.enterprises.credit_code import check_digit, is_right, plain


def test_the_check_digit_as_worked_out_by_hand():
    # Sixteen zeros and a 1 in the 17th place: its weight is 3^16 mod 31.
    # 3^1 = 3, 3^2 = 9, 3^4 = 81 = 19, 3^8 = 361 = 20, 3^16 = 400 = 28 (mod 31).
    # 31 - 28 = 3.
    assert check_digit("0" * 16 + "1") == "3"


def test_nothing_but_zeros_has_zero():
    # The sum is 0; 31 - 0 = 31, which the standard writes as 0.
    assert check_digit("0" * 17) == "0"


def test_a_letter_counts_as_its_place_in_the_alphabet():
    # J is the 18th after 0 to 9 and A to H: 10 + 8 = 18, in the first place, of weight 1.
    # 31 - 18 = 13, and 13 is D.
    assert check_digit("J" + "0" * 16) == "D"


def test_the_code_that_the_standard_gives_as_an_example():
    assert is_right("91350100M000100Y43")


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y44", "91350100M000010Y43", "9135010M0000100Y43", "91350100M000100YO3", ""],
)
def test_mistyped_ones_are_not_right(code):
    assert not is_right(code)


def test_one_wrong_character_never_passes():
    right = "91350100M000100Y43"
    for place in range(18):
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            wrong = right[:place] + character + right[place + 1 :]
            assert is_right(wrong) == (wrong == right)


def test_blanks_and_small_letters_are_no_mistake():
    assert plain(" 91350100 m000100y43\n") == "91350100M000100Y43"
