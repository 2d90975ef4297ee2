"""A town of two halves, everything there twice: what is one person's own is another's.

Everybody works in the west. Each kind of object exists once there and once in the east.
"""

from datetime import date, time, timedelta
from typing import Any

import shapely
from allauth.socialaccount.models import SocialAccount
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.assets.growing.models import Crop, Growth
from linli.assets.inspection import models as inspection
from linli.assets.inspection import pictures
from linli.assets.maintenance import models as upkeeps
from linli.assets.register import models as assets
from linli.assets.register.models import Asset
from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import (
    Case,
    Deliberation,
    Evidence,
    FollowUp,
    Notice,
    Proposal,
    Ruling,
    SavedFilter,
)
from linli.cases.models import Report as CaseReport
from linli.clock import now
from linli.doors import uploads
from linli.doors.models import ApiKey, Message, Webhook
from linli.enterprises.ladder.models import NextStep, Rung, Title
from linli.enterprises.matching.models import Need, Product
from linli.enterprises.models import (
    Delegate,
    Difficulty,
    Enterprise,
    MonthFigures,
    Revision,
    Visit,
    YearFigures,
)
from linli.enterprises.per_mu.models import Appeal, Scheme, Score
from linli.indicators.bulletins import making, stretch
from linli.indicators.models import Figure, Indicator, Value
from linli.indicators.models import Revision as RevisedValue
from linli.indicators.schemes.models import Assessment, Proof
from linli.indicators.schemes.models import Scheme as Scoring
from linli.logistics.chain import models as chain
from linli.logistics.chain.capturing import capture
from linli.logistics.chain.epcis.checking import document_of
from linli.logistics.delivery import models as delivery
from linli.packs.models import TownVersion
from linli.people import audit
from linli.people.models import AuditEntry, Lead, Leave, Membership, SignedIn
from linli.programmes.models import (
    Catchment,
    Incubator,
    Investment,
    InvestmentStep,
    Ladder,
    Measure,
    Milestone,
    MilestoneChange,
    Node,
    Way,
)
from linli.programmes.remediation import models as remediation
from linli.scores.models import Rating
from linli.scores.ratings import DIMENSIONS
from linli.stewards.deliberations import live_in
from linli.stewards.models import Booking, Offer
from linli.tables import declared
from linli.topics.models import Member, Topic
from tests.small_town import SmallTown, area, category, organisation, person
from tests.web.conftest import photo, png
from tests.web.measured import measured

ROLES = (
    "guest", "resident", "worker", "officer", "head", "steward", "dispatcher", "supervisor",
    "leader", "administrator", "root",
)  # fmt: skip
OFFER = {
    "code": "repair", "name": "家电小修", "description": "小修", "venue": "驿站", "days": [1, 2, 3],
    "hours": [["09:00", "11:00"]], "minutes": 30, "capacity": 1, "price": "免费",
    "audience": "居民",
    "function": "civil-affairs",
}  # fmt: skip

# One that counts cases, one that people enter, and a share of the first; the whole town's.
INDICATORS = [
    {"code": "received", "name": "接收件数", "unit": "cases", "every": "month",
     "function": "urban-management", "together": "sum",
     "count": {"of": "cases", "at": "reported_at", "area": "community_grid"}},
    {"code": "told", "name": "满意度", "unit": "points", "every": "year",
     "function": "urban-management", "entered": {}},
    {"code": "growing", "name": "增速", "unit": "percent", "every": "month",
     "function": "urban-management", "growth": {"of": "received", "over": "period"}},
]  # fmt: skip
TARGET = {"code": "many", "name": "全年件数", "indicator": "received", "since": "2026-01",
          "by": "2026-12", "value": 100.0, "measure": "total"}  # fmt: skip


# Half of it follows an indicator, half is judged: by the organisations of one village each.
SCORING = {"code": "fair", "name": "考评", "name_en": "Fair", "every": "year", "threshold": 15,
           "threshold_name": "样板", "by_area": True, "item": [
    {"code": "people", "name": "群众满意", "points": 10, "indicator": "told",
     "linear": {"nothing": 0, "full": 10}},
    {"code": "streets", "name": "街面管护", "points": 10, "function": "urban-management",
     "judged": "有人管护"},
]}  # fmt: skip


