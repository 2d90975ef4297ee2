"""Set up where telemetry comes from, and try whether it answers."""

import asyncio
import secrets
import threading
import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.register.models import Asset
from linli.assets.register.visibility import keeps
from linli.assets.telemetry import mqtt, opcua_line
from linli.assets.telemetry.models import Line, Source, Tag
from linli.assets.telemetry.visibility import sets_up
from linli.cases.refusal import Refused
from linli.people import audit
from linli.people.models import Role, User
from linli.people.scope import Scope

ANSWERS_S = 4.0
FIELDS = (
    *("code", "name", "name_en", "kind", "address", "topics", "client", "host", "username"),
    *("security", "enabled", "asset"),
)


def keep(source: Source, scope: Scope, secret: str | None) -> Source:
    """Store a source; without a secret the one it has stays.

    Raises
    ------
    Refused
        If this person does not set up sources, or the address is none.
    """
    before = Source.objects.filter(pk=source.pk).first()
    if not sets_up(scope, source) or (before is not None and not sets_up(scope, before)):
        raise Refused(_("You do not set up sources here."))
    see_address(source)
    if secret is not None:
        source.secret = secret
    with transaction.atomic():
        source.save()
        Line.objects.get_or_create(source=source)
        was = {name: _said(before, name) for name in FIELDS} if before else {}
        changed = {
            name: (was.get(name), _said(source, name)) for name in FIELDS
            if was.get(name) != _said(source, name)
        }  # fmt: skip
        if secret is not None:
            changed["secret"] = ("…", "…")
        if changed:
            audit.record("source-set-up", _person(scope), source, changes=changed)
    return source


def _person(scope: Scope) -> User | None:
    return scope.user if isinstance(scope.user, User) else None


def _said(source: Source, name: str) -> Any:
    value = getattr(source, name)
    return value.code if isinstance(value, Asset) else value


def see_address(source: Source) -> None:
    """See that the address is one of its kind; Refused otherwise."""
    if source.kind == Source.Kind.OPCUA:
        if not source.address.startswith("opc.tcp://"):
            raise Refused(_("An address of OPC UA begins with opc.tcp://"))
        return
    if source.security:
        raise Refused(_("Only a line to OPC UA has such security; a broker has mqtts://"))
    try:
        mqtt.Address.of(source.address)
    except mqtt.BadAddress:
        raise Refused(_("An address of a broker is mqtt://host:port; mqtts:// for TLS, mqtt5:// "
                        "for version 5")) from None  # fmt: skip


def remove(source: Source, scope: Scope) -> None:
    """Take a source away; its tags and their points stay."""
    if not sets_up(scope, source):
        raise Refused(_("You do not set up sources here."))
    with transaction.atomic():
        audit.record(
            "source-removed", _person(scope), source, changes={"address": (source.address, None)}
        )
        source.delete()


def test(source: Source, scope: Scope) -> tuple[bool, str]:
    """Try whether a source answers, with a client of its own; tell what came of it."""
    if not sets_up(scope, source):
        raise Refused(_("You do not set up sources here."))
    see_address(source)
    begun = time.monotonic()
    try:
        is_opcua = source.kind == Source.Kind.OPCUA
        fault = asyncio.run(_opcua(source)) if is_opcua else _mqtt(source)
    except (OSError, ValueError, TimeoutError) as error:
        fault = str(error) or _("no answer")
    spent = round((time.monotonic() - begun) * 1000)
    return not fault, fault or _("It answered after %(ms)d ms.") % {"ms": spent}


def _mqtt(source: Source) -> str:
    """Return what is wrong, "" for nothing."""
    line = mqtt.Broker(source, [], threading.Event())
    client = line.client
    client._client_id = f"linli-test-{secrets.token_hex(4)}".encode()
    client._clean_session = True
    answers: list[Any] = []
    client.on_connect = lambda _c, _d, _f, code, _p: answers.append(code)
    client.connect_timeout = ANSWERS_S
    client.connect(line.address.host, line.address.port, keepalive=10)
    end = time.monotonic() + ANSWERS_S
    while not answers and time.monotonic() < end:
        client.loop(0.1)
    client.disconnect()
    if not answers:
        return _("no answer")
    return str(answers[0]) if answers[0].is_failure else ""


async def _opcua(source: Source) -> str:
    from asyncua.ua import UaError

    try:
        async with await opcua_line.client_of(source, ANSWERS_S) as client:
            missing = []
            for node in await asyncio.to_thread(_nodes, source):
                try:
                    await client.get_node(node).read_value()
                except UaError:
                    missing.append(node)
    except (UaError, opcua_line.NotTrusted) as fault:
        return str(fault)
    if missing:
        return _("no such node: %(nodes)s") % {"nodes": ", ".join(missing[:5])}
    return ""


def _nodes(source: Source) -> list[str]:
    rows = Tag.objects.filter(source=source.pk, retired=False).exclude(address="")
    return list(rows.values_list("address", flat=True)[:200])


def theirs(scope: Scope) -> frozenset[str] | None:
    """Return the tags a person may write points of: those of assets they keep; None for all."""
    if any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR)):
        return None
    tops = scope.of(Asset).filter(parent=None).select_related("area")
    kept = [top.path for top in tops if keeps(scope, top)]
    found: set[str] = set()
    for path in kept:
        tags = Tag.objects.filter(asset__path__startswith=path, retired=False)
        found.update(tags.values_list("code", flat=True))
    return frozenset(found)
