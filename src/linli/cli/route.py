"""`linli route`: plans of routes from the command line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from linli.cli.ground import bar, err, installation, out

route = typer.Typer(help="Who drives where and when.", no_args_is_help=True)


@route.command("plan")
def route_plan(
    file: Annotated[Path, typer.Argument(help="A problem as JSON (docs/logistics.md).")],
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to search.")] = 10,
    workers: Annotated[int, typer.Option(min=1, help="Processes that search.")] = 2,
    seed: Annotated[int, typer.Option(help="Of all random choices.")] = 0,
    to: Annotated[Path | None, typer.Option("--out", help="Write the plan to this file.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for machines.")
    ] = False,
) -> None:
    """Plan the orders of a file; what cannot be planned is named, the rest is planned."""
    with installation():
        from linli.engines.routes.plan import LeftOut
        from linli.engines.routes.reading import NotAProblemError, problem_of
        from linli.engines.routes.solve import solve
        from linli.logistics.saying import said

        try:
            problem, unread = problem_of(json.loads(file.read_text("utf-8")), file.parent)
        except (NotAProblemError, OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            told = f"{file}: {error}"
            err.print(told, style="red", highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(1) from error
        with bar("planning", None, as_json) as advance:
            plan = solve(
                problem, seconds, workers=workers, seed=seed, log=lambda *_: advance(1)
            )  # fmt: skip
        unplanned = [LeftOut(f.name, f.code, f.detail) for f in unread if f.kind == "order"]
        plan = replace(
            plan, left_out=(*unplanned, *plan.left_out), faults=(*unread, *plan.faults)
        )  # fmt: skip
        if to is not None:
            to.write_text(plan.to_json(), "utf-8")
        if as_json:
            typer.echo(plan.to_json())
            return
        out.print(plan.summary(said), highlight=False, markup=False, soft_wrap=True)