def build(folder: Any) -> dict[str, tuple[Any, Any]]:
    """Load the town and make the objects.

    Returns
    -------
    Name of a kind of object → (the own one's key, the other's).
    """
    town = SmallTown(folder)
    town.organisations = [
        ["government", "镇政府", "", "territorial", "lake", "", ""],
        *(
            row
            for side, grid in (("west", "w1"), ("east", "e1"))
            for row in (
                [f"{side}team", f"{side}村委", "", "territorial", side, "government",
                 "civil-affairs"],
                [f"{side}law", f"{side}执法", "", "station", side, "government",
                 "urban-management housing sanitation"],
                [f"{side}plant", f"{side}厂", "", "plant", grid, "", "quality process"],
            )
        ),
    ]  # fmt: skip
    grids = {"west": "w1 w2", "east": "e1 e2"}
    town.people = [["root", "总管", "", "government", "administrator", "", ""]]
    for side in ("west", "east"):
        name = "" if side == "west" else "-east"
        team, law, led = f"{side}team", f"{side}law", grids[side]
        shared = " market works fields" if side == "east" else ""
        town.people += [
            [f"worker{name}", "甲", "", team, "worker", led + shared, "community"],
            [f"lead{name}", "乙", "", team, "officer", led + shared, "town"],
            [f"officer{name}", "丙", "", law, "officer", "", ""],
            [f"head{name}", "丁", "", law, "head", "", ""],
            [f"steward{name}", "戊", "", team, "steward", side, "community"],
            [f"dispatcher{name}", "己", "", team, "dispatcher", "", ""],
            [f"supervisor{name}", "庚", "", team, "supervisor", "", ""],
            [f"leader{name}", "辛", "", team, "leader", side, "town"],
            [f"administrator{name}", "壬", "", team, "administrator", "", ""],
            [f"resident{name}", "癸", "", "", "resident", "", ""],
        ]
    town.people.append(["mayor", "镇长", "", "government", "leader head", "lake", "town"])
    town.people.append(["elder", "阿大", "", "government", "officer", "lake", "community"])
    town.services = [dict(OFFER)]
    town.sections["indicator"] = INDICATORS
    town.sections["target"] = [dict(TARGET)]
    town.sections["scheme"] = [dict(SCORING)]
    town.load()
    sides = [_side("w1", "west", ""), _side("e1", "east", "-east")]
    making.now_made(stretch.read("month"), None)
    return {name: (sides[0][name], sides[1][name]) for name in sides[0]}


