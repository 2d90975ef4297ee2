from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.cases.models import Event
from linli.scores import tallies
from linli.scores.counters import COUNTERS
from linli.scores.figures import SIDES, Figure
from linli.scores.models import Tally
from linli.scores.periods import Period
from linli.scores.tallies import KEY, NAMES, faults, fold, rebuild

JANUARY = Period(date(2020, 1, 1), date(2020, 1, 31))


def rows() -> list[tuple]:
    return sorted(Tally.objects.values_list(*KEY, *NAMES))


def of(kind: str, subject: int, *counters: str, period: Period = JANUARY) -> int:
    return Figure(counters, period, (kind,), (subject,)).value()


def test_every_counter_has_its_column():
    columns = {field.name for field in Tally._meta.fields} - {"id", *KEY}
    assert columns == set(COUNTERS)


def test_a_report_counts_for_both_its_grids_and_the_town(small):
    small.event(small.case(), "report", source="patrol", team=None, department=None, lead="")
    fold()

    assert of("community", small.grids[0].pk, "received", "self_found", "located") == 3
    assert of("service", small.services[0].pk, "received", "self_found", "located") == 3
    assert Figure(("received",), JANUARY).value() == 1
    assert not Tally.objects.filter(kind__in=("territorial", "functional")).exists()


def test_a_report_from_nowhere_counts_for_the_town_only(small):
    small.event(small.case(), "report", grid=None, service=None, team=None, department=None)
    fold()

    assert [(r.kind, r.received, r.located) for r in Tally.objects.all()] == [("town", 1, 0)]


def test_performance_falls_on_the_side_that_leads_and_work_on_both(small):
    small.event(small.case(), "dispatch", lead="territorial")
    small.event(small.case(), "resolve", late=False, hours=1.5, lead="territorial")
    fold()
    team, department = small.teams[0].pk, small.departments[0].pk

    assert of("territorial", team, "dispatched", "led", "on_time", "resolved") == 4
    assert of("functional", department, "dispatched") == 1
    assert of("functional", department, "led", "on_time", "resolved", "work_minutes") == 0
    assert of("territorial", team, "work_minutes") == 90


def test_a_day_is_a_day_in_the_town(small):
    # 16:30 on the 14th in Greenwich is half past midnight on the 15th in Shanghai.
    small.event(small.case(), "report", at=datetime(2020, 1, 14, 16, 30, tzinfo=UTC))
    fold()

    assert set(Tally.objects.values_list("day", flat=True)) == {date(2020, 1, 15)}


def test_falling_overdue_counts_once_whether_the_clock_or_the_resolution_says_so(small):
    rung = small.case()
    small.event(rung, "escalate", clock="resolve_overdue", overdue=True)
    small.event(rung, "resolve", late=True, hours=30)
    small.event(small.case(), "resolve", late=True, overdue=True, hours=30)
    small.event(small.case(), "escalate", clock="accept_overdue")
    fold()

    assert Figure(("overdue",), JANUARY).value() == 2
    assert Figure(("on_time",), JANUARY).value() == 0
    assert Figure(("escalated",), JANUARY).value() == 2


def test_only_the_first_response_counts_as_one(small):
    case = small.case()
    small.event(case, "accept", response_late=True, response_hours=6.25)
    small.event(case, "resolve", late=False, hours=8)
    fold()

    assert Figure(("responded",), JANUARY).value() == 1
    assert Figure(("responded_late",), JANUARY).value() == 1
    assert Figure(("response_minutes",), JANUARY).value() == 375


def test_a_case_nobody_judged_closes_silently(small):
    small.event(small.case(), "close", silent=True)
    small.event(small.case(), "close")
    fold()

    assert Figure(("closed",), JANUARY).value() == 2
    assert Figure(("closed_silently",), JANUARY).value() == 1


def test_an_upheld_appeal_takes_the_rating_and_its_rework_out_on_the_day_they_were_made(small):
    case = small.case()
    rated = small.event(case, "evaluate", satisfied=False)
    small.event(case, "reopen")
    fold()
    assert Figure(("evaluated", "reworked"), JANUARY).value() == 2

    february = datetime(2020, 2, 10, tzinfo=UTC)
    small.event(case, "rule_on_appeal", at=february, department=1, upheld=True,
                evaluation=rated.seq)  # fmt: skip
    fold()

    assert Figure(("evaluated", "satisfied", "reworked"), JANUARY).value() == 0
    assert of("functional", small.departments[0].pk, "evaluated", "reworked") == 0
    assert not Tally.objects.filter(day__month=2).exists()


def test_a_refused_appeal_changes_no_figure(small):
    case = small.case()
    rated = small.event(case, "evaluate", satisfied=False)
    small.event(case, "rule_on_appeal", upheld=False, evaluation=rated.seq)
    fold()

    assert Figure(("evaluated",), JANUARY).value() == 1


def test_rework_asked_for_by_a_supervisor_stays_when_the_rating_before_it_is_appealed(small):
    case, supervisor = small.case(), small.person("s", small.centre, "supervisor")
    rated = small.event(case, "evaluate", satisfied=False)
    small.event(case, "reopen", by=supervisor)
    small.event(case, "rule_on_appeal", upheld=True, evaluation=rated.seq)
    fold()

    assert Figure(("evaluated",), JANUARY).value() == 0
    assert Figure(("reworked",), JANUARY).value() == 1


def test_an_event_committed_late_with_an_early_key_is_still_counted(small):
    early = small.event(small.case(), "report")
    Event.objects.filter(pk=early.pk).update(folded=True)  # as if not there to be seen yet
    small.event(small.case(), "report")
    fold()
    Event.objects.filter(pk=early.pk).update(folded=False)

    assert fold() == 1
    assert Figure(("received",), JANUARY).value() == 2


