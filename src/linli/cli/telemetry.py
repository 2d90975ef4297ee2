"""What machines say: take in, store, export."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from linli.cli.ground import AsJson, bar, installation, out, ready, show

telemetry = typer.Typer(help="What machines say: take in, store, export.", no_args_is_help=True)


@telemetry.command("run")
def telemetry_run(
    seconds: Annotated[float, typer.Option(help="Stop after so long; 0 for never.")] = 0.0,
) -> None:
    """Follow all sources until stopped: store, evaluate, fold; `serve` does this itself."""
    with installation():
        from linli.assets.telemetry import worker

        ready()
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
    with installation():
        from linli.assets.telemetry import files as telemetry_files
        from linli.assets.telemetry import worker

        ready()
        stored, refused = 0, dict[str, int]()
        with bar("importing", None, as_json) as advance:
            for file in files:
                taken = telemetry_files.take(file, advance, history=not live)
                stored += taken.stored
                for reason, count in taken.refused.items():
                    refused[reason] = refused.get(reason, 0) + count
                worker.fold_alone()
        show({"stored": stored, "refused": sum(refused.values()), **refused}, as_json)


@telemetry.command("certificate")
def telemetry_certificate(as_json: AsJson = False) -> None:
    """Show our certificate for OPC UA; a key and one signed by itself are made if none is there."""
    with installation():
        from linli.assets.telemetry import opcua_line

        ready()
        path = opcua_line.make()
        show({"certificate": str(path), "sha256": opcua_line.fingerprint(path)}, as_json)


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
    with installation():
        from datetime import timedelta

        from linli.assets.telemetry import files as telemetry_files
        from linli.assets.telemetry import stretches

        try:
            begin, end = stretches.given(since, until, timedelta(days=1))
            tags = list(tag or []) or telemetry_files.known_tags(asset)
            count = telemetry_files.give(tags, begin, end, file)
        except (LookupError, ValueError) as error:
            raise typer.BadParameter(str(error)) from error
        show({"points": count, "tags": len(tags), "file": str(file)}, as_json)
