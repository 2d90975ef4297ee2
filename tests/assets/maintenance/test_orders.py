"""From what is told to work: one order a machine, planned, booked, ended by a finding."""

from datetime import timedelta

import numpy as np
import pytest

from linli import clock
from linli.assets.maintenance import (
    calibration,
    desks,
    early,
    findings,
    fitting,
    looking,
    orders,
    plan_words,
    planning,
    predicting,
    wording,
)
from linli.assets.maintenance.findings import Found
from linli.assets.maintenance.models import Finding, Upkeep, WorkOrder
from linli.assets.register.models import Asset, Health, Spare
from linli.cases import loop
from linli.cases.models import Case, Evidence, State
from linli.cases.refusal import Refused
from linli.people.models import User


@pytest.fixture
def worn(presses, workshop, fleet):
    """A press with some three days left, a model that knows it, and the order opened for it."""
    asset = fleet.lived("P1-L1-M21", [], 250, left=74)
    fitting.fit(presses)
    orders.follow(predicting.predict())
    return WorkOrder.objects.get(asset=asset)


def test_a_work_order_is_opened_when_the_early_end_is_nearer_than_spares_and_people(worn, plant):
    case = worn.case
    assert case.category.code == "work-order" and case.source == "maintenance"
    assert case.functional.code == "p1-maintenance" and case.territorial.code == "p1-l1"
    assert "剩余寿命" in case.title and worn.spares == {"SEAL": 1}
    assert worn.due <= clock.now() + timedelta(days=3)
    assert Evidence.objects.filter(case=case, content_type="image/png").count() == 1
    health = Health.objects.get(asset=worn.asset, by="maintenance")
    assert health.state == "act" and "days of life left" in health.why_en
    assert not WorkOrder.objects.filter(asset__code="P1-L1-M11").exists()
    assert Health.objects.get(asset__code="P1-L1-M11", by="maintenance").state == "ok"


def test_it_stays_one_order_and_its_case_hears_when_it_gets_worse(worn, presses, fleet):
    case = worn.case
    orders.follow(predicting.predict())
    assert Case.objects.filter(category__code="work-order").count() == 1
    WorkOrder.objects.update(told={**worn.told, "days_low": 20.0})
    with clock.at(fleet.now + timedelta(days=1)):
        orders.follow(predicting.predict())
        orders.follow(predicting.predict())
    assert WorkOrder.objects.count() == 1
    notes = [one for one in case.events.all() if one.action == "note"]
    assert len(notes) == 1 and "恶化" in notes[0].data["text"]


def test_a_lead_time_grows_when_the_spare_is_not_in_store(worn, workshop):
    row = worn.asset.predictions.get(newest=True)
    assert orders.lead_days(row, {"SEAL": 1}) == 3
    Spare.objects.update(stock=0)
    assert orders.lead_days(row, {"SEAL": 1}) == 5


def test_a_machine_off_its_normal_opens_one_case_where_no_failures_are_known(fleet, workshop):
    fleet.lived("P1-L1-M21", [], 300, left=20)
    for _round in range(2):
        orders.follow(predicting.predict())
    case = Case.objects.get(category__code="machine-drift")
    assert "振动" in case.body and "高于平常" in case.body
    assert case.evidence.count() == 1 and not WorkOrder.objects.exists()
    assert Health.objects.get(asset__code="P1-L1-M21").state == "watch"


def test_the_pump_of_the_town_goes_to_the_towns_own_department(plant, morning, monkeypatch):
    told = predicting.predict()
    pump = next(one for one in told if one.asset.code == "PS1-P1")
    pump.mean, pump.low, pump.high, pump.pace = 60.0, 24.0, 90.0, 24.0
    pump.days, pump.days_low, pump.days_high = 2.5, 1.0, 3.75
    pump.trouble = []
    orders.follow([pump])
    case = WorkOrder.objects.get().case
    assert case.functional.code == "housing" and case.community_grid.code == "w1"


