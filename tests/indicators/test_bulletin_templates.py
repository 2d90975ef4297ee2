"""A pack says what a bulletin shows, in which order, under which titles; checked whole."""

from datetime import date

import pytest
from django.utils import translation

from linli import clock
from linli.indicators.bulletins import contents, making, stretch
from linli.indicators.bulletins.basis import Basis
from linli.indicators.bulletins.models import BulletinTemplate, Issue
from linli.sections import Faulty
from tests.cases.conftest import MORNING
from tests.indicators.test_bulletins import happened
from tests.small_town import SmallTown

MONTHLY = {
    "code": "month", "name": "湖镇月报", "name_en": "Lake monthly", "issuer": "治理中心",
    "blocks": [
        {"show": "text", "title": "编者按", "text": "本月防汛。"},
        {"show": "numbers", "title": "一、数据", "figures": ["overdue", "received", "open"]},
        {"show": "chart", "figure": "overdue", "title": "二、超期"},
        {"show": "changes", "lines": 1},
    ],
}  # fmt: skip


@pytest.fixture
def small(tmp_path):
    return SmallTown(tmp_path / "town")


def load(small, *bulletins):
    small.sections["bulletin"] = list(bulletins)
    return small.load()


def told(period="2026-02", language="zh-hans"):
    with clock.at(MORNING), translation.override(language):
        return contents.bulletin(Basis(stretch.read(period)))


def test_a_bulletin_shows_what_its_template_names_in_that_order(db, small):
    load(small, MONTHLY)
    happened(date(2026, 2, 3), received=8, overdue=5)

    found = told()

    assert (found.title, found.issuer, found.number) == ("湖镇月报", "治理中心", "2026年第2期")
    assert [one.show for one in found.blocks] == ["text", "numbers", "chart", "changes"]
    words, numbers, chart, changes = found.blocks
    assert (words.title, words.text) == ("编者按", "本月防汛。")
    assert [one.value for one in numbers.numbers] == ["5", "8", "0"]
    assert (chart.title.split("：")[0], chart.values[-1]) == ("二、超期", 5)
    assert len(changes.sentences) <= 1
    assert told(language="en").title == "Lake monthly"


def test_a_kind_of_period_no_pack_names_has_the_usual_blocks(db, small):
    load(small, MONTHLY)

    assert [one.show for one in told("2026-W08").blocks][:3] == ["numbers", "changes", "asks"]


def test_a_changed_template_is_for_what_is_made_from_then_on(db, small):
    load(small, MONTHLY)
    with clock.at(MORNING):
        issued = making.now_made(stretch.read("2026-02"), None)
        load(small, {**MONTHLY, "name": "新月报"})
        kept = making.now_made(stretch.read("2026-02"), None)
        later = making.now_made(stretch.read("2026-01"), None)

    titles = [one.told["zh-hans"]["title"] for one in (issued, kept, later)]
    assert titles == ["湖镇月报", "湖镇月报", "新月报"]


def test_a_template_left_out_leaves_what_was_issued_and_gives_way_to_the_usual(db, small):
    load(small, MONTHLY)
    with clock.at(MORNING):
        making.now_made(stretch.read("2026-02"), None)
    load(small)

    assert not BulletinTemplate.objects.filter(retired=False).exists()
    assert Issue.objects.get().told["zh-hans"]["title"] == "湖镇月报"
    assert told().title == "月报"


def block(**values):
    return {**MONTHLY, "blocks": [values]}


@pytest.mark.parametrize(
    ("entry", "key", "says"),
    [
        (block(show="numbers", figures=["received", "luck"]), "figures", "luck"),
        (block(show="chart", figure="on_time"), "figure", "on_time"),
        (block(show="map", figure="luck"), "figure", "luck"),
        (block(show="league"), "contest", "league"),
        (block(show="text"), "text", "text"),
        (block(show="changes", figures=["received"]), "figures", "changes"),
        (block(show="indicators", indicators=["wealth"]), "indicators", "wealth"),
        (block(show="song"), "show", ""),
        ({**MONTHLY, "code": "year"}, "code", ""),
        ({**MONTHLY, "blocks": []}, "blocks", ""),
    ],
)
def test_what_a_template_cannot_mean_is_refused_with_its_line(db, small, entry, key, says):
    with pytest.raises(Faulty) as refused:
        load(small, entry)

    (fault,) = refused.value.faults
    assert "village.toml" in fault.spot.file and fault.spot.number > 1
    assert key in str(fault) and says in fault.message
    assert not BulletinTemplate.objects.exists()


def test_two_templates_of_one_kind_are_one_too_many(db, small):
    with pytest.raises(Faulty, match="month"):
        load(small, MONTHLY, MONTHLY)


def test_the_packs_of_the_house_say_what_their_bulletins_show():
    import tomllib

    from linli.indicators.bulletins.section import BulletinEntry
    from linli.packs.folder import BUILT_IN

    pack = tomllib.loads((BUILT_IN / "governance.toml").read_text("utf-8"))
    found = [BulletinEntry.model_validate(one) for one in pack["bulletin"]]
    assert [one.code for one in found] == ["day", "week", "month"]
