"""OPC UA against a real server."""

import asyncio
import threading
import time
from datetime import timedelta
from shutil import copyfile

import pytest
from asyncua import Server, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.truststore import TrustStore
from asyncua.crypto.validator import CertificateValidator, CertificateValidatorOptions
from cryptography.x509.oid import ExtendedKeyUsageOID

from linli.assets.register.models import Asset
from linli.assets.telemetry import directory, opcua, opcua_line, sources, store
from linli.assets.telemetry.models import Refusal, Source, Tag
from linli.clock import now
from linli.people.models import User
from linli.people.scope import scope
from tests.assets.telemetry.broker import free_port, until

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


class Plc:
    """A server with two variables, in a thread with a loop of its own."""

    def __init__(self, files=None):
        self.port, self.files = free_port(), files  # where its certificate lies, if it has one
        self.begin()

    @property
    def address(self):
        return f"opc.tcp://127.0.0.1:{self.port}/plc"

    def begin(self):
        self.loop = asyncio.new_event_loop()
        self.ready, self.ended = threading.Event(), asyncio.Event()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.serve(),))
        self.thread.start()
        assert self.ready.wait(20)

    async def serve(self):
        self.server = server = Server()
        await server.init()
        server.set_endpoint(self.address)
        if self.files is not None:
            await self.secure(server)
        await server.register_namespace("plc")
        async with server:
            folder = await server.nodes.objects.add_object(2, "press")
            self.temp = await folder.add_variable(ua.NodeId("press.temp", 2), "temp", 20.0)
            self.door = await folder.add_variable(ua.NodeId("press.door", 2), "door", False)
            self.ready.set()
            await self.ended.wait()

    async def secure(self, server):
        certificate, key = self.files / "server.der", self.files / "server.pem"
        await server.set_application_uri("urn:plc")
        await setup_self_signed_certificate(
            key, certificate, "urn:plc", "localhost", [ExtendedKeyUsageOID.SERVER_AUTH],
            {"commonName": "plc"},
        )  # fmt: skip
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        await server.load_certificate(str(certificate))
        await server.load_private_key(str(key))
        trust = TrustStore([self.files / "clients"], [])
        await trust.load()
        server.set_certificate_validator(
            CertificateValidator(CertificateValidatorOptions.TRUSTED_VALIDATION
                                 | CertificateValidatorOptions.PEER_CLIENT, trust)
        )  # fmt: skip

    def write(self, value):
        asyncio.run_coroutine_threadsafe(self.temp.write_value(value), self.loop).result(5)

    def keep_history(self):
        kept = self.server.historize_node_data_change(self.temp, period=None, count=100)
        asyncio.run_coroutine_threadsafe(kept, self.loop).result(5)

    def end(self):
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(10)


@pytest.fixture
def plc():
    server = Plc()
    yield server
    server.end()


@pytest.fixture
def worker(plc, press, works):
    source = Source.objects.create(code="plc", name="plc", kind=Source.Kind.OPCUA,
                                   address=plc.address)  # fmt: skip
    Tag.objects.filter(code="press.temp").update(source=source, address="ns=2;s=press.temp")
    Tag.objects.filter(code="press.door").update(source=source, address="ns=2;s=press.door")
    Tag.objects.filter(code="press.load").update(source=source, address="ns=2;s=nothing")
    directory.forget()
    return works()


def newest(code):
    return (found := store.newest([code])) and found[code].value


def test_what_changes_on_the_server_is_stored(plc, worker, follow):
    follow(worker, lambda: newest("press.temp") == 20 and newest("press.door") == 0)

    plc.write(23.5)
    follow(worker, lambda: newest("press.temp") == 23.5)
    plc.write(900.0)
    follow(worker, lambda: Refusal.objects.filter(reason="range").exists())

    (_settings, inlet), *_ = worker.inlets.values()
    assert inlet.error == "no such node: ns=2;s=nothing"


def test_the_line_comes_back_after_the_server_was_away(plc, worker, follow):
    follow(worker, lambda: newest("press.temp") == 20)
    plc.end()
    follow(worker, lambda: [i.state for _s, i in worker.inlets.values()] == ["broken"])

    plc.begin()
    plc.write(25.0)

    until(lambda: worker.turn() is not None and newest("press.temp") == 25, 30)


def test_what_the_server_kept_while_nobody_listened_is_fetched_from_its_history(
    plc, worker, works, follow, monkeypatch
):
    monkeypatch.setattr(opcua, "PAGE", 2)  # as of a server that gives few at once
    plc.keep_history()
    follow(worker, lambda: newest("press.temp") == 20)
    plc.write(21.0)
    follow(worker, lambda: newest("press.temp") == 21)
    worker.stop()

    for value in (22.0, 23.0, 24.0):
        plc.write(value)
        time.sleep(0.01)  # a point is one of its millisecond
    again = works()
    follow(again, lambda: newest("press.temp") == 24)

    def stored():
        hour = timedelta(hours=1)
        return store.read(["press.temp"], now() - hour, now() + hour).values.ravel().tolist()

    follow(again, lambda: stored() == [20, 21, 22, 23, 24])


def test_a_secured_line_needs_certificates_that_both_sides_trust(
    press, works, follow, settings, tmp_path
):
    settings.HOME = tmp_path
    (tmp_path / "clients").mkdir()
    source = Source.objects.create(
        code="plc",
        name="plc",
        kind=Source.Kind.OPCUA,
        address="opc.tcp://127.0.0.1:1/",
        security="Basic256Sha256",
    )
    Tag.objects.filter(code="press.temp").update(source=source, address="ns=2;s=press.temp")
    directory.forget()
    sight = scope(User.objects.get(username="engineer"))
    source.asset = Asset.objects.get(code="P1")
    source.save()
    assert "linli telemetry certificate" in sources.test(source, sight)[1]

    certificate = opcua_line.make()
    assert opcua_line.own()[1].stat().st_mode & 0o077 == 0
    copyfile(certificate, tmp_path / "clients" / "linli.der")
    server = Plc(tmp_path)
    try:
        source.address = server.address
        source.save()
        # What the server shows is kept aside until somebody trusts it.
        answers, told = sources.test(source, sight)
        seen = tmp_path / "opcua" / "seen" / "plc.der"
        assert not answers and opcua_line.fingerprint(seen) in told
        assert seen.read_bytes() == (tmp_path / "server.der").read_bytes()
        (tmp_path / "opcua" / "trusted").mkdir()
        copyfile(certificate, tmp_path / "opcua" / "trusted" / "plc.der")  # another's
        assert not sources.test(source, sight)[0]
        seen.replace(tmp_path / "opcua" / "trusted" / "plc.der")
        answers, told = sources.test(source, sight)
        assert answers, told
        worker = works()
        follow(worker, lambda: newest("press.temp") == 20)
        server.write(31.5)
        follow(worker, lambda: newest("press.temp") == 31.5)
        worker.stop()

        source.security = ""
        assert not sources.test(source, sight)[0], "it is offered nothing in the open"
    finally:
        server.end()
