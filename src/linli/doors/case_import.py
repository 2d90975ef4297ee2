"""Take in a file of reports: the good rows go in, each bad one is told with row and column."""

import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli.cases import intake
from linli.cases.intake import Fate, Report, Unusable
from linli.cases.models import Source
from linli.doors.reading import Fault, Row, Unreadable, read_table
from linli.places.town import the_town

BATCH = 500

# field of a report: names of columns that are taken for it without a map
COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "subject", "标题", "主题", "留言主题"),
    "body": ("body", "description", "内容", "描述", "留言详情"),
    "external_id": ("id", "external_id", "编号", "工单编号", "留言编号"),
    "created": ("created", "reported_at", "时间", "上报时间", "留言时间"),
    "author": ("user", "author", "留言用户", "上报人"),
    "likes": ("likes", "点赞数"),
    "category": ("category", "类别"),
    "source": ("source", "来源"),
    "area": ("area", "区域编码"),
    "lon": ("lon", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "coordinates": ("coordinates", "坐标系"),
}
FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d", "%Y年%m月%d日")


@dataclass
class Imported:
    """What became of a file: a count by fate, and the faults in the file's order."""

    file: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Fate, 0))
    faults: list[Fault] = field(default_factory=list)

    def report(self) -> str:
        """Say line by line what was left out and why."""
        taken = sum(self.counts.values())
        lines = [fault.line(self.file) for fault in sorted(self.faults, key=lambda f: f.row)]
        lines.append(
            _("%(file)s: %(taken)d rows taken in (%(new)d new cases, %(follower)d joined to a "
              "known case, %(repeat)d known before), %(faults)d remarks.")
            % {"file": self.file, "taken": taken, "faults": len(self.faults), **self.counts}
        )  # fmt: skip
        return "\n".join(lines) + "\n"


def read_map(path: Path) -> dict[str, str]:
    """Read a column map: `field = "column"` lines.

    Raises
    ------
    Unreadable
        If it is no TOML, or names a field that a report does not have.
    """
    try:
        chosen = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name}: {error}") from error
    for name, column in chosen.items():
        if name not in COLUMNS or not isinstance(column, str):
            raise Unreadable(
                _("%(file)s: “%(field)s” is not a field of a report (%(fields)s).")
                % {"file": path.name, "field": name, "fields": ", ".join(COLUMNS)}
            )
    return chosen


def columns_of(found: list[str], chosen: dict[str, str] | None = None) -> dict[str, str]:
    """Match fields of a report to the columns of a file.

    Raises
    ------
    Unreadable
        If the map names a column that is not there, or no column holds the title.
    """
    chosen = chosen or {}
    for name, column in chosen.items():
        if column not in found:
            raise Unreadable(_("There is no column “%(column)s” for “%(field)s”.")
                             % {"column": column, "field": name})  # fmt: skip
    matched = {
        name: next((c for c in found if c.lower() in names), None)
        for name, names in COLUMNS.items()
    }
    columns = {name: column for name, column in {**matched, **chosen}.items() if column}
    if "title" not in columns:
        raise Unreadable(_("No column holds the title; known names are %(names)s.")
                         % {"names": ", ".join(COLUMNS["title"])})  # fmt: skip
    return columns


def import_cases(path: Path, chosen: dict[str, str] | None = None) -> Imported:
    """Take in the reports of a CSV file, batch by batch.

    Raises
    ------
    Unreadable
        If the file as a whole is no table of reports; nothing is taken in then.
    """
    found, rows = read_table(path)
    columns = columns_of(found, chosen)
    imported = Imported(path.name)
    for column in found:
        if column not in columns.values():
            message = _("This column is not known and was left aside.")
            imported.faults.append(Fault(1, message, column))
    for batch in batched_reports(rows, columns, imported):
        receipts = intake.receive([report for _row, report in batch])
        for (row, report), receipt in zip(batch, receipts, strict=True):
            imported.counts[receipt.fate] += 1
            if report.lon is not None and receipt.case.area_id is None:
                message = _("The point lies outside the town; the case waits for a dispatcher.")
                imported.faults.append(Fault(row.number, message, columns["lon"]))
    return imported


def batched_reports(
    rows: Iterable[Row | Fault], columns: dict[str, str], imported: Imported
) -> Iterator[tuple[tuple[Row, Report], ...]]:
    """Turn rows into batches of usable reports; what is unusable goes to `imported.faults`."""
    good = usable(rows, columns, imported)
    while batch := tuple(islice(good, BATCH)):
        yield batch


def usable(
    rows: Iterable[Row | Fault], columns: dict[str, str], imported: Imported
) -> Iterator[tuple[Row, Report]]:
    """Turn rows into reports that can be taken in; the others become `imported.faults`."""
    first_seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, Fault):
            imported.faults.append(row)
            continue
        try:
            report = to_report(row, columns)
            intake.check(report)
        except Unusable as error:
            column = columns.get(error.field, error.field)
            value = row.values.get(column, "")
            imported.faults.append(Fault(row.number, str(error), column, value[:80]))
            continue
        known = report.external_id and first_seen.setdefault(report.external_id, row.number)
        if known and known != row.number:
            message = _("Number %(id)s stands in row %(row)d already.")
            told = message % {"id": report.external_id, "row": known}
            imported.faults.append(Fault(row.number, told, columns["external_id"]))
            continue
        yield row, report


def to_report(row: Row, columns: dict[str, str]) -> Report:
    """Read one row as a report.

    Raises
    ------
    Unusable
        If a number or a time cannot be read.
    """
    text = {name: row.values[column].strip() for name, column in columns.items()}
    return Report(
        title=text["title"],
        body=text.get("body", ""),
        source=text.get("source") or Source.HOTLINE,
        external_id=text.get("external_id") or None,
        created=moment_of(text.get("created", "")),
        author=text.get("author", ""),
        likes=_count("likes", text.get("likes", "")),
        category=text.get("category") or None,
        area=text.get("area") or None,
        lon=_number("lon", text.get("lon", "")),
        lat=_number("lat", text.get("lat", "")),
        coordinates=text.get("coordinates") or "wgs84",
    )


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise Unusable(name, _("“%(value)s” is not a number.") % {"value": text[:40]}) from None


def _count(name: str, text: str) -> int:
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 9:
        raise Unusable(name, _("“%(value)s” is not a count.") % {"value": text[:40]})
    return int(text)


def moment_of(text: str) -> datetime | None:
    """Read a time as people write it; local time of the town unless it says otherwise.

    Raises
    ------
    Unusable
        If it is no time.
    """
    if not text:
        return None
    moment = None
    with suppress(ValueError):
        moment = parse_datetime(text)
    for pattern in FORMATS:
        if moment is not None:
            break
        try:
            moment = datetime.strptime(text, pattern)
        except ValueError:
            continue
    if moment is None:
        raise Unusable("created", _("“%(value)s” is not a time.") % {"value": text[:40]})
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(the_town().timezone))