def _side(grid: str, village: str, name: str) -> dict[str, Any]:
    resident = person(f"resident{name}")
    tell = Report(f"{village}桥上摆摊占道", area=grid, category="stalls", reporter=resident,
                  evidence=[photo()])  # fmt: skip
    receipt = receive([tell])[0]
    case = receipt.case
    private = receive([Report(f"{village}楼上太吵", area=grid, category="neighbours")])[0].case
    loop.act(private, "triage", person(f"steward{name}"), triage="neighbourhood")
    deliberation = Deliberation.objects.create(
        case=Case.objects.get(pk=private.pk), question="怎么办？", venue="驿站",
        meets_at=now() + timedelta(days=3), opened_at=now(),
    )  # fmt: skip
    live_in(area(grid), resident)
    leave = Leave.objects.create(
        user=person(f"officer{name}"), since=now() + timedelta(days=9), until=now() + timedelta(10)
    )
    booking = Booking.objects.create(
        offer=Offer.objects.get(code="repair"), organisation=organisation(f"{village}team"),
        grid=area(grid), booker=resident, starts_at=now() + timedelta(days=2), seat=1,
        booked_at=now(),
    )  # fmt: skip
    # Another matter on each side: both lie in one service grid, and a ruling is a precedent.
    matter = "lights" if name else "order"
    ruled = receive([Report(f"{village}路边又乱了不少", area=grid, category=matter)])[0].case
    loop.act(ruled, "return", person(f"head{name}"), reason="不属本队")
    loop.act(ruled, "rule", person(f"dispatcher{name}"), reason="归村里",
             organisation=organisation(f"{village}team"))  # fmt: skip
    topic = Topic.objects.create(title="摆摊", rank=1, count=2, people=2, likes=0, growth=1.0,
                                 since=now(), until=now(), curve=[1])  # fmt: skip
    Member.objects.create(topic=topic, case=case)
    proposal = Proposal.objects.create(deliberation=deliberation, text="错峰")
    follow_up = FollowUp.objects.create(
        deliberation=deliberation, what="贴告示", who="村委", by=date(2030, 1, 1)
    )
    client = Client()
    client.force_login(resident, "linli.people.signing_in.Accounts")
    session = SignedIn.objects.filter(user=resident).latest("id")
    table = SimpleUploadedFile("cases.csv", "title\n桥上摆摊".encode())
    upload = uploads.keep(person(f"dispatcher{name}"), declared()["cases"], table)
    narrowed = SavedFilter.objects.create(owner=resident, name="我的", query="state=open")
    rating = Rating.objects.create(
        month=date(2026, 1, 1), side=Rating.Side.GRID, grid=area(grid),
        organisation=organisation(f"{village}law"), by=person(f"worker{name}"), at=now(),
        scores=dict.fromkeys(DIMENSIONS[Rating.Side.GRID], 4),
    )  # fmt: skip
    key = ApiKey.objects.create(
        owner=resident, name="我的", prefix=village, hash=village, created_at=now()
    )
    told = Indicator.objects.get(code="told")
    kept = Value.objects.create(indicator=told, area=area(grid).pk, period="2025", value=4, n=1)
    figure = Figure.objects.create(
        indicator=told, period=f"202{4 if name else 5}", value=4, source="统计局", at=now()
    )
    revised = RevisedValue.objects.create(
        indicator=told, area=area(grid).pk, period="2025", before=3, after=4, why="rows", at=now()
    )
    assessed = Assessment.objects.create(
        scheme=Scoring.objects.get(), item="streets", area=area(village).pk, period="2025",
        side="self", points=8, evidence="巡查记录", by=person(f"officer{name}"), at=now(),
    )  # fmt: skip
    proof = Proof.objects.create(
        assessment=assessed, file=photo(), name="街面.png", content_type="image/png", sha256=village
    )
    webhook = Webhook.objects.create(
        name=village, url=f"https://{village}.example/", by=person(f"administrator{name}"), at=now()
    )
    message = Message.objects.create(
        kind=Message.Kind.WEBHOOK, key=village, webhook=webhook, address=webhook.url, at=now(),
        next_at=now(), state=Message.State.GIVEN_UP, payload={"event": "report", "case": case.code},
    )  # fmt: skip
    audit.record("leave-entered", person(f"administrator{name}"), person(f"officer{name}"))
    enterprise = Enterprise.objects.create(
        code=village.upper().ljust(18, "0"), name=village, industry="3311", size="small",
        status="operating", area=area(grid), touched_at=now(),
    )  # fmt: skip
    YearFigures.objects.create(enterprise=enterprise, year=2025, touched_at=now())
    MonthFigures.objects.create(enterprise=enterprise, month=date(2026, 1, 1), touched_at=now())
    revision = Revision.objects.create(
        enterprise=enterprise, year=2025, figure="output", before=1, after=2, at=now()
    )
    rung, _made = Rung.objects.get_or_create(
        code="listed", defaults={"name": "上市", "position": 1, "known_by": Rung.TITLE}
    )
    Title.objects.create(enterprise=enterprise, rung=rung, since=date(2020, 1, 1), at=now())
    step = NextStep.objects.create(
        enterprise=enterprise, rung=rung, year=2026, case=Case.objects.get(pk=case.pk), at=now()
    )
    visit = Visit.objects.create(
        enterprise=enterprise, visitor=person(f"officer{name}"), planned_on=date(2030, 1, 1)
    )
    delegate = Delegate.objects.create(user=resident, enterprise=enterprise, since=now())
    difficulty = Difficulty.objects.create(enterprise=enterprise, visit=visit, case=case)
    scheme, _made = Scheme.objects.get_or_create(
        code="industry", defaults={"name": "亩均", "measures": [], "classes": []}
    )
    need = Need.objects.create(enterprise=enterprise, name="轴承", at=now())
    Product.objects.create(enterprise=enterprise, name="轴承", at=now())
    score = Score.objects.create(enterprise=enterprise, scheme=scheme, year=2025, scored_at=now())
    appeal = Appeal.objects.create(
        enterprise=enterprise, year=2025, figure="tax", claimed=1.0, reason="漏计",
        by=person(f"resident{name}"), at=now(),
    )  # fmt: skip
    return {
        "rung": rung.code,
        "title": f"{enterprise.code}-{rung.code}",
        "step": step.pk,
        "score": score.pk,
        "need": need.pk,
        "need_key": f"{enterprise.code}-{need.name}",
        "appeal": appeal.pk,
        "enterprise": enterprise.code,
        "visit": visit.pk,
        "delegate": delegate.pk,
        "difficulty": difficulty.pk,
        "year": f"{enterprise.code}-2025",
        "month": f"{enterprise.code}-2026-01",
        "revision": revision.pk,
        **_programmes(grid, village),
        **_remediation(village, name),
        **_assets(grid, village, name, case),
        **_chain(village),
        **_delivery(village, name),
        **measured(village),
        **_inspection(grid, village, name),
        "entry": AuditEntry.objects.latest("number").number,
        "lead": Lead.objects.get(area=area(grid), side=Lead.Side.COMMUNITY).pk,
        "notice": Notice.objects.filter(user=person(f"worker{name}")).earliest("pk").pk,
        "report": CaseReport.objects.get(case=case).pk,
        "value": kept.pk,
        "figure": figure.pk,
        "revised": revised.pk,
        "assessment": assessed.pk,
        "proof": proof.pk,
        "bulletin": making.now_made(stretch.read("month"), area(village)).pk,
        "webhook": webhook.pk,
        "message": message.pk,
        "rating": rating.pk,
        "grid": grid,
        "organisation": f"{village}law",
        "key": key.pk,
        "session": session.pk,
        "upload": upload.token,
        "version": TownVersion.objects.create(how="pack", by=person("root"), at=now()).pk,
        "outside": SocialAccount.objects.create(
            user=person(f"officer{name}"), provider="oidc", uid=village
        ).pk,
        "filter": narrowed.pk,
        "case": case.code,
        "receipt": receipt.code,
        "evidence": Evidence.objects.get(case=case).pk,
        "deliberation": deliberation.pk,
        "proposal": proposal.pk,
        "follow_up": follow_up.pk,
        "neighbourhood": private.code,
        "leave": leave.pk,
        "booking": booking.pk,
        "ruling": Ruling.objects.get(event__case=ruled).pk,
        "topic": topic.pk,
        "person": f"officer{name}",
        "membership": Membership.objects.get(user__username=f"officer{name}").pk,
        "area": village,
        "category": category("stalls").code,
    }


