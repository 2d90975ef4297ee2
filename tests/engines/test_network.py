"""What waits for what is placed in time; the longest chain has no leeway."""

import pytest

from linli.engines.network import Circle, Task, order, plan

#   a (0–5) → b (5–8) ─┐
#   a → c (5–6)        ├→ d: after b and, with 4 days between, after c: max(8, 6 + 4) = 10 – 12
#   e (1–2) stands alone: may end on day 12 at the latest, so it has 10 days of leeway
#   c can end no later than 10 − 4 = 6: none. b can end on day 10: 2 days. a: min(8 − … ) below.
TASKS = {"a": Task(0, 5), "b": Task(0, 3), "c": Task(2, 1), "d": Task(0, 2), "e": Task(1, 1)}
LINKS = [("b", "a", 0), ("c", "a", 0), ("d", "b", 0), ("d", "c", 4)]


def test_tasks_are_placed_after_what_they_wait_for():
    placed = plan(TASKS, LINKS)
    assert {key: (at.start, at.end) for key, at in placed.items()} == {
        "a": (0, 5), "b": (5, 8), "c": (5, 6), "d": (10, 12), "e": (1, 2),
    }  # fmt: skip


def test_slack_is_what_may_be_lost_without_delaying_the_end():
    # a must end by min(10 − 3, 6 − 1) = 5, which it does.
    placed = plan(TASKS, LINKS)
    assert {key: at.slack for key, at in placed.items()} == {
        "a": 0, "b": 2, "c": 0, "d": 0, "e": 10,
    }  # fmt: skip
    assert [key for key, at in placed.items() if at.is_critical] == ["a", "c", "d"]


def test_a_task_begins_no_sooner_than_it_is_planned():
    # f is planned from day 7 though a has ended on day 5; so a may be 2 days late for it.
    placed = plan({"a": Task(0, 5), "f": Task(7, 3)}, [("f", "a", 0)])
    assert placed["f"].start == 7 and placed["f"].is_critical
    assert placed["a"].slack == 2


def test_what_waits_for_itself_is_named():
    with pytest.raises(Circle) as circle:
        order(["a", "b", "c"], [("a", "b", 0), ("b", "a", 0), ("c", "a", 0)])
    assert circle.value.keys == ["a", "b", "c"]


def test_links_to_what_is_not_there_are_left_aside():
    assert plan({"a": Task(3, 1)}, [("a", "gone", 5)])["a"].start == 3


def test_nothing_to_place():
    assert plan({}, []) == {}
