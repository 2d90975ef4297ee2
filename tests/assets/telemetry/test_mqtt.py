"""Plain JSON over a real broker: stored, then acknowledged."""

import json
import time

import pytest

from linli import clock
from linli.assets.telemetry import directory, journal, store
from linli.assets.telemetry.models import Line, Refusal, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(mosquitto, press):
    directory.forget()
    return Source.objects.create(
        code="hall", name="车间", kind=Source.Kind.MQTT, address=mosquitto.address
    )


def newest(code):
    return (found := store.newest([code])) and found[code].value


def is_open(source):
    return lambda: any(
        inlet.state == Line.State.OPEN for _settings, inlet in source.inlets.values()
    )


def now_ms():
    return int(clock.now().timestamp() * 1000)


def test_a_message_becomes_points(mosquitto, source, works, follow):
    worker = works()
    follow(worker, is_open(worker))
    machine, at = mosquitto.publisher(), now_ms()
    machine.publish("linli/works/press/temp", "21.5", 1)
    told = {"t": [at - 2, at - 1], "v": {"load": [1, 2.5], "door": [True, False]}}
    machine.publish("linli/works/press", json.dumps(told), 1)

    follow(worker, lambda: newest("press.temp") == 21.5 and newest("press.load") == 2.5)

    assert newest("press.door") == 0.0
    worker.write_lines()
    line = Line.objects.get()
    assert (line.state, line.points) == (Line.State.OPEN, 5)


def test_what_comes_while_the_worker_is_away_is_not_lost(mosquitto, source, works, follow):
    worker = works()
    follow(worker, is_open(worker))
    worker.stop()
    machine, at = mosquitto.publisher(), now_ms()
    for number in range(500):
        told = json.dumps({"t": at + number, "v": number})
        machine.publish("linli/works/press/load", told, 1).wait_for_publish(5)

    worker = works()
    follow(worker, lambda: newest("press.load") == 499)

    span = clock.now().replace(year=2000), clock.now().replace(year=2100)
    assert len(store.read(["press.load"], *span)) == 500


def test_a_message_that_was_not_stored_comes_again(mosquitto, source, works, follow, monkeypatch):
    worker = works()
    follow(worker, is_open(worker))
    append, failed = journal.append, []

    def full(*args):
        if not failed:
            failed.append(True)
            raise OSError("no space left on device")
        append(*args)

    monkeypatch.setattr(journal, "append", full)
    monkeypatch.setattr("linli.assets.telemetry.worker.SOURCES_S", 0.2)
    mosquitto.publisher().publish("linli/works/press/load", "7", 1)

    follow(worker, lambda: newest("press.load") == 7)

    assert failed
    assert "no space" in Line.objects.get().error


def test_the_worker_comes_back_after_a_broker_has_restarted(mosquitto, source, works, follow):
    worker = works()
    follow(worker, is_open(worker))
    mosquitto.stop()
    follow(worker, lambda: not is_open(worker)())
    mosquitto.start()
    mosquitto.publisher().publish("linli/works/press/load", "3", 1)

    follow(worker, lambda: newest("press.load") == 3)


def test_nothing_bad_stops_what_is_good(mosquitto, source, works, follow):
    worker = works()
    follow(worker, is_open(worker))
    machine, at = mosquitto.publisher(), now_ms()
    bad = (
        b"\xff\xfe", b"{", b"[1, 2", b'{"v": {"temp": "warm"}}', b'{"v": {"temp": NaN, "load": 4}}',
        b'{"t": "yesterday", "v": {"temp": 1}}', b'{"t": [1, 2], "v": {"temp": [1]}}',
        b'{"v": {"temp": 1, "u": 2, "temp": [[]]}}', b"7", b'{"v": {"nothing": 1}}',
        b'{"t": 4102444800000, "v": {"temp": 1}}', b'{"v": {"load": true}}',
    )  # fmt: skip
    for payload in bad:
        machine.publish("linli/works/press", payload, 1)
    machine.publish("linli/press", b"1", 1)
    machine.publish("linli/works/press/temp", json.dumps({"t": at, "v": 300, "u": "°F"}), 1)
    machine.publish("linli/works/press/load", json.dumps({"t": at, "v": 1, "u": "kg"}), 1)
    machine.publish("linli/works/press/door", "true", 1)

    follow(worker, lambda: newest("press.door") == 1)

    assert newest("press.temp") == pytest.approx(148.889, abs=0.001)
    assert newest("press.load") == 4
    reasons = set(Refusal.objects.values_list("tag__code", "reason"))
    assert reasons >= {
        ("press.temp", "type"), ("press.temp", "nan"), ("press.temp", "future"),
        ("press.load", "unit"), ("press.load", "type"), (None, "form"), (None, "unknown"),
    }  # fmt: skip


def test_a_source_that_does_not_answer_holds_up_no_other(mosquitto, source, works, follow):
    Source.objects.create(code="gone", name="gone", kind=Source.Kind.MQTT,
                          address="mqtt://127.0.0.1:9")  # fmt: skip
    Source.objects.create(code="odd", name="odd", kind=Source.Kind.MQTT, address="http://x")
    worker = works()
    follow(worker, is_open(worker))
    begun = time.monotonic()
    mosquitto.publisher().publish("linli/works/press/load", "9", 1)

    follow(worker, lambda: newest("press.load") == 9)

    assert time.monotonic() - begun < 5
    worker.write_lines()
    states = dict(Line.objects.values_list("source__code", "state"))
    assert states == {"hall": "open", "gone": "broken", "odd": "broken"}