def _assets(grid: str, village: str, name: str, case: Case) -> dict[str, Any]:
    """Make a pump station that the station of the village runs, and all that is kept of it."""
    assets.AssetKind.objects.get_or_create(
        code="pump", defaults={"name": "水泵", "icon": "settings", "level": "machine"}
    )
    skill, _made = assets.Skill.objects.get_or_create(code="mechanic", defaults={"name": "钳工"})
    asset = assets.Asset.objects.create(
        code=f"{village}-pump", name="泵站", level="structure", kind="pump",
        path=f"{village}-pump/", area=area(grid), organisation=organisation(f"{village}law"),
    )  # fmt: skip
    health = assets.Health.objects.create(asset=asset, by="telemetry", state="ok", since=now())
    of_case = assets.AssetCase.objects.create(
        asset=asset, case=Case.objects.get(pk=case.pk), source="patrol", external_id=village,
        at=now(),
    )  # fmt: skip
    entry = assets.Entry.objects.create(asset=asset, at=now(), what="noted", done="巡查")
    manual = assets.Manual.objects.create(
        title="规程", asset=asset, file=photo(), content_type="image/png", sha256=village, at=now()
    )
    spare = assets.Spare.objects.create(code=f"{village}-seal", name="机封", plant=asset, stock=2)
    move = assets.SpareMove.objects.create(
        spare=spare, change=2, balance=2, reason="counted", at=now()
    )
    shift = assets.Shift.objects.create(
        code=f"{village}-day", name="白班", plant=asset, days=[1], begins=time(8), ends=time(16)
    )
    day = assets.ShiftDay.objects.create(plant=asset, day=date(2026, 10, 1))
    crew = assets.CrewSkill.objects.create(
        organisation=organisation(f"{village}law"), skill=skill, shift=shift, people=1
    )
    since = now() - timedelta(hours=2)
    stop = assets.Stop.objects.create(asset=asset, since=since, until=now(), cause="failure")
    output = assets.Output.objects.create(
        asset=asset, since=since, until=now(), made=10, good=9, ideal_s=60
    )
    return {
        **_maintenance(asset),
        "growth": _growth(asset),
        "asset": asset.code, "health": health.pk, "asset_case": of_case.pk,
        "asset_entry": entry.pk, "manual": manual.pk, "spare": spare.code, "spare_move": move.pk,
        "shift": shift.code, "shift_day": day.pk, "crew_skill": crew.pk, "stop": stop.pk,
        "output": output.pk,
    }  # fmt: skip


