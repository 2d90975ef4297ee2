"""Values are counted from rows, kept for each area and period, and follow every change."""

import pytest

from linli import tables
from linli.indicators import keeping
from linli.indicators.counting import Counted
from linli.indicators.models import Indicator, Kept, Mark, Revision, Value
from tests.indicators.conftest import OVER, Works, WorksMonth, indicator, wrote
from tests.small_town import area


def value(code, period, where=""):
    key = area(where).pk if where else 0
    row = Value.objects.filter(indicator__code=code, area=key, period=period).first()
    return row and round(row.value, 6)


def everything():
    rows = Value.objects.values_list("indicator__code", "area", "period", "value", "n")
    return {row[:3]: (round(row[3], 9), row[4]) for row in rows}


@pytest.fixture
def counted(town):
    keeping.refresh_all()
    return town


def test_sums_are_those_of_the_rows_in_each_area(counted):
    # 100 + 60 + 40 in the town; the mill (100) and the chips (60) stand in the west.
    assert value("output", "2025-01") == 200
    assert value("output", "2025-01", "west") == 160
    assert value("output", "2025-01", "w1") == 100
    assert value("output", "2025-01", "e1") == 40
    # 2026-02: 150 + 50, and nobody of the east told anything: nothing is known there.
    assert value("output", "2026-02") == 200
    assert value("output", "2026-02", "east") is None
    # There are rows in w1, but none of them is digital.
    assert value("digital-output", "2026-01", "w1") == 0


def test_shares_and_growth_are_worked_out_of_sums(counted):
    # (60 + 40) / 200 = 50 %; (90 + 30) / 240 = 50 %; 50 / 200 = 25 %.
    assert value("digital-share", "2025-01") == 50
    assert value("digital-share", "2026-01") == 50
    assert value("digital-share", "2026-02") == 25
    # In the west: 60 of 160 = 37.5 %.
    assert value("digital-share", "2025-01", "west") == 37.5
    # 240 after 200 a year before is 20 % more; there was nothing to compare 2026-02 with.
    assert value("growth", "2026-01") == 20
    assert value("growth", "2026-02") is None
    # 200 after 240 the month before is 16.67 % less.
    assert value("monthly", "2026-02") == pytest.approx(-16.666667)
    # A year is only compared when all of its months are there.
    assert value("yearly", "2026") is None


def test_a_year_is_the_sum_of_its_months(town):
    # 2024: 12 × 10 = 120; 2025: the 100 + 60 + 40 of January, and 11 × 10 of the mill: 310;
    # growth (310 − 120) / 120 = 158.33 %.
    for month in range(1, 13):
        wrote("mill", f"2024-{month:02d}", 10)
        if month > 1:
            wrote("mill", f"2025-{month:02d}", 10)
    keeping.refresh_all()

    assert value("yearly", "2025") == pytest.approx(158.333333)


def test_rows_without_a_period_are_those_of_the_present(counted):
    assert value("number", "2026-03") == 3
    assert value("number", "2026-03", "west") == 2


def test_one_changed_row_changes_its_cells_alone_and_leaves_a_revision(counted):
    before = everything()
    wrote("chips", "2026-01", 190)

    assert keeping.fold() > 0
    after = everything()
    # 120 + 190 + 30 = 340: 70 % more than the year before; 200 in February is 41.18 % less.
    assert value("output", "2026-01") == 340
    assert value("growth", "2026-01") == 70
    assert value("monthly", "2026-02") == pytest.approx(-41.176471)
    changed = {key for key in before if before[key] != after.get(key)}
    assert {period for _code, _area, period in changed} == {"2026-01", "2026-02"}
    assert not Mark.objects.exists()
    revision = Revision.objects.get(indicator__code="output", area=0, period="2026-01")
    assert (revision.before, revision.after, revision.why) == (240, 340, "rows")
    keeping.refresh_all()
    assert everything() == after


def test_a_row_that_goes_takes_its_cells_with_it(counted):
    WorksMonth.objects.filter(works__code="dots").delete()
    tables.touched("works-months", periods=["2025-01", "2026-01"])
    keeping.fold()

    assert value("output", "2025-01", "east") is None
    assert value("output", "2025-01") == 160
    after = everything()
    keeping.refresh_all()
    assert everything() == after


def test_a_changed_enterprise_changes_what_is_read_through_it(counted):
    Works.objects.filter(code="mill").update(digital=True)
    tables.touched("works", rows=[Works.objects.get(code="mill").pk])
    keeping.fold()

    assert value("digital-share", "2025-01") == 100
    assert not Mark.objects.exists()


def test_a_write_that_is_undone_leaves_no_mark(counted):
    from django.db import transaction

    with transaction.atomic():
        wrote("mill", "2026-01", 1)
        transaction.set_rollback(True)

    assert not Mark.objects.exists()


def test_a_changed_definition_is_computed_anew_and_told_as_such(counted):
    share = next(one for one in counted.sections["indicator"] if one["code"] == "digital-output")
    share["sum"] = share["sum"] | {"where": [{"column": "above", "value": True}]}
    counted.load()
    assert Indicator.objects.get(code="digital-output").stale
    keeping.ponder()

    # Above scale are the mill and the chips: 160 of 200.
    assert value("digital-share", "2025-01") == 80
    assert not Indicator.objects.filter(stale=True).exists()
    assert set(Revision.objects.values_list("why", flat=True)) <= {"definition", "rows"}
    assert Revision.objects.filter(why="definition").exists()


