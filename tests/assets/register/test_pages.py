"""Pages of assets: what each person finds there and may do."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from linli import clock
from linli.assets.register import health, history, spares, stops
from linli.assets.register.models import (
    Asset,
    Entry,
    Health,
    Manual,
    Output,
    Shift,
    ShiftDay,
    Spare,
    SpareMove,
    Stop,
)
from linli.assets.register.panels import _panels, panel
from linli.assets.register.telling import tell
from linli.cases import loop
from linli.cases.models import Case
from linli.people.models import AuditEntry
from tests.assets.plant import asset
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant", "morning")
MACHINE = "P1-L1-M01"


def photo(name: str = "fault.png") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "#888").save(drawn, "PNG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/png")


@pytest.fixture
def as_(client):
    def enter(name: str):
        client.force_login(person(name))
        return client

    return enter


def step(client, name: str, told: dict, code: str = MACHINE):
    return client.post(reverse("asset-step", args=[code, name]), told)


def text(response) -> str:
    return response.content.decode()


def test_the_tree_shows_who_may_see_it_and_the_worst_health_above(as_):
    health.say(asset("P1-L1-M01-B1"), "maintenance", "act", "轴承将坏", "Bearing is going")
    page = text(as_("operator").get(reverse("assets")))
    assert "一号线" in page
    assert "轴承将坏" in page
    assert "东湖桥" not in page
    assert as_("resident").get(reverse("assets")).status_code == 403


def test_the_tree_is_narrowed_by_words_kind_and_health(as_):
    health.say(asset("P1-L1-M02"), "telemetry", "watch", "温度偏高")
    client = as_("chief")
    for query, there, gone in (
        ("q=m01-b1", "P1-L1-M01-B1", "P1-L1-M02"), ("kind=robot", "P1-L1-M03", "P1-L1-M01"),
        ("state=watch", "P1-L1-M02", "P1-L1-M03"),
    ):  # fmt: skip
        page = text(client.get(f"{reverse('assets')}?{query}"))
        assert there in page
        assert f">{gone}<" not in page


def test_the_page_of_a_machine_tells_what_is_kept_of_it(as_):
    Spare.objects.create(code="S1", name="轴承22217", plant=asset("P1"), fits=["bearing"])
    history.note(asset(MACHINE), "replaced", "更换轴承", person("engineer"), found="剥落")
    case = tell(asset(MACHINE), "work-order", "轴承磨损", "", source="maintenance",
                external_id="x")  # fmt: skip
    page = text(as_("engineer").get(reverse("asset", args=[MACHINE])))
    for words in ("主轴承", "轴承22217", "更换轴承", "剥落", case.title, "一号线班组"):
        assert words in page
    assert as_("builder").get(reverse("asset", args=[MACHINE])).status_code == 404


def test_other_rooms_show_their_panels_there(as_):
    @panel("trial", order=1, styles=("linli/assets.css",))
    def trial(row: Asset, sight) -> str:
        return f"<h2>读数 {row.code}</h2>" if row.level == "machine" else ""

    try:
        client = as_("operator")
        assert f"读数 {MACHINE}" in text(client.get(reverse("asset", args=[MACHINE])))
        assert "读数" not in text(client.get(reverse("asset", args=["P1"])))
    finally:
        del _panels["trial"]


def test_a_scan_offers_to_report_a_fault_to_who_works_there_and_nobody_else(as_):
    address = reverse("asset-scan", args=[MACHINE])
    assert address == f"/a/{MACHINE}/"
    assert 'name="evidence"' in text(as_("operator").get(address))
    assert 'name="evidence"' not in text(as_("leader").get(address))
    assert as_("resident").get(address).status_code == 404
    told = {"once": "b1", "title": "异响"}
    assert step(as_("leader"), "fault", told).status_code == 403
    assert step(as_("resident"), "fault", told).status_code == 404


def test_a_fault_reported_with_a_photo_becomes_a_case_of_maintenance_once(as_):
    client = as_("operator")
    for _time in range(2):
        answer = step(client, "fault", {"once": "a1", "title": "主轴异响", "evidence": photo()})
        assert answer.status_code == 302
    case = Case.objects.get()
    assert answer.url == reverse("case", args=[case.code])
    assert case.functional.code == "p1-maintenance"
    assert case.evidence.count() == 1
    assert case.reports.get().reporter == person("operator")
    assert step(client, "fault", {"once": "a2", "title": ""}).status_code == 422
    wrong = SimpleUploadedFile("x.png", b"no picture")
    told = {"once": "a3", "title": "异响", "evidence": wrong}
    assert step(client, "fault", told).status_code == 422
    assert Case.objects.count() == 1


def test_what_was_done_in_a_case_stands_in_the_history_once_it_is_closed(as_):
    case = tell(asset(MACHINE), "work-order", "轴承磨损", "", source="maintenance",
                external_id="x")  # fmt: skip
    loop.act(case, "accept", person("engineer"))
    loop.act(case, "resolve", person("engineer"), reply="更换轴承，试车两小时振动正常。")
    loop.act(case, "verify", person("chief"))
    assert not Entry.objects.exists()
    loop.act(case, "close", person("dispatcher"), reason="已核实")

    entry = Entry.objects.get()
    assert (entry.asset.code, entry.what, entry.case) == (MACHINE, "repaired", case)
    assert entry.done == "更换轴承，试车两小时振动正常。"
    assert entry.by == person("engineer")


def test_a_machine_stands_still_and_runs_again(as_):
    client = as_("operator")
    assert step(client, "stop", {"cause": "failure", "note": "主轴报警"}).status_code == 302
    assert step(client, "stop", {"cause": "failure"}).status_code == 422
    with clock.at(clock.now() + timedelta(minutes=30)):
        assert "主轴报警" not in text(client.get(reverse("asset", args=["P1-L1-M02"])))
        assert step(client, "go", {}).status_code == 302
    stop = Stop.objects.get()
    assert stop.until - stop.since == timedelta(minutes=30)
    with pytest.raises(stops.NotAStop):
        stops.end(asset(MACHINE))
    assert step(as_("supervisor"), "stop", {"cause": "failure"}).status_code == 403


def test_who_keeps_a_machine_changes_it_and_the_trail_says_so(as_):
    address = reverse("asset-change", args=[MACHINE])
    told = {"code": MACHINE, "name": "冲压机甲", "level": "machine", "kind": "press",
            "parent": "P1-L1", "maker": "沃力"}  # fmt: skip
    assert as_("operator").post(address, told).status_code == 403
    assert as_("engineer").get(address).status_code == 200
    assert as_("engineer").post(address, told).status_code == 302
    assert asset(MACHINE).name == "冲压机甲"
    entry = AuditEntry.objects.get(action="asset-kept")
    assert entry.by == person("engineer")
    assert entry.changes["maker"] == ["", "沃力"]
    assert "code" not in entry.changes


def test_a_new_machine_stands_below_what_it_was_added_to(as_):
    client = as_("engineer")
    assert client.get(reverse("asset-new") + "?below=P1-L1").status_code == 200
    told = {"code": "P1-L1-M09", "name": "磨床", "level": "machine", "parent": "P1-L1"}
    assert client.post(reverse("asset-new"), told).status_code == 302
    assert asset("P1-L1-M09").path == "P1/P1-L1/P1-L1-M09/"
    assert client.post(reverse("asset-new"), told).status_code == 422
    assert client.post(reverse("asset-new"), told | {"parent": "PS1"}).status_code == 404
    assert as_("operator").get(reverse("asset-new")).status_code == 403


def test_a_manual_is_kept_by_its_content_and_opened_by_who_sees_the_asset(as_):
    client = as_("engineer")
    guide = SimpleUploadedFile("guide.txt", "先停机，再断电。".encode())
    told = {"title": "安全规程", "file": guide, "about": "kind"}
    assert step(client, "manual", told).status_code == 302
    row = Manual.objects.get()
    assert (row.asset, row.kind, row.content_type) == (None, "press", "text/plain")
    address = reverse("manual-file", args=[row.pk])
    assert client.get(address).content.decode() == "先停机，再断电。"
    assert as_("builder").get(address).status_code == 404
    assert as_("resident").get(address).status_code == 404
    for content in (b"<script>alert(1)</script>", b"MZ\x00\x01", b""):
        bad = {"title": "x", "file": SimpleUploadedFile("x.txt", content), "about": "one"}
        assert step(as_("engineer"), "manual", bad).status_code == 422
    assert step(as_("operator"), "manual", told).status_code == 403
    assert Manual.objects.count() == 1


def test_spares_move_and_never_fall_below_nothing(as_):
    row = Spare.objects.create(code="S1", name="轴承", plant=asset("P1"), fits=["press"],
                               minimum=2)  # fmt: skip
    client, address = as_("engineer"), reverse("spare-move", args=["S1"])
    assert client.post(address, {"reason": "delivered", "number": 3}).status_code == 302
    used = {"reason": "used", "number": 2, "asset": MACHINE}
    assert client.post(address, used).status_code == 302
    assert client.post(address, used).status_code == 422
    row.refresh_from_db()
    assert row.stock == 1
    last = SpareMove.objects.first()
    assert (last.change, last.balance, last.asset.code) == (-2, 1, MACHINE)
    assert list(spares.low(Spare.objects.all())) == [row]
    assert "S1" in text(client.get(reverse("spares")))
    assert as_("operator").post(address, used).status_code == 403
    assert as_("builder").post(address, used).status_code == 404


def test_the_database_itself_keeps_the_stock_from_falling_below_nothing():
    from django.db import IntegrityError, transaction

    row = Spare.objects.create(code="S1", name="轴承", plant=asset("P1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Spare.objects.filter(pk=row.pk).update(stock=-1)


def test_the_least_stock_and_price_are_changed_by_who_keeps_the_plant(as_):
    Spare.objects.create(code="S1", name="轴承", plant=asset("P1"), stock=2)
    told = {"code": "S1", "name": "轴承", "minimum": 4, "lead_days": 9, "price_yuan": "12.50",
            "fits": "press bearing"}  # fmt: skip
    address = reverse("spare-change", args=["S1"])
    assert as_("operator").post(address, told).status_code == 403
    assert as_("chief").post(address, told).status_code == 302
    row = Spare.objects.get()
    assert (row.minimum, row.fits, row.stock) == (4, ["press", "bearing"], 2)


def test_a_day_off_is_named_and_the_plant_does_not_work_then(as_):
    from linli.assets.register.shifts import spans

    Shift.objects.create(code="P1-d", name="白班", plant=asset("P1"), days=[1, 2, 3, 4, 5],
                         begins="08:00", ends="16:00")  # fmt: skip
    now = clock.now()
    assert len(spans(asset(MACHINE), now, now + timedelta(days=2))) == 3
    told = {"day": "2026-03-11", "note": "检修"}
    assert step(as_("operator"), "day", told, "P1").status_code == 403
    assert step(as_("engineer"), "day", told, "P1").status_code == 302
    assert ShiftDay.objects.get().shifts == []
    assert len(spans(asset(MACHINE), now, now + timedelta(days=2))) == 2
    assert "检修" in text(as_("operator").get(reverse("asset-shifts", args=["P1"])))


def test_how_machines_ran_stands_on_a_page_with_its_point(as_):
    now = clock.now()
    for code, good in ((MACHINE, 100), ("P1-L1-M02", 50)):
        Output.objects.create(asset=asset(code), since=now - timedelta(hours=2), until=now,
                              made=100, good=good, ideal_s=72)  # fmt: skip
    page = text(as_("chief").get(reverse("assets-running")))
    assert "车床" in page
    assert "50.0 %" in page
    assert as_("resident").get(reverse("assets-running")).status_code == 403


def test_labels_lead_to_the_short_address(as_):
    client = as_("engineer")
    assert MACHINE in text(client.get(reverse("asset-labels") + "?below=P1-L1"))
    sheet = text(client.get(reverse("asset-labels") + f"?code={MACHINE}&code=BR1"))
    assert sheet.count("<svg") - sheet.count('<svg class="icon"') == 1  # not what is out of sight
    assert "style=" not in sheet.split("<main")[1].split("</main")[0]


def test_health_keeps_since_when_it_is_said():
    now = clock.now()
    row = health.say(asset(MACHINE), "telemetry", "watch", "偏高")
    with clock.at(now + timedelta(hours=2)):
        again = health.say(asset(MACHINE), "telemetry", "watch", "更高")
        assert (again.since, again.why) == (row.since, "更高")
        worse = health.say(asset(MACHINE), "telemetry", "act", "过高")
        assert worse.since == now + timedelta(hours=2)
    assert Health.objects.count() == 1