def _chain(village: str) -> dict[str, Any]:
    """Make a lot that the station of the village received from a supplier, and all about it."""
    owner = organisation(f"{village}law")
    number = "1" if village == "west" else "2"
    lot = f"urn:epc:class:lgtin:6901234.10000{number}.L{number}"
    party = chain.Party.objects.create(
        code=f"{village}-iron", name="铁厂", kind="supplier", owner=owner, contact="王先生",
    )  # fmt: skip
    taken = capture(document_of([{
        "type": "ObjectEvent", "eventTime": "2026-03-01T08:00:00+08:00", "action": "OBSERVE",
        "eventTimeZoneOffset": "+08:00", "bizStep": "receiving",
        "readPoint": {"id": f"urn:epc:id:sgln:6901234.00001.{village}"},
        "quantityList": [{"epcClass": lot, "quantity": 5}],
        "sourceList": [{"type": "owning_party",
                        "source": f"urn:epc:id:pgln:6901234.1000{number}"}],
    }]), owner)  # fmt: skip
    event = chain.Event.objects.get(owner=owner)
    thing = chain.Link.objects.get(event=event).thing
    ware = chain.Ware.objects.create(gtin=thing.code, name="钢", owner=owner)
    passport = chain.Passport.objects.create(
        thing=thing, owner=owner, shown=[], released_at=now(),
        content={"ware": ["钢", ""], "gtin": thing.code, "lot": thing.part},
    )  # fmt: skip
    query = chain.NamedQuery.objects.create(name=village, owner=owner, at=now())
    drill = chain.Drill.objects.create(owner=owner, at=now())
    return {
        "party": party.code, "ware": ware.gtin, "thing": thing.pk, "chain_event": event.pk,
        "event_name": event.event_id, "capture": taken.capture.token, "gtin": thing.code,
        "lot_code": thing.part, "passport": passport.pk, "query_name": query.name,
        "supplied": chain.Supplied.objects.get(owner=owner).pk, "drill": drill.pk,
    }  # fmt: skip


