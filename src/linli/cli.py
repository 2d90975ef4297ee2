"""The command line: what an operator does with an installation."""

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from .route import route

app = typer.Typer(
    help="Linli (邻理) runs a town and its industrial park as one closed loop.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
train = typer.Typer(help="Learn models from the town's own records.", no_args_is_help=True)
app.add_typer(train, name="train")
maintain = typer.Typer(
    help="How long machines will last, and when they leave their normal.", no_args_is_help=True
)
app.add_typer(maintain, name="maintain")
telemetry = typer.Typer(help="What machines say: take in, store, export.", no_args_is_help=True)
app.add_typer(telemetry, name="telemetry")
inspect = typer.Typer(help="Judge parts by their pictures.", no_args_is_help=True)
app.add_typer(inspect, name="inspect")
app.add_typer(route, name="route")

out = Console()
err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
Town = Annotated[Path | None, typer.Option(help="Load this town folder first.")]
Report = Annotated[Path | None, typer.Option(help="Where remarks on bad rows go.")]
Cases = Annotated[int, typer.Option(min=1, help="About how many reports there are altogether.")]
Years = Annotated[float, typer.Option(min=0.02, max=10, help="How long the history is.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same history.")]


@app.callback()
def _setup(
    home: Annotated[
        Path | None, typer.Option(help="Folder of the installation (default: .linli here).")
    ] = None,
) -> None:
    if home is not None:
        os.environ["LINLI_HOME"] = str(home)


@contextmanager
def _installation() -> Iterator[None]:
    """Start Linli in its folder; end with one clear line where the user can mend something."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    import django
    from django.db import DatabaseError
    from django.utils import translation

    django.setup()
    # Batches keep thousands of rows alive until they are written; looking through them for
    # garbage every 700 objects finds none and takes a seventh of a replay's time.
    gc.set_threshold(100_000)
    language = "zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en"

    from linli.assets.maintenance.files import Unusable
    from linli.cases.learnt import NotEnough
    from linli.doors.reading import Unreadable
    from linli.engines.store import NotAModelError
    from linli.places.town import NoTown
    from linli.sections import Faulty
    from linli.simulate.beginning import HasCases
    from linli.web.server import DemoAccounts

    try:
        with translation.override(language):
            yield
    except (
        Faulty, Unreadable, NoTown, NotEnough, DemoAccounts, HasCases, FileNotFoundError,
        Unusable, NotAModelError,
    ) as error:  # fmt: skip
        err.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except DatabaseError as error:
        err.print(f"database: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _ready() -> None:
    """Bring the database up to this version of Linli."""
    from django.conf import settings
    from django.core.management import call_command

    Path(settings.HOME).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)


def _load(folder: Path | None) -> None:
    from linli.packs.loader import load as load_town

    _ready()
    if folder is not None:
        load_town(folder)


def _print(figures: dict[str, Any], as_json: bool, title: str = "") -> None:
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
        return
    table = Table(title=title or None, show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, value in figures.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        shown = f"{value:,}" if is_number else str(value)
        table.add_row(name.replace("_", " "), shown)
    out.print(table)


@contextmanager
def _bar(label: str, total: int | None, quiet: bool) -> Iterator[Callable[[int], None]]:
    with Progress(console=err, transient=True, disable=quiet) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.advance(task, done)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new installation.")],
    town: Town = None,
) -> None:
    """Make a new installation: folder, signing key, database; and its town if one is named."""
    os.environ["LINLI_HOME"] = str(folder)
    with _installation():
        _load(town)
        told = _("Ready. Use it with LINLI_HOME=%(folder)s or `linli --home %(folder)s …`.")
        out.print(told % {"folder": folder})


@app.command()
def load(
    folder: Annotated[Path | None, typer.Argument(help="Town folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Load a town folder and the packs it names; checks all of it before writing any."""
    with _installation():
        _ready()
        if folder is None:
            out.print(_("The installation is ready; load a town with `linli load TOWN`."))
            return
        from linli.packs.loader import load as load_town

        loaded = load_town(folder)
        figures = {
            f"{name}_{verb}": number
            for name, counts in loaded.counts.items()
            for verb, number in asdict(counts).items()
            if number or as_json
        }
        _print({"changed": loaded.changed, **figures}, as_json, str(loaded.town))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.")] = 1,
) -> None:
    """Serve the site, and let its clocks ring in the background."""
    with _installation():
        from linli.web import server

        _ready()
        out.print(f"[bold]http://{host}:{port}[/bold]")
        server.serve(host, port, workers)