def test_a_window_is_found_within_the_shift_that_has_the_people(worn, plant):
    planning.replan(Asset.objects.get(code="P1"))
    worn.refresh_from_db()
    local = worn.begins.astimezone(plant_zone())
    assert 6 <= local.hour <= 10 and worn.ends - worn.begins == timedelta(hours=4)
    assert worn.begins < worn.opened_at + timedelta(days=14)
    assert worn.plan["wait"] > 0 and worn.plan["fails_before"] < 0.2


def plant_zone():
    from linli.assets.maintenance.shifts import zone_of_town

    return zone_of_town()


def test_what_cannot_be_planned_is_said_with_its_reason(worn):
    Spare.objects.update(stock=0, lead_days=60)
    planning.replan(Asset.objects.get(code="P1"))
    worn.refresh_from_db()
    assert worn.begins is None
    desk = desks.desk(Asset.objects.get(code="P1"))
    told = worn.plan["reasons"][0]
    names = plan_words.names_in(desk.orders.values())
    words = wording.reason(told, names, plan_words.spare_when(desk.since, told))
    assert words.startswith("“Seals”") or (words.startswith("“密封件”") and "2026-05" in words)
    assert worn.plan["wish"]


def test_a_booked_window_keeps_the_spare_and_tells_the_crew(worn, plant):
    top = Asset.objects.get(code="P1")
    planning.replan(top)
    worn.refresh_from_db()
    engineer = User.objects.get(username="engineer")
    desk = desks.desk(top)
    tried = planning.moved(desk, worn, worn.begins + timedelta(days=2))
    assert tried.extra > 0 and not tried.bars
    night = planning.moved(desk, worn, worn.begins.replace(hour=20))
    assert night.bars
    with pytest.raises(Refused):
        planning.agree(worn, worn.begins.replace(hour=20), engineer)
    booked = planning.agree(worn, worn.begins, engineer)
    assert booked.state == "agreed" and booked.reservations.get().number == 1
    assert any(one.action == "note" and "密封件" in one.data["text"]
               for one in worn.case.events.all())  # fmt: skip
    planning.replan(top)
    worn.refresh_from_db()
    assert worn.begins == booked.begins
    planning.give_up(worn, engineer)
    worn.refresh_from_db()
    assert worn.state == "open" and not worn.reservations.exists()


def test_what_was_found_ends_the_order_uses_the_spare_and_begins_a_new_life(worn, fleet):
    engineer = User.objects.get(username="engineer")
    planning.replan(Asset.objects.get(code="P1"))
    worn.refresh_from_db()
    planning.agree(worn, worn.begins, engineer)
    with clock.at(fleet.now + timedelta(days=1)):
        row = findings.note(worn.asset, Found("worn", "主轴承", 80, "滚道剥落"), engineer, worn)
        worn.refresh_from_db()
        assert worn.state == "done" and Spare.objects.get().stock == 1
        assert row.predicted["low"] is not None and row.cycles == pytest.approx(250, abs=2)
        [told] = [one for one in predicting.predict() if one.asset == worn.asset]
        assert told.mean is None and told.began == row.at
        with pytest.raises(Refused):
            findings.note(worn.asset, Found("fine", at=fleet.now + timedelta(days=2)), engineer)


def test_after_a_look_that_found_it_fine_nothing_is_opened_again_at_once(worn, fleet):
    engineer = User.objects.get(username="engineer")
    findings.note(worn.asset, Found("fine", renewed=False), engineer, worn)
    orders.follow(predicting.predict())
    assert not WorkOrder.objects.filter(state__in=("open", "agreed")).exists()


