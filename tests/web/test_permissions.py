"""Who may open what: every address × every role × own and other's, against one matrix.

`docs/permissions.md` is the matrix (`tests/web/matrix.py`), its first part for pages.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linli.cases.loop import ACTIONS
from linli.people.models import User
from tests.small_town import person
from tests.web import matrix
from tests.web.two_sides import ROLES, build

# What the part of an address stands for; for one address alone where it says so.
OBJECTS = {
    "work-order.pk": "work_order", "try-window.pk": "work_order", "agree-window.pk": "work_order",
    "give-up-window.pk": "work_order", "note-order.pk": "work_order",
    "finding-photo.pk": "finding", "use-upkeep-version.pk": "life_model",
    "maintained-machine.code": "asset", "note-machine.code": "asset",
    "fit-upkeep.code": "upkeep", "greenhouse.code": "asset",
    "asset.code": "asset", "asset-change.code": "asset", "asset-step.code": "asset",
    "asset-shifts.code": "asset", "asset-scan.code": "asset", "manual-file.pk": "manual",
    "spare.code": "spare", "spare-move.code": "spare", "spare-change.code": "spare",
    "station": "station", "part.pk": "part", "judge-part.pk": "part", "undo-judgement.pk": "part",
    "part-picture.pk": "part", "inspection-lot.pk": "lot", "hold-lot.pk": "lot",
    "release-lot.pk": "lot", "compare-photos.code": "compared", "photo-change.code": "compared",
    "photo-change.before": "photo_before", "photo-change.after": "photo_after",
    "tell-of-stop.pk": "delivery_stop",
    "delivery-plan.pk": "delivery_plan", "move-delivery.pk": "delivery_plan",
    "release-delivery-plan.pk": "delivery_plan", "drop-delivery-plan.pk": "delivery_plan",
    "chain-thing.pk": "thing", "chain-passport.pk": "thing", "chain-code.pk": "thing",
    "passport.gtin": "gtin", "passport.lot": "lot_code", "epcis-capture-job.token": "capture",
    "epcis-event.name": "event_name", "epcis-query.name": "query_name",
    "epcis-query-events.name": "query_name", "epcis-subscriptions.name": "query_name",
    "code": "case", "receipt": "receipt", "username": "person",
    "evidence.pk": "evidence", "picture.pk": "evidence", "receipt-picture.pk": "evidence",
    "tour-photo.pk": "evidence",
    "deliberation.pk": "deliberation", "support.pk": "proposal", "tick-off.pk": "follow_up",
    "steward-triage.code": "neighbourhood", "remove-leave.pk": "leave", "booking.pk": "booking",
    "booking-step.pk": "booking", "ruling.pk": "ruling", "withdraw-ruling.pk": "ruling",
    "topic.pk": "topic", "joint.pk": "topic", "withdraw-role.pk": "membership",
    "area-leads.code": "area", "end-session.pk": "session",
    "drop-filter.pk": "filter", "unlink-outside.pk": "outside", "token": "upload",
    "pack-draft.pk": "version", "apply-pack.pk": "version", "drop-pack.pk": "version",
    "restore-pack.pk": "version", "set-lead.code": "area", "map-case.code": "case",
    "webhook.pk": "webhook", "remove-webhook.pk": "webhook", "message-again.pk": "message",
    "rate.grid": "grid", "rate.organisation": "organisation", "appeal-rating.pk": "rating",
    "rule-on-rating.pk": "rating", "revoke-key.pk": "key",
    "programme.code": "node", "programme-gantt.code": "node", "programme-map.code": "node",
    "programme-shapes.code": "node", "milestone-done.pk": "milestone",
    "milestone-dates.pk": "milestone",
    "enterprise": "enterprise",
    "milestone-file.pk": "milestone", "investment-project.code": "project",
    "investment-climb.code": "project",
    "campaign": "campaign", "block": "block", "holding": "holding", "offer": "offer",
    "contract": "contract",
    "enterprise.code": "enterprise",
    "plan-visit.code": "enterprise", "give-figures.code": "enterprise",
    "add-delegate.code": "enterprise", "visit.pk": "visit",
    "call-off.pk": "visit", "remove-delegate.pk": "delegate",
    "scheme-file.pk": "proof",
    "rule-on-figure.pk": "appeal", "need.pk": "need", "introduce.pk": "need",
    "telemetry-tag.code": "tag", "telemetry-source.code": "source",
    "test-telemetry-source.code": "source", "remove-telemetry-source.code": "source",
}  # fmt: skip
# Parts that name no object of anybody's.
FIXED = {
    "asset-step.step": "note",
    "part-picture.what": "whole", "photo-change.what": "laid", "sample-picture.name": "fine.png",
    "use-version.number": 1,
    "epcis-collection.kind": "epcs", "epcis-collection-events.kind": "bizSteps",
    "epcis-collection-events.value": "receiving",
    "size": "small", "number": 1, "map-shapes.name": "base", "service.code": "repair",
    "act-with-receipt.action": "urge", "booking-step.step": "confirm", "enter.username": "officer",
    "table": "cases", "kind": "csv", "pack.code": "village", "pack-source.code": "village",
    "take-on.name": "accept", "desk-act.action": "urge",
    "rate.month": "2026-01", "rate.side": "grid", "confirm-address.token": "of-nobody",
    "holding-step.step": "offer",
    "indicator.code": "told", "indicator-rows.code": "received", "enter-figure.code": "told",
    "period": "month", "bulletin-file.kind": "html",
    "scheme.code": "fair", "scheme-improve.code": "fair", "scheme-item.code": "fair",
    "scheme-item.item": "streets", "assess-item.code": "fair", "assess-item.item": "streets",
}  # fmt: skip
# What no database gives back: a file taken away, and at the very end the session of who asks.
LAST = ("import-take", "import-drop", "sign-out")
# Pages of allauth, which guards them itself; redirects to a place that does not exist here.
NOT_OURS = ("account_", "socialaccount_", "mfa_", "dingtalk_", "openid_connect_")


def patterns(resolver: URLResolver, within: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        address = within + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, address)
        elif not address.startswith("api/"):
            yield address, each


def addresses() -> list[tuple[str, dict[str, Any]]]:
    """List the name of every page, and the parts of its address that vary."""
    found = []
    for _address, pattern in patterns(get_resolver()):
        name = pattern.name or ""
        if name.startswith(NOT_OURS):
            continue
        converters = pattern.pattern.converters
        found.append((name, converters))
    return sorted(found, key=lambda one: LAST.index(one[0]) + 1 if one[0] in LAST else 0)


def keywords(name: str, converters: Any, objects: Any) -> list[dict[str, Any]]:
    """Return the keywords of the own object's address, and of the other's if there are objects."""
    own: dict[str, Any] = {}
    other: dict[str, Any] = {}
    for part in converters:
        key = f"{name}.{part}" if f"{name}.{part}" in OBJECTS | FIXED else part
        if key in FIXED:
            own[part] = other[part] = FIXED[key]
        elif key in OBJECTS:
            own[part], other[part] = objects[OBJECTS[key]]
        else:
            raise AssertionError(f"what is {part!r} of the address {name!r}? Say it in OBJECTS")
    return [own] if own == other else [own, other]


def _may(client: Client, address: str) -> bool:
    """Ask as a browser would, change nothing, and tell whether the door is open."""
    with transaction.atomic():
        answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address, {})
        transaction.set_rollback(True)
    if answer.status_code in (301, 302):
        return not answer["Location"].startswith("/sign-in/?next=")
    return answer.status_code not in (401, 403, 404)


def _offered(client: Client, objects: Any) -> list[set[str]]:
    """Return the steps that the page of the own case, and of the other's, offers this person."""
    pages = [client.get(reverse("case", kwargs={"code": code})) for code in objects["case"]]
    return [set(re.findall(r'id="form-(\w+)"', page.content.decode())) for page in pages]


def observed(objects: Any) -> dict[str, list[str]]:
    """Return a row of marks for every address, and for every step of a case."""
    rows: dict[str, list[str]] = {}
    clients = []
    for role in ROLES:
        client = Client(headers={"accept-language": "en"})
        if role != "guest":
            client.force_login(person(role), "linli.people.signing_in.Accounts")
        clients.append(client)
    offered = [_offered(client, objects) for client in clients]
    for name, converters in addresses():
        if name == "act":
            for action in ACTIONS:
                told = [[action in actions for actions in theirs] for theirs in offered]
                rows[f"act: {action}"] = [matrix.marks(may) for may in told]
            continue
        places = [reverse(name, kwargs=each) for each in keywords(name, converters, objects)]
        rows[name] = [matrix.marks([_may(client, place) for place in places]) for client in clients]
    return rows


@pytest.mark.django_db
def test_every_address_opens_to_those_the_matrix_names_and_to_nobody_else(tmp_path):
    objects = build(tmp_path / "town")
    assert User.objects.count() > len(ROLES)

    matrix.compare(matrix.PAGES, observed(objects))
