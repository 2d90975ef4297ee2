"""Connected systems hand reports in over HTTP; what arrives together is written together."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import AsyncClient

from linli.cases import intake
from linli.cases.models import Case, Report
from linli.doors import keys, report_api
from linli.doors.gathering import Gatherer
from tests.small_town import SmallTown, person
from tests.web.conftest import png

TOKEN = "a-long-token"


@pytest.fixture
def town(transactional_db, tmp_path, settings, monkeypatch):
    settings.API_TOKEN = TOKEN
    gather = Gatherer()
    monkeypatch.setattr(report_api, "gather", gather)
    yield SmallTown(tmp_path / "town").load()
    gather.close()


def post(client, told, token=TOKEN):
    return client.post(
        "/api/v1/reports", told, content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip


def test_a_report_is_answered_with_its_case_and_receipt(town, client):
    answer = post(client, {"title": "路灯不亮了", "lon": 121.005, "lat": 30.705})

    assert answer.status_code == 201
    told = answer.json()
    assert (told["fate"], told["state"]) == ("new", "dispatched")
    assert Report.objects.get(receipt=told["receipt"]).case.code == told["case"]


def test_the_same_report_again_gets_the_same_receipt(town, client):
    first, again = (post(client, {"title": "路灯不亮了", "external_id": "1"}) for _ in range(2))

    assert again.json() == {**first.json(), "fate": "repeat"} and Case.objects.count() == 1


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_nobody_gets_in_without_the_token(town, client, token):
    assert post(client, {"title": "路灯不亮了"}, token).status_code == 401
    assert not Case.objects.exists()


def test_no_token_set_lets_nobody_in(town, client, settings):
    settings.API_TOKEN = ""

    assert post(client, {"title": "路灯不亮了"}, "").status_code == 401


def test_a_report_by_key_is_its_owners_own(town, client):
    _key, secret = keys.issue(person("resident"), "phone", ["reports:write"])
    answer = post(client, {"title": "路灯不亮了"}, secret)

    report = Report.objects.get(receipt=answer.json()["receipt"])
    assert (report.reporter, report.source) == (person("resident"), "resident")


def test_only_those_who_work_for_the_town_pass_on_what_others_found(town, client):
    told = {"title": "路灯不亮了", "source": "hotline", "author": "林", "external_id": "1"}
    _key, resident = keys.issue(person("resident"), "phone", ["reports:write"])
    _key, hotline = keys.issue(person("dispatcher"), "hotline", ["reports:write"])

    assert post(client, told, resident).status_code == 403
    assert post(client, told, hotline).status_code == 201
    assert Report.objects.get().reporter is None and Report.objects.get().source == "hotline"


def test_a_key_without_the_scope_sends_no_reports(town, client):
    _key, secret = keys.issue(person("resident"), "reader", ["cases:read"])

    assert post(client, {"title": "路灯不亮了"}, secret).status_code == 403


def test_photos_come_along_with_a_report(town, client):
    _key, secret = keys.issue(person("resident"), "phone", ["reports:write"])
    answer = client.post(
        "/api/v1/reports",
        {"title": "路灯不亮了", "lon": "121.005", "lat": "30.705",
         "evidence": SimpleUploadedFile("a.png", png())},
        headers={"authorization": f"Bearer {secret}"},
    )  # fmt: skip

    assert answer.status_code == 201
    assert Case.objects.get().evidence.count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "灯", "lon": 999, "lat": 0}, "lon"),
        ({"title": "灯", "category": "ufo"}, "category"),
        ({"title": "灯", "created": "0241-02-16T09:00:00Z"}, "created"),
        ({"title": "灯", "created": "2241-02-16T09:00:00Z"}, "created"),
        ({"title": "灯", "created": "2026-02-16T09:00:00"}, "created"),
    ],
)
def test_an_unusable_report_is_answered_with_the_problem(town, client, told, field):
    answer = post(client, told)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert answer["content-type"] == "application/problem+json"
    assert not Case.objects.exists()


def test_reports_that_arrive_together_share_transactions(town):
    sizes = []

    def receive(reports):
        sizes.append(len(reports))
        return intake.receive(reports)

    async def rush():
        gather = Gatherer(receive)
        told = [
            intake.Report(chr(0x4E00 + 97 * n) * 8, source="api", external_id=str(n))
            for n in range(40)
        ]
        receipts = await asyncio.gather(*(gather(report) for report in told))
        gather.close()
        return receipts

    receipts = asyncio.run(rush())

    assert [r.case.title[0] for r in receipts] == [chr(0x4E00 + 97 * n) for n in range(40)]
    assert sum(sizes) == 40 and len(sizes) <= 3
    assert Report.objects.count() == 40


def test_a_failure_reaches_everyone_who_waits(town):
    def receive(reports):
        raise RuntimeError("disk full")

    async def rush():
        gather = Gatherer(receive)
        told = ("灯", "", "桥", "路")
        answers = await asyncio.gather(
            *(gather(intake.Report(title)) for title in told), return_exceptions=True
        )
        gather.close()
        return answers

    first, empty, *others = asyncio.run(rush())
    assert {str(error) for error in (first, *others)} == {"disk full"}
    assert isinstance(empty, intake.Unusable)


def test_one_report_is_not_kept_waiting_for_others(town):
    async def alone():
        answer = await AsyncClient().post(
            "/api/v1/reports", {"title": "路灯不亮了"}, content_type="application/json",
            headers={"authorization": f"Bearer {TOKEN}"},
        )  # fmt: skip
        await sync_to_async(connections.close_all)()
        return answer

    assert asyncio.run(asyncio.wait_for(alone(), 20)).status_code == 201
