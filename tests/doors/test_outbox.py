"""Messages leave the house once for every step, whatever dies on the way, and say who sent them."""

import hmac
import socket
import threading
from datetime import datetime, time, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from linli import clock
from linli.cases import loop
from linli.doors import outbox, sending
from linli.doors.models import Message, NoticeChoice, Webhook
from linli.doors.sending import NotSent
from linli.people.models import AuditEntry
from tests.cases.conftest import tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")
LOCAL = ["127.0.0.0/8", "::1/128"]


class Receiver:
    """A real HTTP server on this machine that keeps what it gets, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict, bytes]] = []
        self.answers: list[int] = []
        self.location = ""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *told: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_NETS = LOCAL
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def hook(receiver):
    def made(**values):
        given = {"name": "desk", "url": receiver.url, "actions": ["dispatch"], **values}
        return Webhook.objects.create(by=person("administrator"), at=clock.now(), **given)

    return made


class Post:
    """Keeps letters, and refuses them while it is told to."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []
        self.refuses = 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (the library's name)
        if self.refuses:
            self.refuses -= 1
            return "451 come back later"
        self.letters.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"


@pytest.fixture
def post(settings):
    """Run a real mail server on this machine."""
    handler = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.SITE_URL = "https://town.example"
    yield handler
    controller.stop()


def wants(username="warden", **values):
    given = {"address": f"{username}@town.example", "confirmed": True, "actions": ["dispatch"],
             "language": "en", **values}  # fmt: skip
    return NoticeChoice.objects.create(user=person(username), **given)


def later(**much):
    return clock.at(clock.now() + timedelta(**much))


# --- webhooks ---------------------------------------------------------------------------------


def test_a_step_is_told_with_a_signature_that_can_be_checked(receiver, hook):
    secret = hook().secret
    case = tell("桥头占道")
    outbox.deliver()

    ((headers, body),) = receiver.got
    moment, signed = (part[2:] for part in headers["Linli-Signature"].split(",", 1))
    wanted = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    assert signed.removeprefix("=") == wanted
    assert headers["Linli-Event"] == "dispatch" and case.code in body.decode()


def test_nobody_is_named_in_what_is_told(receiver, hook):
    hook(actions=[])
    case = tell("桥头占道", reporter=person("resident"), author="林晓荷", contact="13800000000")
    loop.act(case, "accept", person("officer"))
    outbox.deliver()

    told = b"".join(body for _headers, body in receiver.got).decode()
    assert "accept" in told
    assert not any(word in told for word in ("13800000000", "林晓荷", "吴立", "officer"))


def test_a_webhook_hears_of_its_steps_and_categories_only(receiver, hook):
    hook(actions=["dispatch"], categories=["order"])
    hook(name="lights", actions=["dispatch"], categories=["lights"])
    tell("桥头占道", category="stalls")
    outbox.deliver()

    assert [m.webhook.name for m in Message.objects.all()] == ["desk"]


def test_what_is_taken_back_is_never_told(receiver, hook):
    hook()
    with transaction.atomic():
        tell("桥头占道")
        transaction.set_rollback(True)

    outbox.deliver()
    assert not Message.objects.exists() and not receiver.got


def test_what_did_not_arrive_is_sent_again_under_the_same_key(receiver, hook):
    hook()
    receiver.answers = [500]
    tell("桥头占道")
    outbox.deliver()
    assert outbox.deliver() == 0, "not before its time"
    message = Message.objects.get()
    assert message.state == "waiting" and "500" in message.error

    with later(minutes=1):
        outbox.deliver()

    message.refresh_from_db()
    assert (message.state, message.tries, message.error) == ("sent", 2, "")
    keys = {headers["Idempotency-Key"] for headers, _body in receiver.got}
    assert len(receiver.got) == 2 and keys == {message.key}


def test_the_waits_grow_and_after_ten_tries_it_is_given_up_and_shown(receiver, hook, enter):
    made = hook()
    receiver.answers = [503] * outbox.TRIES
    tell("桥头占道")
    waits, moment = [], clock.now()
    for _try in range(outbox.TRIES):
        with clock.at(moment):
            outbox.deliver()
            message = Message.objects.get()
            waits.append(message.next_at - moment)
            moment = message.next_at
    assert message.state == "given-up" and waits[1] == 2 * waits[0] and waits[4] == 16 * waits[0]
    page = enter("administrator").get(f"/settings/webhooks/{made.pk}/")
    assert "The receiver answered 503" in page.text

    enter("administrator").post(f"/settings/messages/{message.pk}/again/")
    outbox.deliver()
    assert Message.objects.get().state == "sent"


def test_a_worker_that_dies_before_sending_leaves_it_to_the_next(receiver, hook):
    hook()
    tell("桥头占道")
    outbox._claim()  # and dies
    assert outbox.deliver() == 0 and not receiver.got

    with later(minutes=11):
        outbox.deliver()
        outbox.deliver()
    assert len(receiver.got) == 1


def test_two_workers_never_hold_the_same_message(receiver, hook):
    hook()
    for n in range(5):
        tell(f"第{n}盏路灯不亮", category="stalls", lon=121.005 + n * 0.006)

    first, second = outbox._claim(), outbox._claim()

    assert len(first) >= 1 and not second


def test_one_failure_holds_up_what_follows_to_the_same_address_and_nothing_else(receiver, hook):
    hook(name="a", url="http://127.0.0.1:9/none")
    hook(name="b")
    tell("桥头占道")
    tell("河边垃圾", category="rubbish", lon=121.03)
    outbox.deliver()

    lost = Message.objects.filter(webhook__name="a").order_by("id")
    assert [m.tries for m in lost] == [1, 0] and len({m.next_at for m in lost}) == 1
    assert len(receiver.got) == 2


def test_redirects_are_not_followed(receiver, hook):
    other = Receiver()
    receiver.answers, receiver.location = [302], other.url
    hook()
    tell("桥头占道")
    outbox.deliver()

    assert not other.got and "302" in Message.objects.get().error
    other.close()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://10.1.2.3/", "http://169.254.169.254/",
     "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://2130706433/",
     "ftp://example.com/", "http://user@example.com/", "file:///etc/passwd"],
)  # fmt: skip
def test_the_towns_own_network_is_out_of_reach_unless_the_operator_says_so(url):
    with pytest.raises(NotSent):
        sending.address_of(url)


