"""Who may ask what of the API: every operation × every role × own and other's, against one matrix.

`docs/permissions.md` is the matrix (`tests/web/matrix.py`), its second part for operations.
"""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from linli.doors import keys
from linli.doors.allowance import allowance
from linli.doors.api import api
from tests.small_town import person
from tests.web import matrix
from tests.web.two_sides import ROLES, build

# What the part of an address stands for; for the addresses under one path where it says so.
OBJECTS = {
    "predictions/key": "prediction", "work-orders/key": "work_order",
    "work-orders/number": "work_order", "findings/key": "finding", "findings/number": "finding",
    "life-models/key": "life_model", "life-models/number": "life_model",
    "upkeeps/key": "upkeep", "upkeeps/code": "upkeep",
    "parties/key": "party", "wares/key": "ware", "chain-events/key": "chain_event",
    "chain-things/key": "thing", "captures/key": "capture", "supplied/key": "supplied",
    "lot-passports/key": "passport", "recall-drills/key": "drill", "passports/gtin": "gtin",
    "passports/lot": "lot_code",
    "crop-stages/key": "growth",
    "depots/key": "depot", "vehicles/key": "vehicle",
    "delivery-orders/key": "delivery", "delivery-plans/key": "delivery_plan",
    "delivery-plans/number": "delivery_plan",
    "delivery-stops/key": "delivery_stop", "delivery-stops/number": "delivery_stop",
    "assets/key": "asset", "asset-health/key": "health", "asset-cases/key": "asset_case",
    "asset-history/key": "asset_entry", "asset-manuals/key": "manual",
    "assets/number": "manual", "spares/key": "spare",
    "spare-moves/key": "spare_move", "shifts/key": "shift", "shift-days/key": "shift_day",
    "crew-skills/key": "crew_skill", "stops/key": "stop", "outputs/key": "output",
    "stations/key": "station", "stations/code": "station", "inspections/key": "part",
    "inspections/number": "part", "flaws/key": "flaw", "flaw-kinds/key": "flaw_kind",
    "inspection-lots/key": "lot", "inspection-lots/number": "lot",
    "inspection-versions/key": "station_version", "inspection-hours/key": "station_hour",
    "code": "case", "receipt": "receipt", "token": "upload",
    "areas/key": "area", "organisations/key": "organisation", "people/key": "person",
    "leads/key": "lead", "leaves/key": "leave", "audit/key": "entry", "cases/key": "case",
    "reports/key": "report", "rulings/key": "ruling", "notices/key": "notice",
    "filters/key": "filter", "ratings/key": "rating", "deliberations/key": "deliberation",
    "proposals/key": "proposal", "follow-ups/key": "follow_up", "bookings/key": "booking",
    "topics/key": "topic", "evidence/key": "evidence", "receipts/key": "evidence",
    "keys/key": "key", "webhooks/key": "webhook", "messages/key": "message",
    "versions/key": "version", "enterprises/key": "enterprise", "enterprise-years/key": "year",
    "enterprise-months/key": "month", "enterprise-revisions/key": "revision",
    "indicator-values/key": "value", "indicator-figures/key": "figure",
    "indicator-revisions/key": "revised", "assessments/key": "assessment",
    "assessments/number": "proof",
    "issued-bulletins/key": "bulletin",
    "programmes/key": "node", "programmes/code": "node",
    "rungs/key": "rung", "enterprise-titles/key": "title", "enterprise-next-steps/key": "step",
    "milestones/key": "due", "milestone-changes/key": "redated", "milestones/code": "due",
    "projects/key": "project",
    "projects/code": "project", "project-steps/key": "project_step", "incubators/key": "incubator",
    "campaigns/key": "campaign", "blocks/key": "block", "parcels/key": "parcel",
    "holdings/key": "holding", "inventory/key": "item", "promises/key": "promise",
    "negotiations/key": "talk", "offers/key": "offer", "contracts/key": "contract",
    "visits/key": "visit", "difficulties/key": "difficulty", "enterprises/number": "delegate",
    "enterprise-needs/key": "need_key", "enterprise-products/key": "need_key",
    "per-mu-scores/key": "score", "per-mu-appeals/key": "appeal",
    "ways/key": "way", "catchments/key": "catchment", "sponge-measures/key": "measure",
    "tags/key": "tag", "telemetry-sources/key": "source", "telemetry-alarms/key": "watch",
    "telemetry-rules/key": "telemetry_rule", "refused-points/key": "refusal",
}  # fmt: skip
# Parts that name no object of anybody's.
FIXED = {
    "crops/key": "rice", "asset-kinds/key": "pump", "skills/key": "mechanic",
    "inspections/what": "whole", "stations/number": 1,
    "contest": "grids", "queue": "unsure", "measure": "open", "number": 1, "side": "community",
    "indicators/key": "told", "indicators/code": "told", "indicator-targets/key": "many",
    "packs/code": "village", "services/code": "repair", "services/key": "repair",
    "categories/key": "stalls", "remediation-prices/key": "land",
    "bulletins/period": "month", "bulletins/kind": "html",
    "schemes/key": "fair", "schemes/code": "fair", "schemes/item": "streets",
}  # fmt: skip
# What no database gives back: the key with which somebody asks, a file taken away.
LAST = ("import_take", "import_drop")


