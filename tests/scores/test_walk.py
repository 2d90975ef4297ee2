"""Figures of cases that really went through the loop, by chance."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum
from tests.small_town import SmallTown, area, category, organisation, person

from linli import clock
from linli.cases import loop, worker
from linli.cases.intake import Report, receive
from linli.cases.models import SELF_FOUND, Case, Event
from linli.people.models import User
from linli.people.scope import Scope
from linli.scores import tallies
from linli.scores.counters import COUNTERS
from linli.scores.figures import Figure
from linli.scores.leagues import CONTESTS, league, why
from linli.scores.models import Tally
from linli.scores.periods import whole

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
STREETS = ["一条狗", "两棵树", "三座桥", "四盏灯", "五口井", "六扇门", "七面墙", "八块砖"]

RARE = {"ask_extension", "grant_extension", "rule_on_appeal", "settle"}
TALK = {"note", "sign_off", "acknowledge", "urge", "supervise", "join", "assign", "cancel", "merge"}
UNCOUNTED = {"look", "add", "deliberate", "minute"}


def inputs(action: str, case: Case, draw: Random) -> dict:
    """Make up what an action needs."""
    others = Case.objects.exclude(pk=case.pk).exclude(state__in=("merged", "cancelled", "closed"))
    given = {
        "triage": lambda: draw.choice(["public", "public", "neighbourhood"]),
        "category": lambda: category(draw.choice(["rubbish", "lights"])),
        "area": lambda: area("w1"),
        "organisation": lambda: organisation(draw.choice(["enforcement", "housing", "westteam"])),
        "person": lambda: person("officer"),
        "days": lambda: draw.randint(1, 3),
        "satisfied": lambda: draw.random() < 0.6,
        "upheld": lambda: draw.random() < 0.9,
        "into": lambda: others.first(),
        "meets_at": clock.now,
        "households": lambda: draw.randint(3, 30),
    }
    needs = [need.removesuffix("?") for need in loop.ACTIONS[action].needs if need != "evidence?"]
    return {need: given.get(need, lambda: "because")() for need in needs}


@pytest.fixture
def walked(_walked, db):
    """Two dozen cases that went through the loop."""


@pytest.fixture(scope="module")
def _walked(rows_of_module, tmp_path_factory):
    """Two dozen cases, moved by whoever may move them, while the clocks ring."""
    SmallTown(tmp_path_factory.mktemp("walked") / "town").load()
    draw = Random(6)
    moment = MORNING
    with clock.at(moment):
        cases = [
            receive([
                Report(f"{street}{draw.randrange(10**6)}坏了", reporter=person("resident"),
                       category=draw.choice(["rubbish", "lights", "order", "neighbours", None]),
                       lon=121.0 + draw.random() * 0.04, lat=30.7 + draw.random() * 0.04,
                       source=draw.choice(["resident", "patrol"]))
            ])[0].case
            for street in STREETS * 2
        ]  # fmt: skip
    people = list(User.objects.all())
    for _ in range(700):
        moment += timedelta(minutes=draw.randrange(60))
        with clock.at(moment):
            worker.tick()
            case, by = Case.objects.get(pk=draw.choice(cases).pk), draw.choice(people)
            # What is seldom asked for must not go unanswered as well.
            if case.extension_days:
                by = person("dispatcher")
            if case.appealed == "asked":
                by = person("supervisor")
            allowed = [a for a in loop.permitted(case, Scope(by)) if a not in UNCOUNTED]
            if draw.random() < 0.9:
                allowed = [action for action in allowed if action not in TALK]
            if allowed:
                rare = [action for action in allowed if action in RARE]
                action = draw.choice(rare or allowed)
                try:
                    loop.act(case, action, by, **inputs(action, case, draw))
                except loop.Refused:
                    continue
            if draw.random() < 0.1:
                tallies.fold(limit=draw.randrange(20))
    tallies.fold()


def town(*counters: str) -> int:
    return Figure(counters, whole()).value()


def test_figures_agree_with_the_cases_they_are_about(walked):
    cases = Case.objects.all()
    seen = set(Event.objects.values_list("action", flat=True))
    assert {"resolve", "verify", "evaluate", "reopen", "escalate", "rule_on_appeal", "close",
            "return", "rule", "grant_extension", "urge", "supervise", "settle"} <= seen  # fmt: skip

    assert town("received") == cases.count()
    assert town("self_found") == cases.filter(source__in=SELF_FOUND).count()
    assert town("located") == cases.count()
    assert town("merged") == cases.filter(state="merged").count()
    assert town("cancelled") == cases.filter(state="cancelled").count()
    assert town("responded") == cases.filter(first_response_at__isnull=False).count()
    late = sum(e.data["late"] for e in Event.objects.filter(action="resolve"))
    assert town("resolved") == town("on_time") + late
    appealed = Event.objects.filter(action="rule_on_appeal", data__upheld=True).count()
    assert appealed > 0
    assert town("evaluated") == Event.objects.filter(action="evaluate").count() - appealed
    returned = cases.aggregate(n=Sum("reopenings"))["n"]
    assert returned - appealed <= town("reworked") < returned
    assert tallies.faults() == []


def test_every_sum_over_the_town_is_the_town_and_every_league_leads_to_its_cases(walked):
    for kinds in (("community",), ("service",), ("territorial", "functional")):
        sums = Tally.objects.filter(kind__in=kinds).aggregate(n=Sum("resolved"))
        assert sums["n"] == town("resolved") > 0

    for contest in CONTESTS:
        table = league(contest, whole())
        assert [s.rank for s in table.standings] == list(range(1, len(table.standings) + 1))
        for standing in table.standings:
            assert why(standing)
            for name, count in standing.counts.items():
                if not name.endswith("minutes"):
                    assert table.figure(standing, name).events().count() == count


def test_what_any_event_may_tell_is_told_by_those_it_is_looked_for_in(walked):
    for counter in COUNTERS.values():
        if not counter.actions:
            telling = Event.objects.filter(counter.when.q())
            assert telling.exists()
            assert not telling.exclude(action__in=counter.told_by).exists()
