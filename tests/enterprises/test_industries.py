"""Industries are those of GB/T 4754-2017, and the digital ones those of the NBS of 2021."""

import pytest

from linli.enterprises.industries import (
    digital,
    digital_classes,
    industries,
    industry,
    is_core_digital,
    is_digital_manufacturing,
    is_known,
)


def test_all_sections_and_divisions_are_there():
    codes = list(industries())
    assert [c for c in codes if c.isalpha()] == list("ABCDEFGHIJKLMNOPQRST")
    assert [c for c in codes if len(c) == 2] == [f"{n:02d}" for n in range(1, 98)]


def test_every_class_lies_in_its_division_and_every_name_in_both_languages():
    known = industries()
    for code, found in known.items():
        assert found.name
        assert found.name_en
        if code.isdecimal():
            assert known[code[:2]].section == found.section


def test_a_class_that_is_not_listed_is_called_as_what_it_belongs_to():
    assert industry("3951").name == "电视机制造"
    assert industry("3990").name == "其他电子设备制造"
    assert industry("3641").name == "汽车制造业"


@pytest.mark.parametrize(
    ("code", "category"),
    [("3973", "01"), ("397", "01"), ("39", ""), ("3812", ""), ("3824", "01"), ("6513", "03"),
     ("6431", "04"), ("5177", "02"), ("1811", "")],
)  # fmt: skip
def test_which_classes_are_digital(code, category):
    assert digital(code) == category
    assert is_core_digital(code) == bool(category)
    assert is_digital_manufacturing(code) == (category == "01")


def test_what_is_digital_is_an_industry():
    for code in digital_classes():
        assert is_known(code)


@pytest.mark.parametrize("code", ["", "3", "C", "98", "00", "39510", "3 95"])
def test_what_is_no_industry(code):
    assert not is_known(code)