def _delivery(village: str, name: str) -> dict[str, Any]:
    """Make a depot of the station of the village, and an order that is on its way."""
    by, day = person(f"officer{name}"), now().date()
    depot = delivery.Depot.objects.create(
        code=f"D{village}", name="库", owner=organisation(f"{village}law"), lon=121.0, lat=30.7,
    )  # fmt: skip
    vehicle = delivery.Vehicle.objects.create(
        code=f"{village}-van", name="车", depot=depot, shift_from="08:00", shift_until="17:00",
        energy="diesel",
    )  # fmt: skip
    order = delivery.Order.objects.create(
        number="A1", depot=depot, customer="店", day=day, made_at=now(),
    )  # fmt: skip
    plan = delivery.Plan.objects.create(
        depot=depot, day=day, by=by, made_at=now(), state="released",
    )  # fmt: skip
    tour = delivery.Tour.objects.create(plan=plan, vehicle=vehicle, starts=now(), ends=now())
    stop = delivery.Stop.objects.create(
        tour=tour, order=order, sequence=1, arrives=now(), departs=now(),
    )  # fmt: skip
    return {
        "depot": depot.code, "vehicle": vehicle.code, "delivery": order.key,
        "delivery_plan": plan.pk, "delivery_stop": stop.pk,
    }  # fmt: skip


def _programmes(grid: str, village: str) -> dict[str, Any]:
    frame = Node.objects.create(
        code=f"{village}-frame", name="片区", name_en="Quarter", level="framework",
        path=f"{village}-frame/",
    )  # fmt: skip
    project = Node.objects.create(
        code=f"{village}-path", name="步道", name_en="Path", level="project", parent=frame,
        path=f"{village}-frame/{village}-path/", owner=organisation(f"{village}law"),
        area=area(grid), starts=date(2026, 1, 1), ends=date(2026, 12, 31),
        began=date(2026, 1, 5), budget=4_000_000, lon=area(grid).lon, lat=area(grid).lat,
    )  # fmt: skip
    due = Milestone.objects.create(
        code=f"{village}-path-1", node=project, name="立项", name_en="Approved",
        due=date(2026, 1, 31), first_due=date(2026, 1, 31),
    )  # fmt: skip
    change = MilestoneChange.objects.create(
        milestone=due, what="due", was=date(2026, 1, 20), became=due.due, reason="雨", at=now()
    )
    ladder, _made = Ladder.objects.get_or_create(
        code="investment",
        defaults={"name": "招商", "name_en": "Investment", "pack": "village", "steps": [
            {"code": code, "name": name, "name_en": english, "usual_days": 30,
             "ends": code == "production", "aside": False, "optional": False}
            for code, name, english in (("lead", "线索", "Lead"), ("signed", "签约", "Signed"),
                                        ("production", "投产", "In production"))
        ]},
    )  # fmt: skip
    investment = Investment.objects.create(
        code=f"{village}-works", name="智造", name_en="Works", company="澜川", amount=50_000_000,
        owner=organisation(f"{village}law"), ladder=ladder, stage="lead", origin="fair",
        stage_since=date(2026, 1, 5), led=date(2026, 1, 5),
    )  # fmt: skip
    step = InvestmentStep.objects.create(
        thing=investment, stage="lead", on=date(2026, 1, 5), at=now()
    )
    incubator = Incubator.objects.create(code=f"{village}-inc", name="飞地", name_en="Incubator")
    line = {"type": "LineString", "coordinates": [[121.0, 30.7], [121.01, 30.7]]}
    way = Way.objects.create(
        code=f"{village}-way", name="步道", name_en="Path", kind="path", line=line, metres=958.0
    )
    catchment = Catchment.objects.create(
        code=f"{village}-basin", name="汇水区", name_en="Basin", hectares=3, runoff=0.6, rain=22
    )
    measure = Measure.objects.create(
        code=f"{village}-garden", name="花园", name_en="Garden", kind="garden",
        catchment=catchment, volume=198,
    )  # fmt: skip
    return {
        "way": way.code, "catchment": catchment.code, "measure": measure.code,
        "node": project.code, "milestone": due.pk, "due": due.code, "project": investment.code,
        "redated": change.pk,
        "project_step": step.pk, "incubator": incubator.code,
    }  # fmt: skip


