"""The demonstration's own broker, and a real Mosquitto: machines speak to both alike."""

import json
import shutil
import socket
import subprocess
import time

import paho.mqtt.client as mqtt
import pytest

from linli.simulate.plant.broker import LOOPBACK, Broker, free_port
from linli.simulate.plant.publishing import Publisher

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")


def until(is_so, seconds=10.0):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


class Ear:
    """Somebody who listens to all that machines say."""

    def __init__(self, port, name="ear"):
        self.heard = []
        self.is_listening = False
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name)
        self.client.on_connect = lambda client, *_: client.subscribe("linli/#", 1)
        self.client.on_subscribe = lambda *_: setattr(self, "is_listening", True)
        self.client.on_message = lambda _c, _u, m: self.heard.append((m.topic, m.payload))
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async(LOOPBACK, port)
        self.client.loop_start()
        until(lambda: self.is_listening)

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def own():
    broker = Broker(free_port(0))
    yield broker.port
    broker.stop()


@pytest.fixture
def mosquitto(tmp_path):
    port = free_port(0)
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} {LOOPBACK}\nallow_anonymous true\n")
    run = subprocess.Popen([MOSQUITTO, "-c", settings], stderr=subprocess.DEVNULL)

    def is_there():
        with socket.socket() as tried:
            return tried.connect_ex((LOOPBACK, port)) == 0

    until(is_there)
    yield port
    run.terminate()
    run.wait()


@pytest.mark.parametrize("kind", ["own", "mosquitto"])
def test_what_a_machine_says_is_heard(kind, request):
    port = request.getfixturevalue(kind)
    ear, voice = Ear(port), Publisher(port)
    try:
        for n in range(200):
            voice.tell("P1", "P1-L1-M01", 1_773_000_000 + n, {"vibration": 2.5, "running": True})
        until(lambda: len(ear.heard) == 200)
    finally:
        voice.stop()
        ear.stop()

    topic, told = ear.heard[-1]
    assert topic == "linli/P1/P1-L1-M01"
    assert json.loads(told) == {"t": 1773000199000, "v": {"vibration": 2.5, "running": True}}


def test_a_port_that_is_taken_is_left_to_whoever_has_it(own):
    other = Broker(free_port(own))

    assert other.port != own
    other.stop()


def test_a_broker_knows_whether_anybody_listens():
    broker = Broker(free_port(0))
    assert not broker.is_heard("linli")
    ear = Ear(broker.port)
    assert broker.is_heard("linli") and not broker.is_heard("spBv1.0")
    ear.stop()
    until(lambda: not broker.is_heard("linli"))
    broker.stop()


def test_nobody_outside_this_machine_reaches_the_broker(own):
    with socket.socket() as tried:
        assert tried.connect_ex((LOOPBACK, own)) == 0
    outside = socket.gethostbyname(socket.gethostname())
    if not outside.startswith("127."):
        with socket.socket() as tried:
            assert tried.connect_ex((outside, own)) != 0


def test_machines_and_listeners_come_back_to_a_broker_that_was_started_again():
    broker = Broker(free_port(0))
    port = broker.port
    ear, voice = Ear(port), Publisher(port)
    try:
        voice.tell("P1", "M", 1, {"a": 1})
        until(lambda: len(ear.heard) == 1)
        ear.is_listening = False
        broker.stop()
        until(lambda: not voice.is_connected)
        broker = Broker(port)
        until(lambda: voice.is_connected and ear.is_listening, 20)
        voice.tell("P1", "M", 2, {"a": 2})
        until(lambda: len(ear.heard) == 2)
    finally:
        voice.stop()
        ear.stop()
        broker.stop()
