"""Pages of stations: what they show, whom to, and that every number leads to its parts."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from linli.assets.inspection import listing
from linli.assets.inspection.models import Hour, Inspection, Station
from linli.assets.inspection.panel import checked
from linli.people.models import AuditEntry
from linli.web.cockpit.reach import Reach
from linli.web.cockpit.snapshot import snapshot
from tests.assets.inspection.parts import lot, parts, station
from tests.assets.plant import asset
from tests.small_town import area, person


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Serve static files without collecting them first."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def enter(role: str, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person(role))
    return client


def _said(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _charts(answer) -> dict:
    found = re.search(r'id="station-charts" type="application/json">(.*?)</script>',
                      answer.content.decode(), re.S)  # fmt: skip
    return json.loads(found[1])


def test_without_a_station_the_page_says_how_to_set_one_up(plant, morning):
    page = enter("inspector").get("/inspection/")
    assert "No station judges parts yet." in _said(page)
    assert "/inspection/add/" in page.content.decode()
    assert "/inspection/add/" not in enter("operator").get("/inspection/").content.decode()


def test_the_list_says_what_each_station_judged_this_shift_and_what_waits(plant, morning):
    where = station(seen_at=morning)
    parts(where, "ggggggffgu", morning - timedelta(minutes=30))
    said = _said(enter("inspector").get("/inspection/"))
    assert "Running" in said
    # 10 parts, one picture of no use: 7 good of 9.
    assert re.search(r"End of line 1 .* 10 77\.8 % .* 2 0 ", said)


def test_a_station_nobody_hears_of_is_said_to_be_silent(plant, morning):
    station(seen_at=morning - timedelta(minutes=6))
    assert "Nothing came for a while" in _said(enter("inspector").get("/inspection/"))


def test_the_town_sees_no_part_of_a_plant_and_a_crew_sees_its_own(plant, morning):
    where = station()
    [part] = parts(where, "f", morning - timedelta(minutes=5))
    addresses = [f"/inspection/{where.code}/", f"/inspection/parts/{part.pk}/",
                 f"/inspection/parts/{part.pk}/whole.img"]  # fmt: skip
    for address in addresses:
        assert enter("operator").get(address).status_code == 200
        assert enter("head").get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert enter("head").get("/inspection/").status_code == 403


def test_numbers_lead_to_the_parts_they_count(plant, morning):
    where, client = station(), enter("inspector")
    parts(where, "gfgfu", morning - timedelta(minutes=30))
    parts(where, "ff", morning - timedelta(hours=12))
    page = client.get(f"/inspection/{where.code}/").content.decode()
    links = re.findall(r'<a href="([^"]+)"><b>(\d+)</b><span>([^<]+)', page)
    found = {words: (href.replace("&amp;", "&"), int(n)) for href, n, words in links}
    for words in ("parts this shift", "flawed this shift", "pictures of no use"):
        address, n = found[words]
        assert client.get(address).content.decode().count("data-verdict") == n, words
    assert found["flawed, to judge"][1] == 4


def test_parts_are_narrowed_by_verdict_kind_lot_serial_time_and_judgement(plant, morning):
    where, client = station(), enter("inspector")
    begin = morning - timedelta(minutes=30)
    ours = parts(where, "gf", begin, of=lot("L1"))
    theirs = parts(where, "ff", begin + timedelta(minutes=10), of=lot("L2"), kind="dent")
    Inspection.objects.filter(pk=theirs[0].pk).update(judgement="overruled")

    def shown(query: str) -> set[int]:
        page = client.get(f"/inspection/{where.code}/?{query}").content.decode()
        return {int(pk) for pk in re.findall(r"/inspection/parts/(\d+)/\"", page)}

    assert shown("verdict=good") == {ours[0].pk}
    assert shown("kind=dent") == {theirs[1].pk}  # the other is none after all
    assert shown("lot=L1") == {part.pk for part in ours}
    assert shown(f"serial={theirs[1].serial}") == {theirs[1].pk}
    assert shown("judged=waiting") == {ours[1].pk, theirs[1].pk}
    assert shown("judged=overruled") == {theirs[0].pk}
    since = (begin + timedelta(minutes=5)).isoformat().replace("+", "%2B")
    assert shown(f"since={since}") == {part.pk for part in theirs}
    assert shown("since=nonsense&verdict=no") == {part.pk for part in [*ours, *theirs]}


def test_pages_of_parts_begin_where_the_last_one_ended(plant, morning):
    where, client = station(), enter("inspector")
    # Several of the same moment must not be lost between two pages.
    rows = parts(where, "g" * 55, morning - timedelta(minutes=30), seconds=0)
    seen: list[int] = []
    address = f"/inspection/{where.code}/?verdict=good"
    for _page in range(4):
        page = client.get(address).content.decode()
        seen += [int(pk) for pk in re.findall(r"/inspection/parts/(\d+)/\"", page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if not older:
            break
        address = f"/inspection/{where.code}/{older[1].replace('&amp;', '&')}"
    assert seen == sorted((row.pk for row in rows), reverse=True)
    newer = re.search(r'rel="prev" href="([^"]+)"', page)[1].replace("&amp;", "&")
    back = client.get(f"/inspection/{where.code}/{newer}").content.decode()
    assert len(re.findall(r"/inspection/parts/(\d+)/\"", back)) == listing.A_PAGE


def test_pages_count_no_inspections(plant, morning, django_assert_max_num_queries):
    where, client = station(seen_at=morning), enter("inspector")
    parts(where, "gfgfu" * 12, morning - timedelta(minutes=30), of=lot())
    client.get(f"/inspection/{where.code}/")
    with django_assert_max_num_queries(26) as asked:
        client.get(f"/inspection/{where.code}/")
    told = [query["sql"] for query in asked if "inspection_inspection" in query["sql"]]
    assert told and not [sql for sql in told if "COUNT(" in sql.upper()]


def test_a_chart_says_its_point_and_which_rule_was_broken(plant, morning):
    where = station()
    # Two weeks of 2 in 100 an hour, then an hour of 12 in 100.
    for hour in range(1, 24 * 14):
        Hour.objects.create(station=where, hour=morning - timedelta(hours=hour), parts=100,
                            flawed=2, flaws=2, kinds={"scratch": 2})  # fmt: skip
    Hour.objects.create(station=where, hour=morning, parts=100, flawed=12, flaws=14,
                        kinds={"scratch": 3, "dent": 9})  # fmt: skip
    charts = _charts(enter("inspector").get(f"/inspection/{where.code}/"))
    # σ of 100 parts at 2 % = 1.4 %: the limit lies at 6.2 %.
    assert charts["p"]["title"] == (
        "Share of flawed parts: out of control, 1 point outside the limits; the last from 09:00 "
        "(12.00 %, limit 6.20 %)"
    )
    assert charts["p"]["out"] == [23] and charts["p"]["centre"] == pytest.approx(2.0)
    assert "09:00: outside the limits (above)" in [one["words"] for one in charts["p"]["rules"]]
    assert charts["u"]["centre"] == pytest.approx(0.02)
    assert charts["yield"]["title"] == (
        "97.6 % of parts were good at once; the lowest was 88.0 % from 09:00"
    )
    assert charts["kinds"]["labels"] == ["Scratch", "Dent"]
    # 23 hours of 2 scratches and 3 more: 49 of 58 flawed ones, 84 %.
    assert charts["kinds"]["title"] == "Scratch: 84 % of what is flawed"


def test_a_steady_process_is_said_to_be_in_control(plant, morning):
    where = station()
    for hour in range(60):
        Hour.objects.create(station=where, hour=morning - timedelta(hours=hour), parts=100,
                            flawed=2 + hour % 3, flaws=3)  # fmt: skip
    charts = _charts(enter("inspector").get(f"/inspection/{where.code}/?span=day"))
    assert charts["p"]["title"].startswith("Share of flawed parts: in control")
    assert charts["p"]["base"].startswith("Limits from 2026-")


def test_a_station_is_set_up_by_those_who_run_it_and_that_stands_in_the_trail(plant, morning):
    told = {
        "code": "line-2", "name": "二号线", "asset": asset("P1-L1-CAM").pk, "method": "surface",
        "feed": "http", "every_s": 1, "trigger": "still", "keep_flawed_days": 180,
        "keep_good_days": 30, "keep_good_every": 20, "on": "on",
    }  # fmt: skip
    assert enter("operator").post("/inspection/add/", told).status_code == 403
    assert enter("technologist").post("/inspection/add/", told).status_code == 302
    assert Station.objects.get(code="line-2").asset == asset("P1-L1-CAM")
    entry = AuditEntry.objects.get(action="station-changed")
    assert (entry.by.username, entry.key) == ("technologist", "line-2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pattern": "("}, "This is no regular expression"),
        ({"pattern": r"\d+"}, "Name a group"),
        ({"feed": "folder"}, "Say where the pictures are."),
        ({"feed": "folder", "address": "/etc"}, "An administrator sets folders and cameras up."),
        ({"feed": "camera", "address": "file:///etc"}, "begins with rtsp"),
        ({"normal": "1.5"}, "A share lies between 0 and 1."),
        ({"every_s": "0"}, "Between 0.02 and 86,400 seconds."),
    ],
)
def test_what_a_station_cannot_be_is_said_beside_its_field(plant, morning, change, words):
    where = station()
    told = {
        "name": "一号线", "asset": where.asset_id, "method": "surface", "feed": "http",
        "every_s": 1, "trigger": "still", "keep_flawed_days": 180, "keep_good_days": 30,
        "keep_good_every": 20, "on": "on", **change,
    }  # fmt: skip
    answer = enter("inspector").post(f"/inspection/{where.code}/settings/", told)
    assert answer.status_code == 422
    assert escape(words) in answer.content.decode()


def test_the_cockpit_tells_of_yield_and_held_lots_within_reach_alone(plant, morning):
    where = station(seen_at=morning)
    parts(where, "gggf", morning - timedelta(minutes=30), of=lot("L1", state="held"))
    told = checked([area("lake").path])
    assert (told["yield"], told["waiting"], told["held"]) == (75.0, 1, 1)
    assert checked([area("e1").path]) == {} and checked([]) == {}
    path = area("lake").path
    shown = snapshot(Reach((path,), (path,)), "en")["parts"]["works"]
    assert "75.0 % good at once today" in shown and "1 lot held" in shown


def test_the_page_of_an_asset_tells_of_its_stations(plant, morning):
    where = station(seen_at=morning)
    parts(where, "gggf", morning - timedelta(minutes=30))
    for code in ("P1-L1-CAM", "P1-L1", "P1"):
        page = enter("operator").get(f"/assets/{code}/")
        assert "4 parts this shift · 75.0 % good at once · 1 to judge" in _said(page)
    assert f"/inspection/{where.code}/" not in (
        enter("operator").get("/assets/P1-L1-M01/").content.decode()
    )