def test_folding_again_counts_nothing_twice(small):
    small.event(small.case(), "report")

    assert (fold(), fold()) == (1, 0)
    assert Figure(("received",), JANUARY).value() == 1


def test_a_limit_leaves_the_rest_for_later(small):
    for _ in range(5):
        small.event(small.case(), "report")

    assert fold(limit=2) == 2
    assert Event.objects.filter(folded=False).count() == 3


def test_a_fold_that_fails_leaves_events_and_figures_as_they_were(small, monkeypatch):
    small.event(small.case(), "report")

    def fail(figures):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(tallies, "_add", fail)
        with pytest.raises(RuntimeError):
            fold()
    assert not Tally.objects.exists()
    assert fold() == 1


def test_a_changed_tally_is_found_and_named(small):
    small.event(small.case(), "report")
    fold()
    assert faults() == []

    Tally.objects.filter(kind="town").update(received=7)
    Tally.objects.filter(kind="service").delete()

    town, service = sorted(faults(), key=lambda line: "service" in line)
    assert "town 0" in town
    assert "received is 7, its events say 1" in town
    assert f"service {small.services[0].pk}" in service
    rebuild()
    assert faults() == []


def test_events_not_folded_yet_are_no_fault(small):
    small.event(small.case(), "report")
    assert faults() == []


ACTIONS = sorted({a for c in COUNTERS.values() for a in c.actions} | {"accept", "note"})
ACTIONS += ["rule_on_appeal"]

step = st.fixed_dictionaries(
    {
        "case": st.integers(0, 3),
        "action": st.sampled_from(ACTIONS),
        "grid": st.sampled_from([None, 0, 1, 2, 3]),
        "service": st.sampled_from([None, 0, 1]),
        "team": st.sampled_from([None, 0, 1]),
        "department": st.sampled_from([None, 0, 1, 2]),
        "category": st.sampled_from([None, 0, 1]),
        "lead": st.sampled_from(["", "territorial", "functional"]),
        "source": st.sampled_from(["resident", "patrol"]),
        "hours": st.integers(0, 60_000).map(lambda n: n / 100),
        "after": st.integers(0, 60 * 24 * 40),
        "flag": st.booleans(),
        "fold": st.sampled_from([None, 0, 1, 2, 50]),
    }
)  # fmt: skip


def live(small, stream: list[dict]) -> None:
    """Let a stream of events happen, folding now and then."""
    cases = [small.case() for _ in range(4)]
    judged: dict[int, list[int]] = {}
    start = datetime(2019, 12, 20, tzinfo=UTC)
    for item in stream:
        case, action, flag = item["case"], item["action"], item["flag"]
        data: dict = {}
        if action == "resolve":
            data = {"hours": item["hours"], "late": flag} | ({"overdue": True} if flag else {})
        elif action == "accept":
            data = {"response_hours": item["hours"], "response_late": flag}
        elif action == "evaluate":
            data = {"satisfied": flag}
        elif action == "close":
            data = {"silent": True} if flag else {}
        elif action == "escalate" and flag:
            data = {"overdue": True}
        elif action == "rule_on_appeal":
            if not judged.get(case):
                continue
            data = {"upheld": flag, "evaluation": judged[case].pop()}
        where = {k: item[k] for k in ("grid", "service", "team", "department", "category",
                                      "lead", "source")}  # fmt: skip
        at = start + timedelta(minutes=item["after"])
        made = small.event(cases[case], action, at=at, **where, **data)
        if action == "evaluate":
            judged.setdefault(case, []).append(made.seq)
        if item["fold"] is not None:
            fold(limit=item["fold"])
    fold()


@given(st.lists(step, max_size=30))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
def test_whatever_happens_folding_bit_by_bit_equals_a_rebuild(small, stream):
    with transaction.atomic():
        live(small, stream)
        folded = rows()

        assert faults() == []
        rebuild()
        assert rows() == folded
        transaction.set_rollback(True)


def test_every_figure_is_the_number_of_events_behind_it(small):
    draw = Random(20)
    live(small, [
        {
            "case": draw.randrange(4), "action": draw.choice(ACTIONS),
            "grid": draw.choice([None, 0, 1]), "service": draw.choice([None, 0]),
            "team": draw.choice([None, 0, 1]), "department": draw.choice([None, 0, 1]),
            "category": draw.choice([None, 0]), "lead": draw.choice(["", *SIDES]),
            "source": draw.choice(["resident", "patrol"]), "hours": draw.randrange(6000) / 100,
            "after": draw.randrange(60 * 24 * 40), "flag": draw.random() < 0.5,
            "fold": draw.choice([None, 0, 1, 2, 50]),
        }
        for _ in range(400)
    ])  # fmt: skip
    whole = Figure(tuple(COUNTERS), JANUARY)
    assert all(whole.tallies().aggregate(n=Sum(name))["n"] for name in COUNTERS)

    for kind in Tally.Kind.values:
        subjects = Tally.objects.filter(kind=kind).values_list("subject", flat=True)
        for subject in {*subjects}:
            for name, counter in COUNTERS.items():
                figure = Figure((name,), JANUARY, (kind,), (subject,))
                behind = figure.events()
                due = (
                    sum(round(event.data[counter.hours] * 60) for event in behind)
                    if counter.hours
                    else behind.count()
                )
                assert figure.value() == due, (kind, subject, name)
                assert figure.cases().count() == len({event.case_id for event in behind})
