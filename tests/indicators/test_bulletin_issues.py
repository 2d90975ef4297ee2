"""Bulletins are kept as they were issued; the worker makes them, people only read them."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from linli import clock
from linli.cases.models import Category
from linli.doors.models import Message, NoticeChoice
from linli.indicators.bulletins import issues, listing, making, reach, sending, stretch
from linli.indicators.bulletins.issues import Busy, NotYours
from linli.indicators.bulletins.models import Issue, IssuedFile
from linli.people.scope import scope
from linli.places.models import Area
from linli.scores import leagues
from linli.scores.models import Tally
from tests.cases.conftest import MORNING
from tests.small_town import SmallTown, area, person


@pytest.fixture
def lake(db, tmp_path):
    """The small town on the morning of 10 March 2026, with somebody who leads the west only."""
    small = SmallTown(tmp_path / "town")
    small.people.append(["chief", "村长", "Chief", "westteam", "leader", "", ""])
    small.load()
    with clock.at(MORNING):
        yield small


@pytest.fixture(autouse=True)
def looked_long_ago(monkeypatch):
    monkeypatch.setattr(making, "_looked", [-making.REST_S])


def received(day, n):
    key = Category.objects.get(code="lights").pk
    row, _new = Tally.objects.get_or_create(day=day, kind="town", subject=0, category=key)
    Tally.objects.filter(pk=row.pk).update(received=n)


def number(issue):
    """Return how many cases a bulletin says were received."""
    with translation.override("en"):
        found = issues.said(issue).block("numbers").numbers
    return next(one.value for one in found if one.label == "Received")


def made(period, code=""):
    return making.now_made(stretch.read(period), Area.objects.get(code=code) if code else None)


def test_the_worker_makes_the_last_and_the_present_day_week_and_month_ahead(lake):
    making.refresh()

    found = Issue.objects.exclude(made_at=None)
    assert {(one.period, one.is_final) for one in found} == {
        ("2026-03-09", True), ("2026-03-10", False), ("2026-W10", True), ("2026-W11", False),
        ("2026-02", True), ("2026-03", False),
    }  # fmt: skip
    # Three kinds of file in two languages each.
    assert IssuedFile.objects.count() == 6 * 3 * 2


def test_what_was_issued_stays_as_it_was_whatever_is_counted_later(lake):
    received(date(2026, 2, 20), 6)
    first = made("2026-02")
    pdf = issues.file(first, "pdf")
    received(date(2026, 2, 20), 9)

    again = made("2026-02")
    making.refresh()

    assert (number(again), again.made_at) == ("6", first.made_at)
    assert issues.said(again).made_at == again.made_at
    assert issues.file(again, "pdf") == pdf


def test_made_anew_on_purpose_it_becomes_the_next_version_and_says_who_and_why(lake):
    received(date(2026, 2, 20), 6)
    made("2026-02")
    received(date(2026, 2, 20), 9)
    wanted = stretch.read("2026-02")

    issues.anew(wanted, None, person("leader"), "three cases were entered late")
    making.serve()

    newest, first = issues.shown(wanted, None), issues.shown(wanted, None, 1)
    assert (newest.version, number(newest)) == (2, "9")
    assert (newest.by.username, newest.why) == ("leader", "three cases were entered late")
    assert (first.version, number(first)) == (1, "6")


def test_while_a_period_runs_its_bulletin_is_made_again_and_issued_when_it_is_over(lake):
    received(date(2026, 3, 10), 2)
    running = made("2026-03-10")
    assert not running.is_final
    received(date(2026, 3, 10), 5)

    with clock.at(MORNING + timedelta(hours=1)):
        making.refresh()
        running.refresh_from_db()
        assert (number(running), running.is_final) == ("5", False)
    received(date(2026, 3, 10), 7)
    with clock.at(MORNING + timedelta(days=1)):
        making._looked[0] = -making.REST_S
        making.refresh()

    running.refresh_from_db()
    assert (number(running), running.is_final, running.version) == ("7", True, 1)


def test_a_bulletin_of_an_area_that_ran_is_issued_too_when_its_period_is_over(lake):
    running = made("2026-03-10", "west")

    with clock.at(MORNING + timedelta(days=1)):
        making.refresh()

    running.refresh_from_db()
    assert running.is_final and running.area == area("west").pk


def test_what_nobody_asked_for_yet_waits_and_is_made_before_what_is_made_again(lake):
    running = made("2026-03-10")
    Issue.objects.filter(pk=running.pk).update(wanted=True)

    asked = issues.asked(stretch.read("2026-01"), None)
    assert asked.made_at is None and making.are_wanted()
    making.make_wanted(until=float("inf"))

    asked.refresh_from_db()
    running.refresh_from_db()
    assert asked.is_final and not making.are_wanted() and not running.wanted


def test_a_bulletin_that_cannot_be_made_says_so_and_keeps_no_other_from_being_made(
    lake, monkeypatch
):
    broken = issues.asked(stretch.read("2026-01"), None)
    whole = issues.asked(stretch.read("2026-02"), None)
    Issue.objects.filter(pk=broken.pk).update(kind="year")

    making.serve()

    broken.refresh_from_db()
    whole.refresh_from_db()
    assert broken.fault and not broken.wanted and whole.is_final
    assert broken.fault in making.refused(broken)


def test_no_more_wait_than_the_worker_can_make(lake, monkeypatch):
    monkeypatch.setattr(issues, "MOST_WAITING", 1)
    issues.asked(stretch.read("2026-01"), None)

    with pytest.raises(Busy):
        issues.asked(stretch.read("2025-12"), None)
    assert issues.asked(stretch.read("2026-01"), None).wanted


def test_the_files_of_old_days_are_let_go_and_written_again_word_for_word(lake):
    received(date(2026, 3, 9), 6)
    issue = made("2026-03-09")
    page = issues.file(issue, "html")
    with clock.at(MORNING + timedelta(days=100)):
        making.forget_files()
        assert issues.file(issue, "html") is None
        received(date(2026, 3, 9), 8)

        issues.want_files(issue)
        making.make_wanted(until=float("inf"))

    assert issues.file(issue, "html") == page


def test_the_league_of_a_month_that_is_over_is_computed_once_more_before_it_is_told(lake):
    from linli.scores import kept
    from linli.scores.models import KeptLeague

    month = stretch.read("2026-02").whole
    kept.keep(leagues.GRIDS, month)
    KeptLeague.objects.update(stale=True)

    made("2026-02")

    assert not KeptLeague.objects.filter(contest=leagues.GRIDS, stale=True).exists()


# --- who ----------------------------------------------------------------------------------------


def test_who_leads_an_area_sees_its_bulletins_and_no_others(lake):
    for code in ("", "west", "east"):
        made("2026-02", code)
    chief, leader = scope(person("chief")), scope(person("leader"))

    assert [one.area_code for one in listing.past(chief, listing.Chosen())] == ["west"]
    assert {one.area_code for one in listing.past(leader, listing.Chosen())} == {"", "west", "east"}
    assert reach.own(chief).code == "west" and reach.own(leader) is None
    assert [one.code for one in reach.offered(chief)] == ["west"]
    assert not reach.may(chief, area("east")) and not reach.may(chief, None)
    assert not list(scope(person("officer")).of(Issue))


def test_nobody_has_a_bulletin_made_anew_that_is_not_theirs(lake):
    with pytest.raises(NotYours):
        issues.anew(stretch.read("2026-02"), None, person("chief"), "")
    assert not Issue.objects.exists()


def test_past_bulletins_are_found_by_a_day_a_kind_and_an_area(lake):
    for period, code in (("2026-02", ""), ("2026-W09", ""), ("2026-02-25", ""), ("2026-02", "west"),
                         ("2026-01", "")):  # fmt: skip
        made(period, code)
    sight = scope(person("leader"))

    def found(**query):
        chosen = listing.Chosen.of(sight, query)
        return [(one.period, one.area_code) for one in listing.past(sight, chosen)]

    # The 25th of February is a Wednesday: its day, its week from the 23rd on, its month.
    assert found(day="2026-02-25") == [
        ("2026-W09", ""), ("2026-02", ""), ("2026-02", "west"), ("2026-02-25", "")
    ]  # fmt: skip
    assert found(kind="month", area="west") == [("2026-02", "west")]
    assert found(kind="month", area="lake") == [("2026-02", ""), ("2026-01", "")]
    assert len(found(day="soon", kind="age", area="mars")) == 5


def test_a_bulletin_goes_by_mail_to_those_alone_who_may_open_it(lake, settings):
    settings.EMAIL_HOST = "mail.lake.example"
    for name in ("chief", "dispatcher", "officer"):
        NoticeChoice.objects.create(
            user=person(name), address=f"{name}@lake.example", confirmed=True
        )
    town = made("2026-02")

    assert [one.username for one in sending.recipients(None, person("leader"))] == ["dispatcher"]
    assert {one.username for one in sending.recipients(area("west"), person("leader"))} == {
        "chief", "dispatcher"
    }  # fmt: skip
    n = sending.send(town, None, person("leader"), ["dispatcher", "chief", "officer"])

    (message,) = Message.objects.all()
    assert (n, message.address) == (1, "dispatcher@lake.example")
    assert message.payload["path"] == "/bulletins/2026-02/?version=1"


def test_the_letter_says_in_the_readers_language_what_is_sent_on(lake, settings, mailoutbox):
    from linli.doors import outbox

    settings.EMAIL_HOST, settings.SITE_URL = "mail.lake.example", "https://lake.example"
    NoticeChoice.objects.create(
        user=person("dispatcher"), address="d@lake.example", confirmed=True, language="en"
    )
    sending.send(made("2026-02"), None, person("leader"), ["dispatcher"])

    outbox.deliver()

    (letter,) = mailoutbox
    assert letter.subject == "[Lake] Bulletin of the month · February 2026"
    assert "https://lake.example/bulletins/2026-02/?version=1" in letter.body
