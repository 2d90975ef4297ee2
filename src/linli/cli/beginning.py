"""Begin with an installation: make it, load a town, serve it, let it be a demonstration."""

import os
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from rich.table import Table

from linli.cli.ground import (
    AsJson,
    Cases,
    Seed,
    Town,
    Years,
    app,
    bar,
    installation,
    load_first,
    out,
    ready,
    show,
)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new installation.")],
    town: Town = None,
) -> None:
    """Make a new installation: folder, signing key, database; and its town if one is named."""
    os.environ["LINLI_HOME"] = str(folder)
    with installation():
        load_first(town)
        told = _("Ready. Use it with LINLI_HOME=%(folder)s or `linli --home %(folder)s …`.")
        out.print(told % {"folder": folder})


@app.command()
def load(
    folder: Annotated[Path | None, typer.Argument(help="Town folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Load a town folder and the packs it names; checks all of it before writing any."""
    with installation():
        ready()
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
        show({"changed": loaded.changed, **figures}, as_json, str(loaded.town))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.")] = 1,
) -> None:
    """Serve the site, and let its clocks ring in the background."""
    with installation():
        from linli.web import server

        ready()
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
    with installation():
        from linli.clock import now
        from linli.simulate.beginning import begin

        ready()
        started = perf_counter()
        with bar(_("living"), cases, as_json) as advance:
            written = begin(cases, years, seed, now(), advance)
        seconds = perf_counter() - started
        show({**written.figures(), "seconds": round(seconds, 2)}, as_json)


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
    with installation():
        from linli import clock, demonstration
        from linli.web import server

        ready()
        with bar(_("living"), cases, quiet=False) as advance:
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
