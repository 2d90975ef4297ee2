"""How long machines will last, and when they leave their normal."""

from pathlib import Path
from typing import Annotated

import typer

from linli.cli.ground import AsJson, bar, installation, ready, show_rows

maintain = typer.Typer(
    help="How long machines will last, and when they leave their normal.", no_args_is_help=True
)

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
    with installation():
        from linli.assets.maintenance import running

        if histories:
            told = running.fit(histories, out_file, horizon, unit, cycle, setting or ())
            show_rows([told], as_json, "life model")
            return
        ready()
        with bar("machines", None, quiet=as_json) as each:
            told_all = running.fit_town(upkeep, each)
        show_rows(told_all, as_json, "life models")


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
    with installation():
        from linli.assets.maintenance import running

        if histories:
            told = running.run(histories, model, base, unit, cycle, setting or ())
            show_rows(told, as_json, "machines")
            return
        ready()
        with bar("machines", None, quiet=as_json) as each:
            told = running.run_town(each)
        show_rows(told, as_json, "machines")
