"""Learn models from the town's own records."""

from pathlib import Path
from typing import Annotated

import typer

from linli.cli.ground import AsJson, Town, installation, load_first, show

train = typer.Typer(help="Learn models from the town's own records.", no_args_is_help=True)


@train.command("categories")
def train_categories(
    files: Annotated[
        list[Path], typer.Argument(help="CSV: subject,body,category or tokens,category.")
    ],
    town: Town = None,
    as_json: AsJson = False,
) -> None:
    """Learn to suggest categories from labelled messages."""
    with installation():
        from linli.doors import training

        load_first(town)
        show(training.categories(files), as_json)


@train.command("replies")
def train_replies(
    files: Annotated[list[Path], typer.Argument(help="CSV: subject,body,reply,explains_2.")],
    town: Town = None,
    as_json: AsJson = False,
) -> None:
    """Learn to judge replies from labelled ones."""
    with installation():
        from linli.doors import training

        load_first(town)
        show(training.replies(files), as_json)
