"""Neighbours deliberate: who reads along, who has a say, and what becomes of the case."""

from datetime import date

import pytest

from linli.cases import loop
from linli.cases.chain import faults
from linli.cases.loop import Refused
from linli.cases.models import Case, Deliberation, Support
from linli.people.scope import scope
from linli.stewards import deliberations
from linli.stewards.deliberations import agree, live_in, propose, record, support
from tests.small_town import area, category, person
from tests.stewards.conftest import deliberated


def readers(row):
    names = ("resident", "steward", "worker", "elder", "warden", "officer", "builder",
             "dispatcher", "leader", "head")  # fmt: skip
    return {n for n in names if scope(person(n)).of(Deliberation).filter(pk=row.pk).exists()}


def test_calling_the_neighbours_together_is_a_step_of_the_case(town):
    row = deliberated()

    assert row.case.state == "triaged"
    assert row.case.events.latest("seq").action == "deliberate"
    with pytest.raises(Refused, match="under way"):
        loop.act(row.case, "deliberate", person("steward"), question="?", venue="?",
                 meets_at=row.meets_at)  # fmt: skip


def test_only_neighbourhood_matters_are_deliberated(town):
    row = deliberated()
    loop.act(row.case, "triage", person("steward"), triage="private")

    with pytest.raises(Refused, match="neighbourhood"):
        loop.act(row.case, "deliberate", person("steward"), question="?", venue="?",
                 meets_at=row.meets_at)  # fmt: skip
    row.refresh_from_db()
    assert row.outcome == "private"


def test_those_in_charge_the_leads_the_reporter_and_the_residents_of_the_grid_read_along(town):
    row = deliberated()
    assert readers(row) == {"steward", "worker", "warden", "officer", "dispatcher", "leader"}

    live_in(area("e1"), person("resident"))
    assert "resident" not in readers(row)
    live_in(area("w1"), person("resident"))
    assert "resident" in readers(row)


def test_a_resident_of_the_grid_supports_a_proposal_once(town, resident):
    row = deliberated()
    lines = propose(row, person("steward"), "划线停车")

    support(lines, resident)
    support(lines, resident)

    assert Support.objects.count() == 1
    with pytest.raises(Refused, match="Only residents"):
        support(lines, person("officer"))


def test_only_a_steward_of_the_place_puts_proposals_on_the_list(town, resident):
    row = deliberated()

    for name in ("resident", "worker", "leader"):
        with pytest.raises(Refused):
            propose(row, person(name), "划线停车")


def test_the_meeting_is_kept_with_the_households_votes(town):
    row = deliberated()
    lines = propose(row, person("steward"), "划线停车")

    record(row, person("steward"), "十二户到场。", 12,
           {lines.pk: {"favour": 9, "against": 2, "abstain": 1}})  # fmt: skip

    row.refresh_from_db()
    lines.refresh_from_db()
    assert (row.households, row.minutes) == (12, "十二户到场。")
    assert (lines.favour, lines.against, lines.abstain) == (9, 2, 1)
    event = row.case.events.latest("seq")
    assert (event.action, event.data["votes"]) == (
        "minute", {str(lines.pk): {"favour": 9, "against": 2, "abstain": 1}},
    )  # fmt: skip
    assert faults(Case.objects.get(pk=row.case_id)) == []


def test_more_votes_than_households_are_refused(town):
    row = deliberated()
    lines = propose(row, person("steward"), "划线停车")

    with pytest.raises(Refused, match="only 5 households"):
        record(row, person("steward"), "五户。", 5, {lines.pk: {"favour": 6}})


def test_settling_the_case_ends_the_deliberation(town, resident):
    row = deliberated()
    lines = propose(row, person("steward"), "划线停车")
    agree(row, person("steward"), "划线", "物业公司", date(2026, 3, 20))

    loop.act(row.case, "settle", person("steward"), reply="按九户的意见划线停车。")

    row.refresh_from_db()
    assert (row.outcome, row.ended_at is not None) == ("settled", True)
    with pytest.raises(Refused):
        support(lines, resident)
    deliberations.tick_off(row.follow_ups.get(), person("steward"))
    assert row.follow_ups.get().done_at is not None


def test_a_matter_the_neighbours_cannot_settle_becomes_public_and_is_dispatched(town):
    row = deliberated()

    loop.act(row.case, "triage", person("steward"), triage="public",
             category=category("order"))  # fmt: skip

    row.refresh_from_db()
    case = Case.objects.get(pk=row.case_id)
    assert (row.outcome, case.state) == ("public", "dispatched")
    assert faults(case) == []
    with pytest.raises(Refused):
        loop.act(case, "triage", person("steward"), triage="private")


def test_where_one_lives_is_a_grid_of_the_community_layer(town):
    for code in ("west", "market"):
        with pytest.raises(Refused):
            live_in(area(code), person("resident"))
