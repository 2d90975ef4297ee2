"""Rows come into the register one by one, each bad one with its reason; figures keep revisions."""

from datetime import date

import pytest

from linli.enterprises.models import Enterprise, MonthFigures, Revision, YearFigures
from linli.people.scope import Scope
from linli.tables import declared
from tests.enterprises.rows import check, code, enterprise, row, write
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("loaded")


def columns(outcome):
    assert isinstance(outcome, list)
    return [wrong.column for wrong in outcome]


def test_a_good_row_is_new_then_unchanged_then_changed():
    assert check("enterprises", row()) == ["new"]
    assert write("enterprises", row()) == ["new"]
    assert check("enterprises", row()) == ["unchanged"]
    assert write("enterprises", row(size="medium")) == ["changed"]
    assert Enterprise.objects.get().size == "medium"


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"code": "91330482MA2000001"}, "code"),
        ({"code": code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")}, "code"),
        ({"code": "91330482MA200000OX"}, "code"),
        ({"name": ""}, "name"),
        ({"industry": "99"}, "industry"),
        ({"industry": ""}, "industry"),
        ({"size": ""}, "size"),
        ({"area": "nowhere"}, "area"),
        ({"area": ""}, "area"),
        ({"lon": 200.0, "lat": 30.0}, "lon"),
        ({"land_mu": -1.0}, "land_mu"),
        ({"founded": date(2999, 1, 1)}, "founded"),
    ],
)
def test_each_bad_row_is_told_by_its_column(values, column):
    (outcome,) = check("enterprises", row(**values))
    assert columns(outcome) == [column]
    assert all(wrong.message for wrong in outcome)


def test_the_industry_may_have_the_letter_of_its_section():
    assert enterprise(industry="C3812").industry == "3812"


def test_the_area_may_be_named_or_found_by_the_point():
    assert enterprise(1, area="工业区").area.code == "works"
    assert enterprise(2, area=None, lon=121.01, lat=30.72).area.code == "works"


def test_a_point_outside_the_town_is_no_place():
    (outcome,) = check("enterprises", row(area=None, lon=100.0, lat=30.0))
    assert columns(outcome) == ["area"]


def test_what_a_row_leaves_out_stays():
    enterprise(land_mu=20.0)
    write("enterprises", {"code": code(1), "name": "新名字"})
    found = Enterprise.objects.get()
    assert (found.name, found.land_mu, found.industry) == ("新名字", 20.0, "3812")


def test_what_is_changed_in_the_register_is_kept_with_what_stood_there():
    enterprise()
    write("enterprises", row(area="market", founded=date(2016, 1, 1)))
    kept = {r.figure: (r.before, r.after, r.by) for r in Revision.objects.all()}
    builder = person("builder")
    assert kept == {
        "area": ("works", "market", builder),
        "founded": ("2015-03-01", "2016-01-01", builder),
    }


def test_only_administrators_and_the_department_that_keeps_it_may_write():
    writer = declared()["enterprises"].writer
    may = {name for name in ("builder", "administrator", "head", "worker", "leader", "resident")
           if writer.may(Scope(person(name)))}  # fmt: skip
    assert may == {"builder", "administrator"}


def test_figures_of_a_year_and_their_revisions():
    enterprise()
    given = {"enterprise": code(1), "year": 2024, "output": 4500.0, "above_scale": True}
    assert write("enterprise-years", given) == ["new"]
    assert write("enterprise-years", {**given, "tax": 120.0}) == ["changed"]
    assert Revision.objects.count() == 0  # given for the first time, it revises nothing
    assert write("enterprise-years", {**given, "output": 4600.0}) == ["changed"]
    revision = Revision.objects.get()
    assert (revision.year, revision.figure, revision.before, revision.after) == (
        2024, "output", 4500.0, 4600.0,
    )  # fmt: skip
    found = YearFigures.objects.get()
    assert (found.output, found.tax, found.above_scale) == (4600.0, 120.0, True)


@pytest.mark.parametrize("month", ["2025-03", "202503", "2025年3月", "2025/3/1", "2025-03-01"])
def test_figures_of_a_month_however_it_is_written(month):
    enterprise()
    write("enterprise-months", {"enterprise": code(1), "month": month, "output": 300.0})
    assert MonthFigures.objects.get().month == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"enterprise": code(7)}, "enterprise"),
        ({"year": 1}, "year"),
        ({"year": None}, "year"),
        ({"year": 2150}, "year"),
        ({"output": -1.0}, "output"),
        ({"output": 1e12}, "output"),
        ({"fixed_investment": 10.0, "digital_investment": 11.0}, "digital_investment"),
    ],
)
def test_each_bad_row_of_figures_is_told_by_its_column(values, column):
    enterprise()
    (outcome,) = check("enterprise-years", {"enterprise": code(1), "year": 2024, **values})
    assert columns(outcome) == [column]


def test_a_loss_is_no_mistake():
    enterprise()
    given = {"enterprise": code(1), "year": 2024, "profit": -80.0}
    assert check("enterprise-years", given) == ["new"]


def test_who_sees_which_rows():
    enterprise(1, area="works")
    enterprise(2, area="w1")
    write("enterprise-years", {"enterprise": code(1), "year": 2024, "output": 1.0})
    write("enterprise-years", {"enterprise": code(2), "year": 2024, "output": 1.0})

    def seen(name, model):
        return Scope(person(name)).of(model).count()

    # The steward works for the west village: w1 lies in it, the works do not. Figures are not
    # for stewards by their office, but she leads the village.
    assert [seen(n, Enterprise) for n in ("resident", "steward", "head", "leader")] == [0, 1, 2, 2]
    assert [seen(n, YearFigures) for n in ("resident", "steward", "head", "leader")] == [0, 1, 2, 2]
    # A worker for the village: sees its enterprise and those of the grids he leads.
    assert seen("worker", Enterprise) == 1
