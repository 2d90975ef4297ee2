"""The demonstration's town lives on, and leaves to its visitors what is theirs."""

from datetime import timedelta

import pytest

from linli import clock, integrity
from linli.cases import intake, loop, worker
from linli.cases.intake import Report
from linli.cases.models import OPEN, Case, Event
from linli.cases.waiting import PILES
from linli.people.models import User
from linli.people.scope import Scope
from linli.scores import tallies
from linli.simulate.desks import KEPT
from linli.simulate.live import Present
from tests.simulate.conftest import TUESDAY
from tests.small_town import person


def visitors(*names: str) -> None:
    User.objects.filter(username__in=names).update(is_demo=True)


def lives(present: Present, hours: float, since=TUESDAY, step: float = 0.5):
    """Let the town live for some hours, and return what time it is then."""
    moment = since
    while moment < since + timedelta(hours=hours):
        with clock.at(moment):
            present.go_on(budget_s=60)
            worker.tick()
        moment += timedelta(hours=step)
    return moment


def told(title="桥上摆摊占道", **more) -> Case:
    given = {"category": "stalls", "lon": 121.005, "lat": 30.705, **more}
    return intake.receive([Report(title, **given)])[0].case


def now_stands(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_people_report_and_act_by_themselves_and_all_of_it_holds(town):
    lives(Present(seed=3), 60)
    tallies.fold()

    done = set(Event.objects.values_list("action", flat=True))
    assert {"report", "triage", "dispatch", "accept", "resolve", "verify"} <= done
    assert Case.objects.count() >= 20
    assert integrity.faults().lines == []


def test_a_case_that_is_open_when_the_worker_starts_goes_on(town):
    with clock.at(TUESDAY - timedelta(hours=1)):
        case = told()

    lives(Present(seed=3), 100)

    assert now_stands(case).state not in ("dispatched", "accepted")


def test_how_the_town_stands_is_read_a_little_at_a_time(town, monkeypatch):
    monkeypatch.setattr("linli.simulate.live.AT_A_TIME", 2)
    with clock.at(TUESDAY - timedelta(hours=1)):
        cases = [told(f"第{'一二三四五'[n]}处" * 3, lon=121.001 + n * 0.001) for n in range(5)]
    present, known, moment = Present(seed=3), [], TUESDAY
    while not known or known[-1] < len(cases):
        with clock.at(moment):
            present.go_on(budget_s=0)
        known.append(len(getattr(present, "_records", ())))
        moment += timedelta(seconds=60)
        assert len(known) < 40
    assert [n for n in dict.fromkeys(known) if n] == [2, 4, 5]

    # What a visitor did meanwhile is noticed as soon as all of it is known.
    with clock.at(moment):
        loop.act(cases[0], "return", person("head"), reason="不归我们管")
    for _ in range(9):
        moment += timedelta(seconds=60)
        with clock.at(moment):
            present.go_on(budget_s=0)
    assert present._records[cases[0].pk].case.state == "returned"


def test_what_waits_for_a_visitor_is_left_to_them(town):
    visitors("officer", "head")
    with clock.at(TUESDAY):
        case = told()

    lives(Present(seed=3), 48)

    assert set(case.events.values_list("by__username", flat=True)) <= {None, "worker", "steward"}
    assert now_stands(case).state == "dispatched"


def test_nobody_acts_in_a_visitors_name(town):
    visitors("officer", "resident", "supervisor")
    with clock.at(TUESDAY):
        told(reporter=person("resident"))
    lives(Present(seed=3), 60)

    acted = set(Event.objects.values_list("by__username", flat=True))
    assert len(acted) > 2 and not acted & {"officer", "resident", "supervisor"}


def test_a_step_that_was_planned_is_dropped_where_a_visitor_acted_first(town):
    present = Present(seed=3)
    with clock.at(TUESDAY):
        case = told()
        present.go_on(budget_s=60)
    with clock.at(TUESDAY + timedelta(minutes=1)):
        loop.act(case, "return", person("head"), reason="不归我们管")
    planned = present._records[case.pk].plan[0].action

    # Even a worker that had not noticed yet sees it when it comes to the step.
    present._act(TUESDAY + timedelta(hours=40), ends=float("inf"))

    assert planned in ("accept", "return", "acknowledge")
    assert [e.action for e in case.events.order_by("seq")][-1] == "return"
    assert present._records[case.pk].plan[0].action == "rule"


def test_older_cases_are_taken_over_where_a_pile_grows_too_high(town):
    visitors("supervisor")
    User.objects.create(username="second", name="另一位核查员")
    organisation = person("supervisor").memberships.get().organisation
    User.objects.get(username="second").memberships.create(
        organisation=organisation, role="supervisor"
    )
    with clock.at(TUESDAY):
        for n in range(KEPT + 6):
            case = told(f"第{n}处{'甲乙丙丁戊己庚辛'[n % 8]}" * 4, lon=121.001 + n * 0.001)
            loop.act(case, "accept", person("officer"))
            with_photo = {"reply": "已劝离，安排专人每日巡查。", "evidence": [photo()]}
            loop.act(case, "resolve", person("officer"), **with_photo)
    assert Case.objects.filter(state="resolved").count() == KEPT + 6

    present = Present(seed=3)
    lives(present, 40)

    by = set(Event.objects.filter(action="verify").values_list("by__username", flat=True))
    assert by == {"second"}
    sight = Scope(person("supervisor"))
    waiting = Case.objects.filter(PILES["verify"].of(sight))
    assert waiting.count() >= KEPT


def photo():
    from linli.simulate.scenes import Album
    from tests.small_town import category

    return Album().photo(category("stalls"), 0, is_after=True)


@pytest.mark.parametrize("who", ["steward", "officer", "worker", "dispatcher"])
def test_an_empty_desk_does_not_stay_empty(town, who):
    visitors(who)
    present = Present(seed=3)
    lives(present, 12, step=0.25)

    sight = Scope(person(who))
    assert sight.of(Case).filter(
        pk__in=[pk for pile in PILES.values()
                for pk in Case.objects.filter(pile.of(sight)).values_list("pk", flat=True)]
    ).count() >= 2  # fmt: skip


def test_a_resident_who_visits_gets_something_to_rate(town):
    visitors("resident")
    lives(Present(seed=3), 30, step=0.25)

    assert Case.objects.filter(PILES["rate"].of(Scope(person("resident")))).exists()


def test_a_long_sleep_is_skipped_and_not_caught_up_with_at_once(town):
    present = Present(seed=3)
    later = lives(present, 10)
    before, events = Case.objects.count(), Event.objects.filter(by__isnull=False).count()

    with clock.at(later + timedelta(days=20)):
        present.go_on(budget_s=60)

    assert Case.objects.count() == before
    assert Event.objects.filter(by__isnull=False).count() == events
    assert Case.objects.filter(state__in=sorted(OPEN)).exists()


def test_while_time_stands_still_nothing_happens(town):
    present = Present(seed=3)
    later = lives(present, 10)
    with clock.at(later):
        present.go_on(budget_s=60)
        events = Event.objects.count()
        for _ in range(5):
            present.go_on(budget_s=60)

    assert Event.objects.count() == events
