"""The clock of a demonstration: a file that all processes follow."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from linli import clock

MORNING = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.HOME = tmp_path / "home"
    return settings.HOME / "clock.json"


def passed(seconds: float) -> timedelta:
    """Return how far the town's clock goes in so many seconds of the wall."""
    first, began = clock.now(), time.time()
    while time.time() - began < seconds:
        time.sleep(0.01)
    return clock.now() - first


def settled() -> None:
    time.sleep(clock.SETTLES_S + 0.05)


def test_without_a_file_it_is_the_walls_time(demo):
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert clock.pace() is None


def test_it_starts_where_it_is_told_and_runs_as_fast_as_it_is_told(demo):
    clock.start(MORNING, speed=600)

    assert timedelta(0) <= clock.now() - MORNING < timedelta(minutes=1)
    assert timedelta(seconds=60) <= passed(0.2) < timedelta(seconds=300)


def test_it_stands_still_while_paused_and_runs_on_as_fast_as_before(demo):
    clock.start(MORNING, speed=60)
    clock.pause()
    settled()
    assert passed(0.1) == timedelta(0) and clock.pace().paused

    clock.resume()
    settled()
    assert passed(0.1) >= timedelta(seconds=5) and clock.pace().speed == 60


def test_it_never_goes_backwards_whatever_is_done_to_it(demo):
    clock.start(MORNING, speed=600)
    seen = [clock.now()]
    for change in (clock.pause, lambda: clock.run(1), lambda: clock.run(600), clock.pause,
                   clock.resume, lambda: clock.run(5)) * 3:  # fmt: skip
        change()
        for _ in range(20):
            seen.append(clock.now())
            time.sleep(0.002)

    assert seen == sorted(seen)


def test_a_speed_beyond_its_limits_is_the_limit(demo):
    clock.start(MORNING, speed=60)
    clock.run(1e9)
    assert clock.pace().speed == clock.FASTEST
    clock.run(0)
    assert clock.pace().speed == clock.SLOWEST


def test_what_is_awaited_from_a_process_is_awaited_by_the_walls_clock(demo):
    assert clock.lasting(15) == timedelta(seconds=15)
    clock.start(MORNING, speed=60)
    assert clock.lasting(15) == timedelta(minutes=15)
    clock.pause()
    assert clock.lasting(15) == timedelta(seconds=15)


def test_another_process_follows_within_a_moment(demo):
    clock.start(MORNING, speed=1)
    code = (
        "import sys, django; django.setup()\n"
        "from linli import clock\n"
        "for line in sys.stdin: print(clock.now().timestamp(), flush=True)\n"
    )
    environment = {
        **os.environ, "LINLI_HOME": str(demo.parent), "LINLI_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "linli.settings",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip

        def asked() -> float:
            other.stdin.write("\n")
            other.stdin.flush()
            return float(other.stdout.readline())

        assert abs(asked() - clock.now().timestamp()) < 2
        clock.run(600)
        settled()
        time.sleep(0.5)
        shown = clock.now().timestamp()
        assert abs(asked() - shown) < 60 and shown - MORNING.timestamp() > 200
        other.stdin.close()


def test_outside_a_demonstration_no_file_is_read_and_none_written(settings, tmp_path):
    settings.DEMO = False
    settings.HOME = tmp_path
    told = {"real": 0, "shown": 0, "speed": 600, "paused": False, "before": 600}
    (tmp_path / "clock.json").write_text(json.dumps(told))

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    with pytest.raises(RuntimeError):
        clock.pause()


def test_a_broken_file_changes_nothing(demo):
    clock.start(MORNING, speed=1)
    demo.write_text('{"real": ')
    time.sleep(clock.LOOK_EVERY_S + 0.1)

    assert clock.now() - MORNING < timedelta(seconds=30)