def test_findings_teach_the_next_fit_and_it_tells_better(fleet, plant):
    """Five failures of the register to begin with; fifteen that people noted on opening."""
    upkeep = Upkeep.objects.get(code="presses")
    engineer = User.objects.get(username="engineer")
    for number in range(1, 6):
        fleet.lived(f"P1-L1-M1{number}", [int(180 + 10 * number)], 20)
    first = fitting.fit(upkeep)
    before = fitting.kept_models.life_model(first.file)
    for number in range(30, 45):
        life = fleet.life()
        asset = fleet.press(f"P1-L1-M{number}")
        began = fleet.now - timedelta(hours=life)
        Asset.objects.filter(pk=asset.pk).update(commissioned=(began - timedelta(days=1)).date())
        for at, condition in ((began, "fine"), (fleet.now, "failed")):
            findings.note(asset, Found(condition, at=at), engineer)
        fleet.say(asset, began, fleet.rows(life, life))
    second = fitting.fit(upkeep)
    after = fitting.kept_models.life_model(second.file)
    assert (second.lives, first.lives) == (20, 5)
    from linli.assets.maintenance.histories import Keys, see, tags_of  # held out

    held, left = [], []
    for number in range(60, 80):
        life = fleet.life()
        age = int(life * fleet.rng.uniform(0.5, 0.95))
        asset = fleet.press(f"P1-L1-M{number}")
        began = fleet.now - timedelta(hours=age)
        fleet.say(asset, began, fleet.rows(life, age))
        keys = Keys(tuple(second.settings), tuple(second.sensors))
        held.append(see(upkeep.told, keys, tags_of([asset])[asset.pk], began, fleet.now).history)
        left.append(life - age)
    error = [
        np.sqrt(np.mean((model.predict(held).mean() - left) ** 2)) for model in (before, after)
    ]
    assert error[1] < 0.8 * error[0]


def test_the_calibration_says_how_often_the_interval_held(worn, fleet, presses):
    engineer = User.objects.get(username="engineer")
    with clock.at(fleet.now + timedelta(days=2)):
        findings.note(worn.asset, Found("failed", "主轴承", 100), engineer, worn)
        found = calibration.of_upkeep(presses)
    [one] = [one for one in found if one.asset == worn.asset]
    days, _told, low, high = one.told[0]
    assert days == pytest.approx(2) and one.held == int(low <= 2 <= high) and one.failed
    [month] = calibration.coverage([one])
    assert (month.month, month.lives, month.told) == ("2026-03", 1, 1)


def test_the_worker_does_it_all_in_one_round(presses, workshop, fleet):
    fleet.lived("P1-L1-M21", [], 250, left=74)
    fitting.want(presses, User.objects.get(username="engineer"))
    looking.look()
    order = WorkOrder.objects.get()
    assert order.begins is not None and presses.versions.get().used
    assert Upkeep.objects.get(pk=presses.pk).wanted is None
    looking.look()
    assert Case.objects.filter(category__code="work-order").count() == 1


def test_a_resolved_case_without_a_finding_waits_for_one(worn):
    case = worn.case
    engineer = User.objects.get(username="engineer")
    loop.act(case, "accept", engineer)
    loop.act(case, "resolve", engineer, reply="已更换主轴承，试车正常，振动回到正常水平。")
    case.refresh_from_db()
    assert case.state == State.RESOLVED
    assert [one.pk for one in findings.waiting()] == [worn.pk]
    findings.note(worn.asset, Found("worn", "主轴承", 70), engineer, worn)
    assert findings.waiting() == [] and Finding.objects.count() == 1


def test_a_window_beyond_the_early_end_is_booked_only_with_a_reason_the_crew_reads(worn):
    planning.replan(Asset.objects.get(code="P1"))
    worn.refresh_from_db()
    engineer = User.objects.get(username="engineer")
    late = worn.begins + timedelta(days=2)
    assert not early.warning(worn, worn.begins) and early.warning(worn, late)
    with pytest.raises(Refused):
        planning.agree(worn, late, engineer)
    assert planning.agree(worn, late, engineer, "crew is away").begins == late
    assert any("crew is away" in one.data.get("text", "") for one in worn.case.events.all())


def test_what_was_found_failed_is_a_life_more_for_the_next_fit(worn, presses):
    before = presses.versions.get(used=True).lives
    engineer = User.objects.get(username="engineer")

    findings.note(worn.asset, Found("failed", "主轴承", 100), engineer, worn)

    worn.refresh_from_db()
    assert worn.state == "done"
    [told] = [one for one in predicting.predict() if one.asset == worn.asset]
    assert told.began is not None and (told.age or 0) < 8
    assert fitting.fit(presses).lives == before + 1
