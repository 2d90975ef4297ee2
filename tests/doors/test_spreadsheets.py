"""Spreadsheets as people really keep them: titles above, merged cells, numbers for codes, WPS."""

import struct
import zipfile
from datetime import date, datetime

import pytest
from django.utils import translation
from openpyxl import Workbook

from linli.doors.cells import NotGiven, given
from linli.doors.reading import Fault, Unreadable, read
from linli.tables import Column, Kind


def book(path, *rows, sheets=(), merged=()):
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    for name, lines in sheets:
        more = made.create_sheet(name)
        for row in lines:
            more.append(row)
    made.save(path)
    return path


def rows(sheet):
    return [row if isinstance(row, Fault) else row.values for row in sheet.rows]


def test_codes_stay_what_they_are(tmp_path):
    sheet = read(book(tmp_path / "a.xlsx", ["code", "name"], [330482001001, "x"], ["007", "y"]))

    assert [row["code"] for row in rows(sheet)] == ["330482001001", "007"]
    assert sheet.numbers == {"code": 2}


def test_a_number_with_more_digits_than_a_spreadsheet_keeps_is_told(tmp_path):
    (fault,) = rows(read(book(tmp_path / "a.xlsx", ["id", "n"], [330482199001011234, 1])))

    assert (fault.row, fault.field) == (2, "id")


def test_days_times_flags_and_fractions_are_read(tmp_path):
    sheet = read(book(tmp_path / "a.xlsx", ["d", "t", "f", "n"],
                      [date(2026, 3, 1), datetime(2026, 3, 1, 9, 5), True, 0.25]))  # fmt: skip

    assert rows(sheet) == [{"d": "2026-03-01", "t": "2026-03-01 09:05:00", "f": "true",
                            "n": "0.25"}]  # fmt: skip


def test_the_heading_is_found_below_a_title_and_groups(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        ["平湖镇事件登记表"], [None],
        ["编号", "标题", "位置", None],
        [None, None, "经度", "纬度"],
        [1, "路灯", 121.01, 30.71],
        merged=("A1:D1", "A3:A4", "B3:B4", "C3:D3"),
    )  # fmt: skip
    sheet = read(path, known={"标题", "经度", "纬度"})

    assert sheet.columns == ["编号", "标题", "经度", "纬度"]
    (row,) = sheet.rows
    assert row.number == 5 and row.values["经度"] == "121.01"


def test_a_merged_cell_holds_for_all_its_rows(tmp_path):
    path = book(tmp_path / "a.xlsx", ["村", "网格"], ["西村", "w1"], [None, "w2"],
                merged=("A2:A3",))  # fmt: skip

    assert [row["村"] for row in rows(read(path))] == ["西村", "西村"]


def test_a_column_without_a_heading_has_its_letter_and_empty_ones_are_left_out(tmp_path):
    sheet = read(book(tmp_path / "a.xlsx", ["a", None, None, "d"], [1, "x", None, 2]))

    assert len(sheet.columns) == 3 and "B" in sheet.columns[1]


def test_a_sheet_is_chosen_by_name_and_the_first_with_rows_by_itself(tmp_path):
    path = book(tmp_path / "a.xlsx", sheets=[("甲", [["a"], [1]]), ("乙", [["b"], [2]])])

    assert read(path).name == "甲" and "乙" in read(path).names
    assert read(path, "乙").columns == ["b"]
    with pytest.raises(Unreadable):
        read(path, "丙")


def test_two_columns_of_one_name_are_refused(tmp_path):
    with pytest.raises(Unreadable):
        read(book(tmp_path / "a.xlsx", ["a", "b"], [1, 2], sheets=[("x", [["c", "c"], [1, 2]])]),
             "x")  # fmt: skip


def ods(path):
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="S"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>标题</text:p></table:table-cell>'
        "</table:table-row><table:table-row>"
        '<table:table-cell office:value-type="string"><text:p>路灯</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_an_opendocument_file_is_read(tmp_path):
    assert rows(read(ods(tmp_path / "a.ods"))) == [{"标题": "路灯"}]


def biff(cells):
    """Write cells as the records of an old workbook (BIFF8), one sheet."""

    def record(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    def text(value):
        raw = value.encode("utf-16-le")
        return struct.pack("<HB", len(value), 1) + raw

    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 1996, 0, 6))
    name = "表".encode("utf-16-le")
    sheet_at = len(start) + 4 + 6 + 2 + len(name) + 4
    bound = record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, 1, 1) + name)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 1996, 0, 6))
    for (row, column), value in cells.items():
        if isinstance(value, str):
            sheet += record(0x0204, struct.pack("<HHH", row, column, 0) + text(value))
        else:
            sheet += record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    return start + bound + record(0x000A, b"") + sheet + record(0x000A, b"")


def compound(stream, name="Workbook"):
    """Wrap a stream into an OLE file, as .xls and WPS's .et are."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    chain = [*range(1, sectors), -2]
    table = [*chain, -2, -3]
    fat = struct.pack("<128i", *table, *([-1] * (128 - len(table))))

    def entry(title, kind, child, start, size):
        raw = (title + "\0").encode("utf-16-le") if title else b""
        return (
            raw.ljust(64, b"\0") + struct.pack("<HBBiii", len(raw), kind, 1, -1, -1, child)
            + b"\0" * 36 + struct.pack("<iQ", start, size)
        )  # fmt: skip

    directory = entry("Root Entry", 5, 1, -2, 0) + entry(name, 2, -1, 0, len(stream))
    directory += entry("", 0, -1, 0, 0) * 2
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16
    head += struct.pack("<HHHHH6xiiiiiiiiii", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, sectors, 0, 4096, -2, 0,
                        -2, 0, sectors + 1)  # fmt: skip
    head += struct.pack("<108i", *([-1] * 108))
    return head + stream + directory + fat


@pytest.mark.parametrize("name", ["old.xls", "wps.et", "misnamed.csv"])
def test_old_excel_and_wps_files_are_read_whatever_they_are_called(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(compound(biff({(0, 0): "编码", (0, 1): "名称", (1, 0): 330482001001.0,
                                    (1, 1): "西村"})))  # fmt: skip

    assert rows(read(path)) == [{"编码": "330482001001", "名称": "西村"}]


def test_a_file_that_would_unfold_to_gigabytes_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (310 * 1024**2))

    with pytest.raises(Unreadable):
        read(path)


def test_one_cell_in_the_last_row_and_column_is_refused(tmp_path):
    path = tmp_path / "sparse.xlsx"
    made = Workbook()
    made.active["XFD1048576"] = 1
    made.save(path)

    with pytest.raises(Unreadable):
        read(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", bytes.fromhex("d0cf11e0a1b11ae1")])
def test_a_broken_workbook_is_refused(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)

    with pytest.raises(Unreadable):
        read(path)


def test_a_geojson_file_is_a_table_too(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text('{"features": [{"properties": {"code": "w1", "aliases": ["a b"], "grid": true},'
                    '"geometry": {"type": "Point", "coordinates": [1, 2]}}, 7]}')  # fmt: skip
    good, bad = rows(read(path))

    assert good["code"] == "w1" and good["aliases"] == '["a b"]' and "Point" in good["geometry"]
    assert isinstance(bad, Fault) and bad.row == 2


def test_a_bad_day_is_called_a_date_and_a_bad_moment_a_time():
    with translation.override("en"):
        with pytest.raises(NotGiven, match="“soon” is not a date"):
            given(Column("founded", "Founded", Kind.DAY), "soon")
        with pytest.raises(NotGiven, match="“soon” is not a time"):
            given(Column("at", "When", Kind.MOMENT), "soon")
