"""The figures of the pack `economy` come out of the register of the sample town, none typed in."""

import shutil
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from linli import sample
from linli.engines.pace import Light
from linli.indicators import keeping, targets
from linli.indicators.models import Value
from linli.indicators.showing import current
from linli.indicators.wording import lacking
from linli.packs.loader import load
from linli.people.models import Membership, Role
from linli.people.scope import scope

PINGHU = Path(__file__).parents[2] / "towns" / "pinghu"


_numbers = count(1)


@pytest.fixture
def economy(sample_town, db):
    """The sample town with its register, all indicators counted."""


@pytest.fixture(scope="module")
def sample_town(rows_of_module, tmp_path_factory):
    # No two towns of a test run are the same: what is kept for one is not taken for another's.
    folder = tmp_path_factory.mktemp("economy") / "pinghu"
    shutil.copytree(PINGHU, folder)
    town = folder / "town.toml"
    told = town.read_text("utf-8")
    town.write_text(told.replace('"""', f'"""{next(_numbers)} ', 1), "utf-8")
    load(folder)
    root = Membership.objects.filter(
        role=Role.ADMINISTRATOR, organisation__area__parent=None
    ).first()
    sample.bring(folder, scope(root.user))
    keeping.refresh_all()


def value(code, period, decimals=2):
    return round(
        Value.objects.get(indicator__code=code, area=0, period=period).value, decimals
    )  # fmt: skip


def test_the_reported_figures_come_out_of_the_rows(economy):
    # 4 in 2019 and 21 in 2025; of 68 above scale those are 21 / 68 = 30.88 %.
    assert value("digital-enterprises", "2019") == 4
    assert value("digital-enterprises", "2025") == 21
    assert value("digital-enterprises-share", "2025") == 30.88
    # Core digital manufacturing: 1.41 % of above-scale output in 2019, 22.71 % in 2025.
    assert value("digital-manufacturing-share", "2019") == 1.41
    assert value("digital-manufacturing-share", "2025") == 22.71
    # 55 % of industrial investment is digital.
    assert value("digital-investment-share", "2025", 1) == 55
    # The four key indicators grew by more than half: output 70 → 108.4 is 54.86 %.
    assert value("output-growth", "2025") == 54.86
    for code in ("listing-and-capital", "fixed-investment", "output", "value-added"):
        assert value(f"{code}-growth", "2025") > 50


def test_the_aims_stand_as_reported(economy):
    stand = {one.target.code: one for one in targets.standings(current())}

    # 35 − 21 = 14 more. 40 % of 68 are 27.2, so 7 of those there are would have to turn; of new
    # ones k ≥ (27.2 − 21) / 0.6 = 10.3, so 11: 32 of 79 are 40.5 %.
    assert stand["digital-35"].missing.added == 14
    share = stand["digital-40"].missing
    assert (share.turned, share.added) == (7, 11)
    assert "11" in lacking(stand["digital-40"])
    assert stand["digital-35"].light == Light.ON
    for code in ("digital-investment-55", "output-50", "value-added-50", "fixed-investment-50",
                 "listing-and-capital-50"):  # fmt: skip
        assert stand[code].light == Light.REACHED


def test_the_months_of_a_year_are_its_year(economy):
    # What the enterprises told by month is what they told of the year, as far as it goes.
    months = Value.objects.filter(
        indicator__code="output-monthly", area=0, period__startswith="2025-"
    )
    assert months.count() == 12
    together = sum(months.values_list("value", flat=True))
    assert together == pytest.approx(value("output", "2025"), rel=0.01)


def test_listings_and_capital_grow_as_four_parts_do(economy):
    # Listed 6 → 10 is 66.67 %, above scale 65 → 68 is 4.62 %, capital raised 2.1 → 3.36 is 60 %,
    # settled 4.2 → 7.64 is 81.90 %: together 213.19 %, of which a quarter is 53.30 %.
    parts = {"listed-enterprises": (6, 10), "above-scale": (65, 68),
             "raised-capital": (2.1, 3.36), "settled-capital": (4.2, 7.64)}  # fmt: skip
    for code, (before, after) in parts.items():
        assert (value(code, "2024"), value(code, "2025")) == (before, after)
    assert value("listing-and-capital-growth", "2025") == 53.3


def test_the_composite_follows_one_more_listing(economy):
    from linli.enterprises.ladder.models import Title
    from linli.tables import declared

    root = Membership.objects.filter(
        role=Role.ADMINISTRATOR, organisation__area__parent=None
    ).first()
    held = Title.objects.filter(rung__code="listed").values_list("enterprise", flat=True)
    title = Title.objects.exclude(enterprise__in=held).select_related("enterprise").first()
    declared()["enterprise-titles"].writer.write(
        scope(root.user),
        [{"enterprise": title.enterprise.code, "rung": "listed", "since": date(2025, 12, 1)}],
    )
    keeping.fold()

    # Eleven after six are 83.33 %: (83.33 + 4.62 + 60 + 81.90) / 4 = 57.46 %.
    assert value("listed-enterprises", "2025") == 11
    assert value("listing-and-capital-growth", "2025") == 57.46
