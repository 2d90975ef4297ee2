"""The loop, walked as the people of the small town walk it."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from linli import clock
from linli.cases import chain, worker
from linli.cases.bars import MAX_REOPENINGS
from linli.cases.loop import Refused, act, permitted
from linli.cases.models import Case, Notice, Ruling, State
from linli.people.models import Leave, Side
from linli.people.scope import Scope
from tests.cases.conftest import BRIDGE, tell
from tests.small_town import category, organisation, person

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea735"
    "81840000000049454e44ae426082"
)

pytestmark = pytest.mark.usefixtures("town", "morning")


def photo(name="after.png", content=PNG):
    return SimpleUploadedFile(name, content, content_type="image/png")


def actions(case, role):
    return permitted(case, Scope(person(role)))


def resolved(**told) -> Case:
    case = tell("桥头摆摊", **told)
    case = act(case, "accept", person("officer"))
    return act(case, "resolve", person("officer"), reply="已劝离摊贩", evidence=[photo()])


def test_a_located_case_lies_in_one_grid_of_each_layer():
    case = tell("桥头摆摊")

    assert (case.community_grid.code, case.service_grid.code) == ("w1", "market")


def test_opening_a_case_assigns_both_sides_at_once():
    case = tell("桥头摆摊")

    sides = {a.side: (a.organisation.code, a.leads) for a in case.assignments.all()}
    assert case.state == State.DISPATCHED
    assert sides == {Side.TERRITORIAL: ("westteam", False), Side.FUNCTIONAL: ("enforcement", True)}


def test_the_category_says_which_side_leads():
    case = tell("垃圾堆", category="rubbish")

    assert case.assignments.get(leads=True).organisation.code == "westteam"


def test_both_leads_of_both_grids_are_told():
    case = tell("桥头摆摊")

    told = Notice.objects.filter(case=case).values_list("user__username", flat=True)
    assert sorted(told) == ["warden", "worker"]


def test_with_one_lead_away_the_other_is_told_alone():
    now = clock.now()
    Leave.objects.create(user=person("worker"), since=now - timedelta(1), until=now + timedelta(1))
    case = tell("桥头摆摊")

    assert [n.user.username for n in Notice.objects.filter(case=case)] == ["warden"]


def test_with_both_leads_away_the_area_above_is_told():
    now = clock.now()
    for name in ("worker", "warden"):
        Leave.objects.create(user=person(name), since=now - timedelta(1), until=now + timedelta(1))
    case = tell("桥头摆摊")

    told = {n.user.username for n in Notice.objects.filter(case=case)}
    assert told == {"steward", "leader"}


def test_either_lead_may_act_for_the_territorial_side():
    case = tell("垃圾堆", category="rubbish")

    assert "accept" in actions(case, "worker")
    assert "accept" in actions(case, "warden")
    assert "accept" not in actions(case, "elder")


def test_a_lead_that_passes_the_clock_hands_the_case_up():
    case = tell("桥头摆摊")

    with clock.at(case.accept_due):
        worker.tick()

    case.refresh_from_db()
    assert case.escalated_to.code == "west"
    assert Notice.objects.filter(case=case, action="escalate", user=person("steward")).exists()


def test_a_case_is_returned_once_and_then_ruled():
    case = tell("桥头摆摊")
    case = act(case, "return", person("head"), reason="桥面归建设办")
    assert case.state == State.RETURNED and case.is_paused

    case = act(case, "rule", person("dispatcher"), organisation=organisation("housing"),
               reason="桥上的归建设办")  # fmt: skip

    assert case.functional == organisation("housing") and not case.is_paused
    with pytest.raises(Refused):
        act(case, "return", person("builder"), reason="不归我们")
    assert "return" not in actions(case, "builder")


def test_a_ruling_routes_the_next_case_by_itself():
    case = act(tell("桥头摆摊"), "return", person("head"), reason="桥面归建设办")
    act(case, "rule", person("dispatcher"), organisation=organisation("housing"), reason="桥")

    following = tell("又有人在桥上卖菜，挡住了整条路", lon=BRIDGE[0] + 0.004)

    assert following.functional == organisation("housing")
    why = following.assignments.get(side=Side.FUNCTIONAL).why
    assert why == {"by": "ruling", "ruling": Ruling.objects.get().pk}
    assert not following.events.filter(action="rule").exists()


def test_a_ruling_elsewhere_is_no_precedent_here():
    case = act(tell("桥头摆摊"), "return", person("head"), reason="桥面归建设办")
    act(case, "rule", person("dispatcher"), organisation=organisation("housing"), reason="桥")

    elsewhere = tell("田边有人卖瓜", lat=30.735)

    assert elsewhere.functional == organisation("enforcement")


def test_only_the_assigned_department_may_resolve():
    case = act(tell("桥头摆摊"), "accept", person("officer"))

    for role in ("resident", "builder", "supervisor", "elder", "steward"):
        with pytest.raises(Refused):
            act(case, "resolve", person(role), reply="好了", evidence=[photo()])


def test_a_category_that_asks_for_a_photo_is_not_resolved_without_one():
    case = act(tell("桥头摆摊"), "accept", person("officer"))

    with pytest.raises(Refused):
        act(case, "resolve", person("officer"), reply="好了")
    assert case.events.count() == 4
    assert not case.evidence.exists()


def test_evidence_is_judged_by_content_not_by_name():
    case = act(tell("桥头摆摊"), "accept", person("officer"))

    with pytest.raises(ValueError, match=r"notes\.png"):
        act(case, "resolve", person("officer"), reply="好了",
            evidence=[photo("notes.png", b"#!/bin/sh")])  # fmt: skip


def test_both_sides_judge_before_a_case_is_closed():
    case = resolved(reporter=person("resident"))
    case = act(case, "verify", person("supervisor"))
    assert case.state == State.VERIFIED

    case = act(case, "evaluate", person("resident"), satisfied=True, comment="很快")

    assert case.state == State.CLOSED and case.satisfied


def test_a_rating_may_come_before_the_verification():
    case = resolved(reporter=person("resident"))
    case = act(case, "evaluate", person("resident"), satisfied=True)
    assert case.state == State.RESOLVED

    assert act(case, "verify", person("supervisor")).state == State.CLOSED


@pytest.mark.parametrize(
    ("role", "action", "inputs"),
    [
        ("resident", "evaluate", {"satisfied": False, "comment": "摊又来了"}),
        ("supervisor", "reopen", {"reason": "照片不是这里"}),
    ],
)
def test_either_side_may_send_a_case_back_as_rework(role, action, inputs):
    case = resolved(reporter=person("resident"))

    case = act(case, action, person(role), **inputs)

    assert case.state == State.REOPENED and case.reopenings == 1
    assert case.resolve_due > clock.now()
    assert "accept" in actions(case, "officer")


def test_rework_does_not_go_on_for_ever():
    case = resolved(reporter=person("resident"))
    for _ in range(MAX_REOPENINGS):
        case = act(case, "evaluate", person("resident"), satisfied=False)
        case = act(case, "accept", person("officer"))
        case = act(case, "resolve", person("officer"), reply="又办了", evidence=[photo()])
    case = act(case, "evaluate", person("resident"), satisfied=False)

    assert case.state == State.RESOLVED
    assert "reopen" not in actions(case, "supervisor")


def test_a_silent_reporter_lets_the_case_close():
    case = act(resolved(reporter=person("resident")), "verify", person("supervisor"))

    with clock.at(case.clock_at):
        worker.tick()

    case.refresh_from_db()
    assert case.state == State.CLOSED and case.satisfied is None


def test_a_rating_can_be_appealed_and_ruled_on():
    case = resolved(reporter=person("resident"))
    case = act(case, "evaluate", person("resident"), satisfied=False, comment="为什么不修高铁")
    assert "appeal" in actions(case, "head") and "appeal" not in actions(case, "officer")

    case = act(case, "appeal", person("head"), reason="不在职权内")
    case = act(case, "rule_on_appeal", person("supervisor"), upheld=True, reason="属实")

    assert case.appealed == "upheld"
    ruled = case.events.get(action="rule_on_appeal")
    assert case.events.get(seq=ruled.data["evaluation"]).action == "evaluate"


def test_an_organisation_that_joins_must_answer_before_the_case_is_resolved():
    case = act(tell("桥头摆摊"), "accept", person("officer"))
    case = act(case, "join", person("dispatcher"), organisation=organisation("housing"),
               reason="要划摊位线")  # fmt: skip
    with pytest.raises(Refused):
        act(case, "resolve", person("officer"), reply="好了", evidence=[photo()])

    case = act(case, "sign_off", person("builder"), reply="线已划")

    assert act(case, "resolve", person("officer"), reply="好了", evidence=[photo()]).resolved_at
    assert case.assignments.get(side=Side.JOINT).answer == "线已划"


def test_an_extension_pauses_the_clock_while_it_is_asked_for():
    case = act(tell("桥头摆摊"), "accept", person("officer"))
    due = case.resolve_due
    case = act(case, "ask_extension", person("officer"), days=2, reason="等设备")
    assert case.is_paused and not case.clock

    with clock.at(clock.now() + timedelta(hours=1)):
        case = act(case, "refuse_extension", person("dispatcher"), reason="能办")

    assert case.resolve_due == due + timedelta(hours=1)


def test_a_granted_extension_gives_the_days_on_top():
    case = act(tell("桥头摆摊"), "accept", person("officer"))
    due = case.resolve_due  # Thursday, 15 working hours on: 2 days of 7.5
    case = act(case, "ask_extension", person("officer"), days=1, reason="等设备")
    case = act(case, "grant_extension", person("dispatcher"))

    assert case.resolve_due == due + timedelta(days=1)


def test_a_neighbourhood_matter_is_settled_by_the_steward_without_dispatch():
    case = tell("楼上漏水", category="neighbours")
    assert case.state == State.REPORTED
    case = act(case, "triage", person("steward"), triage="neighbourhood")
    assert case.state == State.TRIAGED and not case.assignments.exists()

    case = act(case, "settle", person("steward"), reply="两家议定各出一半")

    assert case.state == State.VERIFIED


def test_a_private_matter_sent_back_goes_to_the_steward_again():
    case = tell("楼上漏水", category="neighbours", reporter=person("resident"))
    case = act(case, "triage", person("steward"), triage="private")
    case = act(case, "settle", person("steward"), reply="可走法律援助")
    case = act(case, "evaluate", person("resident"), satisfied=False)
    assert case.state == State.REOPENED

    case = act(case, "triage", person("steward"), triage="public")

    assert case.state == State.DISPATCHED and case.territorial == organisation("westteam")


def test_a_merged_case_hands_its_reports_over():
    first, second = tell("桥头摆摊"), tell("电瓶车乱停一地", category="order", lon=121.0051)
    act(second, "merge", person("dispatcher"), into=first, reason="同一处")

    assert first.reports.count() == 2 and Case.objects.get(pk=second.pk).merged_into == first


def test_the_system_alone_may_remind():
    case = tell("桥头摆摊")

    with pytest.raises(Refused):
        act(case, "remind", person("dispatcher"))


def test_a_refused_step_leaves_nothing_behind():
    case = tell("桥头摆摊")
    before = case.events.count()

    with pytest.raises(Refused):
        act(case, "resolve", person("officer"), reply="好了", evidence=[photo()])

    assert case.events.count() == before and not chain.faults(case)


def test_a_person_of_the_organisation_gets_the_case_to_themself():
    case = act(tell("桥头摆摊"), "assign", person("head"), person=person("officer"))

    assert case.assignments.get(leads=True).person == person("officer")
    with pytest.raises(Refused):
        act(case, "assign", person("head"), person=person("builder"))


def test_a_dispatcher_places_what_the_system_could_not():
    case = tell("不知道哪里", category=None, lon=None, lat=None)
    assert case.state == State.REPORTED and "triage" in actions(case, "dispatcher")
    with pytest.raises(Refused):
        act(case, "triage", person("dispatcher"), triage="public")

    west = organisation("westteam").area
    case = act(case, "triage", person("dispatcher"), triage="public",
               category=category("lights"), area=west)  # fmt: skip

    assert case.state == State.DISPATCHED and case.community_grid.code == "w1"


def test_what_is_resolved_needs_no_extension_any_more():
    case = act(tell("桥头摆摊"), "accept", person("officer"))
    case = act(case, "ask_extension", person("officer"), days=2, reason="等设备")

    with clock.at(clock.now() + timedelta(days=20)):
        case = act(case, "resolve", person("officer"), reply="好了", evidence=[photo()])

    assert not case.is_paused and case.extension_days is None and case.clock
    assert case.events.get(action="resolve").data["late"] is False


def test_an_overdue_case_gets_no_extension():
    case = act(tell("桥头摆摊"), "accept", person("officer"))
    with clock.at(case.resolve_due):
        worker.tick()
        case.refresh_from_db()
        assert "ask_extension" not in actions(case, "officer")


def test_a_new_rating_does_not_lose_an_appeal_that_waits():
    case = resolved(reporter=person("resident"))
    case = act(case, "evaluate", person("resident"), satisfied=False, comment="为什么不修高铁")
    bad = case.events.get(action="evaluate").seq
    case = act(case, "appeal", person("head"), reason="不在职权内")
    case = act(case, "accept", person("officer"))
    case = act(case, "resolve", person("officer"), reply="又劝离了", evidence=[photo()])
    case = act(case, "evaluate", person("resident"), satisfied=True)

    case = act(case, "rule_on_appeal", person("supervisor"), upheld=True, reason="属实")

    assert case.events.get(action="rule_on_appeal").data["evaluation"] == bad
    assert "appeal" not in actions(case, "head")


def test_a_photo_keeps_the_position_it_was_taken_at():
    image, out = Image.new("RGB", (8, 8)), BytesIO()
    exif = Image.Exif()
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (30.0, 42.0, 18.0), 3: "E", 4: (121.0, 0.0, 18.0)}
    image.save(out, "JPEG", exif=exif)
    case = act(tell("桥头摆摊"), "accept", person("officer"))

    case = act(case, "resolve", person("officer"), reply="好了",
               evidence=[photo("after.jpg", out.getvalue())])  # fmt: skip

    kept = case.evidence.get()
    assert (kept.lon, kept.lat) == pytest.approx((121.005, 30.705))
    assert kept.sha256 in case.events.get(action="resolve").data["evidence"]


def test_whoever_gets_a_case_is_told_and_reminded():
    case = act(tell("桥头摆摊"), "assign", person("head"), person=person("officer"))
    with clock.at(case.clock_at):
        worker.tick()

    told = Notice.objects.filter(case=case, user=person("officer")).order_by("id")
    assert list(told.values_list("action", flat=True)) == ["assign", "remind"]


def test_reminders_cost_no_more_queries_for_more_cases(django_assert_max_num_queries):
    for sign in "春夏秋冬东南西北天地玄黄":
        case = tell(sign * 9)
    with clock.at(case.clock_at), django_assert_max_num_queries(13):
        assert worker.tick() == 12


def test_a_head_gives_work_only_to_their_own_people():
    case = tell("桥头摆摊")

    with pytest.raises(Refused):
        act(case, "assign", person("head"), person=person("worker"))


def test_a_grid_lead_acknowledges_for_the_supporting_team():
    case = act(tell("桥头摆摊"), "acknowledge", person("warden"))

    assert case.assignments.get(side=Side.TERRITORIAL).accepted_at is not None
