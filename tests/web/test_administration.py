"""The pages with which administrators keep the town in order, and who may not use them."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases import loop
from linli.cases.models import Event, Ruling
from linli.people import audit
from linli.people.models import AuditEntry, Lead, Membership, User
from linli.places.models import Town
from tests.cases.conftest import tell
from tests.small_town import PEOPLE, organisation, person
from tests.web.conftest import SmallTown

PAGES = ("/administration/", "/administration/people/", "/administration/people-new/",
         "/administration/people/worker/", "/administration/areas/",
         "/administration/areas/w1/", "/administration/organisations/",
         "/administration/calendar/", "/administration/audit/",
         "/administration/audit/?of=steps")  # fmt: skip
# What changes something, with what it is sent.
WRITES = {
    "/administration/people/worker/change/": {"name": "改名"},
    "/administration/people/worker/close/": {"reason": "试试"},
    "/administration/people/worker/open/": {},
    "/administration/people/worker/password/": {},
    "/administration/people/worker/second-factor/": {},
    "/administration/people/worker/roles/": {"organisation": "government", "role": "leader"},
    "/administration/people/worker/outside/": {"provider": "oidc", "identifier": "u"},
    "/administration/areas/w1/lead/": {"side": "town", "person": "officer"},
    "/administration/calendar/change/": {"day": "2026-12-24", "kind": "holiday",
                                         "confirmed": "yes"},
}  # fmt: skip
OTHERS = [row[0] for row in PEOPLE if "administrator" not in row[4]]


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.organisations.append(
        ["eastteam", "东村村委", "East village", "territorial", "east", "government", ""]
    )
    small.people += [
        ["villager", "西管", "Xi Guan", "westteam", "administrator", "", ""],
        ["eastern", "东娃", "Dong Wa", "eastteam", "worker", "", ""],
        ["western", "西娃", "Xi Wa", "westteam", "worker", "", ""],
    ]
    small.load()
    return small


pytestmark = pytest.mark.usefixtures("town")


def _state() -> tuple:
    return (
        set(Membership.objects.values_list("user__username", "organisation__code", "role")),
        set(Lead.objects.values_list("area__code", "side", "user__username")),
        list(User.objects.order_by("pk").values_list("name", "password", "is_active")),
        Town.objects.get().calendar,
    )


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", PAGES)
def test_the_pages_answer_administrators_in_their_language(enter, path, language):
    page = enter("administrator", language).get(path)

    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "style=" not in page.text
    if language == "zh-hans":
        main = re.search(r"<main.*</main>", page.text, re.S)[0]
        main = re.sub(r"<(option|code|datalist|small)\b.*?</\1>|`[^`]*`", " ", main, flags=re.S)
        words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]+>", " ", main)))
        assert words <= {"API", "Linli", "sqlite", "postgresql", "worker", "administrator",
                         "bytes", "lake", "sub", "PostgreSQL", "CSV", "Excel"}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_reads_or_writes_there(enter, name):
    client, before = enter(name), _state()

    for path in PAGES:
        assert client.get(path).status_code == 403, path
    for path, sent in WRITES.items():
        assert client.post(path, sent).status_code in (403, 404), path

    assert _state() == before


def test_guests_are_sent_to_sign_in():
    for path in (*PAGES, *WRITES):
        assert Client().get(path)["Location"].startswith("/sign-in/?next="), path


def test_reading_changes_nothing(enter):
    client, before = enter("administrator"), _state()

    for path in WRITES:
        assert client.get(path).status_code == 405, path

    assert _state() == before


def test_no_form_is_taken_without_its_token():
    client, before = Client(enforce_csrf_checks=True), _state()
    client.force_login(person("administrator"))

    for path, sent in WRITES.items():
        assert client.post(path, sent).status_code == 403, path

    assert _state() == before


def test_a_villages_administrator_stays_in_the_village(enter):
    client, before = enter("villager"), _state()
    away = {path.replace("worker", "eastern").replace("w1", "e1"): sent
            for path, sent in WRITES.items()}  # fmt: skip

    for path, sent in away.items():
        assert client.post(path, sent).status_code in (403, 404), path
    for name in ("administrator", "villager", "leader"):
        for act in ("password", "close", "change"):
            path = f"/administration/people/{name}/{act}/"
            answer = client.post(path, {"reason": "x", "name": "x"})
            assert answer.status_code in (403, 404), path
    beyond = {"organisation": "government", "role": "administrator"}
    assert client.post("/administration/people/western/roles/", beyond).status_code == 422
    told = {"username": "x", "name": "某", **beyond}
    assert client.post("/administration/people-new/", told).status_code == 422
    assert _state() == before

    page = client.get("/administration/areas/").text
    assert "西村一格" in page or "w1" in page
    assert "东村一格" not in page
    assert "东娃" not in client.get("/administration/people/").text
    assert client.get("/administration/people/eastern/").status_code == 404


def test_a_person_is_added_and_signs_in_with_the_password_shown_once(enter):
    client = enter("administrator")
    told = {"username": "new", "name": "新来", "organisation": "westteam", "role": "worker"}
    page = client.post("/administration/people-new/", told)
    password = re.search(r'class="password">([^<]+)<', page.text)[1]
    assert "no-store" in page["Cache-Control"]
    assert password not in client.get("/administration/people/new/").text

    newcomer = Client()
    newcomer.post("/sign-in/", {"username": "new", "password": password})

    assert newcomer.get("/")["Location"] == "/settings/password/"


def test_every_write_is_in_the_trail(enter):
    client = enter("administrator")
    client.post("/administration/people/western/change/", {"name": "西娃儿"})
    client.post("/administration/people/western/roles/",
                {"organisation": "government", "role": "officer"})  # fmt: skip
    client.post("/administration/people/western/password/")
    client.post("/administration/areas/w1/lead/", {"side": "community", "person": "officer"})
    client.post("/administration/areas/w2/lead/", {"side": "community", "person": ""})
    client.post("/administration/calendar/change/",
                {"day": "2026-12-24", "kind": "holiday", "confirmed": "yes"})  # fmt: skip
    client.post("/administration/people/western/close/", {"reason": "调离"})

    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "person-changed", "role-granted", "password-reset", "lead-set", "lead-removed",
        "calendar-changed", "person-deactivated",
    }  # fmt: skip
    assert audit.faults() == []
    page = client.get("/administration/audit/", {"action": "lead-set", "person": "administrator"})
    assert "worker → officer" in page.text
    assert "Person changed" not in re.sub(r"<option.*?</option>", "", page.text)
    assert "No entry" in client.get("/administration/audit/", {"until": "2000-01-01"}).text


def test_the_trail_names_what_it_is_about_in_the_readers_language(enter):
    resident = person("resident")
    User.objects.filter(pk=resident.pk).update(name_en="Wang Xiaohe")
    audit.record("person-changed", person("leader"), resident)
    audit.record("person-changed", person("leader"), resident, name="旧名")

    page = enter("administrator").get("/administration/audit/").text

    assert "Wang Xiaohe" in page
    assert "旧名" in page, "what was called otherwise then keeps that name"


def test_a_lead_nobody_has_is_named_as_wrong(enter):
    page = enter("administrator").post(
        "/administration/areas/w1/lead/", {"side": "town", "person": "nobody-here"}
    )

    assert page.status_code == 422
    assert "Nobody is called" in page.text


def test_the_calendar_tells_what_a_change_means_before_it_is_made(enter):
    client = enter("administrator")
    day = {"day": "2026-12-24", "kind": "holiday", "reason": "镇庆"}

    told = client.post("/administration/calendar/change/", day)
    assert "Deadlines already given stay" in told.text
    assert Town.objects.get().calendar["holidays"] == []

    client.post("/administration/calendar/change/", {**day, "confirmed": "yes"})
    assert Town.objects.get().calendar["holidays"] == ["2026-12-24"]
    wrong = client.post("/administration/calendar/change/", {"hours": "12:00-08:30"})
    assert wrong.status_code == 422
    assert client.get("/administration/calendar/?year=2031").status_code == 200
    assert date(2026, 12, 24).isoformat() in client.get("/administration/calendar/").text


def test_everybody_enters_leave_on_their_own_page(enter):
    client = enter("worker")
    told = {"first": "2036-05-01", "last": "2036-05-03"}

    client.post("/leave/enter/", told)

    page = client.get("/leave/")
    assert "Xu Zhigang carries on" in page.text
    assert client.post("/leave/enter/", {**told, "person": "officer"}).status_code == 404
    assert client.post("/leave/enter/", {"first": "x", "last": "y"}).status_code == 422
    row = person("worker").leaves.get()
    assert enter("officer").post(f"/leave/{row.pk}/remove/").status_code == 404
    client.post(f"/leave/{row.pk}/remove/")
    assert not person("worker").leaves.exists()


def test_rulings_are_read_and_withdrawn_on_their_page(enter):
    case = tell("桥头摆摊")
    loop.act(case, "return", person("head"), reason="不归我们管")
    loop.act(case, "rule", person("dispatcher"), organisation=organisation("housing"),
             reason="归建设办")  # fmt: skip
    ruling = Ruling.objects.get()
    path = f"/administration/rulings/{ruling.pk}/"

    assert enter("officer").get(path).status_code == 403
    assert "归建设办" in enter("dispatcher").get("/administration/rulings/").text
    client = enter("administrator")
    assert client.post(f"{path}withdraw/", {"reason": " "}).status_code == 422
    client.post(f"{path}withdraw/", {"reason": "职责已调整"})

    assert "职责已调整" in client.get(path).text
    ruling.refresh_from_db()
    assert ruling.withdrawn


@pytest.mark.parametrize("path", ["/administration/people/", "/administration/areas/",
                                  "/administration/organisations/", "/administration/audit/",
                                  "/administration/", "/leave/"])  # fmt: skip
def test_the_number_of_queries_does_not_grow_with_the_rows(enter, path):
    client = enter("administrator")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    queries()
    before = queries()
    for number in range(8):
        user = User.objects.create(username=f"more{number}", name="多")
        Membership.objects.create(user=user, organisation=organisation("westteam"), role="worker")
        audit.record("person-created", person("leader"), user)

    assert queries() == before


def test_older_steps_follow_page_by_page_and_none_is_lost(enter, monkeypatch):
    monkeypatch.setattr("linli.web.administration.audit.A_PAGE", 3)
    case = tell("桥头摆摊")
    loop.act(case, "accept", person("officer"))
    client, seen, path = enter("administrator"), [], "/administration/audit/?of=steps"

    while path:
        page = client.get(path)
        seen += [(row["row"].case_id, row["row"].seq) for row in page.context["rows"]]
        older = re.search(r'href="(\?[^"]*before=[^"]+)"', page.text)
        path = "/administration/audit/" + older[1].replace("&amp;", "&") if older else None

    assert sorted(seen) == sorted(Event.objects.values_list("case_id", "seq"))
    assert len(seen) == case.events.count() > 3