@app.command()
def simulate(
    cases: Cases = 60_000,
    years: Years = 2.0,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Make a history for a town that has none yet: people report, departments act."""
    with _installation():
        from linli.clock import now
        from linli.simulate.beginning import begin

        _ready()
        started = perf_counter()
        with _bar(_("living"), cases, as_json) as advance:
            written = begin(cases, years, seed, now(), advance)
        seconds = perf_counter() - started
        _print({**written.figures(), "seconds": round(seconds, 2)}, as_json)


@app.command()
def demo(
    town: Annotated[Path, typer.Option(help="Town folder.")] = Path("towns/pinghu"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    cases: Cases = 60_000,
    years: Years = 2.0,
    seed: Seed = 1,
    speed: Annotated[float, typer.Option(help="How fast time runs, 1 to 600.")] = 60.0,
) -> None:
    """Serve the sample town with one account a role, in an installation of its own.

    The first start makes its history; later ones go on from where the town stopped.
    """
    os.environ["LINLI_DEMO"] = "1"
    os.environ.setdefault("LINLI_HOME", ".linli/demo")
    with _installation():
        from linli import clock, demonstration
        from linli.web import server

        _ready()
        with _bar(_("living"), cases, quiet=False) as advance:
            accounts = demonstration.prepare(town, cases, years, seed, advance)
        demonstration.start_clock(speed)
        out.print(f"[bold]http://{host}:{port}[/bold]")
        secret = _("password: %(password)s") % {"password": demonstration.DEMO_PASSWORD}
        table = Table(title=secret)
        table.add_column(_("account"))
        table.add_column(_("name"))
        for username, who in accounts:
            table.add_row(username, who)
        out.print(table)
        try:
            server.serve(host, port, workers=1)
        finally:
            clock.pause()


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
    with _installation():
        from linli.doors import file_import, importing

        declared = importing.importable()
        if table not in declared:
            known = ", ".join(sorted(declared))
            raise typer.BadParameter(f"{table!r} is none of: {known}")
        chosen = file_import.read_map(column_map, declared[table]) if column_map else None
        with _bar("importing", None, as_json) as advance:
            imported = file_import.import_file(
                declared[table], file, chosen, sheet, preview, advance
            )
        where = _write_report(imported.report(), file, report, bool(imported.faults))
        _print({**imported.counts, "remarks": len(imported.faults), "report": where}, as_json)
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
    with _installation():
        from linli.doors import exporting
        from linli.tables import declared

        known = declared()
        if table not in known or kind not in exporting.TYPES or encoding not in exporting.ENCODINGS:
            told = f"tables: {', '.join(sorted(known))}; formats: csv, xlsx; utf-8, gb18030"
            raise typer.BadParameter(told)
        path = target or Path(f"{table}.{kind}")
        rows = exporting.export_all(known[table], path, kind, encoding)
        _print({"rows": rows, "file": str(path)}, as_json)


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
    with _installation():
        from linli import replay as record
        from linli.cases import learnt

        _load(town)
        with _bar("replaying", None, as_json) as advance:
            replayed = record.replay(file, advance)
        figures = replayed.figures()
        where = _write_report(
            replayed.imported.report(), file, report, bool(replayed.imported.faults)
        )
        _print({**figures, "report": where}, as_json, file.name)
        if not as_json and learnt.version_in_use(learnt.CATEGORIES) is None:
            out.print(_("No model has been trained for this town yet, so most messages wait for a "
                        "dispatcher: `linli train categories FILE` first."))  # fmt: skip


@train.command("categories")
def train_categories(
    files: Annotated[
        list[Path], typer.Argument(help="CSV: subject,body,category or tokens,category.")
    ],
    town: Town = None,
    as_json: AsJson = False,
) -> None:
    """Learn to suggest categories from labelled messages."""
    with _installation():
        from linli.doors import training

        _load(town)
        _print(training.categories(files), as_json)


@train.command("replies")
def train_replies(
    files: Annotated[list[Path], typer.Argument(help="CSV: subject,body,reply,explains_2.")],
    town: Town = None,
    as_json: AsJson = False,
) -> None:
    """Learn to judge replies from labelled ones."""
    with _installation():
        from linli.doors import training

        _load(town)
        _print(training.replies(files), as_json)


Histories = Annotated[
    list[Path] | None,
    typer.Argument(help="C-MAPSS, CSV or Parquet; without any, the telemetry of the town."),
]
UnitColumn = Annotated[str, typer.Option("--unit", help="Column that names the machine.")]
CycleColumn = Annotated[str, typer.Option("--cycle", help="Column that counts cycles.")]
SettingColumns = Annotated[
    list[str] | None, typer.Option("--setting", help="Column that says how it is run.")
]


@maintain.command("fit")
def maintain_fit(
    histories: Histories = None,
    out_file: Annotated[Path, typer.Option("--out", help="Where the model goes.")] = Path(
        "machines.life"
    ),
    horizon: Annotated[float, typer.Option(help="Cycles beyond which it is all one.")] = 1e9,
    upkeep: Annotated[str, typer.Option(help="Only this upkeep of the town.")] = "",
    unit: UnitColumn = "",
    cycle: CycleColumn = "",
    setting: SettingColumns = None,
    as_json: AsJson = False,
) -> None:
    """Learn life models from machines that failed: those in files, or the town's own."""
    with _installation():
        from linli.assets.maintenance import running

        if histories:
            told = running.fit(histories, out_file, horizon, unit, cycle, setting or ())
            _print_told([told], as_json, "life model")
            return
        _ready()
        with _bar("machines", None, quiet=as_json) as each:
            told_all = running.fit_town(upkeep, each)
        _print_told(told_all, as_json, "life models")


@maintain.command("run")
def maintain_run(
    histories: Histories = None,
    model: Annotated[Path | None, typer.Option(help="A life model made by `fit`.")] = None,
    base: Annotated[int, typer.Option(min=20, help="First rows that are its normal.")] = 40,
    unit: UnitColumn = "",
    cycle: CycleColumn = "",
    setting: SettingColumns = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is left of machines and which left their normal: in files, or in the town."""
    with _installation():
        from linli.assets.maintenance import running

        if histories:
            told = running.run(histories, model, base, unit, cycle, setting or ())
            _print_told(told, as_json, "machines")
            return
        _ready()
        with _bar("machines", None, quiet=as_json) as each:
            told = running.run_town(each)
        _print_told(told, as_json, "machines")


def _print_told(rows: list[dict[str, Any]], as_json: bool, title: str) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(title=title)
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in names:
        table.add_column(name.replace("_", " "))
    for row in rows:
        cells = (row.get(name) for name in names)
        table.add_row(*("" if cell in (None, []) else str(cell) for cell in cells))
    out.print(table)


@app.command()
def league(
    period: Annotated[
        str, typer.Option(help="2020-01, 2020Q1, 2020, 2020-01-05..2020-02-10; all if left out.")
    ] = "",
    contest: Annotated[str, typer.Option(help="grids, departments or teams.")] = "grids",
    level: Annotated[
        str, typer.Option(help="For grids: compare areas of this kind (grid, district, town …).")
    ] = "",
    layer: Annotated[str, typer.Option(help="For grids: community or service.")] = "community",
    as_json: AsJson = False,
) -> None:
    """Print a league table: adjusted for the mix of cases, shrunk for small numbers."""
    with _installation():
        from linli.scores import leagues, periods, tallies

        tallies.fold()
        kind = level or leagues.usual_kind(layer)
        try:
            table = leagues.league(contest, period or periods.whole(), area_kind=kind, layer=layer)
        except (KeyError, ValueError) as error:
            raise typer.BadParameter(str(error)) from error
        if as_json:
            typer.echo(json.dumps(table.as_dict(), ensure_ascii=False))
            return
        _print_league(table)


def _print_league(table: Any) -> None:
    from linli.scores.leagues import MEASURES

    shown = Table(title=f"{table.contest} · {table.period}", show_lines=True)
    for name in ("#", "", _("score")):
        shown.add_column(name, justify="right" if name else "left")
    for name in table.weights:
        heading = f"{MEASURES[name].label}\n{table.weights[name]:.0%}"
        shown.add_column(heading, justify="right", overflow="fold")
    for line in table.standings:
        parts = [line.parts[name] for name in table.weights]
        shown.add_row(
            f"{line.rank}\n[dim]{line.rank_low}–{line.rank_high}[/dim]",
            str(line.unit),
            f"{line.score:.1f}\n[dim]{line.low:.0f}–{line.high:.0f}[/dim]",
            *(f"{p.adjusted:.0%}\n[dim]{round((p.raw or 0) * p.n)}/{p.n}[/dim]" for p in parts),
        )
    out.print(shown)
    out.print(
        _(
            "Rates are adjusted for the mix of cases and shrunk for small numbers. Below them: "
            "the raw count; below rank and score: where they lie with 90 %."
        )
    )
    if table.dropped:
        names = ", ".join(str(MEASURES[name].label) for name in table.dropped)
        out.print(_("Not compared, for want of data: %(names)s.") % {"names": names})


@app.command()
def bulletin(
    period: Annotated[
        str, typer.Option(help="day, week, month: the last that is over; or 2026-10-05, 2026-W41, "
                               "2026-10.")
    ] = "month",
    area: Annotated[str, typer.Option(help="Code of an area; left out, the whole town.")] = "",
    to: Annotated[
        Path | None, typer.Option("--out", help="A file: .docx, .pdf or .html.")
    ] = None,
    language: Annotated[str, typer.Option(help="zh-hans or en.")] = "",
    anew: Annotated[
        str, typer.Option(help="Make a bulletin that was issued anew as its next version: why.")
    ] = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write the day's, week's or month's report as Word, PDF or web page.

    One that was issued is written as it was issued.
    """
    with _installation():
        from django.utils import translation

        from linli.indicators.bulletins import document, issues, making, reach, stretch, writing
        from linli.scores import tallies

        kind = to.suffix.removeprefix(".").lower() if to else "docx"
        if kind not in writing.FORMS:
            raise typer.BadParameter(_("a bulletin is written as .docx, .pdf or .html"))
        if language and language not in issues.LANGUAGES:
            raise typer.BadParameter(_("bulletins are in: %(known)s")
                                     % {"known": ", ".join(issues.LANGUAGES)})  # fmt: skip
        tallies.fold()
        with translation.override(language or translation.get_language()):
            try:
                wanted = stretch.read(period)
                place = reach.named(area) if area else None
            except ValueError as error:
                raise typer.BadParameter(str(error)) from error
            except LookupError as error:
                raise typer.BadParameter(
                    _("there is no area “%(code)s”") % {"code": area}
                ) from error
            issue = making.now_made(wanted, place, anew)
            if as_json and to is None:
                told = document.without_outlines(issue.told[issues.language()])
                typer.echo(json.dumps(told, ensure_ascii=False))
                return
            file = to or Path(writing.name_of(issues.said(issue), kind))
            file.write_bytes(issues.file(issue, kind) or b"")
        _print({"file": str(file), "period": issue.period, "version": issue.version,
                "issued": issue.is_final}, as_json)  # fmt: skip


@app.command()
def tick(as_json: AsJson = False) -> None:
    """Let the clocks ring that are due: reminders, escalation, silent evaluation; fold tallies."""
    with _installation():
        from linli import background

        rang, folded = background.once()
        background.ponder()
        _print({"clocks_rung": rang, "events_folded": folded}, as_json)


@app.command()
def work(
    pause: Annotated[float, typer.Option(help="Seconds between two looks at the clocks.")] = 0.5,
) -> None:
    """Let clocks ring and fold tallies until stopped; `serve` runs one of these itself."""
    with _installation():
        from linli import background

        background.work(pause)


@app.command()
def reindex(as_json: AsJson = False) -> None:
    """File all cases anew for searching; needed after places or organisations were renamed."""
    with _installation():
        from linli.cases import search

        _ready()
        with _bar("filing", None, as_json) as advance:
            _print({"cases_filed": search.reindex(advance)}, as_json)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check every chain of events, every case row and every tally; exit 1 if anything is wrong."""
    with _installation():
        from linli import integrity

        with _bar("checking", None, as_json) as advance:
            found = integrity.faults(advance)
        if as_json:
            typer.echo(json.dumps({"checked": found.checked, "faults": found.lines}))
        else:
            for line in found.lines:
                out.print(line, highlight=False, markup=False, soft_wrap=True)
            told = _("Cases checked: %(cases)d; faults: %(faults)d.")
            out.print(told % {"cases": found.checked, "faults": len(found.lines)})
        if found.lines:
            raise typer.Exit(1)


@telemetry.command("run")
def telemetry_run(
    seconds: Annotated[float, typer.Option(help="Stop after so long; 0 for never.")] = 0.0,
) -> None:
    """Follow all sources until stopped: store, evaluate, fold; `serve` does this itself."""
    with _installation():
        from linli.assets.telemetry import worker

        _ready()
        if not worker.work(seconds):
            out.print(_("Another process of this installation follows its sources already."))
            raise typer.Exit(1)


@telemetry.command("import")
def telemetry_import(
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet: time,tag,value or wide.")],
    live: Annotated[
        bool, typer.Option(help="Let rules be told, and refuse what is too late.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take points in from files; bad ones are counted by their reason."""
    with _installation():
        from linli.assets.telemetry import files as telemetry_files
        from linli.assets.telemetry import worker

        _ready()
        stored, refused = 0, dict[str, int]()
        with _bar("importing", None, as_json) as advance:
            for file in files:
                taken = telemetry_files.take(file, advance, history=not live)
                stored += taken.stored
                for reason, count in taken.refused.items():
                    refused[reason] = refused.get(reason, 0) + count
                worker.fold_alone()
        _print({"stored": stored, "refused": sum(refused.values()), **refused}, as_json)


@telemetry.command("export")
def telemetry_export(
    file: Annotated[Path, typer.Argument(help="A .csv or .parquet file to write.")],
    tag: Annotated[list[str] | None, typer.Option(help="Code of a tag; may be repeated.")] = None,
    asset: Annotated[str, typer.Option(help="All tags of this asset and those below it.")] = "",
    since: Annotated[str, typer.Option(help="ISO 8601; a day ago if left out.")] = "",
    until: Annotated[str, typer.Option(help="ISO 8601; now if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write points into a file: time, tag, value."""
    with _installation():
        from datetime import timedelta

        from linli.assets.telemetry import files as telemetry_files
        from linli.assets.telemetry import stretches

        try:
            begin, end = stretches.given(since, until, timedelta(days=1))
            tags = list(tag or []) or telemetry_files.known_tags(asset)
            count = telemetry_files.give(tags, begin, end, file)
        except (LookupError, ValueError) as error:
            raise typer.BadParameter(str(error)) from error
        _print({"points": count, "tags": len(tags), "file": str(file)}, as_json)


@inspect.command("fit")
def inspect_fit(
    good: Annotated[Path | None, typer.Option(help="Folder of pictures of good parts.")] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="Folder of pairs: X_test, X_temp, X.txt (x1 y1 x2 y2 type).")
    ] = None,
    station: Annotated[str, typer.Option(help="Code of the station that learns.")] = "",
    to: Annotated[
        Path | None, typer.Option("--out", help="A file for the model; needs no town.")
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(min=0.0001, max=0.5, help="Share of good parts that may be flagged.")
    ] = 0.01,
    as_json: AsJson = False,
) -> None:
    """Learn what good parts look like, or which flaws a board may have."""
    folder = good or pairs
    if folder is None or (good and pairs):
        raise typer.BadParameter("--good DIR, or --pairs DIR")
    if bool(station) == bool(to):
        raise typer.BadParameter("--station CODE, or --out FILE")
    with _installation():
        from linli.assets.inspection import apart, running, working

        working.quieten()
        with _bar("learning", None, as_json) as advance, _clear():
            if to is not None:
                learnt = apart.learn(good, pairs, false_alarms, advance)
                figures = {
                    "file": str(to), "samples": learnt.samples,
                    "sha256": apart.save(learnt.judge, to),
                    "threshold": round(learnt.judge.threshold, 4), "unreadable": learnt.faults,
                }  # fmt: skip
            else:
                _ready()
                figures = running.taught(station, good, pairs, advance)
        _print(figures, as_json)


@inspect.command("run")
def inspect_run(
    station: Annotated[str, typer.Argument(help="Code of a station; left out, all of them.")] = "",
    model: Annotated[
        Path | None, typer.Option(help="A model from `fit --out`; with --over it needs no town.")
    ] = None,
    over: Annotated[Path | None, typer.Option(help="Judge the pictures of this folder.")] = None,
    once: Annotated[bool, typer.Option(help="Stop when no picture waits any more.")] = False,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 for as many as there are cores and stations.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Judge parts: at a station, at all of them, or in a folder. `serve` runs this itself."""
    with _installation():
        from linli.assets.inspection import apart, running, working

        working.quieten()
        if (model is None) != (over is None):
            raise typer.BadParameter("--model FILE --over DIR")
        if model is not None and over is not None:
            with _bar("judging", None, as_json) as advance, _clear():
                counts: dict[str, Any] = {"good": 0, "flawed": 0, "unusable": 0}
                for line in apart.judged(apart.load(model), over, advance):
                    told = line.told()
                    counts[told["verdict"]] += 1
                    if as_json:
                        typer.echo(json.dumps(told, ensure_ascii=False))
                    elif told["verdict"] != "good":
                        said = told["reason"] or f"{told['score']:.2f}"
                        typer.echo(f"{told['file']}\t{told['verdict']}\t{said}")
            _print(counts, as_json)
            return
        _ready()
        with _clear():
            counts = running.work(station, once=once, workers=workers)
        _print(counts, as_json)


@contextmanager
def _clear() -> Iterator[None]:
    """End with one line where there is nothing to learn from, or a file is no model."""
    try:
        yield
    except (LookupError, ValueError) as error:
        told = error.args[0] if error.args else str(error)
        err.print(str(told), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def main() -> None:
    """Run the command line."""
    app()
