import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.gs1 import Kind, NoKey, check_digit, gtin14, has_check_digit, key


@pytest.mark.parametrize(
    ("written", "uri", "kind"),
    [
        ("urn:epc:id:sgtin:4012345.011111.9876", "01/04012345111118/21/9876", Kind.ITEM),
        ("urn:epc:class:lgtin:4012345.012345.998877", "01/04012345123456/10/998877", Kind.LOT),
        ("urn:epc:id:sscc:4012345.0111111111", "00/040123451111111110", Kind.UNIT),
        ("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054", Kind.PLACE),
        ("urn:epc:id:sgln:4012345.00005.a%2Fb", "414/4012345000054/254/a%2Fb", Kind.PLACE),
        ("urn:epc:id:pgln:4012345.00002", "417/4012345000023", Kind.PARTY),
        ("urn:epc:id:grai:4012345.01234.88", "8003/0401234501234788", Kind.RETURNABLE),
        ("urn:epc:id:giai:4012345.abc", "8004/4012345abc", Kind.ASSET),
        ("urn:epc:id:gdti:4012345.00002.12", "253/401234500002312", Kind.DOCUMENT),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "01/04012345111118", Kind.CLASS),
    ],
)
def test_an_epc_uri_and_its_digital_link_are_the_same_thing(written, uri, kind):
    link = f"https://shop.example/products/{uri}?17=261231"

    assert key(written) == key(link)
    assert key(written).uri == f"https://id.gs1.org/{uri}"
    assert key(written).kind == kind


def test_a_gtin_is_the_same_with_8_12_13_or_14_figures():
    assert gtin14("4012345111118") == "04012345111118" == gtin14("04012345111118")
    assert key("https://id.gs1.org/01/4012345111118/10/A") == key(
        "https://id.gs1.org/gtin/04012345111118/lot/A"
    )


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("https://id.gs1.org/01/04012345111119/10/A", "the check digit should be 8"),
        ("https://id.gs1.org/414/401234500005", "13 figures are needed"),
        ("urn:epc:id:sgtin:4012345.01111.1", "13 figures together"),
        ("urn:epc:id:sgtin:4012345.011111", "3 parts"),
        ("urn:epc:class:lgtin:4012345.012345.AAAAAAAAAAAAAAAAAAAAA", "1 to 20 characters"),
        ("urn:epc:id:sgtin:4012345.011111.ä", "not allowed"),
    ],
)
def test_a_key_that_is_none_says_why(written, why):
    with pytest.raises(NoKey, match=why):
        key(written)


@given(st.text("0123456789", min_size=7, max_size=17))
def test_one_wrong_figure_never_goes_unnoticed(digits):
    whole = digits + check_digit(digits)
    wrong = whole[:3] + str((int(whole[3]) + 1) % 10) + whole[4:]

    assert has_check_digit(whole)
    assert not has_check_digit(wrong)


def test_what_is_no_key_of_gs1_is_taken_as_it_stands():
    for text in ("urn:uuid:1", "https://example.com/shop", "urn:epc:id:gid:1.2.3"):
        assert key(text).uri == text or key(text).kind == Kind.OTHER