def test_what_a_pack_says_twice_changes_nothing(counted):
    assert not counted.load().changed
    assert keeping.refresh_all() == 0


def reads_nothing_whole(monkeypatch):
    """Let a test fail that reads a whole table again."""
    monkeypatch.setattr(Counted, "of", None)


def test_an_enterprise_that_moves_takes_its_months_along(counted, monkeypatch):
    # The mill (100 in 2025-01, 120 in 2026-01) goes from w1 in the west to e1 in the east.
    reads_nothing_whole(monkeypatch)
    Works.objects.filter(code="mill").update(area="e1")
    tables.touched("works", rows=[Works.objects.get(code="mill").pk])
    keeping.fold()

    # In the west the chips stay: 60 and 90. In the east 40 + 100 and 30 + 120.
    assert (value("output", "2025-01", "west"), value("output", "2026-01", "west")) == (60, 90)
    assert (value("output", "2025-01", "east"), value("output", "2026-01", "east")) == (140, 150)
    assert value("output", "2025-01") == 200
    assert value("output", "2025-01", "w1") is None
    # 40 of 140 in the east are digital: 28.571 %.
    assert value("digital-share", "2025-01", "east") == 28.571429
    assert (value("number", "2026-03", "west"), value("number", "2026-03", "east")) == (1, 2)
    before = everything()
    monkeypatch.undo()
    assert keeping.refresh_all() == 0 and everything() == before


def test_a_new_row_of_a_new_month_and_place_is_counted_alone(counted, monkeypatch):
    reads_nothing_whole(monkeypatch)
    made = Works.objects.create(code="new", area="e2", digital=False, above=True)
    tables.touched("works", rows=[made.pk])
    wrote("new", "2026-03", 70)
    keeping.fold()

    # 70 of the new works, in e2 and the east; 70 after 200 the month before is 65 % less.
    assert value("output", "2026-03", "e2") == 70
    assert value("monthly", "2026-03") == -65
    assert value("number", "2026-03", "east") == 2
    before = everything()
    monkeypatch.undo()
    assert keeping.refresh_all() == 0 and everything() == before


def test_a_single_row_that_goes_is_named_by_its_key(counted, monkeypatch):
    reads_nothing_whole(monkeypatch)
    row = WorksMonth.objects.get(works__code="chips", month="2026-01")
    key = row.pk
    row.delete()
    tables.touched("works-months", rows=[key])
    keeping.fold()

    # 120 + 30 are left.
    assert value("output", "2026-01") == 150


def test_what_another_process_stored_is_not_overwritten_from_memory(counted):
    """Two keepers: the memory of the first is of no use once the second was at the values."""
    Kept.objects.update(token="of another")
    WorksMonth.objects.filter(works__code="mill", month="2026-01").update(output=1)
    wrote("dots", "2026-02", 5)  # the mark tells of this row alone
    keeping.fold()

    assert value("output", "2026-01") == 121
    assert value("output", "2026-02") == 205


def test_how_many_there_are_by_then(counted):
    # Months told of: one in 2025-01 by each of three works, three in 2026-01, two in 2026-02.
    counted.sections["indicator"].append(
        indicator("so-far", "pieces", count={**OVER, "up_to": True})
    )
    counted.load()
    keeping.ponder()

    assert value("so-far", "2025-01") == 3
    assert value("so-far", "2025-06") == 3  # nothing came, and nothing went
    assert value("so-far", "2026-01", "west") == 4
    assert value("so-far", "2026-02") == 8
    assert value("so-far", "2026-03") == 8  # the present month
    assert value("so-far", "2024-12") is None
    wrote("dots", "2025-06", 1)
    keeping.fold()
    assert value("so-far", "2025-06") == 4
    assert value("so-far", "2026-02") == 9


def test_a_composite_is_the_weighted_mean_of_the_growth_of_its_parts(counted):
    # 2026-01 after 2025-01: all output 240 after 200 is 120 %, digital output 120 after 100 is
    # 120 %, those who told 3 after 3 are 100 %. (2 × 120 + 1 × 120 + 1 × 100) / 4 = 115.
    told = indicator("told-by", "pieces", count=OVER)
    parts = [{"of": "output", "weight": 2.0}, {"of": "digital-output"}, {"of": "told-by"}]
    counted.sections["indicator"] += [
        told,
        indicator("together", "points", index={"parts": parts}),
        indicator("grown", "percent", index={"parts": parts}),
        indicator("since", "points", index={"parts": parts, "since": "2026-01"}),
    ]
    counted.load()
    keeping.ponder()

    assert value("together", "2026-01") == 115
    assert value("grown", "2026-01") == 15
    # In the west: 210 after 160 is 131.25 %, 90 after 60 is 150 %, 2 after 2 are 100 %:
    # (262.5 + 150 + 100) / 4 = 128.125.
    assert value("together", "2026-01", "west") == 128.125
    # Nothing digital was made in w1 the year before: a composite without one of its parts is none.
    assert value("together", "2026-01", "w1") is None
    # 2026-02 after 2026-01: 200 / 240 = 83.333, 50 / 120 = 41.667, 2 / 3 = 66.667:
    # (166.667 + 41.667 + 66.667) / 4 = 68.75.
    assert value("since", "2026-01") == 100
    assert value("since", "2026-02") == 68.75
    assert value("since", "2025-01") is None
