"""A file from somewhere: the good rows go in, each bad one is told with row and column."""

import pytest

from linli.cases.models import Case, Report
from linli.doors.file_import import columns_of, import_cases, read_map
from linli.doors.reading import Fault, Unreadable, read_table

pytestmark = pytest.mark.usefixtures("town", "morning")
HEAD = "id,subject,created,body,likes,lon,lat\n"
GOOD = "1,桥头摆摊,2026-03-01T09:00:00,每天都有,3,121.005,30.705\n"


def file(folder, text, encoding="utf-8", name="cases.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def remarks(imported):
    return [(fault.row, fault.field) for fault in imported.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_usual_encodings_are_understood(tmp_path, encoding):
    import_cases(file(tmp_path, HEAD + GOOD, encoding))

    assert Case.objects.get().title == "桥头摆摊"


def test_all_that_a_row_says_is_kept(tmp_path):
    import_cases(file(tmp_path, HEAD + GOOD))

    report = Report.objects.get()
    assert (report.external_id, report.likes, report.body) == ("1", 3, "每天都有")
    assert report.created.isoformat() == "2026-03-01T01:00:00+00:00"
    assert report.case.community_grid.code == "w1"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("2,路灯,2026-03-01,坏了,0,1210.14,30.7", "lon"),
        ("2,路灯,2026-03-01,坏了,0,121.005,95", "lat"),
        ("2,路灯,2026-03-01,坏了,0,west,30.7", "lon"),
        ("2,路灯,2026-03-01,坏了,0,nan,30.7", "lon"),
        ("2,路灯,2026-03-01,坏了,0,121.005,", "lon"),
        ("2,路灯,32.13.2026,坏了,0,,", "created"),
        ("2,路灯,2026-13-41 09:00,坏了,0,,", "created"),
        ("2,路灯,2026-03-01,坏了,-4,,", "likes"),
        ("2,路灯,2026-03-01,坏了,many,,", "likes"),
        ("2,,2026-03-01,坏了,0,,", "subject"),
        ("1,路灯,2026-03-01,坏了,0,,", "id"),
        ("2,路灯,2026-03-01,坏了,0,,," , ""),
        ("2,路灯", ""),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_and_the_others_go_in(tmp_path, row, field):
    last = GOOD.replace("1,桥头", "9,河边").replace("121.005", "121.03")
    imported = import_cases(file(tmp_path, HEAD + GOOD + row + "\n" + last))

    assert remarks(imported) == [(3, field)]
    assert Report.objects.count() == 2


def test_the_remark_names_file_row_and_column(tmp_path):
    row = "2,路灯,2026-03-01,坏了,0,1210.14,30.7\n"
    report = import_cases(file(tmp_path, HEAD + GOOD + row)).report()

    assert "cases.csv" in report and "3" in report and "lon" in report and "1210.14" in report


def test_a_text_of_ten_megabytes_is_left_out_with_a_clear_line(tmp_path):
    imported = import_cases(
        file(tmp_path, HEAD + GOOD + f"2,路灯,2026-03-01,{'长' * 3_500_000},0,,\n")
    )

    assert remarks(imported) == [(3, "body")]
    assert len(imported.report()) < 1000


def test_a_stray_quotation_mark_loses_one_row_not_the_rest(tmp_path):
    rows = '2,"路灯,2026-03-01,坏了,0,,\n' + "".join(
        f"{n},第{n}盏路灯,2026-03-01,坏了,0,121.0{n},30.705\n" for n in range(10, 14)
    )
    imported = import_cases(file(tmp_path, HEAD + rows + GOOD))

    assert remarks(imported) == [(2, "")]
    assert Report.objects.count() == 5


def test_bytes_of_no_encoding_lose_their_row_only(tmp_path):
    bad = b"2,\xff\xfe\xff,2026-03-01,x,0,,\n"
    imported = import_cases(file(tmp_path, HEAD.encode() + bad + GOOD.encode()))

    assert remarks(imported) == [(2, "")] and Report.objects.count() == 1


def test_line_breaks_inside_quotes_belong_to_the_text(tmp_path):
    import_cases(file(tmp_path, HEAD + '1,桥头,2026-03-01,"一\n二\r\n三",0,,\n'))

    assert Report.objects.get().body.split() == ["一", "二", "三"]


def test_a_point_outside_the_town_is_told_and_its_row_goes_in(tmp_path):
    row = "2,路灯,2026-03-01,坏了,0,120.0,30.7\n"
    imported = import_cases(file(tmp_path, HEAD + GOOD + row))

    assert remarks(imported) == [(3, "lon")] and Report.objects.count() == 2


def test_unknown_columns_are_told_and_left_aside(tmp_path):
    imported = import_cases(file(tmp_path, "subject,mood\n路灯坏了,angry\n"))

    assert remarks(imported) == [(1, "mood")] and Report.objects.count() == 1


def test_the_same_file_twice_takes_nothing_in_twice(tmp_path):
    path = file(tmp_path, HEAD + GOOD)
    import_cases(path)
    again = import_cases(path)

    assert again.counts["repeat"] == 1 and Report.objects.count() == 1


def test_a_map_says_which_column_is_which(tmp_path):
    path = file(tmp_path, "what,where\n路灯坏了,121.03\n")
    chosen = read_map(file(tmp_path, 'title = "what"\n', name="map.toml"))

    assert columns_of(read_table(path)[0], chosen) == {"title": "what"}


@pytest.mark.parametrize(
    "text", ['title = "what"\nmood = "where"\n', 'title = "absent"\n', "title = \n"]
)
def test_a_map_that_cannot_be_followed_is_refused(tmp_path, text):
    path = file(tmp_path, "what,where\n路灯坏了,121.03\n")
    mapping = file(tmp_path, text, name="map.toml")

    with pytest.raises(Unreadable):
        import_cases(path, read_map(mapping))
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["", "\n", "mood,place\nbad,here\n", "a,a\n1,2\n"])
def test_a_file_that_is_no_table_of_reports_is_refused_whole(tmp_path, text):
    with pytest.raises(Unreadable):
        import_cases(file(tmp_path, text))


def test_empty_lines_are_no_rows(tmp_path):
    _columns, rows = read_table(file(tmp_path, "subject\n\n路灯\n\n井盖\n"))

    assert [row.number for row in rows if not isinstance(row, Fault)] == [2, 3]