def test_the_operator_may_open_a_private_network(settings):
    settings.WEBHOOK_NETS = ["10.0.0.0/8"]

    assert sending.address_of("http://10.1.2.3/hook") == "10.1.2.3"


def test_only_administrators_of_the_town_keep_webhooks(enter, receiver):
    given = {"name": "desk", "url": receiver.url, "active": "on"}
    for role in ("dispatcher", "officer", "resident"):
        assert enter(role).post("/settings/webhooks/", given).status_code == 403

    page = enter("administrator").post("/settings/webhooks/", given, follow=True)

    hook = Webhook.objects.get()
    assert hook.secret in page.text
    entry = AuditEntry.objects.get(action="webhook-added")
    assert hook.secret not in str(entry.changes) and entry.by == person("administrator")


def test_a_webhook_is_removed_with_what_waits_for_it(enter, hook):
    made = hook()
    tell("桥头占道")
    enter("administrator").post(f"/settings/webhooks/{made.pk}/remove/")

    assert not Message.objects.exists() and not Webhook.objects.exists()


# --- e-mail -----------------------------------------------------------------------------------


def test_a_person_is_told_by_letter_of_what_they_chose(post):
    wants()
    case = tell("桥头占道摆摊，张三家门口")
    outbox.deliver()

    ((to, content),) = post.letters
    text = content.decode()
    assert to == ["warden@town.example"]
    assert f"https://town.example/cases/{case.code}/" in text and "张三" not in text


def test_a_letter_the_server_refuses_is_sent_again(post):
    wants()
    post.refuses = 1
    tell("桥头占道")
    outbox.deliver()
    assert not post.letters

    with later(minutes=1):
        outbox.deliver()
    assert len(post.letters) == 1 and Message.objects.get().tries == 2


def test_nobody_gets_a_letter_at_an_address_they_did_not_confirm(post):
    wants(confirmed=False)
    wants("elder", actions=[])
    tell("桥头占道")

    assert not Message.objects.exists()


def test_an_address_is_confirmed_by_the_letter_that_went_there(post, enter):
    client = enter("worker")
    client.post("/settings/notices/", {"address": "w@town.example", "actions": ["dispatch"],
                                       "pace": "at-once"})  # fmt: skip
    outbox.deliver()
    ((to, content),) = post.letters
    token = Message.objects.get().payload["confirm"]
    assert to == ["w@town.example"] and b"confirm" in content

    enter("officer").post(f"/settings/notices/confirm/{token}/")
    assert not NoticeChoice.objects.get(user=person("worker")).confirmed
    client.post(f"/settings/notices/confirm/{token}/")
    assert NoticeChoice.objects.get(user=person("worker")).confirmed


def test_another_address_must_be_confirmed_anew(post, enter):
    wants("worker")
    enter("worker").post("/settings/notices/", {"address": "x@else.example", "pace": "daily"})

    choice = NoticeChoice.objects.get()
    assert (choice.address, choice.confirmed) == ("x@else.example", False)


def at(hour, minute=0):
    return datetime(2026, 3, 10, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("values", "moment", "wanted"),
    [
        ({}, at(9, 30), at(9, 30)),
        ({"pace": "hourly"}, at(9, 30), at(10)),
        ({"pace": "daily"}, at(9, 30), at(8) + timedelta(days=1)),
        ({"quiet_from": time(22), "quiet_until": time(7)}, at(23), at(7) + timedelta(days=1)),
        ({"quiet_from": time(22), "quiet_until": time(7)}, at(3), at(7)),
        ({"quiet_from": time(22), "quiet_until": time(7)}, at(12), at(12)),
        ({"quiet_from": time(12), "quiet_until": time(14)}, at(13), at(14)),
        ({"pace": "hourly", "quiet_from": time(10), "quiet_until": time(11, 30)}, at(9, 30),
         at(11, 30)),
    ],
)  # fmt: skip
def test_letters_come_when_they_are_wanted(values, moment, wanted):
    assert outbox.when(NoticeChoice(user=person("warden"), **values), moment) == wanted


def test_what_gathered_in_quiet_hours_comes_in_one_letter(post):
    wants(quiet_from=time(8), quiet_until=time(10))
    first = tell("桥头占道")
    second = tell("河边垃圾", category="rubbish", lon=121.03)
    assert outbox.deliver() == 0

    with later(hours=1, minutes=1):
        outbox.deliver()

    ((_to, content),) = post.letters
    assert first.code in content.decode() and second.code in content.decode()
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_what_arrived_a_month_ago_is_forgotten(receiver, hook):
    hook()
    tell("桥头占道")
    outbox.deliver()
    with later(days=31):
        outbox.sweep()

    assert not Message.objects.exists()
