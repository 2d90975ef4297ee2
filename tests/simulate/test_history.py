"""A simulated history: the same by its seed, written by the loop's own steps, whole."""

from datetime import timedelta

import pytest

from linli.cases.models import Case, Event, Report, Source
from linli.places.town import forget
from linli.simulate import beginning
from linli.simulate.beginning import HasCases, begin
from tests.simulate.conftest import TUESDAY


def history(reports=120, years=0.15, seed=7):
    return begin(reports, years, seed, TUESDAY)


def fingerprints():
    return (
        list(Case.objects.order_by("id").values_list("head", "title", "body", "state")),
        list(Report.objects.order_by("id").values_list("title", "receipt")),
    )


def test_the_same_seed_makes_the_same_town_to_the_last_hash(town):
    history()
    first = fingerprints()
    assert len(first[0]) > 80

    empty()
    history()

    assert fingerprints() == first


def test_another_seed_makes_another_town(town):
    history()
    first = fingerprints()
    empty()
    history(seed=8)

    assert fingerprints()[0] != first[0]


def empty():
    """Take everything of the history away, and let keys begin anew."""
    from django.core.management.color import no_style
    from django.db import connection

    from linli.cases.models import (
        Assignment,
        Deliberation,
        Evidence,
        Notice,
        Ruling,
    )
    from linli.people.models import Leave
    from linli.scores.models import Backlog, Rating, RatingEntry, Tally

    for model in (Deliberation, Ruling, Evidence, Notice, Assignment, Event, Report, Case, Leave,
                  RatingEntry, Rating, Tally, Backlog):  # fmt: skip
        model.objects.all().delete()
    with connection.cursor() as cursor:
        for line in connection.ops.sequence_reset_sql(no_style(), [Case, Event, Report]):
            cursor.execute(line)
    forget()


def test_no_appeal_is_forgotten(town, monkeypatch):
    monkeypatch.setattr("linli.simulate.behaviour.APPEALED", 1.0)
    history(reports=2500, years=0.8)

    asked = Event.objects.filter(action="appeal")
    waiting = Case.objects.filter(appealed="asked")
    assert asked.count() > 10
    assert not waiting.filter(touched_at__lt=TUESDAY - timedelta(days=21)).exists()
    for case in waiting:
        assert case.events.filter(action="appeal").latest("seq").at > TUESDAY - timedelta(days=21)


def test_what_was_merged_went_into_an_open_case_of_its_kind_with_its_reports(town):
    history(reports=1500, years=0.6)

    merged = Case.objects.filter(state="merged").select_related("merged_into")
    assert merged.exists()
    for case in merged:
        assert case.merged_into.category_id == case.category_id
        assert case.merged_into.reported_at < case.ended_at
        assert not case.reports.exists()


def test_a_history_ends_when_it_is_told_to_and_begins_as_long_before(town):
    history(years=0.15)

    assert Event.objects.latest("at").at <= TUESDAY
    first = Case.objects.earliest("reported_at").reported_at
    assert timedelta(days=45) < TUESDAY - first < timedelta(days=57)


def test_a_town_with_cases_keeps_them_and_gets_no_history(town):
    history(reports=30)
    cases = Case.objects.count()

    with pytest.raises(HasCases):
        history()
    assert Case.objects.count() == cases


def test_a_town_with_categories_of_its_own_speaks_of_them(town):
    history()

    told = " ".join(Report.objects.values_list("title", flat=True))
    for words in ("桥上摆摊占道", "垃圾臭得不行", "灯杆歪了", "隔壁占了我家过道"):
        assert words in told
    assert {Source.RESIDENT, Source.PATROL, Source.HOTLINE} <= set(
        Report.objects.values_list("source", flat=True)
    )


def test_who_stops_it_half_way_is_known_to_have_done_so(town, settings, tmp_path):
    settings.HOME = tmp_path

    def stop(_reports):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin(120, 0.15, 7, TUESDAY, stop)

    assert beginning.is_half_written()
