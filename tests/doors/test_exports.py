"""What a list shows comes out as a file that opens anywhere, runs nothing and is written down."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from linli.doors import exporting
from linli.people.models import AuditEntry, Organisation
from linli.people.scope import scope
from linli.tables import Column, Table, declared
from tests.cases.conftest import tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")


def lines(answer, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(answer.getvalue().decode(encoding))))


def test_a_list_of_cases_comes_out_as_it_is_narrowed(enter):
    lamp = tell("路灯不亮", category="lights")
    tell("河边垃圾", category="rubbish", lon=121.03)
    answer = enter("dispatcher", "zh-hans").get("/export/cases.csv", {"category": lamp.category.pk})

    head, *rows = lines(answer)
    assert head[0] == "编号"
    assert [row[0] for row in rows] == [lamp.code]


def test_nobody_exports_more_than_they_see(enter):
    mine = tell("路灯不亮", category="lights", reporter=person("resident"))
    tell("河边垃圾", category="rubbish", lon=121.03)

    _head, *rows = lines(enter("resident").get("/export/cases.csv"))

    assert [row[0] for row in rows] == [mine.code]


def test_who_may_not_list_a_table_gets_no_file_of_it(enter):
    assert enter("officer").get("/export/people.csv").status_code == 403
    assert enter("administrator").get("/export/people.csv").status_code == 200
    assert enter("administrator").get("/export/ghosts.csv").status_code == 404


def test_excel_gets_numbers_as_numbers_times_as_times_and_codes_as_text(enter):
    case = tell("路灯不亮", category="lights")
    answer = enter("dispatcher").get("/export/cases.xlsx")
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    row = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))

    assert row["Number"].value == case.code and row["Number"].data_type == "s"
    assert row["Longitude"].value == case.lon and row["Reported"].is_date


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_text_that_looks_like_a_formula_runs_nowhere(enter, start):
    title = f"{start}HYPERLINK(1)"
    Organisation.objects.filter(code="housing").update(name=title)
    client = enter("administrator")
    head, *rows = lines(client.get("/export/organisations.csv", {"code": "housing"}))
    sheet = load_workbook(
        io.BytesIO(client.get("/export/organisations.xlsx", {"code": "housing"}).getvalue())
    ).active

    at = head.index("Name")
    assert rows[0][at] == f"'{title}"
    assert sheet.cell(2, at + 1).data_type == "s" and sheet.cell(2, at + 1).value == title


def test_gb18030_is_given_on_wish(enter):
    tell("路灯不亮", category="lights")
    answer = enter("dispatcher").get("/export/cases.csv", {"encoding": "gb18030"})

    assert "路灯不亮" in answer.getvalue().decode("gb18030")


def test_an_export_is_written_down_with_its_filter_and_rows(enter):
    tell("路灯不亮", category="lights")
    enter("dispatcher").get("/export/cases.xlsx", {"state": "open"})

    entry = AuditEntry.objects.get(action="exported")
    assert (entry.by, entry.key) == (person("dispatcher"), "cases")
    assert entry.changes["rows"] == [None, 1] and entry.changes["filter"] == [None, "state=open"]


def test_what_was_exported_comes_in_again_unchanged(enter, bring):
    for table in ("organisations", "people", "areas"):
        content = enter("administrator", "zh-hans").get(f"/export/{table}.csv").getvalue()
        client, sent = bring(table, content)
        page = client.get(sent["Location"])

        assert set(page.context["told"]["counts"]) == {"unchanged"}, page.text


def test_a_personal_column_is_empty_where_the_person_may_not_know_it():
    table = Table(
        "offices", "Offices", Organisation, "code",
        (Column("code", "Code"), Column("name", "Name", personal=True)),
        may_know=lambda sight, rows: frozenset(r.pk for r in rows if r.code == "housing"),
    )  # fmt: skip
    sight = scope(person("dispatcher"))
    made = exporting.export(table, sight, exporting.narrowed(table, sight, {}))
    rows = dict(csv.reader(io.StringIO(b"".join(made).decode("utf-8-sig"))))

    assert rows["housing"] == "建设办" and rows["enforcement"] == ""


def test_an_export_asks_as_much_for_many_rows_as_for_few():
    sight, table = scope(person("dispatcher")), declared()["cases"]
    asked = []
    for n in range(2):
        for k in range(1 + 8 * n):
            tell(f"第{n}{k}件事，{'甲乙丙丁戊己庚辛壬癸'[k] * 6}", category="lights",
                 lon=121.002 + k * 0.004)  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            list(exporting.export(table, sight, exporting.narrowed(table, sight, {})))
        asked.append(len(queries))

    assert asked[1] <= asked[0]


def test_the_list_offers_its_file(enter):
    tell("路灯不亮", category="lights")

    page = enter("dispatcher").get("/cases/", {"state": "open"})

    assert "/export/cases.xlsx?state=open" in page.text


def test_the_list_of_people_comes_out_as_its_page_narrows_it(enter):
    client = enter("administrator")
    assert (
        "/export/people.csv?role=steward" in client.get("/administration/people/?role=steward").text
    )

    head, *rows = lines(client.get("/export/people.csv", {"role": "steward"}))

    assert [row[head.index("User name")] for row in rows] == ["steward"]
