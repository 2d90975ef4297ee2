"""The interface of EPCIS 2.0 over HTTP."""

import json
from urllib.parse import quote

import pytest
from django.test import Client

from linli.doors import keys
from linli.logistics.chain.epcis.checking import CONTEXT, document_of, faults_of
from linli.logistics.chain.models import Event
from linli.people.models import User
from tests.logistics.chain.events import (
    DOCK,
    FOAM,
    IRON,
    PALLET,
    PREFIX,
    SEAT,
    SHOP,
    STEEL,
    chain,
    gtin,
    lot,
    received,
)


class Asking:
    """A program with a key of the plant's inspector, or of somebody else."""

    def __init__(self, username: str, *scopes: str) -> None:
        owner = User.objects.get(username=username)
        _key, self.secret = keys.issue(owner, "epcis", list(scopes))
        self.client = Client()

    def get(self, path: str, **query):
        return self.client.get(f"/epcis/v2/{path}", query, headers=self.headers)

    def post(self, path: str, body, kind="application/ld+json", **headers):
        text = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(f"/epcis/v2/{path}", text, content_type=kind,
                                headers=self.headers | headers)  # fmt: skip

    def delete(self, path: str):
        return self.client.delete(f"/epcis/v2/{path}", headers=self.headers)

    @property
    def headers(self):
        return {"authorization": f"Bearer {self.secret}", "accept-language": "en"}

    def events(self, path="events", **query):
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]


@pytest.fixture
def program(plant) -> Asking:
    return Asking("inspector", "chain:read", "chain:write")


@pytest.fixture
def full(program) -> Asking:
    assert program.post("capture", document_of(chain())).status_code == 202
    return program


def test_a_document_becomes_a_job_that_says_what_became_of_it(program):
    answer = program.post("capture", document_of(chain()))
    job = program.client.get(answer["Location"], headers=program.headers).json()

    assert answer.status_code == 202 and answer["GS1-EPCIS-Version"] == "2.0.0"
    assert job["success"] and not job["running"] and job["errors"] == []


def test_a_bad_document_has_a_job_with_the_faults_by_event(program):
    bad = received(lot(STEEL, "S1"), IRON, 1)
    del bad["action"]
    answer = program.post("capture", document_of([*chain(), bad]))
    job = program.client.get(answer["Location"], headers=program.headers).json()

    assert not job["success"] and Event.objects.count() == 0
    assert job["errors"][0]["type"] == "epcisException:ValidationException"
    assert job["errors"][0]["instance"] == "eventList[7]" and job["errors"][0]["field"] == "action"


def test_the_header_lets_good_events_in_beside_bad_ones(program):
    bad = received(lot(STEEL, "S1"), IRON, 1) | {"bizStep": "nonsense"}
    program.post("capture", document_of([*chain(), bad]),
                 **{"gs1-capture-error-behaviour": "proceed"})  # fmt: skip

    assert Event.objects.count() == len(chain())


def test_one_event_can_be_sent_and_read_again(program):
    sent = {"@context": [CONTEXT, {"ex": "https://ns.example.com/"}], "ex:shift": "night",
            **received(lot(STEEL, "S1"), IRON, 1)}  # fmt: skip
    answer = program.post("events", sent)
    found = program.client.get(answer["Location"], headers=program.headers).json()

    assert answer.status_code == 201
    assert found["ex:shift"] == "night" and found["eventID"].startswith("ni:///sha-256;")
    assert found["@context"] == {"ex": "https://ns.example.com/"} and found["recordTime"]
    assert program.post("events", sent)["Location"] == answer["Location"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "problem"),
    [
        ("{", "application/json", 400, "ValidationException"),
        ("<xml/>", "application/xml", 415, "UnsupportedMediaTypeException"),
        ({"type": "ObjectEvent"}, "application/json", 400, "ValidationException"),
    ],
)
def test_what_cannot_be_read_is_refused_as_the_standard_says(program, body, kind, status, problem):
    answer = program.post("events", body, kind)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"epcisException:{problem}"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"eventType": "TransformationEvent"}, 2), ({"EQ_bizStep": "receiving,shipping"}, 4),
        ({"EQ_bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}, 1),
        ({"GE_eventTime": "2026-03-01T08:00:00+08:00"}, 2),
        ({"LT_eventTime": "2026-03-01T02:00:00+08:00"}, 1), ({"EQ_action": "ADD"}, 1),
        ({"MATCH_epc": PALLET}, 1), ({"MATCH_anyEPC": PALLET}, 2),
        ({"MATCH_parentID": PALLET}, 1), ({"MATCH_epcClass": lot(STEEL, "S1")}, 1),
        ({"MATCH_anyEPCClass": lot(STEEL, "S1")}, 2),
        ({"MATCH_inputEPCClass": f"https://x.example/01/{gtin(FOAM)}/10/F1"}, 2),
        ({"MATCH_outputEPCClass": lot(SEAT, "A1")}, 1), ({"EQ_readPoint": DOCK}, 5),
        ({"WD_readPoint": f"urn:epc:id:sgln:{PREFIX}.00001.0"}, 7),
        ({"EQ_disposition": "in_transit"}, 1), ({"EQ_source_owning_party": IRON}, 2),
        ({"EQ_destination_possessing_party": SHOP}, 1), ({"GT_quantity": "10"}, 0),
        ({"GE_quantity": "10"}, 6), ({"EXISTS_errorDeclaration": "true"}, 0),
        ({"eventCountLimit": "3"}, 3), ({}, 7),
    ],
)  # fmt: skip
def test_a_query_finds_what_its_parameters_say(full, query, count):
    assert len(full.events(**query)) == count


