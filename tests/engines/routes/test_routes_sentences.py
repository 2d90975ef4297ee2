"""Sentences of the engine are found again in what it said, so that they can be translated."""

import string

import pytest
from small_routes import HOUR, line, order, quick, town, van

from linli.engines.routes import sentences
from linli.engines.routes.drawing import planned
from linli.engines.routes.problem import DELIVERY


@pytest.mark.parametrize("sentence", sentences.FOUND)
def test_each_sentence_is_found_again_whatever_stands_in_it(sentence):
    parts = {part for _, part, _, _ in string.Formatter().parse(sentence) if part}
    given = {part: f"某{at}" for at, part in enumerate(sorted(parts))}

    assert sentences.parted(sentence.format(**given)) == (sentence, given)


def test_what_the_engine_never_says_stays_as_it_is():
    assert sentences.parted("good morning") == ("good morning", {})


def test_all_that_a_plan_says_is_known():
    full = town(line(0, 10, 20), [order("10", "a"), order("10", "b"), order("5", "c")],
                van(capacities={"box": 1}), van("v", "nowhere"))  # fmt: skip
    drawn = planned(
        town(line(0, 10), [order("10", "a", at=[(7, 8)]), order("10", "b")],
             van(capacities={"box": 1}, shift=(8 * HOUR, 8 * HOUR + 60))),
        {"van": [("a", DELIVERY), ("b", DELIVERY)]},
    )  # fmt: skip

    plan = quick(full)

    told = [each.detail for each in (*plan.left_out, *plan.faults)]
    told += drawn.routes[0].broken
    assert len(told) >= 6
    assert [words for words in told if sentences.parted(words)[0] not in sentences.FOUND] == []
