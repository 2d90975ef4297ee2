"""Judge parts by their pictures."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from linli.cli.ground import AsJson, bar, clear, installation, ready, show

inspect = typer.Typer(help="Judge parts by their pictures.", no_args_is_help=True)


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
    with installation():
        from linli.assets.inspection import apart, running, working

        working.quieten()
        with bar("learning", None, as_json) as advance, clear():
            if to is not None:
                learnt = apart.learn(good, pairs, false_alarms, advance)
                figures = {
                    "file": str(to), "samples": learnt.samples,
                    "sha256": apart.save(learnt.judge, to),
                    "threshold": round(learnt.judge.threshold, 4), "unreadable": learnt.faults,
                }  # fmt: skip
            else:
                ready()
                figures = running.taught(station, good, pairs, advance)
        show(figures, as_json)


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
    with installation():
        from linli.assets.inspection import apart, running, working

        working.quieten()
        if (model is None) != (over is None):
            raise typer.BadParameter("--model FILE --over DIR")
        if model is not None and over is not None:
            with bar("judging", None, as_json) as advance, clear():
                counts: dict[str, Any] = {"good": 0, "flawed": 0, "unusable": 0}
                for line in apart.judged(apart.load(model), over, advance):
                    told = line.told()
                    counts[told["verdict"]] += 1
                    if as_json:
                        typer.echo(json.dumps(told, ensure_ascii=False))
                    elif told["verdict"] != "good":
                        said = told["reason"] or f"{told['score']:.2f}"
                        typer.echo(f"{told['file']}\t{told['verdict']}\t{said}")
            show(counts, as_json)
            return
        ready()
        with clear():
            counts = running.work(station, once=once, workers=workers)
        show(counts, as_json)
