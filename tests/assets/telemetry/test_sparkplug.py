"""Sparkplug B against a real broker: births, aliases, gaps, deaths."""

import pytest

from linli import clock
from linli.assets.telemetry import directory, store
from linli.assets.telemetry.models import Node, Refusal, Source
from linli.assets.telemetry.sparkplug.payload import DataType, Payload
from tests.assets.telemetry.broker import until

pytestmark = pytest.mark.django_db
PLACE = "spBv1.0/works/{kind}/edge"


class Edge:
    """An edge node with the press as its device."""

    def __init__(self, broker):
        self.line = broker.publisher("edge")
        self.seq, self.asked = 0, []
        self.line.on_message = lambda _c, _d, message: self.asked.append(message)
        self.line.subscribe("spBv1.0/works/NCMD/edge", 1)

    def send(self, kind, device="", seq=None, metrics=()):
        payload = Payload(timestamp=now_ms(), seq=self.seq if seq is None else seq)
        for metric in metrics:
            payload.metrics.add(**metric)
        topic = PLACE.format(kind=kind) + (f"/{device}" if device else "")
        self.line.publish(topic, payload.SerializeToString(), 1)
        self.seq = (payload.seq + 1) % 256

    def be_born(self):
        self.send("NBIRTH", seq=0, metrics=[{"name": "bdSeq", "long_value": 4}])
        unit = {"keys": ["engUnit"], "values": [{"type": 12, "string_value": "°F"}]}
        self.send("DBIRTH", "press", metrics=[
            {"name": "temp", "alias": 1, "datatype": DataType.DOUBLE, "double_value": 212.0,
             "properties": unit},
            {"name": "load", "alias": 2, "datatype": DataType.INT16, "int_value": 65535},
            {"name": "door", "alias": 3, "datatype": DataType.BOOLEAN, "boolean_value": True},
        ])  # fmt: skip


def now_ms():
    return int(clock.now().timestamp() * 1000)


def newest(code):
    return (found := store.newest([code])) and found[code].value


@pytest.fixture
def worker(mosquitto, press, works, follow):
    directory.forget()
    Source.objects.create(code="edges", name="edges", kind=Source.Kind.SPARKPLUG, host="linli",
                          address=mosquitto.address)  # fmt: skip
    worker = works()
    follow(worker, lambda: any(i.state == "open" for _s, i in worker.inlets.values()))
    return worker


@pytest.fixture
def edge(mosquitto):
    return Edge(mosquitto)


def test_a_birth_names_what_data_calls_by_alias(worker, edge, follow):
    edge.be_born()
    follow(worker, lambda: newest("press.door") == 1)
    assert newest("press.temp") == pytest.approx(100)
    assert newest("press.load") == -1

    edge.send("DDATA", "press", metrics=[{"alias": 2, "int_value": 42}])

    follow(worker, lambda: newest("press.load") == 42)
    assert not edge.asked


def test_a_gap_in_the_numbers_asks_the_node_to_be_born_again(worker, edge, follow):
    edge.be_born()
    edge.send("DDATA", "press", seq=7, metrics=[{"alias": 2, "int_value": 5}])

    follow(worker, lambda: edge.asked)

    command = Payload.FromString(edge.asked[0].payload)
    assert command.metrics[0].name == "Node Control/Rebirth"
    assert command.metrics[0].boolean_value
    assert newest("press.load") == 5


def test_data_without_a_birth_asks_for_it(worker, edge, follow):
    edge.send("DDATA", "press", seq=9, metrics=[{"alias": 2, "int_value": 5}])

    follow(worker, lambda: edge.asked)

    assert newest("press.load") is None or not store.newest(["press.load"])


def test_aliases_outlive_the_worker(worker, edge, works, follow):
    edge.be_born()
    follow(worker, lambda: newest("press.door") == 1)
    worker.stop()
    edge.send("DDATA", "press", metrics=[{"alias": 2, "int_value": 43}])

    follow(works(), lambda: newest("press.load") == 43)


def test_a_death_takes_the_devices_along_but_an_old_will_does_not(worker, edge, follow):
    edge.be_born()
    follow(worker, lambda: newest("press.door") == 1)
    edge.send("NDEATH", metrics=[{"name": "bdSeq", "long_value": 3}])
    edge.send("DDATA", "press", seq=2, metrics=[{"alias": 2, "int_value": 44}])
    follow(worker, lambda: newest("press.load") == 44)
    assert Node.objects.filter(online=True).count() == 2

    edge.send("NDEATH", metrics=[{"name": "bdSeq", "long_value": 4}])

    follow(worker, lambda: not Node.objects.filter(online=True).exists())


def test_what_is_no_sparkplug_is_counted(worker, edge, follow):
    edge.line.publish(PLACE.format(kind="NDATA"), b"\x0a\xff\xff", 1)

    follow(worker, lambda: Refusal.objects.filter(reason="form").exists())


def test_the_host_says_that_it_is_there_and_that_it_leaves(worker, mosquitto, follow):
    heard = []
    line = mosquitto.publisher("listener")
    line.on_message = lambda _c, _d, message: heard.append(message.payload)
    line.subscribe("spBv1.0/STATE/linli", 1)
    follow(worker, lambda: any(b'"online":true' in one for one in heard))

    worker.stop()

    until(lambda: any(b'"online":false' in one for one in heard))
