"""Rows in and out: files of cases, tables, records of a town that was."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from linli.cli.ground import AsJson, Report, Town, app, bar, installation, load_first, out, show


@app.command("import")
def import_rows(
    table: Annotated[str, typer.Argument(help="cases, areas, organisations, people …")],
    file: Annotated[Path, typer.Argument(help="CSV, Excel, WPS, OpenDocument or GeoJSON.")],
    column_map: Annotated[
        Path | None, typer.Option("--map", help='TOML: field = "column" lines.')
    ] = None,
    sheet: Annotated[str, typer.Option(help="Which sheet of a workbook.")] = "",
    preview: Annotated[bool, typer.Option(help="Say what would happen; write nothing.")] = False,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Take rows in from a file; the good rows go in, bad ones into the report file."""
    with installation():
        from linli.doors import file_import, importing

        declared = importing.importable()
        if table not in declared:
            known = ", ".join(sorted(declared))
            raise typer.BadParameter(f"{table!r} is none of: {known}")
        chosen = file_import.read_map(column_map, declared[table]) if column_map else None
        with bar("importing", None, as_json) as advance:
            imported = file_import.import_file(
                declared[table], file, chosen, sheet, preview, advance
            )
        where = _write_report(imported.report(), file, report, bool(imported.faults))
        show({**imported.counts, "remarks": len(imported.faults), "report": where}, as_json)
        if imported.is_kept_out:
            raise typer.Exit(1)


@app.command("export")
def export_rows(
    table: Annotated[str, typer.Argument(help="cases, areas, organisations, people …")],
    kind: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv",
    target: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
    encoding: Annotated[str, typer.Option(help="Of CSV: utf-8 or gb18030.")] = "utf-8",
    as_json: AsJson = False,
) -> None:
    """Write all rows of a table into a CSV or Excel file, without what tells of reporters."""
    with installation():
        from linli.doors import exporting
        from linli.tables import declared

        known = declared()
        if table not in known or kind not in exporting.TYPES or encoding not in exporting.ENCODINGS:
            told = f"tables: {', '.join(sorted(known))}; formats: csv, xlsx; utf-8, gb18030"
            raise typer.BadParameter(told)
        path = target or Path(f"{table}.{kind}")
        rows = exporting.export_all(known[table], path, kind, encoding)
        show({"rows": rows, "file": str(path)}, as_json)


def _write_report(text: str, file: Path, report: Path | None, is_needed: bool) -> str:
    if not is_needed and report is None:
        return ""
    path = report or Path(f"{file.stem}.report.txt")
    path.write_text(text, "utf-8")
    return str(path)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="CSV of messages, with or without replies.")],
    town: Town = None,
    report: Report = None,
    as_json: AsJson = False,
) -> None:
    """Live a record of real messages and replies through the loop, at their real times."""
    with installation():
        from linli import replay as record
        from linli.cases import learnt

        load_first(town)
        with bar("replaying", None, as_json) as advance:
            replayed = record.replay(file, advance)
        figures = replayed.figures()
        where = _write_report(
            replayed.imported.report(), file, report, bool(replayed.imported.faults)
        )
        show({**figures, "report": where}, as_json, file.name)
        if not as_json and learnt.version_in_use(learnt.CATEGORIES) is None:
            out.print(_("No model has been trained for this town yet, so most messages wait for a "
                        "dispatcher: `linli train categories FILE` first."))  # fmt: skip
