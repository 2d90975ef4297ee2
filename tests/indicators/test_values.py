"""Values are counted from rows, kept for each area and period, and follow every change."""

import pytest

from linli import tables
from linli.indicators import keeping
from linli.indicators.models import Indicator, Mark, Revision, Value
from tests.indicators.conftest import Works, WorksMonth, wrote
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
    tables.touched("works", ["mill"])
    assert set(Mark.objects.values_list("table", "period")) == {
        ("works", ""), ("works-months", "")
    }  # fmt: skip
    keeping.ponder()

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
