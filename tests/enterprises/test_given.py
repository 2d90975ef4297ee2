"""Figures that people give for one enterprise and period, each with its source and its history."""

from datetime import date

import pytest

from linli.cases.refusal import Refused
from linli.enterprises.giving import before, figures_for, give, row_of
from linli.enterprises.ladder.models import Standing
from linli.enterprises.models import Mark, MonthFigures, Revision, YearFigures
from linli.enterprises.visiting import speak_for
from linli.people.scope import Scope
from tests.enterprises.rows import code, enterprise, write
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("loaded")


def trace(**which):
    rows = Revision.objects.filter(**which).order_by("id")
    return [(r.figure, r.before, r.after, r.source, str(r.by.username)) for r in rows]


def test_the_period_before():
    assert before(2024) == 2023
    assert before(date(2024, 1, 1)) == date(2023, 12, 1)
    assert before(date(2024, 12, 1)) == date(2024, 11, 1)


def test_who_keeps_the_register_gives_and_changes_figures_with_their_source():
    row = enterprise()
    assert give(row, 2024, {"output": 100.0, "staff": 12}, "年报", person("builder")) == []
    assert give(row, 2024, {"output": 120.0, "staff": 12}, "税务核对", person("builder")) == []
    stands = YearFigures.objects.get()
    assert (stands.output, stands.staff) == (120.0, 12)
    # The first of each with nothing before it, then the one that was changed.
    assert trace(year=2024) == [
        ("output", None, 100.0, "年报", "builder"), ("staff", None, 12, "年报", "builder"),
        ("output", 100.0, 120.0, "税务核对", "builder"),
    ]  # fmt: skip


def test_a_month_is_given_as_a_year_is():
    row = enterprise()
    assert give(row, date(2024, 3, 1), {"output": 9.5}, "月报", person("builder")) == []
    assert MonthFigures.objects.get().output == 9.5
    assert trace(month=date(2024, 3, 1)) == [("output", None, 9.5, "月报", "builder")]


def test_what_cannot_be_is_told_and_nothing_is_kept():
    row = enterprise()
    (wrong,) = give(row, 2024, {"output": -1.0}, "年报", person("builder"))
    assert wrong.column == "output"
    (wrong,) = give(
        row, 2024, {"fixed_investment": 5.0, "digital_investment": 6.0}, "年报", person("builder")
    )
    assert wrong.column == "digital_investment"
    assert row_of(row, 2024) is None
    assert not Revision.objects.exists()


def test_figures_without_a_source_and_of_people_who_may_not_are_refused():
    row = enterprise()
    with pytest.raises(Refused):
        give(row, 2024, {"output": 1.0}, " ", person("builder"))
    for who in ("officer", "leader", "worker", "resident"):
        with pytest.raises(Refused):
            give(row, 2024, {"output": 1.0}, "年报", person(who))


def test_the_enterprise_fills_in_what_nobody_has_given_and_changes_nothing():
    row, other = enterprise(1), enterprise(2)
    write("enterprise-years", {"enterprise": code(1), "year": 2024, "output": 100.0})
    speak_for(row, person("resident"), person("builder"))
    own = figures_for(Scope(person("resident")), 2024, row_of(row, 2024))
    assert "tax" in own
    assert not {"output", "above_scale"} & set(own)
    assert give(row, 2024, {"tax": 4.0}, "企业自报", person("resident")) == []
    assert YearFigures.objects.get().tax == 4.0
    for told in ({"output": 500.0}, {"tax": 5.0}, {"above_scale": True}):
        with pytest.raises(Refused):
            give(row, 2024, told, "企业自报", person("resident"))
    with pytest.raises(Refused):
        give(other, 2024, {"tax": 1.0}, "企业自报", person("resident"))


def test_a_given_figure_is_marked_for_the_worker():
    row = enterprise()
    Mark.objects.all().delete()
    give(row, 2024, {"sales": 100.0}, "年报", person("builder"))
    assert set(Mark.objects.values_list("of", "key")) == {("ladder", row.pk), ("scores", 2024)}
    assert not Standing.objects.exists()


def test_the_page_shows_the_period_before_and_keeps_what_is_given(enter):
    row = enterprise()
    write("enterprise-years", {"enterprise": code(1), "year": 2023, "output": 1234.0})
    client = enter("builder")
    address = f"/enterprises/{row.code}/figures/?period=2024"
    assert "1,234" in client.get(address).content.decode()
    answer = client.post(address, {"output": "1500", "source": "年报"})
    assert answer.status_code == 302
    assert YearFigures.objects.get(year=2024).output == 1500.0
    page = client.get(address).content.decode()
    assert "年报" in page
    assert client.post(address, {"output": "viel", "source": "年报"}).status_code == 422
    assert client.post(address, {"output": "1"}).status_code == 422
    assert client.get(f"/enterprises/{row.code}/figures/?period=morgen").status_code == 404
