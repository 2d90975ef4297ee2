"""Carry one message out of the house: by SMTP, or by HTTP to another system.

Receivers are named by people and may be anything, so nothing they answer is believed: redirects
are not followed, and an address inside the town's own network is reached only if the operator
allows it (`LINLI_WEBHOOK_NETS`).
"""

import hmac
import smtplib
import socket
import time
from collections.abc import Sequence
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import httpx
import orjson
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.cases.timeline import done
from linli.doors.models import Message
from linli.places.town import NoTown, the_town

TIMEOUT_S = 10.0
PORTS = {"http": 80, "https": 443}


class NotSent(Exception):
    """A message that did not arrive, and why: one of `FAULTS` of the models, and a detail."""

    def __init__(self, kind: str, detail: object) -> None:
        super().__init__(f"{kind} {detail}"[:300])


# --- webhooks --------------------------------------------------------------------------------


def address_of(url: str) -> str:
    """Return the address of the host a webhook goes to, after seeing that it may be reached.

    The very address that was looked at is the one connected to: a name that is asked for twice
    could answer differently the second time.

    Raises
    ------
    NotSent
        If the URL is none of http or https, its host is not known, or it lies where no webhook
        may go.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username:
        raise NotSent("url", url[:120])
    try:
        port = parts.port or PORTS[parts.scheme]
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError) as error:
        raise NotSent("unknown", parts.hostname) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not _may_be_reached(ip_address(address)):
            raise NotSent("private", address)
    return addresses[0]


def _may_be_reached(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_global and not address.is_multicast:
        return True
    return any(address in ip_network(net, strict=False) for net in settings.WEBHOOK_NETS)


def signature(secret: str, moment: int, body: bytes) -> str:
    """Return what proves that a message comes from here, and when it was sent."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={signed}"


def post(message: Message) -> None:
    """Send a message to its webhook.

    Raises
    ------
    NotSent
        If the receiver did not answer with 2xx.
    """
    webhook = message.webhook
    assert webhook is not None
    address = address_of(webhook.url)
    url = httpx.URL(webhook.url)  # seen to be one above
    body = orjson.dumps(message.payload)
    # The wall's time: receivers compare it with theirs, and a demonstration's runs ahead.
    signed = signature(webhook.secret, int(time.time()), body)
    headers = {
        "Host": url.netloc.decode(),
        "Content-Type": "application/json",
        "User-Agent": "Linli",
        "Linli-Signature": signed,
        "Linli-Event": str(message.payload.get("event", "")),
        "Idempotency-Key": message.key,
    }
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False) as client,
            client.stream(
                "POST", url.copy_with(host=address), content=body, headers=headers,
                extensions={"sni_hostname": url.host},
            ) as answer,
        ):  # fmt: skip
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent("unreached", f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise NotSent("answered", status)


# --- e-mail ----------------------------------------------------------------------------------


def post_letter(messages: Sequence[Message], language: str) -> None:
    """Send one letter to one person with all that is to be told now.

    It says of each case its number and what was done; what people wrote stays in the house.

    Raises
    ------
    NotSent
        If the mail server did not take it.
    """
    first = messages[0]
    with translation.override(language):
        subject, body = _letter(messages)
    letter = EmailMessage(
        subject, body, settings.DEFAULT_FROM_EMAIL, [first.address],
        headers={
            "Message-ID": f"<{first.key}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )  # fmt: skip
    try:
        letter.send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotSent("unreached", f"{type(error).__name__}: {error}") from error


def _letter(messages: Sequence[Message]) -> tuple[str, str]:
    try:
        town = str(the_town())
    except NoTown:
        town = ""
    told = [message.payload for message in messages]
    if "confirm" in told[0]:
        link = settings.SITE_URL + reverse("confirm-address", args=[told[0]["confirm"]])
        asked = _("Somebody asked that notices be sent to this address. If it was you, open:")
        left = _("If not, nothing more will come.")
        return _("Linli: confirm your address"), f"{asked}\n\n{link}\n\n{left}\n"
    lines = [_line(one) for one in told]
    links = [
        settings.SITE_URL + (one.get("path") or reverse("case", args=[one["case"]])) for one in told
    ]
    if len(told) == 1:
        subject = _line({**told[0], "category": ""}).replace("  ", " ")
    else:
        subject = _("%(n)d notices") % {"n": len(told)}
    body = "\n\n".join(f"{line}\n{link}" for line, link in zip(lines, links, strict=True))
    settings_link = settings.SITE_URL + reverse("notice-settings")
    end = _("What you are told by e-mail you choose here:")
    return f"[{town}] {subject}", f"{body}\n\n--\n{end}\n{settings_link}\n"


def _line(told: dict) -> str:
    """Say what happened to a case; or what somebody sends on, in words for each language."""
    if "said" in told:
        language = (get_language() or "").split("-")[0]
        return next((w for key, w in told["said"].items() if key.startswith(language)), "")
    category = f" · {told['category']}" if told.get("category") else ""
    return f"{told['case']}  {done(told['action'])}{category}"
