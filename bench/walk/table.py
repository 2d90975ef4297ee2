"""What each page is opened with: a line a page.

A line names, for each part of the address, a list or a sample (`samples.some` for the rows of a
model), and under `queries` the ways to narrow it. A part called `*` stands for several parts at
once. A page whose address has no parts and that is not narrowed needs no line.
"""

from typing import Any

from walk import narrowing as ways
from walk import samples
from walk.samples import some

SIZES = ["small", "screen"]
STRETCHES = ["day", "week", "month"]

PAGES: dict[str, dict[str, Any]] = {
    # logistics
    "chain-thing": {"pk": some("chain.Thing")},
    "delivery-plan": {"pk": some("delivery.Plan")},
    "chain-passport": {"pk": some("chain.Thing")},
    "chain-code": {"pk": some("chain.Thing")},
    # cases
    "cases": {"queries": ways.lists},
    "desk": {"queries": ways.queues},
    "case": {"code": samples.cases},
    "clocks": {"code": samples.cases},
    "advice": {"code": samples.cases},
    "receipt": {"receipt": samples.receipts},
    "receipt-qr": {"receipt": samples.receipts},
    "receipt-picture": {"*": samples.answered, "size": SIZES},
    "evidence": {"pk": some("cases.Evidence")},
    "picture": {"pk": some("cases.Evidence"), "size": SIZES},
    # telemetry
    "telemetry-tag": {"code": some("telemetry.Tag", "code")},
    "telemetry-source": {"code": some("telemetry.Source", "code")},
    # scores
    "leagues": {"queries": ways.leagues},
    "reasons": {"queries": ways.reasons},
    "figure": {"queries": ways.figures},
    "ratings": {"queries": ways.months},
    "rate": {"*": samples.to_rate},
    # tour, cockpit and map
    "tour-stop": {"number": [1, 2, 3, 4, 5, 6, 7]},
    "tour-photo": {"pk": samples.toured, "size": SIZES},
    "cockpit-stage": {"number": [1, 2, 3, 4, 5]},
    "map": {"queries": ways.maps},
    "map-here": {"queries": ways.here},
    "map-case": {"code": samples.cases},
    "map-shapes": {"name": ["community", "service"]},
    # stewards and topics
    "steward": {"queries": ways.cards},
    "steward-triage": {"code": samples.waiting, "queries": ways.kinds},
    "deliberations": {"queries": ways.turned},
    "deliberation": {"pk": some("cases.Deliberation")},
    "service": {"code": some("stewards.Offer", "code")},
    "bookings": {"queries": ways.turned},
    "booking": {"pk": some("stewards.Booking")},
    "topic": {"pk": some("topics.Topic")},
    # administration
    "people": {"queries": ways.people},
    "person": {"username": samples.usernames},
    "areas": {"queries": ways.areas},
    "area-leads": {"code": samples.places},
    "organisations": {"queries": ways.searched},
    "audit": {"queries": ways.acts},
    "rulings": {"queries": ways.rulings},
    "ruling": {"pk": some("cases.Ruling", n=1)},
    "pack": {"code": ["governance", "neighbour"]},
    "pack-source": {"code": ["governance", "neighbour"]},
    "pack-draft": {"pk": samples.drafts},
    # doors
    "import-file": {"token": some("doors.Upload", "token")},
    "import-faults": {"token": some("doors.Upload", "token")},
    "webhook": {"pk": some("doors.Webhook")},
    "confirm-address": {"token": ["of-nobody"]},
    "export": {"table": ["cases", "leagues", "steps", "audit"], "kind": ["csv"],
               "queries": ways.exported},
    # enterprises
    "enterprise": {"code": some("enterprises.Enterprise", "code")},
    "give-figures": {"code": some("enterprises.Enterprise", "code"),
                     "queries": lambda of: [{}, {"period": "2025"}, {"period": "2025-03"}]},
    "climber": {"enterprise": some("enterprises.Enterprise", "code")},
    "score": {"enterprise": some("enterprises.Enterprise", "code")},
    "visit": {"pk": some("enterprises.Visit")},
    "need": {"pk": some("enterprises.Need")},
    # programmes
    "programme": {"code": some("programmes.Node", "code")},
    "programme-gantt": {"code": some("programmes.Node", "code")},
    "programme-map": {"code": some("programmes.Node", "code")},
    "programme-shapes": {"code": some("programmes.Node", "code")},
    "milestone-file": {"pk": samples.proved},
    "investment-project": {"code": some("programmes.Investment", "code")},
    "campaign": {"campaign": some("programmes.Campaign", "code")},
    "remediation-block": {"block": some("programmes.Block", "code")},
    "cut-campaign": {"campaign": some("programmes.Campaign", "code")},
    "cut-block": {"block": some("programmes.Block", "code")},
    "holding": {"holding": some("programmes.Holding", "code")},
    "compensation-sheet": {"offer": some("programmes.Offer")},
    "contract-file": {"contract": some("programmes.Contract")},
    # assets
    "assets": {"queries": lambda of: [{}, {"q": "P1-L1"}, {"state": "act"}, {"kind": "press"}]},
    "assets-running": {"queries": lambda of: [{}, {"below": "P1-L1"}]},
    "asset-labels": {"queries": lambda of: [{}, {"code": "P1-L1-M01"}]},
    "asset": {"code": some("register.Asset", "code")},
    "asset-change": {"code": some("register.Asset", "code")},
    "asset-shifts": {"code": ["P1"]},
    "asset-scan": {"code": some("register.Asset", "code")},
    "spare": {"code": some("register.Spare", "code")},
    "manual-file": {"pk": some("register.Manual")},
    # assets: inspection
    "inspection-station": {"station": some("inspection.Station", "code"),
                           "queries": ways.parts},
    "judge-queue": {"station": some("inspection.Station", "code")},
    "inspection-versions": {"station": some("inspection.Station", "code")},
    "change-station": {"station": some("inspection.Station", "code")},
    "inspection-lots": {"queries": lambda of: [{}, {"state": "held"}, {"q": "L"}]},
    "inspection-lot": {"pk": some("inspection.Lot"), "queries": lambda of: [{}, {"all": "1"}]},
    "part": {"pk": some("inspection.Inspection")},
    "part-picture": {"pk": some("inspection.Inspection"), "what": ["small", "whole", "heat"]},
    "compare-photos": {"code": samples.mended},
    "photo-change": {"*": samples.compared, "what": ["heat", "laid"]},
    "sample-picture": {"*": samples.learnt},
    # indicators
    "indicator": {"code": some("indicators.Indicator", "code", n=10, step=5)},
    "indicator-rows": {"code": some("indicators.Indicator", "code", n=10, step=5)},
    "scheme": {"code": some("indicators.Scheme", "code"), "queries": ways.scored},
    "scheme-improve": {"code": some("indicators.Scheme", "code"), "queries": ways.scored},
    "scheme-item": {"*": samples.items},
    "scheme-file": {"pk": some("indicators.Proof")},
    # growing
    "greenhouse": {"code": some("growing.Growth", "asset__code")},
    # maintenance
    "maintained-machine": {"code": some("maintenance.Prediction", "asset__code", newest=True)},
    "work-order": {"pk": some("maintenance.WorkOrder")},
    "try-window": {"pk": some("maintenance.WorkOrder", state="open"),
                   "queries": lambda of: [{"begins": "2026-12-01T08:00"}]},
    "finding-photo": {"pk": some("maintenance.Finding", photo__gt="")},
    "bulletins": {"queries": lambda of: [{}, {"day": "2026-10-05"}, {"kind": "month"}]},
    "bulletin": {"period": STRETCHES},
    "bulletin-cases": {"period": STRETCHES},
    "bulletin-file": {"period": STRETCHES, "kind": ["docx", "pdf", "html"]},
}  # fmt: skip

# POSTs that change nothing and answer while somebody types; what is sent with them.
TYPED: dict[str, dict[str, Any]] = {
    "already": {"title": "路灯不亮", "body": "桥头的路灯坏了三天", "area": ""},
    "advice": {"reply": "已安排维修，预计明天修好。"},
}
# Pages whose answer is to lead on to another page.
LEADING_ON = {"schemes", "set-language", "judge-queue"}
# An answer that never ends by itself; `bench/cockpit.py` is for it.
STREAMS = {"cockpit-stream", "station-stream"}
# Pages of the sign-in library; those that need an object of its own stand under `library`.
ELSEWHERE = ("account_", "socialaccount_", "mfa_", "dingtalk_", "openid_connect_")
# What may stand for the parts of an address that is only asked whether it takes a GET.
ANYTHING = {"int": 1, "str": "x", "slug": "x", "code": "26-000001", "path": "x"}
