"""Jobs beside the worker: one that fails keeps no other from being done."""

from linli import beside


def test_a_task_that_fails_keeps_no_other_from_being_done(caplog):
    done = []

    def fails():
        raise ValueError("no such figure")

    beside.take_turn("ponder", [lambda: done.append("before"), fails, lambda: done.append("after")])

    assert done == ["before", "after"]
    assert "ponder stumbled" in caplog.text and "no such figure" in caplog.text
