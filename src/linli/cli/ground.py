"""What every command stands on: the installation, what is said, and options many have."""

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

app = typer.Typer(
    help="Linli (邻理) runs a town and its industrial park as one closed loop.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)

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
def installation() -> Iterator[None]:
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


def ready() -> None:
    """Bring the database up to this version of Linli."""
    from django.conf import settings
    from django.core.management import call_command

    Path(settings.HOME).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)


def load_first(folder: Path | None) -> None:
    """Bring the database up to date, and load a town folder if one is named."""
    from linli.packs.loader import load as load_town

    ready()
    if folder is not None:
        load_town(folder)


def show(figures: dict[str, Any], as_json: bool, title: str = "") -> None:
    """Print figures as a table, or as one JSON object."""
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
def bar(label: str, total: int | None, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how far it has come; what is given is called with what is done since."""
    with Progress(console=err, transient=True, disable=quiet) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.advance(task, done)


def show_rows(rows: list[dict[str, Any]], as_json: bool, title: str) -> None:
    """Print rows as a table, or as one JSON list."""
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


@contextmanager
def clear() -> Iterator[None]:
    """End with one line where there is nothing to learn from, or a file is no model."""
    try:
        yield
    except (LookupError, ValueError) as error:
        told = error.args[0] if error.args else str(error)
        err.print(str(told), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
