"""Points from CSV and Parquet files, and back into them.

Long files have the columns time, tag and value; wide ones time and a column a tag, with the code of
the tag as its heading. Times are ISO 8601 (in the town's zone where they name none) or numbers:
seconds or milliseconds since 1970.
"""

import tempfile
from collections.abc import Callable, Container, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from linli.assets.telemetry import directory, store
from linli.assets.telemetry.json_points import SECONDS
from linli.assets.telemetry.points import MOMENT, Points, Taken, moment
from linli.doors.reading import Unreadable

TIME = ("time", "t", "timestamp", "ts", "时间", "时刻")
TAG = ("tag", "code", "point", "测点", "测点编码")
VALUE = ("value", "v", "数值", "值")
LARGEST = 64 * 1024 * 1024
ROWS = 200_000  # of a part of an export


def take(
    path: Path, advance: Callable[[int], None] = lambda rows: None, name: str = "",
    history: bool = True, only: Container[str] | None = None,
) -> Taken:  # fmt: skip
    """Take in a file a part at a time. Raises Unreadable, before or within; what is in stays in.

    Parameters
    ----------
    name
        Its name where `path` is another, such as of an upload.
    """
    stored, refused = 0, dict[str, int]()
    for points, rows in read(path, name or path.name):
        taken = store.write(points, history=history, only=only)
        stored += taken.stored
        for reason, count in taken.refused.items():
            refused[reason] = refused.get(reason, 0) + count
        advance(rows)
    return Taken(stored, refused)


def take_uploaded(file: UploadedFile, only: Container[str] | None) -> Taken:
    """Take in a file somebody sent. Raises Unreadable."""
    name = (file.name or "file.csv")[-120:]
    if (file.size or 0) > LARGEST:
        raise Unreadable(_("%(file)s is larger than %(most)d MB; divide it into several files.")
                         % {"file": name, "most": LARGEST // 1024**2})  # fmt: skip
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        return take(Path(kept.name), name=name, only=only)


def read(path: Path, name: str) -> Iterator[tuple[Points, int]]:
    """Return the points of a file a part at a time, with how many rows each part has."""
    import pyarrow as pa

    try:
        for table in _tables(path, name):
            yield _points(table, name), table.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
        first = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise Unreadable(_("%(file)s: %(what)s") % {"file": name, "what": first}) from fault


def _tables(path: Path, name: str) -> Iterator[Any]:
    import pyarrow as pa

    if name.lower().endswith(".parquet"):
        import pyarrow.parquet as pq

        for batch in pq.ParquetFile(path).iter_batches(ROWS):
            yield pa.table(batch)
        return
    from pyarrow import csv

    options = csv.ReadOptions(block_size=8 << 20)
    # A file that is not UTF-8 is one of a Chinese Windows.
    with path.open("rb") as file:
        head = file.read(1 << 16)
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        options.encoding = "gb18030"
    try:
        reader = csv.open_csv(
            path, options, convert_options=csv.ConvertOptions(timestamp_parsers=[csv.ISO8601])
        )
    except StopIteration:
        return
    for batch in reader:
        yield pa.table(batch)


def _points(table: Any, name: str) -> Points:
    heads = {str(head).strip().lstrip("\ufeff"): head for head in table.column_names}
    lower = {head.lower(): head for head in heads}

    def column(names: tuple[str, ...]) -> str | None:
        return next((lower[one] for one in names if one in lower), None)

    at, tag, value = column(TIME), column(TAG), column(VALUE)
    if at is None:
        raise Unreadable(_("%(file)s: there is no column “time”") % {"file": name})
    times = _times(table.column(heads[at]), name)
    if tag is not None and value is not None:
        coded = table.column(heads[tag]).cast("string").combine_chunks().dictionary_encode()
        codes = [code or "" for code in coded.dictionary.to_pylist()]
        which = np.asarray(coded.indices.fill_null(-1)).astype(np.int32)
        values = _values(table.column(heads[value]), name, value)
        good = ~np.isnat(times) & (which >= 0)
        return Points(codes, which[good], times[good], values[good])
    there = ~np.isnat(times)
    found = {head: _values(table.column(heads[head]), name, head)[there]
             for head in heads if head != at}  # fmt: skip
    if not found:
        raise Unreadable(_("%(file)s: there is no column of values") % {"file": name})
    return Points.table(times[there], found)


def _times(column: Any, name: str) -> np.ndarray:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_timestamp(kind):
        stamps = np.asarray(column.cast(pa.timestamp("ms", kind.tz), safe=False)).astype(MOMENT)
        return stamps if kind.tz else _local(stamps)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        numbers = np.asarray(column.cast("float64"))
        numbers = np.where(np.abs(numbers) < SECONDS, numbers * 1000, numbers)
        return np.where(np.isfinite(numbers), numbers, 0).astype(np.int64).astype(MOMENT)
    if pa.types.is_null(kind):
        return np.full(len(column), np.datetime64("NaT"), MOMENT)
    read = [_read_time(str(one), name) for one in column.to_pylist()]
    return np.array(read, MOMENT)


def _read_time(text: str, name: str) -> np.datetime64:
    try:
        at = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise Unreadable(_("%(file)s: “%(text)s” is no time")
                         % {"file": name, "text": text[:40]}) from None  # fmt: skip
    return moment(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)))


def _local(stamps: np.ndarray) -> np.ndarray:
    """Take times that name no zone for those of the town (China has one, without summer time)."""
    offset = datetime.now(ZoneInfo(settings.TIME_ZONE)).utcoffset()
    assert offset is not None
    return stamps - np.timedelta64(int(offset.total_seconds()), "s")


def _values(column: Any, name: str, head: str) -> np.ndarray:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_boolean(kind):
        return np.asarray(column.cast("uint8").cast("float64"))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind):
        return np.asarray(column.cast("float64"))
    # One word among numbers makes a column of texts: what is no number is refused as none.
    return np.array([_number(one) for one in column.to_pylist()], np.float64)


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return np.nan


def give(tags: list[str], since: datetime, until: datetime, path: Path) -> int:
    """Write the points of tags into a long CSV or Parquet file; return how many there are.

    Raises LookupError for a tag that is not known.
    """
    import pyarrow as pa

    series = store.read(tags, since, until)
    row, column = np.nonzero(~np.isnan(series.values))
    table = pa.table({
        "time": pa.array(series.times[row], pa.timestamp("ms", "UTC")),
        "tag": pa.DictionaryArray.from_arrays(column.astype(np.int32), list(series.tags)),
        "value": series.values[row, column],
    })  # fmt: skip
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path)
    else:
        from pyarrow import csv

        plain = table.set_column(1, "tag", table.column("tag").cast("string"))
        csv.write_csv(plain, path)
    return int(table.num_rows)


def known_tags(asset: str = "") -> list[str]:
    """Return the codes of all tags in use, or those of an asset and all below it."""
    rows = directory.known().rows
    if not asset:
        return [row["code"] for row in rows]
    from linli.assets.register.models import Asset

    path = Asset.objects.get(code=asset).path
    below = set(Asset.objects.filter(path__startswith=path).values_list("id", flat=True))
    return [row["code"] for row in rows if row["asset_id"] in below]
