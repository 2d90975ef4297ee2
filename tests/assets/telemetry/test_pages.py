"""Pages and operations of telemetry: who sees what, and what they say."""

from datetime import timedelta

import numpy as np
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli import clock
from linli.assets.telemetry import directory, sources, store
from linli.assets.telemetry.models import Line, Refusal, Source, Tag
from linli.assets.telemetry.points import Points, moment
from linli.cases.refusal import Refused
from linli.doors import keys
from linli.people.models import AuditEntry
from linli.people.scope import Scope
from tests.assets.telemetry.test_opcua import Plc
from tests.small_town import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_files(settings):
    """Let pages name their files without a manifest, which `serve` makes."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def measured(press):
    """Give the press an hour of temperature, and something that was refused."""
    at = clock.now()
    times = moment(at - timedelta(hours=1)) + np.arange(360) * np.timedelta64(10, "s")
    store.write(Points.series({"press.temp": (times, 40 + np.arange(360) / 10)}))
    store.write(Points.series({"press.temp": (times[:1], [999.0])}))
    return press


@pytest.fixture
def signed_in(client):
    def enter(username):
        client.force_login(person(username))
        return client

    return enter


def key_of(username, *scopes):
    return {"Authorization": f"Bearer {keys.issue(person(username), 'gateway', list(scopes))[1]}"}


def test_the_list_says_the_newest_value_and_what_is_wrong(measured, signed_in):
    page = signed_in("engineer").get("/telemetry/?asset=press").content.decode()

    assert "75.9" in page and "polyline" in page
    assert "/telemetry/tags/press.temp/#refused" in page
    assert "press.load" in page


def test_the_page_of_a_tag_says_its_point_in_the_title(measured, signed_in):
    page = signed_in("engineer").get("/telemetry/tags/press.temp/?range=6h")

    assert page.context["chart"].spread.counts.sum() == 360
    assert "75.9" in page.context["chart"].point
    assert "999" in page.content.decode()


@pytest.mark.parametrize("span", ["1h", "6h", "1d", "7d", "30d", "1y"])
def test_every_range_can_be_drawn_empty_too(measured, signed_in, span):
    for code in ("press.temp", "press.door"):
        assert signed_in("engineer").get(f"/telemetry/tags/{code}/?range={span}").status_code == 200


def test_who_does_not_see_the_plant_sees_nothing_it_says(measured, signed_in):
    client = signed_in("officer")
    assert "press.temp" not in client.get("/telemetry/").content.decode()
    assert client.get("/telemetry/tags/press.temp/").status_code == 404
    assert client.get("/telemetry/sources/").status_code == 403
    assert signed_in("resident").get("/telemetry/").status_code == 403


def test_a_source_is_set_up_and_its_password_is_never_shown(press, signed_in):
    client = signed_in("administrator")
    given = {
        "code": "hall", "name": "车间", "kind": "mqtt", "address": "mqtt://127.0.0.1:9",
        "username": "linli", "password": "geheim-42", "enabled": "on",
    }  # fmt: skip
    assert client.post("/telemetry/sources/new/", given).status_code == 302
    assert Source.objects.get().secret == "geheim-42"

    client.post("/telemetry/sources/hall/", given | {"password": "", "name": "一车间"})

    kept = Source.objects.get()
    assert (kept.name, kept.secret) == ("一车间", "geheim-42")
    assert "geheim-42" not in client.get("/telemetry/sources/hall/").content.decode()
    assert "geheim-42" not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
    rows = client.get(
        "/api/v1/telemetry-sources", headers=key_of("administrator", "telemetry:read")
    )
    assert rows.status_code == 200 and "geheim" not in rows.content.decode()


def test_an_address_that_is_none_is_refused(press, signed_in):
    page = signed_in("administrator").post("/telemetry/sources/new/", {
        "code": "hall", "name": "车间", "kind": "mqtt", "address": "http://x", "enabled": "on",
    })  # fmt: skip

    assert page.status_code == 422 and not Source.objects.exists()


def test_a_broker_that_answers_is_told_from_one_that_does_not(press, mosquitto):
    sight = Scope(person("administrator"))
    there = Source(code="a", name="a", kind=Source.Kind.MQTT, address=mosquitto.address)
    gone = Source(code="b", name="b", kind=Source.Kind.MQTT, address="mqtt://127.0.0.1:9")

    assert sources.test(there, sight)[0]
    assert not sources.test(gone, sight)[0]
    with pytest.raises(Refused):
        sources.test(there, Scope(person("officer")))


def test_a_server_of_opc_ua_that_answers_is_told_from_one_that_does_not(press):
    sight, plc = Scope(person("administrator")), Plc()
    try:
        there = Source(code="a", name="a", kind=Source.Kind.OPCUA, address=plc.address)
        assert sources.test(there, sight)[0]
    finally:
        plc.end()
    assert not sources.test(there, sight)[0]


def test_a_source_that_is_removed_leaves_its_tags_and_points(measured, signed_in):
    source = Source.objects.create(code="hall", name="车间", kind="mqtt", address="mqtt://x")
    Line.objects.create(source=source)
    Tag.objects.update(source=source)

    signed_in("administrator").post("/telemetry/sources/hall/remove/")

    assert not Source.objects.exists()
    assert store.newest(["press.temp"])


def test_a_file_is_taken_in_on_its_page(press, signed_in):
    at = clock.now() - timedelta(hours=1)
    rows = ["time,tag,value", *(f"{at.isoformat()},{tag},7" for tag in ("press.temp", "other"))]
    file = SimpleUploadedFile("points.csv", "\n".join(rows).encode())
    page = signed_in("engineer").post("/telemetry/files/", {"file": file})

    assert page.status_code == 200 and page.context["taken"].stored == 1
    assert store.newest(["press.temp"])["press.temp"].value == 7
    bad = SimpleUploadedFile("points.csv", b"a,b\n1,2\n")
    assert signed_in("engineer").post("/telemetry/files/", {"file": bad}).status_code == 422


def test_a_batch_over_rest_is_stored_and_can_be_sent_again(press, client):
    at = clock.now().replace(microsecond=0)
    told = orjson.dumps({"points": [
        {"tag": "press.temp", "t": at.isoformat(), "v": 71.6, "u": "°F"},
        {"asset": "press", "t": [at.isoformat()], "v": {"load": [5], "door": [True]}},
        {"asset": "press", "v": {"gone": 1}},
    ]})  # fmt: skip
    for _ in range(2):
        answer = client.post("/api/v1/telemetry/points", told, content_type="application/json",
                             headers=key_of("engineer", "telemetry:write"))  # fmt: skip
        assert answer.json() == {"stored": 3, "refused": {"unknown": 1}}

    series = client.get("/api/v1/telemetry/series", {"tags": "press.temp,press.door"},
                        headers=key_of("engineer", "telemetry:read")).json()  # fmt: skip
    assert series["values"] == [[pytest.approx(22), 1.0]]
    assert series["times"] == [round(at.timestamp() * 1000)]


def test_a_key_writes_only_what_its_owner_keeps(press, client):
    told = orjson.dumps({"points": [{"tag": "press.temp", "v": 1}]})
    for who, status in (("operator", 403), ("officer", 403)):
        answer = client.post("/api/v1/telemetry/points", told, content_type="application/json",
                             headers=key_of(who, "telemetry:write"))  # fmt: skip
        assert answer.status_code == status
    housing = client.post("/api/v1/telemetry/points", told, content_type="application/json",
                          headers=key_of("builder", "telemetry:write"))  # fmt: skip
    assert housing.json() == {"stored": 0, "refused": {"unknown": 1}}
    assert not Refusal.objects.filter(tag__isnull=False).exists()


def test_tags_come_in_by_a_table(plant, client):
    directory.forget()
    answer = client.post(
        "/api/v1/tags", orjson.dumps({"code": "P1-L1-M01.temp", "name": "温度",
                                      "asset": "P1-L1-M01", "unit": "°C", "high": 200.0}),
        content_type="application/json", headers=key_of("engineer", "telemetry:write"),
    )  # fmt: skip

    assert answer.status_code == 201, answer.content
    assert Tag.objects.get().key == "temp"
    answer = client.post(
        "/api/v1/tags", orjson.dumps({"code": "x", "name": "x", "asset": "P1-L1-M01", "low": 5.0,
                                      "high": 1.0}),
        content_type="application/json", headers=key_of("engineer", "telemetry:write"),
    )  # fmt: skip
    assert answer.status_code == 422
