"""Cases are found by words in both languages, on both databases, by those who may see them."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case, Words
from linli.cases.search import find, highlighted, ranked, reindex, snippet
from linli.people.scope import scope
from tests.cases.conftest import tell
from tests.small_town import area, category, organisation, person

pytestmark = pytest.mark.usefixtures("town")


def found(text: str, role: str = "dispatcher") -> set[str]:
    cases = scope(person(role)).of(Case).filter(find(text))
    return {case.title for case in cases}


@pytest.fixture
def three():
    tell("桥头的路灯不亮了", body="Street light no. 12 is out, 请尽快修", category="lights")
    tell("小贩占道摆摊", body="每天早上堵住桥头", category="stalls")
    tell("垃圾成堆", body="停车场的位置不对，100% 脏", category="rubbish", area="e1",
         lon=None, lat=None)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("路灯", {"桥头的路灯不亮了"}),
        ("灯不亮", {"桥头的路灯不亮了"}),
        ("桥头", {"桥头的路灯不亮了", "小贩占道摆摊"}),
        ("摆摊 桥头", {"小贩占道摆摊"}),
        ("摊", {"小贩占道摆摊"}),
        ("堆", {"垃圾成堆"}),
        ("street LIGHT", {"桥头的路灯不亮了"}),
        ("stre", {"桥头的路灯不亮了"}),
        ("treet", set()),
        ("桥头 light", {"桥头的路灯不亮了"}),
        ("ｌｉｇｈｔ", {"桥头的路灯不亮了"}),
        ("西村", {"桥头的路灯不亮了", "小贩占道摆摊"}),
        ("east", {"垃圾成堆"}),
        ("综合执法队", {"小贩占道摆摊"}),
        ("暴露垃圾", {"垃圾成堆"}),
        ("飞机", set()),
        ("，。！", set()),
        ("", set()),
    ],
)
def test_words_are_found(three, text, titles):
    assert found(text) == titles


def test_what_is_quoted_is_found_only_as_it_stands(three):
    assert found("停车 位置") == {"垃圾成堆"}
    assert found("“停车位”") == set()
    assert found("“停车场的位置”") == {"垃圾成堆"}
    assert found('"light no. 1"') == {"桥头的路灯不亮了"}
    assert found('"light 12"') == set()


@pytest.mark.parametrize(
    "text",
    ["'", '"', '""', "%", "_", "\\", "*", "路灯*", "路灯 OR 摆摊", "NOT 路灯", "a:b", "^路灯",
     "(路灯", "路灯' & '摆摊", "NEAR(路灯 摆摊)", "words:路灯", "'; DROP TABLE cases_case; --",
     "“", "\0", "🙂", "🙂路灯", "路灯" * 200, "& | ! <->", "ไทย", "é"],
)  # fmt: skip
def test_no_sign_means_anything_to_the_database(three, text):
    assert found(text) <= {"桥头的路灯不亮了"}


def test_a_case_is_found_by_its_number():
    case = tell("桥头占道")

    assert found(case.code) == found(str(case.pk)) == found(f" {case.code} ") == {"桥头占道"}
    assert found(f"26-{case.pk + 1:06d}") == set()


def test_nobody_finds_what_they_may_not_see():
    tell("桥头占道", category="stalls")

    assert found("占道", "officer") == {"桥头占道"}
    assert found("占道", "builder") == found("占道", "resident") == set()
    case = Case.objects.get()
    assert found(case.code, "builder") == set()


def test_a_case_is_found_by_where_it_was_put_since():
    case = receive([Report("不知道归谁管的事")])[0].case
    assert found("西村") == set()

    loop.act(case, "triage", person("dispatcher"), triage="public",
             category=category("lights"), area=area("w1"))  # fmt: skip

    assert found("西村 路灯 建设办") == {"不知道归谁管的事"}


def test_a_ruling_changes_by_whom_a_case_is_found():
    case = tell("桥头占道")
    loop.act(case, "return", person("head"), reason="不归我们")
    loop.act(
        case, "rule", person("dispatcher"), organisation=organisation("housing"), reason="归你"
    )

    assert found("建设办") == {"桥头占道"}
    assert found("综合执法队") == set()


def test_what_is_not_kept_is_not_found():
    class Broken(RuntimeError):
        pass

    def broken():
        with transaction.atomic():
            tell("桥头占道")
            raise Broken

    with pytest.raises(Broken):
        broken()

    assert not Words.objects.exists()
    assert found("占道") == set()


def test_a_merged_case_is_still_found():
    first = tell("桥头占道摆摊卖菜")
    second = tell("小贩挡住桥面", category="rubbish")
    loop.act(second, "merge", person("dispatcher"), into=first)

    assert found("桥面") == {"小贩挡住桥面"}


def test_filing_anew_changes_nothing(three):
    before = sorted(Words.objects.values_list("case", "words"))

    assert reindex() == 3

    assert sorted(Words.objects.values_list("case", "words")) == before
    assert found("路灯") == {"桥头的路灯不亮了"}


def test_a_renamed_place_is_found_after_filing_anew(town):
    tell("桥头占道")
    town.area("w1")["properties"]["name"] = "荷花里"
    town.load()
    assert found("荷花") == set()

    reindex()

    assert found("荷花") == {"桥头占道"}


def test_migrating_files_what_an_earlier_version_took_in():
    tell("桥头占道")
    Words.objects.all().delete()
    assert found("占道") == set()

    call_command("migrate", verbosity=0, stdout=StringIO())

    assert found("占道") == {"桥头占道"}


def test_the_index_of_sqlite_holds_what_the_rows_hold(three):
    if connection.vendor != "sqlite":
        return
    Words.objects.filter(case__title="垃圾成堆").update(words="别的")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_words_index(cases_words_index, rank) VALUES('integrity-check', 1)"
        )
    assert found("别的") == {"垃圾成堆"}


def test_the_best_come_first():
    tell("桥头垃圾", body="路灯下面都是垃圾", category="rubbish")
    tell("桥头路灯不亮", category="lights")
    tell("路灯", body="灯罩掉了", category="order", area="e1", lon=None, lat=None)
    order = {case.pk: case.title for case in Case.objects.all()}

    keys = ranked(Case.objects.filter(find("路灯")), "路灯")

    assert [order[key] for key in keys] == ["路灯", "桥头路灯不亮", "桥头垃圾"]


def test_what_was_found_is_marked_and_nothing_else_is_html():
    assert highlighted("<b>路灯</b>不亮", ["路灯"]) == "&lt;b&gt;<mark>路灯</mark>&lt;/b&gt;不亮"
    assert highlighted("a&b", ["a", "b"]) == "<mark>a</mark>&amp;<mark>b</mark>"
    assert highlighted("x", []) == "x"
    shown = snippet("很长的开头" * 20 + "Street <light> 坏了" + "很长的结尾" * 40, ["light"])
    assert "&lt;<mark>light</mark>&gt;" in shown
    assert shown.startswith("…") and shown.endswith("…")
    assert snippet("没有", ["路灯"]) == ""