def _remediation(village: str, name: str) -> dict[str, Any]:
    """Make a campaign of one enterprise, with a sheet, a promise, a line of talk, a contract."""
    stages = [
        {"code": code, "name": code, "name_en": "", "usual_days": None, "ends": code == "signed",
         "aside": False, "optional": False}
        for code in ("surveyed", "notified", "negotiated", "signed")
    ]  # fmt: skip
    ladder, _is_new = Ladder.objects.get_or_create(
        code="clearing", defaults={"name": "腾退", "pack": "village", "steps": stages}
    )
    policy, _is_new = remediation.Policy.objects.get_or_create(
        code="standard",
        defaults={"name": "办法", "pack": "village", "ladder": ladder, "upgrade_ladder": ladder,
                  "tolerance": 0.05, "stall_category": "stalls", "late_category": "stalls"},
    )  # fmt: skip
    price, _is_new = remediation.Price.objects.get_or_create(
        code="land",
        defaults={"policy": policy, "group": "land", "name": "土地", "unit": "亩",
                  "amount": 1000, "counts": "land"},
    )  # fmt: skip
    officer, today = person(f"officer{name}"), date(2026, 1, 5)
    campaign = remediation.Campaign.objects.create(
        code=f"{village}-park", name="工业区", policy=policy,
        organisation=organisation(f"{village}law"), area=area(village), began_on=today,
        due_on=date(2030, 1, 1),
    )  # fmt: skip
    west = 121.002 if village == "west" else 121.022
    shape = shapely.box(west, 30.712, west + 0.008, 30.718)
    drawn = {"wkb": shapely.to_wkb(shape), "mu": 764.6, "lon": west + 0.004, "lat": 30.715}
    block = remediation.Block.objects.create(
        code=f"{village}-b", name="一号区块", campaign=campaign, due_on=date(2030, 1, 1), **drawn
    )
    parcel = remediation.Parcel.objects.create(
        code=f"{village}-p", block=block, given_mu=800, **drawn
    )
    holding = remediation.Holding.objects.create(
        code=f"{village}-h", name="五金厂", parcel=parcel, ladder=ladder, disposition="vacate",
        land_mu=10, negotiator=officer, stage="notified", stage_since=today,
    )  # fmt: skip
    remediation.HoldingClimb.objects.create(thing=holding, stage="notified", on=today, at=now())
    line = {"code": "land", "group": "land", "name": "土地", "name_en": "", "unit": "亩",
            "unit_en": "", "quantity": "10", "price": "1000.00", "amount": "10000.00"}  # fmt: skip
    offer = remediation.Offer.objects.create(
        holding=holding, number=1, on=today, by=officer, at=now(), total=10000, lines=[line]
    )
    promise = remediation.Promise.objects.create(
        holding=holding, item="行车拆装", amount=500, wording="两台", on=today, by=officer
    )
    talk = remediation.Talk.objects.create(
        holding=holding, on=today, by=officer, way="visit", text="上门核对面积。"
    )
    contract = remediation.Contract(
        holding=holding, content_type="image/png", sha256="0" * 64, by=officer, at=now()
    )
    contract.file.save("contract.png", photo(), save=False)
    contract.save()
    item = remediation.Item.objects.create(
        code=f"{village}-i", holding=holding, price=price, quantity=1
    )
    return {
        "campaign": campaign.code, "block": block.code, "parcel": parcel.code,
        "holding": holding.code, "offer": offer.pk, "promise": promise.pk, "talk": talk.pk,
        "contract": contract.pk, "item": item.code,
    }  # fmt: skip


def _maintenance(asset: assets.Asset) -> dict[str, Any]:
    """Make what is told of a pump, its work order, what was found, and a version of its model."""
    upkeep, _made = upkeeps.Upkeep.objects.get_or_create(
        code="pumps",
        defaults={"pack": "village", "name": "水泵维护",
                  "definition": {"code": "pumps", "name": "水泵维护", "kinds": ["pump"]}},
    )  # fmt: skip
    version = upkeeps.Version.objects.create(
        upkeep=upkeep, number=upkeep.versions.count() + 1, fitted_at=now(), lives=5, usual=500,
        file="none.life", figures={"rmse": 9.0, "coverage": 0.9},
    )  # fmt: skip
    told = upkeeps.Prediction.objects.create(
        asset=asset, upkeep=upkeep, day=now().date(), at=now(), mean=50, low=30, high=70, pace=24,
        days=2.1, days_low=1.2, days_high=2.9, quantiles=[[0.1, 30], [0.5, 50], [0.9, 70]],
    )  # fmt: skip
    order = upkeeps.WorkOrder.objects.create(
        asset=asset, upkeep=upkeep, opened_at=now(), due=now() + timedelta(days=1), hours=2
    )
    finding = upkeeps.Finding.objects.create(
        asset=asset, upkeep=upkeep, at=now() - timedelta(days=9), condition="fine", renewed=False,
        kept_at=now(), content_type="image/png",
    )  # fmt: skip
    finding.photo.save("found.png", photo())
    return {"upkeep": upkeep.code, "life_model": version.pk, "prediction": told.pk,
            "work_order": order.pk, "finding": finding.pk}  # fmt: skip


