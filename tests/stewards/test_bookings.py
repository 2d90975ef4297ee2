"""The service list: what is offered, a seat that is one person's alone, and little kept of them."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from linli import clock
from linli.cases.loop import Refused
from linli.people.scope import scope
from linli.stewards import bookings
from linli.stewards.bookings import act, book, slots
from linli.stewards.models import Booking, Offer
from tests.small_town import area, organisation, person
from tests.stewards.conftest import THURSDAY


def booked(offer, who="resident", at=THURSDAY):
    return book(offer, area("w1"), at, person(who), contact="13800001234", remark="二楼")


def test_slots_lie_in_the_hours_of_the_days_offered_and_never_on_a_holiday(lessons):
    found = slots(lessons, organisation("westteam"))

    assert {s.starts_at.isoweekday() for s in found} == {2, 4}
    assert [f"{s.starts_at:%H:%M}" for s in found if s.starts_at.date() == THURSDAY.date()] == [
        "09:00", "09:30", "10:00", "10:30",
    ]  # fmt: skip
    assert {s.free for s in found} == {2}
    # Tuesday, the day itself: only what leaves two hours' notice, so nothing before 11.
    assert min(s.starts_at for s in found) == THURSDAY
    with clock.at(THURSDAY + timedelta(days=200)):  # the last days of September 2026
        days = {s.starts_at.date().isoformat() for s in slots(lessons, organisation("westteam"))}
        assert "2026-10-01" not in days  # National Day, a Thursday


def test_the_stewards_serve_where_no_function_is_named_and_the_competent_one_where_it_is(lessons):
    repair = Offer.objects.get(code="repair")

    assert bookings.provider(lessons, area("w1")) == organisation("westteam")
    assert bookings.provider(lessons, area("e1")) == organisation("government")
    assert bookings.provider(repair, area("w1")) == organisation("housing")


def test_a_slot_is_full_when_all_its_seats_are_taken(lessons):
    booked(lessons, "resident")
    booked(lessons, "officer")

    with pytest.raises(Refused, match="taken"):
        booked(lessons, "elder")
    assert [s.free for s in slots(lessons, organisation("westteam"))][:2] == [0, 2]


def test_nobody_has_two_bookings_at_one_time(lessons):
    booked(lessons)

    with pytest.raises(Refused, match="another booking"):
        booked(Offer.objects.get(code="repair"))


def test_a_time_that_is_not_offered_is_refused(lessons):
    with pytest.raises(Refused, match="not offered"):
        booked(lessons, at=THURSDAY + timedelta(minutes=10))


def test_a_cancelled_seat_is_free_again(lessons):
    row = booked(Offer.objects.get(code="repair"))
    act(row, "cancel", person("resident"))

    again = booked(Offer.objects.get(code="repair"), "officer")

    assert again.seat == row.seat


def test_how_to_reach_the_person_is_wiped_once_it_is_over(lessons):
    row = booked(lessons)
    act(row, "confirm", person("steward"))
    with clock.at(THURSDAY + timedelta(hours=1)):
        act(row, "done", person("steward"))
        act(row, "rate", person("resident"), stars=5, comment="耐心")

    row.refresh_from_db()
    assert (row.contact, row.remark) == ("", "")
    assert (row.state, row.stars) == ("done", 5)


def test_only_the_booker_and_those_who_serve_see_a_booking(lessons):
    row = booked(lessons)

    seen = {
        name
        for name in ("resident", "steward", "worker", "officer", "dispatcher", "leader",
                     "supervisor", "administrator", "builder")
        if scope(person(name)).of(Booking).filter(pk=row.pk).exists()
    }  # fmt: skip
    assert seen == {"resident", "steward", "worker"}


def test_the_table_says_who_may_do_what(lessons):
    row = booked(lessons)

    assert bookings.permitted(row, scope(person("resident"))) == ["move", "cancel"]
    assert bookings.permitted(row, scope(person("steward"))) == ["confirm", "move", "cancel"]
    assert bookings.permitted(row, scope(person("leader"))) == []
    with clock.at(THURSDAY), pytest.raises(Refused):
        act(row, "done", person("resident"))


def test_moved_by_the_booker_it_waits_for_a_confirmation_again(lessons):
    row = act(booked(lessons), "confirm", person("steward"))

    moved = act(row, "move", person("resident"), starts_at=THURSDAY + timedelta(minutes=30))
    assert (moved.state, moved.starts_at) == ("booked", THURSDAY + timedelta(minutes=30))
    moved = act(row, "move", person("steward"), starts_at=THURSDAY + timedelta(minutes=60))
    assert moved.state == "confirmed"


def test_whoever_stays_away_three_times_speaks_with_the_steward_first(lessons):
    for minutes in (0, 30, 60):
        row = booked(lessons, at=THURSDAY + timedelta(minutes=minutes))
        with clock.at(THURSDAY + timedelta(hours=3)):
            act(row, "missed", person("steward"))

    with clock.at(THURSDAY + timedelta(hours=4)), pytest.raises(Refused, match="did not come"):
        booked(lessons, at=THURSDAY + timedelta(days=7))


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_last_seat_at_once_do_not_both_get_it(small):
    small.load()
    repair = Offer.objects.get(code="repair")
    names = ["resident", "officer", "elder", "worker"]
    outcomes, gate = [], Barrier(len(names))

    def want(name):
        try:
            with clock.at(THURSDAY - timedelta(days=1)):
                gate.wait()
                booked(repair, name)
                outcomes.append("got it")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=want, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["got it", "refused", "refused", "refused"]
    assert Booking.objects.count() == 1
