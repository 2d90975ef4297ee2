"""What texts are filed under, and what a question asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.text import question, terms


def test_every_character_begins_a_term():
    assert terms("路灯不亮") == ["路灯", "灯不", "不亮", "亮"]


def test_other_scripts_are_filed_by_whole_words_in_lower_case():
    assert terms("Bus-stop 12路 ＡＢＣ") == ["bus", "stop", "12", "路", "abc"]


def test_a_question_is_cut_into_words():
    asked = question("河边的路灯")

    assert asked.whole == ("河边", "路灯")
    assert asked.words == ("河边", "路灯")


def test_characters_the_segmenter_leaves_alone_are_asked_for_together():
    assert question("占道").whole == ("占道",)
    assert question("桥头占道").whole == ("桥头", "占道")


def test_words_that_only_hold_a_sentence_together_count_where_nothing_else_is_asked():
    assert question("的").beginnings == ("的",)


def test_latin_words_are_asked_for_by_their_beginning():
    assert question("Street ligh").beginnings == ("street", "ligh")


@pytest.mark.parametrize("quotes", ['"%s"', "“%s”", "「%s」"])
def test_what_is_quoted_is_asked_for_as_it_stands(quotes):
    asked = question(quotes % "停车位不够")

    assert asked.phrases == ("停车 车位 位不 不够",)
    assert asked.words == ("停车位不够",)


@given(st.text())
def test_terms_hold_nothing_that_means_anything_to_a_database(text):
    asked = question(text)
    for term in (*terms(text), *asked.whole, *asked.beginnings, *asked.phrases):
        assert not set(term) & set("'\"*:&|!<>()\\%_\0-+^")


@given(st.text(alphabet="路灯不亮停车位ab1 ，", max_size=30), st.data())
def test_any_part_of_a_text_finds_it(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    filed = terms(text)
    asked = question(part)
    chinese = [b for b in asked.beginnings if not b.isascii()]

    assert all(term in filed for term in asked.whole)
    assert all(any(term.startswith(b) for term in filed) for b in chinese)
