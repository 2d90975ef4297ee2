"""Deliberations and bookings over REST, as far as each may."""

from datetime import date

import pytest

from linli import clock
from linli.cases.models import FollowUp, Proposal
from linli.stewards.models import Booking, Home
from tests.doors.conftest import caller
from tests.stewards.conftest import THURSDAY, deliberated

__all__ = ["caller"]


def test_a_steward_leads_a_deliberation_from_proposal_to_follow_up(caller, resident):
    talk = deliberated()
    steward, neighbour = caller("steward"), caller("resident")
    address = f"/deliberations/{talk.pk}"
    told = steward.send(f"{address}/proposals", {"text": "错峰停车"})
    assert told.status_code == 201
    (proposal,) = told.json()["proposals"]

    assert steward.send(f"/proposals/{proposal['id']}/support").status_code == 403
    supported = neighbour.send(f"/proposals/{proposal['id']}/support").json()["proposals"][0]
    assert supported["supporters"] == 1 and supported["is_supported"]
    assert neighbour.send(f"{address}/proposals", {"text": "别停了"}).status_code == 403

    votes = {"proposal": proposal["id"], "favour": 9, "against": 2, "abstain": 1}
    meeting = {"minutes": "多数同意", "households": 12, "votes": [votes]}
    few = meeting | {"households": 3}
    assert steward.send(f"{address}/meeting", few).status_code == 409
    other = meeting | {"votes": [votes | {"proposal": proposal["id"] + 99}]}
    assert steward.send(f"{address}/meeting", other).status_code == 422
    held = steward.send(f"{address}/meeting", meeting)
    assert held.status_code == 200, held.content
    assert Proposal.objects.get().favour == 9
    assert talk.case.events.filter(action="minute").count() == 1

    agreed = {"what": "划线", "who": "村委", "by": "2026-04-01"}
    noted = steward.send(f"{address}/follow-ups", agreed).json()["follow_ups"][0]
    assert noted["done_at"] is None and FollowUp.objects.get().by == date(2026, 4, 1)
    done = steward.send(f"/follow-ups/{noted['id']}/done").json()["follow_ups"][0]
    assert done["done_at"] is not None


def test_a_matter_is_shown_with_what_it_seems_to_be_and_where_it_would_go(caller, town):
    from tests.cases.conftest import tell

    case = tell("楼下停车天天吵", category="neighbours")
    steward = caller("steward")

    assert steward.get("/triage").json() == {"left": 1, "case": case.code}
    told = steward.get(f"/triage/{case.code}").json()
    assert (told["category"], told["triage"]) == ("neighbours", "neighbourhood")
    assert told["route"]["functional"] == "housing"
    elsewhere = steward.get(f"/triage/{case.code}", category="stalls").json()
    assert elsewhere["route"]["functional"] == "enforcement"
    assert steward.get(f"/triage/{case.code}", category="none").status_code == 422
    assert caller("officer").get("/triage").status_code == 403


def test_a_time_is_booked_served_and_rated(caller, town):
    neighbour, steward = caller("resident"), caller("steward")
    assert neighbour.get("/services/lessons/slots").json() == {"organisation": None, "items": []}
    wanted = {"starts_at": THURSDAY.isoformat(), "contact": "13800001234"}
    assert neighbour.send("/services/lessons/bookings", wanted).status_code == 409
    assert neighbour.send("/home", {"grid": "market"}, "put").status_code == 409
    assert neighbour.send("/home", {"grid": "w1"}, "put").json() == {"grid": "w1"}
    assert Home.objects.get().grid.code == neighbour.get("/home").json()["grid"]
    slots = neighbour.get("/services/lessons/slots").json()["items"]
    assert slots[0]["starts_at"] == THURSDAY.isoformat() and slots[0]["free"] == 2

    booked = neighbour.send("/services/lessons/bookings", wanted)
    assert booked.status_code == 201, booked.content
    address = f"/bookings/{booked.json()['id']}"
    assert neighbour.send(f"{address}/confirm").status_code == 403
    assert caller("officer").send(f"{address}/confirm").status_code == 404
    assert steward.get(address).json()["contact"] == "13800001234"
    steps = [step["name"] for step in steward.get(f"{address}/steps").json()["items"]]
    assert steps == ["confirm", "move", "cancel"]
    later = {"starts_at": slots[1]["starts_at"]}
    assert neighbour.send(f"{address}/move", later).json()["state"] == "booked"
    assert steward.send(f"{address}/confirm").json()["state"] == "confirmed"
    assert steward.send(f"{address}/done").status_code == 409

    with clock.at(THURSDAY.replace(hour=12)):
        assert steward.send(f"{address}/done").json()["contact"] == ""
        assert neighbour.send(f"{address}/rate", {"stars": 6}).status_code == 422
        assert neighbour.send(f"{address}/rate", {"stars": 5}).json()["stars"] == 5
    assert Booking.objects.get().state == "done"


@pytest.mark.usefixtures("resident")
def test_a_visit_at_home_needs_to_know_where(caller):
    wanted = {"starts_at": THURSDAY.isoformat()}

    assert caller("resident").send("/services/repair/bookings", wanted).status_code == 422