def test_pages_follow_each_other_until_all_is_handed_out(full):
    seen, path = [], "/epcis/v2/events?perPage=3&orderDirection=ASC"
    while path:
        answer = full.client.get(path, headers=full.headers)
        results = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        seen += [one["eventID"] for one in results]
        path = answer.get("Link", "").partition(">")[0].lstrip("<")

    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    "query",
    [
        {"EQ_nonsense": "1"}, {"GE_eventTime": "yesterday"}, {"MATCH_epc": "urn:epc:id:sscc:1"},
        {"eventType": "Party"}, {"perPage": "x"}, {"nextPageToken": "x"},
        {"orderBy": "quantity"},
    ],
)  # fmt: skip
def test_a_parameter_that_is_wrong_is_named(full, query):
    answer = full.get("events", **query)

    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:QueryParameterException"
    assert answer.json()["errors"][0]["field"] == next(iter(query))


def test_more_than_was_bargained_for_is_refused(full):
    answer = full.get("events", maxEventCount="3")

    assert answer.json()["type"] == "epcisException:QueryTooLargeException"


def test_what_there_is_to_ask_about_is_listed_and_can_be_asked_about(full):
    assert "TransformationEvent" in full.get("eventTypes").json()["member"]
    assert full.get("bizSteps").json()["member"] == [
        "commissioning", "packing", "receiving", "shipping"]  # fmt: skip
    assert full.get("dispositions").json()["member"] == ["in_progress", "in_transit"]
    assert len(full.get("epcs").json()["member"]) == 6
    assert len(full.get("readPoints").json()["member"]) == 2
    assert len(full.events("bizSteps/receiving/events")) == 3
    assert len(full.events(f"epcs/{quote(PALLET, safe='')}/events")) == 2
    assert full.get("nonsense").json()["type"] == "epcisException:NoSuchResourceException"


def test_a_query_can_be_kept_under_a_name(full):
    sent = {"name": "shipments", "query": {"EQ_bizStep": ["shipping"]}}

    assert full.post("queries", sent, "application/json").status_code == 201
    assert full.post("queries", sent, "application/json").status_code == 409
    assert len(full.events("queries/shipments/events")) == 1
    assert full.post("queries/shipments/subscriptions", {}).status_code == 501
    assert full.delete("queries/shipments").status_code == 204
    assert full.get("queries/shipments").json()["type"] == "epcisException:NoSuchNameException"


def test_what_is_handed_out_can_be_captured_again(full):
    events = full.events()

    assert faults_of(document_of(events)) == []
    assert full.post("capture", document_of(events)).status_code == 202
    assert Event.objects.count() == len(chain())


def test_nobody_captures_without_a_key_and_a_scope(plant):
    assert (
        Client().post("/epcis/v2/events", "{}", content_type="application/json").status_code == 401
    )
    reader = Asking("inspector", "chain:read")
    assert reader.post("events", received(lot(STEEL, "S1"), IRON, 1)).status_code == 403


def test_whoever_belongs_to_no_plant_reads_nothing_of_it(full):
    resident = (
        Asking("resident", "chain:read") if User.objects.filter(username="resident") else None
    )
    officer = Asking("officer", "chain:read")

    assert officer.events() == []
    assert resident is None or resident.get("events").status_code == 403


def test_a_session_reads_but_never_captures(full):
    client = Client()
    client.force_login(User.objects.get(username="inspector"), "linli.people.signing_in.Accounts")

    assert client.get("/epcis/v2/events").status_code == 200
    assert client.post("/epcis/v2/events", "{}", content_type="application/json").status_code == 401


def test_options_say_what_is_offered(full):
    answer = full.client.options("/epcis/v2/events")

    assert answer["Allow"] == "GET, POST, OPTIONS" and answer["GS1-EPCIS-Max"] == "2.0.0"
