"""The command line: what an operator does with an installation, a module for each group."""

from linli.cli import beginning, figures, rows, running
from linli.cli.ground import app
from linli.cli.inspection import inspect
from linli.cli.maintain import maintain
from linli.cli.route import route
from linli.cli.telemetry import telemetry
from linli.cli.train import train

__all__ = ["app", "beginning", "figures", "main", "rows", "running"]

app.add_typer(train, name="train")
app.add_typer(maintain, name="maintain")
app.add_typer(telemetry, name="telemetry")
app.add_typer(inspect, name="inspect")
app.add_typer(route, name="route")


def main() -> None:
    """Run the command line."""
    app()
