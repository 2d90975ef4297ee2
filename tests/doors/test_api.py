"""Programs of other systems list, read and act over REST as far as their owner may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli import tables
from linli.cases import loop
from linli.cases.api.given import GIVEN
from linli.cases.api.steps import by_people
from linli.cases.models import Case, Evidence
from linli.doors import keys
from linli.doors.api import api
from linli.doors.table_api import router_of
from linli.people.models import Organisation
from linli.people.scope import scope
from tests.cases.conftest import tell
from tests.small_town import person
from tests.web.conftest import png

pytestmark = pytest.mark.usefixtures("morning")


# --- keys ------------------------------------------------------------------------------------


def test_without_a_key_nothing_is_told(caller):
    answer = Client().get("/api/v1/cases")

    assert answer.status_code == 401 and answer["content-type"] == "application/problem+json"
    assert answer["www-authenticate"].startswith("Bearer")


def test_a_key_sees_what_its_owner_sees_and_no_more(caller):
    tell("桥头摆摊")
    tell("我家门口摆摊", reporter=person("resident"), lon=121.035, lat=30.735)

    assert len(caller("dispatcher").rows("/cases")) == 2
    assert [row["title"] for row in caller("resident").rows("/cases")] == ["我家门口摆摊"]


def test_what_the_owner_may_not_see_is_not_there(caller):
    case = tell("桥头摆摊")

    assert caller("resident").get(f"/cases/{case.code}").status_code == 404
    assert caller("dispatcher").get(f"/cases/{case.code}").json()["title"] == "桥头摆摊"


def test_a_scope_narrows_a_key(caller):
    case = tell("桥头摆摊")
    reader = caller("head", "cases:read")

    assert reader.get("/cases").status_code == 200
    assert reader.get("/areas").status_code == 403
    refused = reader.send(f"/cases/{case.code}/accept")
    assert refused.status_code == 403 and "cases:write" in refused.json()["detail"]
    case.refresh_from_db()
    assert case.state == "dispatched"


def test_a_revoked_key_opens_nothing(caller):
    program = caller("dispatcher")
    assert program.get("/cases").status_code == 200
    keys.revoke(program.key, person("dispatcher"))

    assert program.get("/cases").status_code == 401


def test_a_key_of_somebody_who_left_opens_nothing(caller):
    program = caller("officer")
    owner = person("officer")
    owner.is_active = False
    owner.save()

    assert program.get("/cases").status_code == 401


# --- lists -----------------------------------------------------------------------------------


def test_pages_follow_each_other_without_a_gap_while_new_cases_come_in(caller):
    told = [tell(sign * 8).code for sign in "甲乙丙丁戊"]
    program = caller("dispatcher")
    first = program.get("/cases", limit=2).json()
    tell("垃圾" * 5)
    rest = program.rows("/cases", limit=2, cursor=first["next"])

    assert [row["code"] for row in (*first["items"], *rest)] == told[::-1]


@pytest.mark.parametrize("order", ["due", "-due", "reported_at", "-reported_at", "code", "-code"])
def test_every_order_lists_every_case_once(caller, order):
    cases = [tell(sign * 8) for sign in "甲乙丙丁戊己庚辛"]
    # Some are due at the same moment, and some at none.
    Case.objects.filter(pk__in=[case.pk for case in cases[:3]]).update(due_at=None)
    program = caller("dispatcher")

    whole = [row["code"] for row in program.rows("/cases", order=order, limit=200)]
    paged = [row["code"] for row in program.rows("/cases", order=order, limit=3)]

    assert paged == whole and len(set(whole)) == len(cases)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"state": "dispatched"}, {"桥头摆摊", "路灯不亮"}),
        ({"category": "order"}, {"桥头摆摊"}),
        ({"category": ["stalls", "lights"]}, {"桥头摆摊", "路灯不亮"}),
        ({"area": "west"}, {"桥头摆摊", "邻居吵闹"}),
        ({"area": "market"}, {"桥头摆摊", "邻居吵闹"}),
        ({"functional": "housing"}, {"路灯不亮"}),
        ({"waiting": "triage"}, {"邻居吵闹"}),
        ({"q": "路灯"}, {"路灯不亮"}),
        ({"open": "false"}, set()),
        ({"reported_at_before": "2020-01-01T00:00:00Z"}, set()),
    ],
)
def test_a_list_is_narrowed_by_its_parameters(caller, asked, titles):
    tell("桥头摆摊")
    tell("路灯不亮", category="lights", lon=121.035, lat=30.735)
    tell("邻居吵闹", category="neighbours")

    assert {row["title"] for row in caller("dispatcher").rows("/cases", **asked)} == titles


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases?stat=dispatched", "stat"),
        ("/cases?state=asleep", "state.0"),
        ("/cases?limit=500", "limit"),
        ("/cases?cursor=%21", "cursor"),
        ("/cases?order=colour", "order"),
        ("/cases?q=%00", "q"),
    ],
)
def test_a_mistyped_parameter_is_told_by_its_name(caller, path, field):
    answer = caller("dispatcher").get(path)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_longer_list_asks_the_database_no_more(caller, django_assert_max_num_queries):
    program = caller("dispatcher")

    def queries():
        with django_assert_max_num_queries(50) as asked:
            assert program.get("/cases", limit=200).status_code == 200
        return len(asked)

    tell("桥头摆摊", external_id="0")
    queries()  # what is kept of the town is read once
    few = queries()
    for n, sign in enumerate("甲乙丙丁戊己庚辛壬癸", 1):
        tell(f"{sign * 8}摆摊", external_id=str(n))

    assert queries() == few


def test_problems_speak_the_language_of_the_reader(caller):
    chinese = caller("dispatcher", language="zh-hans").get("/cases/26-999999").json()
    english = caller("dispatcher", language="en").get("/cases/26-999999").json()

    assert (chinese["title"], english["title"]) == ("查无此项", "There is no such thing")


@pytest.mark.parametrize("path", ["/nowhere", "/cases/26-000001/nothing", "/"])
def test_an_unknown_address_is_a_problem_too(caller, path):
    answer = caller("dispatcher").get(path)

    assert answer.status_code == 404 and answer["content-type"] == "application/problem+json"


def test_a_wrong_method_is_answered_with_the_right_ones(caller):
    answer = caller("dispatcher").send("/cases", method="delete")

    assert answer.status_code == 405 and answer.json()["type"] == "/api/#method"
    assert "GET" in answer["allow"]


def test_too_many_requests_are_told_when_to_come_again(caller, settings):
    settings.API_PER_MINUTE = 2
    program = caller("dispatcher")
    answers = [program.get("/categories") for _ in range(4)]

    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["retry-after"]) <= 60


# --- steps -----------------------------------------------------------------------------------


def test_every_step_a_person_may_take_is_an_operation():
    paths = api.completed()["paths"]
    for name in loop.ACTIONS:
        assert (f"/api/v1/cases/{{code}}/{name}" in paths) == (by_people(name) or name == "look")


def test_everything_an_action_needs_can_be_given():
    assert loop.NEEDS.keys() - {"evidence"} <= GIVEN.keys()


def test_a_case_goes_round_the_loop_by_programs_of_four_people(caller):
    case = tell("桥头摆摊", reporter=person("resident"))
    path = f"/cases/{case.code}"
    officer, supervisor, resident = map(caller, ("head", "supervisor", "resident"))

    assert officer.send(f"{path}/accept").json()["state"] == "accepted"
    told = {"reply": "已劝离并清扫", "evidence": SimpleUploadedFile("there.png", png())}
    assert officer.upload(f"{path}/resolve", told).json()["state"] == "resolved"
    assert supervisor.send(f"{path}/verify", {"comment": "属实"}).json()["state"] == "verified"
    assert resident.send(f"{path}/evaluate", {"satisfied": True}).json()["state"] == "closed"
    events = resident.get(f"{path}/events").json()["items"]
    assert [event["action"] for event in events][-1] == "report"
    assert {"close", "evaluate", "verify", "resolve", "accept"} <= {e["action"] for e in events}


def test_a_step_names_things_by_their_keys(caller):
    case = tell("桥头摆摊")
    head, dispatcher = caller("head"), caller("dispatcher")
    head.send(f"/cases/{case.code}/return", {"reason": "属建设办"})
    ruled = dispatcher.send(
        f"/cases/{case.code}/rule", {"organisation": "housing", "reason": "桥面归建设办"}
    )

    assert ruled.json()["functional"] == "housing"
    unknown = dispatcher.send(f"/cases/{case.code}/merge", {"into": "26-999999"})
    assert unknown.status_code == 422
    assert [error["field"] for error in unknown.json()["errors"]] == ["into"]


@pytest.mark.parametrize(
    ("role", "action", "body", "status"),
    [
        ("head", "accept", {}, 200),
        ("resident", "accept", {}, 404),
        ("supervisor", "accept", {}, 403),
        ("head", "resolve", {"reply": "好了"}, 409),
        ("head", "return", {}, 422),
        ("head", "return", {"reason": "x", "colour": "red"}, 422),
        ("dispatcher", "fly", {}, 404),
    ],
)
def test_who_may_not_and_what_cannot_be_are_told_apart(caller, role, action, body, status):
    case = tell("桥头摆摊")

    assert caller(role).send(f"/cases/{case.code}/{action}", body).status_code == status


def test_what_may_be_done_now_is_what_the_loop_permits(caller):
    case = tell("桥头摆摊")
    offered = caller("head").get(f"/cases/{case.code}/actions").json()["items"]

    assert [one["name"] for one in offered] == loop.permitted(case, scope(person("head")))
    assert {"name": "reason", "label": "Reason", "required": True} in next(
        one["needs"] for one in offered if one["name"] == "return"
    )


def test_a_body_that_is_no_json_or_of_another_kind_is_told_so(caller):
    case = tell("桥头摆摊")
    program = caller("head")
    path = f"/api/v1/cases/{case.code}/return"
    send = Client().post

    broken = send(path, "{", content_type="application/json", headers=program.headers)
    typed = send(path, "reason=x", content_type="text/plain", headers=program.headers)

    assert (broken.status_code, typed.status_code) == (400, 415)


def test_files_are_given_to_those_who_see_the_case(caller):
    case = tell("桥头摆摊")
    head = caller("head")
    head.send(f"/cases/{case.code}/accept")
    told = {"reply": "已清", "evidence": SimpleUploadedFile("a.png", png())}
    head.upload(f"/cases/{case.code}/resolve", told)
    row = Evidence.objects.get()

    assert caller("dispatcher").get(f"/evidence/{row.pk}").status_code == 200
    assert caller("resident").get(f"/evidence/{row.pk}").status_code == 404


def test_each_look_at_who_reported_is_an_event(caller):
    case = tell("桥头摆摊", reporter=person("resident"), contact="13800000000")
    looked = caller("dispatcher").send(f"/cases/{case.code}/look")

    assert looked.json()["items"][0]["contact"] == "13800000000"
    assert case.events.filter(action="look", by=person("dispatcher")).exists()
    assert caller("leader").send(f"/cases/{case.code}/look").status_code == 403


def test_no_list_tells_who_reported(caller):
    tell("桥头摆摊", reporter=person("resident"), author="林晓荷", contact="13800000000")
    program = caller("dispatcher")

    for path in ("/cases", "/reports"):
        assert "13800000000" not in program.get(path).content.decode()
        assert "林晓荷" not in program.get(path).content.decode()


def test_a_receipt_tells_the_progress_to_whoever_has_it_and_names_nobody(caller):
    case = tell("桥头摆摊", author="林晓荷")
    caller("head").send(f"/cases/{case.code}/accept")
    answer = Client().get(f"/api/v1/receipts/{case.reports.get().receipt}")

    assert answer.json()["state"] == "accepted"
    assert "金国强" not in answer.content.decode() and "林晓荷" not in answer.content.decode()
    assert Client().get("/api/v1/receipts/nothing").status_code == 404


# --- the town --------------------------------------------------------------------------------


def test_an_administrator_adds_and_changes_an_organisation(caller):
    program = caller("administrator")
    told = {"code": "parks", "name": "园林所", "kind": "station", "area": "lake",
            "functions": ["sanitation"]}  # fmt: skip

    added = program.send("/organisations", told)
    assert added.status_code == 201 and added.json()["parent"] is None
    changed = program.send("/organisations/parks", {"name": "园林绿化所"}, "patch").json()
    assert (changed["name"], changed["functions"]) == ("园林绿化所", ["sanitation"])
    assert program.send("/organisations", told).status_code == 409


def test_what_would_break_the_town_is_refused_by_its_field(caller):
    told = {"code": "parks", "name": "园林所", "kind": "station", "area": "moon"}
    answer = caller("administrator").send("/organisations", told)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["area"]
    assert not Organisation.objects.filter(code="parks").exists()


def test_others_change_nothing_of_the_town(caller):
    told = {"name": "我的队伍"}

    for role in ("resident", "dispatcher"):
        answer = caller(role).send("/organisations/housing", told, "patch")
        assert answer.status_code == 403


# --- the declaration is enough ---------------------------------------------------------------


def test_a_table_is_on_offer_for_having_been_declared():
    paths = api.completed()["paths"]
    for name in tables.declared():
        assert f"/api/v1/{name}" in paths and f"/api/v1/{name}/{{key}}" in paths


def test_a_new_table_is_listed_read_and_written_by_its_declaration_alone(town, rf):
    written = []

    def write(sight, rows):
        for values in rows:
            written.append(dict(values))
            Organisation.objects.filter(code=values["code"]).update(name=values["name"])
        return ["changed"] * len(rows)

    def check(sight, rows):
        return [
            [tables.Wrong("name", "too short")] if len(values["name"]) < 2 else "changed"
            for values in rows
        ]

    teams = tables.Table(
        "teams", "Teams", Organisation, "code",
        (
            tables.Column("code", "Code", writable=True, required=True),
            tables.Column("name", "Name", writable=True, required=True, filters=True, sorts=True),
        ),
        writer=tables.Writer(lambda sight: sight.has("administrator"), check, write),
    )  # fmt: skip
    tables.declare(teams)
    try:
        router = router_of(teams)
        listed, one = router.path_operations["/teams"], router.path_operations["/teams/{key}"]

        def ask(view, method, role, body=None, query=None, **parts):
            request = rf.generic(
                method, "/", body or "", content_type="application/json",
                query_params=query or {},
            )  # fmt: skip
            request.user = person(role)
            operation = next(o for o in view.operations if method in o.methods)
            return operation.view_func(request, **parts)

        import json

        names = json.loads(ask(listed, "GET", "resident", query={"order": "name"}).content)
        assert [row["name"] for row in names["items"]] == sorted(
            Organisation.objects.values_list("name", flat=True)
        )
        told = json.dumps({"name": "执法大队"})
        changed = ask(one, "PATCH", "administrator", told, key="enforcement")
        assert json.loads(changed.content)["name"] == "执法大队"
        assert written == [{"code": "enforcement", "name": "执法大队"}]
        with pytest.raises(Exception, match="403"):
            ask(one, "PATCH", "resident", told, key="enforcement")
        with pytest.raises(Exception, match="422"):
            ask(one, "PATCH", "administrator", json.dumps({"name": "x"}), key="enforcement")
    finally:
        tables._declared.pop("teams")


def test_a_lead_is_told_whom_to_rate_with_the_facts_of_the_month(caller):
    case = tell("桥头摆摊")
    caller("head").send(f"/cases/{case.code}/accept")
    due = caller("worker").get("/ratings/due", month="2026-03-10").json()["items"]

    assert {(one["side"], one["grid"], one["organisation"]) for one in due} >= {
        ("grid", "w1", "enforcement")
    }
    assert caller("worker").get("/ratings/due", month="9999-12-31").status_code == 422