def _growth(asset: assets.Asset) -> int:
    """Let something grow in an asset; return the key of its stage."""
    crop, _made = Crop.objects.get_or_create(
        code="rice",
        defaults={"pack": "village", "name": "水稻",
                  "definition": {"code": "rice", "name": "水稻", "grown_in": ["pump"],
                                 "stages": [{"code": "seedling", "name": "育秧期",
                                             "usual_days": 14}]}},
    )  # fmt: skip
    row = Growth.objects.create(
        asset=asset, crop=crop, stage="seedling", since=now(), recorded_at=now()
    )
    return int(row.pk)


def _inspection(grid: str, village: str, name: str) -> dict[str, Any]:
    """Make a station of the village's plant, in which the head works, and a part it judged."""
    plant = organisation(f"{village}plant")
    Membership.objects.create(user=person(f"head{name}"), organisation=plant, role="officer")
    camera = Asset.objects.create(
        code=f"{village}-camera", name="相机", level="structure", path=f"{village}-camera/",
        area=area(grid), organisation=plant,
    )  # fmt: skip
    product = inspection.Product.objects.create(code=f"{village}-tile", name="磁瓦", asset=camera)
    kind = inspection.FlawKind.objects.create(code=f"{village}-dent", name="凹坑", product=product)
    station = inspection.Station.objects.create(
        code=f"{village}-end", name="终检", asset=camera, product=product, method="surface",
        feed="http",
    )  # fmt: skip
    version = inspection.Version.objects.create(
        station=station, number=1, state="retired", asked_at=now()
    )
    lot = inspection.Lot.objects.create(
        code=f"{village}-1", product=product, began_at=now(), last_at=now()
    )
    pictures.keep(f"{village}.jpg", photo().read())
    sample = pictures.home() / "samples" / station.code / "good" / "fine.png"
    sample.parent.mkdir(parents=True)
    sample.write_bytes(png(16))
    part = inspection.Inspection.objects.create(
        station=station, lot=lot, serial=village, key=village, at=now(), verdict="flawed",
        score=5.0, threshold=3.0, picture=f"{village}.jpg", width=8, height=8,
    )  # fmt: skip
    flaw = inspection.Flaw.objects.create(inspection=part, kind=kind, box=[1, 1, 4, 4])
    hour = inspection.Hour.objects.create(station=station, hour=now(), parts=1, flawed=1)
    compared = _compared(village, name)
    return {
        "station": station.code, "station_version": version.pk, "lot": lot.pk, "part": part.pk,
        "flaw": flaw.pk, "flaw_kind": kind.code, "station_hour": hour.pk, **compared,
    }  # fmt: skip


def _compared(village: str, name: str) -> dict[str, Any]:
    """Make a case with a photo of how it was found, and one of what was done."""
    tell = Report(f"{village}街口烧烤摊油烟很大", area="e1" if name else "w1", category="stalls",
                  reporter=person(f"resident{name}"), evidence=[photo()])  # fmt: skip
    case = receive([tell])[0].case
    loop.act(case, "accept", person(f"head{name}"))
    loop.act(case, "resolve", person(f"head{name}"), reply="已劝离摊贩并清理现场，后续加强巡查。",
             evidence=[photo()])  # fmt: skip
    first, last = Evidence.objects.filter(case=case).order_by("pk").values_list("pk", flat=True)
    return {"compared": case.code, "photo_before": first, "photo_after": last}