def operations() -> list[tuple[str, str, str]]:
    """List every operation: its name, method and path."""
    paths = api.completed()["paths"]
    found = [
        (told["operationId"], method, path)
        for path, methods in paths.items()
        for method, told in methods.items()
    ]
    return sorted(found, key=lambda one: LAST.index(one[0]) + 1 if one[0] in LAST else 0)


def addresses(path: str, objects: dict[str, tuple[Any, Any]]) -> list[str]:
    """Return the address of the own object, and that of the other's if there are objects."""
    first = path.split("/")[3]
    own = other = path
    for part in re.findall(r"{(\w+)}", path):
        name = f"{first}/{part}" if f"{first}/{part}" in OBJECTS | FIXED else part
        assert name in OBJECTS | FIXED, f"what is {part!r} in {path!r}? Say it in OBJECTS"
        mine, theirs = objects[OBJECTS[name]] if name in OBJECTS else (FIXED[name],) * 2
        own, other = (
            own.replace(f"{{{part}}}", str(mine)),
            other.replace(f"{{{part}}}", str(theirs)),
        )
    return [own] if own == other else [own, other]


def _may(client: Client, method: str, address: str, headers: dict[str, str]) -> bool:
    """Ask with an empty body, change nothing, and tell whether the door is open."""
    body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    with transaction.atomic():
        answer = getattr(client, method)(address, **body, headers=headers)
        transaction.set_rollback(True)
    assert answer.status_code < 500, f"{method} {address}: {answer.content.decode()}"
    return answer.status_code not in (401, 403, 404)


def observed(objects: dict[str, tuple[Any, Any]]) -> dict[str, list[str]]:
    """Return a row of marks for every operation."""
    secrets = {
        role: keys.issue(person(role), "any", list(keys.scopes()))[1]
        for role in ROLES
        if role != "guest"
    }
    for secret in secrets.values():
        keys.find(secret)  # its first use is noted once, not with each question taken back
    client = Client()
    return {
        name: [
            matrix.marks(
                [
                    _may(client, method, address, _headers(secrets.get(role)))
                    for address in addresses(path, objects)
                ]
            )
            for role in ROLES
        ]
        for name, method, path in operations()
    }


def _headers(secret: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"} if secret else {}


@pytest.mark.django_db
def test_every_operation_is_open_to_those_the_matrix_names_and_to_nobody_else(tmp_path, settings):
    settings.API_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10**9
    allowance.forget()

    matrix.compare(matrix.OPERATIONS, observed(build(tmp_path / "town")))
