"""From a picture in a folder to a case, a held lot, an inspector's word, and what is learnt."""

import pytest
from django.urls import reverse

from linli.assets.inspection import fitting, judging, material, teaching
from linli.assets.inspection.models import Alarm, Hour, Inspection, Lot, LotStep, Station
from linli.assets.inspection.recording import is_held_back
from linli.cases import loop
from linli.cases.models import Case, State
from tests.assets.inspection.conftest import jpeg, user
from tests.engines.test_surface import brushed

pytestmark = pytest.mark.usefixtures("morning")


def cases():
    return Case.objects.filter(category__code="nonconformance").order_by("pk")


def strict(line):
    """Let one flawed part hold a lot."""
    line.station.product.hold_above = 0
    line.station.product.save()


def part(serial):
    return Inspection.objects.get(serial=serial)


def teaching_serial(line):
    """A serial whose part teaches, rather than tests."""
    return next(
        s for s in (f"T{n}" for n in range(99))
        if not is_held_back(type("Label", (), {"lot": "L1", "serial": s, "key": ""}))
    )  # fmt: skip


def test_a_false_alarm_goes_from_picture_to_case_to_overrule_to_the_next_version(
    line, client, tmp_path
):
    strict(line)
    serial = teaching_serial(line)
    line.good(2)
    line.flawed(1, serial=serial)
    line.run()

    # Judged, told to the right two sides, the lot held.
    [case] = cases()
    assert (case.territorial.code, case.functional.code) == ("p1-l1", "p1-quality")
    assert case.state == State.DISPATCHED and part(serial).case == case
    assert Lot.objects.get().state == Lot.State.HELD

    # The inspector looks, and finds nothing wrong with it.
    client.force_login(user("inspector"))
    answer = client.post(reverse("judge-part", args=[part(serial).pk]), {"judgement": "overruled"})
    assert answer.status_code == 302

    case.refresh_from_db()
    assert case.state == State.CANCELLED and Alarm.objects.get().ended_at is not None
    assert case.events.filter(action="cancel", by=None).exists()
    lot = Lot.objects.get()
    assert (lot.state, lot.flawed) == (Lot.State.RELEASED, 0)
    assert [step.state for step in lot.steps.order_by("pk")] == ["held", "released"]

    # What was overruled teaches the next version.
    good = tmp_path / "good"
    good.mkdir()
    for seed in range(12):
        (good / f"plate-{seed:02}.jpg").write_bytes(jpeg(brushed(seed)))
    material.give(line.station, good)
    version = teaching.teach(line.station, user("inspector"))
    fitting.serve()
    version.refresh_from_db()
    assert version.samples["judged"] == 1
    judge = fitting.judge_of_version(version)
    assert f"#{part(serial).pk}" in judge.samples
    assert Station.objects.get().version is not None


def test_a_missed_flaw_opens_a_case_and_holds_the_lot_as_a_found_one_does(line, kinds):
    strict(line)
    line.good(2, lot="M1")
    line.run()
    assert not cases().exists()
    missed = Inspection.objects.order_by("pk").first()

    judging.judge(missed, user("inspector"), "overruled", kind=kinds["scratch"])
    line.run()
    line.run()

    [case] = cases()
    assert "划痕" in case.title and "M1" in case.title
    assert (case.territorial.code, case.functional.code) == ("p1-l1", "p1-quality")
    missed.refresh_from_db()
    assert missed.case == case and case.evidence.count() == 1
    assert Lot.objects.get().state == Lot.State.HELD
    assert Hour.objects.get().kinds == {"scratch": 1}

    # Taken back, it was no flaw: the case is withdrawn, the lot goes on.
    judging.undo(missed, user("inspector"))
    case.refresh_from_db()
    assert case.state == State.CANCELLED
    assert Lot.objects.get().state == Lot.State.RELEASED


def test_while_one_flawed_part_is_left_case_and_lot_stay_and_who_works_on_it_is_told(line):
    strict(line)
    line.flawed(2)
    line.run()
    [case] = cases()
    one, other = Inspection.objects.order_by("pk")
    judging.judge(one, user("inspector"), "overruled")
    case.refresh_from_db()
    assert case.state == State.DISPATCHED and Lot.objects.get().state == Lot.State.HELD

    loop.act(case, "accept", user("inspector"))
    judging.judge(other, user("inspector"), "overruled")
    case.refresh_from_db()
    assert case.state == State.ACCEPTED  # its own people end it
    assert case.events.filter(action="note", by=None).count() == 1
    assert Lot.objects.get().state == Lot.State.RELEASED


def test_what_a_person_holds_only_a_person_releases_and_a_flaw_said_again_is_told_again(line):
    from linli.assets.inspection import lots

    line.flawed(1)
    line.run()
    [part] = Inspection.objects.all()
    lots.hold(Lot.objects.get(), user("inspector"), "等复检")
    judging.judge(part, user("inspector"), "overruled")
    assert Lot.objects.get().state == Lot.State.HELD and LotStep.objects.count() == 1
    judging.undo(part, user("inspector"))
    line.run()
    first, second = cases()
    assert (first.state, second.state) == (State.CANCELLED, State.DISPATCHED)


def test_a_flawed_part_without_a_kind_is_listed_as_such_and_can_still_be_given_one(
    line, kinds, client
):
    line.flawed(1)
    line.run()
    [part] = Inspection.objects.all()
    judging.judge(part, user("inspector"), "confirmed")
    client.force_login(user("inspector"))
    page = reverse("inspection-station", args=[line.station.code])
    assert reverse("part", args=[part.pk]) in client.get(page, {"kind": "-"}).content.decode()
    asked = client.get(reverse("part", args=[part.pk])).content.decode()
    assert 'value="stain"' in asked and 'data-key="1"' in asked

    client.post(reverse("judge-part", args=[part.pk]),
                {"judgement": "confirmed", "kind": "stain"})  # fmt: skip

    assert Hour.objects.get().kinds == {"stain": 1}
    assert reverse("part", args=[part.pk]) not in client.get(page, {"kind": "-"}).content.decode()
    assert reverse("part", args=[part.pk]) in client.get(page, {"kind": "stain"}).content.decode()
