"""Remediation: land in mu, sheets by hand, the ladder, the same policy, and what becomes a case."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from linli import clock
from linli.cases.models import Case, Source
from linli.people.scope import Scope
from linli.programmes.ladders import NotClimbed
from linli.programmes.remediation import alike, sheets, steps, watch
from linli.programmes.remediation.models import (
    Alarm,
    Block,
    Campaign,
    Holding,
    Offer,
    Parcel,
    Promise,
)
from linli.programmes.remediation.policy import Price
from linli.programmes.remediation.progress import overview
from linli.programmes.remediation.visibility import may_negotiate
from linli.sections import Faulty
from tests.programmes.remediation import (
    EAST,
    TOLD,
    WEST,
    block,
    bring,
    campaign,
    holding,
    listed,
    parcel,
    small_campaign,
    told,
    with_pack,
)
from tests.small_town import SmallTown, person, square


def on(day: date):
    return clock.at(datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"), on(date(2026, 3, 10)):
        yield


@pytest.fixture
def small(tmp_path):
    return with_pack(SmallTown(tmp_path / "town"))


@pytest.fixture
def town(db, small):
    small.load()
    small_campaign()
    return small


def words(outcome) -> str:
    return " ".join(wrong.message for wrong in outcome[0])


# --- the pack --------------------------------------------------------------------------------


def test_the_price_table_comes_from_the_pack_and_loading_it_again_changes_nothing(town):
    assert Price.objects.get(code="building-frame").amount == Decimal("1350.00")
    assert not town.load().changed


@pytest.mark.parametrize(
    ("section", "change", "said"),
    [
        ("policy", {"ladder": "none"}, "“none” is not known here"),
        ("policy", {"late_category": "none"}, "“none” is not known here"),
        ("policy", {"sizes": [5000, 1000]}, "they must grow"),
        ("price", {"days": [9, 3]}, "name the first and the last day"),
        ("price", {"group": "bonus"}, "a bonus, and nothing else, has days"),
        ("price", {"policy": "none"}, "“none” is not known here"),
    ],
)
def test_what_is_wrong_in_a_pack_is_told(db, small, section, change, said):
    small.sections[section] = [
        small.sections[section][0] | change, *small.sections[section][1:]
    ]  # fmt: skip
    with pytest.raises(Faulty) as faulty:
        small.load()
    assert said in str(faulty.value)


# --- land ------------------------------------------------------------------------------------


def test_land_is_measured_in_mu_on_the_ellipsoid(town):
    # At latitude 30.715 a degree of longitude is 95,786 m and one of latitude 110,865 m:
    # 0.008 × 95,786 = 766.3 m, 0.006 × 110,865 = 665.2 m, together 509,738 m² = 764.6 mu.
    row = Block.objects.get(code="b1")
    assert row.mu == pytest.approx(764.6, rel=1e-3)
    assert row.off == pytest.approx(764.6 / 765 - 1, abs=1e-3)


def test_a_shape_far_from_its_given_figure_is_refused(town):
    # 764.6 mu measured against 76 given is ten times as much.
    assert "76 mu are given" in words(parcel("p9", WEST, given_mu=76.0))


def test_parcels_may_not_share_land_nor_lie_outside_their_block(town):
    Parcel.objects.all().delete()
    half = square(121.002, 30.712, 121.0065, 30.718)
    other = square(121.006, 30.712, 121.010, 30.718)
    assert parcel("p1", half) == ["new"]
    # They share 0.0005° of 0.004°, more than two in a hundred of the smaller.
    assert "p2 and p1" in words(parcel("p2", other)).replace("p1 and p2", "p2 and p1")
    assert "lie outside of block b2" in words(parcel("p3", WEST, "b2"))


def test_blocks_of_one_campaign_may_not_share_land(town):
    assert "share" in words(block("b3", WEST))


def test_only_those_who_answer_for_a_campaign_bring_in_its_rows(town):
    row = {"code": "h1", "name": "五金厂", "parcel": "p1", "disposition": "vacate", "land_mu": 1.0}
    assert bring("holdings", row, by="builder") == ["new"]
    campaign(code="other", owner="enforcement")
    block("o1", EAST, "other")
    parcel("q1", EAST, "o1")
    theirs = row | {"code": "h2", "parcel": "q1"}
    assert "not yours" in words(bring("holdings", theirs, by="builder"))


def test_nobody_draws_anothers_block_or_enterprise_over_to_their_own_campaign(town):
    campaign(code="other", owner="enforcement")
    block("o1", square(121.031, 30.712, 121.036, 30.718), "other")
    parcel("q1", square(121.031, 30.712, 121.036, 30.718), "o1")
    holding("h9", "q1")
    drawn = {"code": "o1", "campaign": "works"}
    assert "not yours" in words(bring("blocks", drawn, by="builder"))
    assert "not yours" in words(bring("holdings", {"code": "h9", "parcel": "p1"}, by="builder"))
    named = {"code": "works", "organisation": "housing", "name": "我的"}
    assert "not yours" in words(bring("campaigns", named, by="builder"))


def test_the_days_of_the_stages_are_steps_and_a_step_that_stands_is_not_changed(town):
    holding("h1", surveyed_on=date(2026, 2, 20), notified_on=TOLD)
    row = Holding.objects.get(code="h1")
    assert (row.stage, row.stage_since) == ("notified", TOLD)
    assert holding("h1", surveyed_on=date(2026, 2, 20), notified_on=TOLD) == ["unchanged"]
    assert "not changed" in words(holding("h1", notified_on=date(2026, 3, 3)))
    # From notified, signing comes only after the talks.
    assert "only after" in words(holding("h1", signed_on=date(2026, 3, 5)))
    assert "before the last step" in words(holding("h1", negotiated_on=date(2026, 3, 1)))


def test_who_is_upgraded_climbs_a_ladder_without_demolition(town):
    holding("h1", disposition="upgrade")
    row = Holding.objects.get(code="h1")
    assert "demolished" not in [stage.code for stage in row.ladder.way]
    assert "no such stage" in words(
        holding("h2", disposition="upgrade", vacated_on=date(2026, 3, 5))
    )


# --- sheets ----------------------------------------------------------------------------------


@pytest.fixture
def works(town):
    """10.5 mu; 1,200 m² frame, 300 m² simple, two heavy machines; told on 2 March."""
    row = told("h1")
    listed("h1", building_frame=1200, building_simple=300, equipment_heavy=2)
    return row


def test_every_line_is_quantity_times_price_and_the_bonus_that_of_the_day(works):
    # Land 10.5 × 280,000 = 2,940,000; frame 1,200 × 1,350 = 1,620,000; simple 300 × 260 = 78,000;
    # machines 2 × 6,500 = 13,000; loss 1,500 × 90 = 135,000: 4,786,000 without a bonus.
    # Told on 2 March, the 8th is day 7: 1,500 × 150 = 225,000 more.
    sheet = sheets.sheet_of(works, date(2026, 3, 8))
    assert {line.code: line.amount for line in sheet.lines} == {
        "land-vacate": Decimal("2940000.00"), "building-frame": Decimal("1620000.00"),
        "building-simple": Decimal("78000.00"), "equipment-heavy": Decimal("13000.00"),
        "loss-vacate": Decimal("135000.00"), "bonus-7": Decimal("225000.00"),
    }  # fmt: skip
    assert (sheet.total, sheet.until) == (Decimal("5011000.00"), date(2026, 3, 8))
    # Day 8: 1,500 × 80 = 120,000, until day 15, the 16th.
    sheet = sheets.sheet_of(works, date(2026, 3, 9))
    assert (sheet.total, sheet.until) == (Decimal("4906000.00"), date(2026, 3, 16))
    # Day 31: no bonus any more.
    sheet = sheets.sheet_of(works, date(2026, 4, 1))
    assert (sheet.total, sheet.until) == (Decimal("4786000.00"), None)


def test_amounts_are_rounded_to_a_hundredth_halves_up(works):
    # 0.125 is 0.13 of a unit at 1 yuan: 33.33 m² at 0.5 is 16.665, so 16.67.
    price = Price(code="x", group="loss", name="x", unit="x", amount=Decimal("0.50"))
    assert sheets.Line.of(price, Decimal("33.33")).amount == Decimal("16.67")


def test_enforcement_pays_half_the_land_and_upgrading_no_land_at_all(town):
    # 10.5 × 140,000 = 1,470,000, no loss of business; upgrading: 1,000 m² × 30 for rebuilding.
    told("h2", disposition="enforce")
    lines = {x.code: x.amount for x in sheets.sheet_of(Holding.objects.get(code="h2")).lines}
    assert lines == {"land-enforce": Decimal("1470000.00")}
    told("h3", disposition="upgrade")
    listed("h3", building_brick=1000)
    lines = {x.code for x in sheets.sheet_of(Holding.objects.get(code="h3"), TOLD).lines}
    assert lines == {"building-brick", "loss-upgrade", "bonus-7"}


def test_a_sheet_stays_as_it_was_offered_whatever_becomes_of_the_prices(works, town):
    first = sheets.offer(works, person("builder"), date(2026, 3, 8))
    frame = next(p for p in town.sections["price"] if p["code"] == "building-frame")
    frame["amount"] = 1400
    town.load()
    second = sheets.offer(Holding.objects.get(code="h1"), person("builder"), date(2026, 3, 8))
    # 1,200 × 50 = 60,000 more.
    assert (first.number, second.number) == (1, 2)
    assert second.total - Offer.objects.get(pk=first.pk).total == Decimal("60000.00")
    kept = {line.code: line.price for line in sheets.lines_of(Offer.objects.get(pk=first.pk))}
    assert kept["building-frame"] == Decimal("1350.00")


def test_money_promised_stands_in_the_sheet_until_it_is_taken_back(works):
    row = steps.promise(works, "行车拆装", person("builder"), Decimal("20000"))
    assert sheets.sheet_of(works).lines[-1].amount == Decimal("20000")
    steps.take_back(row, "重复计算")
    works.refresh_from_db()
    assert "promise" not in {line.group for line in sheets.sheet_of(works).lines}
    with pytest.raises(steps.Gone):
        steps.take_back(row, "again")


# --- climbing --------------------------------------------------------------------------------


def test_nobody_signs_without_a_sheet_whose_bonus_still_holds(works):
    steps.climb(works, "negotiated", person("builder"))
    with pytest.raises(NotClimbed, match="No compensation sheet"):
        steps.climb(works, "signed", person("builder"))
    sheets.offer(works, person("builder"), date(2026, 3, 8))
    with pytest.raises(NotClimbed, match="held until 2026-03-08"):
        steps.climb(works, "signed", person("builder"))
    sheets.offer(works, person("builder"))
    steps.climb(works, "signed", person("builder"))
    assert works.stage == "signed"
    with pytest.raises(steps.Gone):
        steps.take_back(steps.promise(works, "x", person("builder"), Decimal(1)), "late")


def test_what_was_listed_after_the_offer_asks_for_a_new_one(works):
    steps.climb(works, "negotiated", person("builder"))
    sheets.offer(works, person("builder"))
    listed("h1", equipment_light=10)  # 10 × 800 = 8,000 more
    with pytest.raises(NotClimbed, match=r"4,906,000\.00 yuan.*4,914,000\.00"):
        steps.climb(works, "signed", person("builder"))


def test_going_back_needs_a_reason_and_nothing_else(works):
    with pytest.raises(NotClimbed):
        steps.climb(works, "surveyed", person("builder"))
    steps.climb(works, "surveyed", person("builder"), note="告知书退回")
    assert works.stage == "surveyed"


def test_the_negotiator_and_the_owners_take_steps_and_nobody_else(works):
    assert may_negotiate(Scope(person("builder")), works)
    works.negotiator = person("officer")
    assert may_negotiate(Scope(person("officer")), works)
    for role in ("leader", "supervisor", "head", "worker", "resident", "administrator"):
        assert not may_negotiate(Scope(person(role)), works), role


def test_a_campaign_is_seen_by_those_above_it_its_owners_and_its_negotiators(works):
    Holding.objects.update(negotiator=person("officer"))
    seen = {
        role: Scope(person(role)).of(Holding).exists()
        for role in ("leader", "supervisor", "administrator", "builder", "officer", "head",
                     "worker", "steward", "resident")
    }  # fmt: skip
    assert [role for role, may in seen.items() if may] == [
        "leader", "supervisor", "administrator", "builder", "officer"
    ]  # fmt: skip


# --- the same policy for the same case ---------------------------------------------------------


@pytest.fixture
def three(town):
    """Three of one kind (vacated, frame, 1,000 to 5,000 m²) and one smaller than they."""
    for code, frame in (("h1", 1200), ("h2", 2000), ("h3", 4000), ("h4", 800)):
        told(code)
        listed(code, building_frame=frame)
        sheets.offer(Holding.objects.get(code=code), person("builder"))
    return {code: Holding.objects.get(code=code) for code in ("h1", "h2", "h3", "h4")}


def test_like_cases_have_disposition_structure_and_size_in_common(three):
    compared = alike.compare(three["h1"])
    assert (compared.others, compared.found) == (2, [])
    assert alike.compare(three["h4"]).others == 0


def test_a_promise_to_one_alone_has_to_be_explained_before_the_signing(three):
    row = three["h1"]
    steps.climb(row, "negotiated", person("builder"))
    # 24,000 over 1,200 m² is 20 a square metre; the middle of the two others is 0.
    steps.promise(row, "行车拆装", person("builder"), Decimal(24000))
    (found,) = alike.compare(row).found
    assert (found.difference.mine, found.difference.middle) == (Decimal("20.00"), Decimal(0))
    assert {other.code for other, _value in found.like} == {"h2", "h3"}
    sheets.offer(row, person("builder"))
    with pytest.raises(NotClimbed, match="1 difference from like cases"):
        steps.climb(row, "signed", person("builder"))
    with pytest.raises(alike.NothingDiffers):
        alike.acknowledge(row, found.difference.what, "  ", person("builder"))
    with pytest.raises(alike.NothingDiffers):
        alike.acknowledge(row, "money:other=1", "why", person("builder"))
    alike.acknowledge(row, found.difference.what, "两台20吨行车，其他企业没有", person("builder"))
    steps.climb(row, "signed", person("builder"))
    assert row.stage == "signed"


def test_a_larger_sum_needs_a_reason_of_its_own(three):
    row = three["h1"]
    first = steps.promise(row, "行车拆装", person("builder"), Decimal(24000))
    alike.acknowledge(row, "money:行车拆装=20", "两台行车", person("builder"))
    assert not alike.compare(row).open
    steps.take_back(first, "改数")
    steps.promise(row, "行车拆装", person("builder"), Decimal(36000))
    # 36,000 over 1,200 m² is 30.
    (found,) = alike.compare(Holding.objects.get(code="h1")).open
    assert found.difference.what == "money:行车拆装=30"


def test_what_all_others_were_promised_stands_out_where_it_is_missing(three):
    for code in ("h2", "h3"):
        steps.promise(three[code], "优先选房", person("builder"), wording="东区一层")
    (found,) = alike.compare(three["h1"]).found
    assert (found.difference.kind, found.difference.is_more) == ("words", False)


# --- progress --------------------------------------------------------------------------------


def test_progress_counts_signings_by_day_and_the_days_of_a_block_by_both_ends(town):
    # Told on 2 March; signed on the 2nd, the 4th, the 4th and the 8th: 1, 1, 3, 3, 3, 3, 4.
    for code, day in (("h1", 2), ("h2", 4), ("h3", 4), ("h4", 8)):
        told(code, negotiated_on=TOLD, signed_on=date(2026, 3, day))
    told("h5", of="p2")
    seen = overview(Campaign.objects.get())
    first, second = seen.blocks
    assert [n for _day, n in first.curve] == [1, 1, 3, 3, 3, 3, 4]
    assert (first.n, first.signed, first.percent, first.level) == (4, 4, 100, 3)
    assert first.days == 7
    assert (second.signed, second.level, second.days) == (0, 0, 9)
    assert (seen.whole.n, seen.whole.signed, seen.whole.percent) == (5, 4, 80)
    # The 4th to the 10th are the last seven days: three of the four.
    assert seen.whole.pace == 3
    assert seen.whole.forecast.left == 1 and first.forecast.is_over
    assert second.middle is not None and second.middle >= date(2026, 3, 10)


def test_overview_asks_the_same_questions_however_many_there_are(
    town, django_assert_max_num_queries
):
    for at in range(12):
        told(f"h{at}")
    with django_assert_max_num_queries(7):
        overview(Campaign.objects.select_related("policy").get())


# --- what becomes a case -----------------------------------------------------------------------


def test_who_stalls_becomes_a_case_of_its_owner_once(town):
    told("h1")
    # Usual are 10 days: on the 12th it is the tenth day, on the 13th one more than usual.
    with on(date(2026, 3, 12)):
        assert watch.look() == 0
    with on(date(2026, 3, 13)):
        assert watch.look() == 1
        assert watch.look() == 0
    case = Case.objects.get()
    assert case.source == Source.PROGRAMME
    assert case.category.code == "remediation-stalled"
    assert case.functional.code == "housing"
    assert "h1五金厂" in case.title and "11" in case.title
    with on(date(2026, 3, 14)):
        steps.climb(Holding.objects.get(), "negotiated", person("builder"))
    with on(date(2026, 4, 10)):  # 27 days at the talks, 21 are usual: another occasion
        assert watch.look() == 1
    assert Alarm.objects.count() == 2


def test_a_block_not_all_signed_by_its_day_becomes_one_case(town):
    told("h1", negotiated_on=TOLD, signed_on=date(2026, 3, 5))
    told("h2", negotiated_on=date(2026, 3, 10))
    Block.objects.filter(code="b1").update(due_on=date(2026, 3, 20))
    with on(date(2026, 3, 20)):
        assert watch.look() == 0
    with on(date(2026, 3, 21)):
        assert watch.look() == 1
        assert watch.look() == 0
    assert Case.objects.get().category.code == "remediation-late"


def test_promises_are_rows_that_name_who_promised(works):
    steps.promise(works, "优先选房", person("builder"), wording="东区一层")
    row = Promise.objects.get()
    assert (row.by, row.on, row.amount) == (person("builder"), date(2026, 3, 10), None)
