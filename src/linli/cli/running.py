"""Keep an installation running: clocks, folding, filing, checking."""

import json
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from linli.cli.ground import AsJson, app, bar, installation, out, ready, show


@app.command()
def tick(as_json: AsJson = False) -> None:
    """Let the clocks ring that are due: reminders, escalation, silent evaluation; fold tallies."""
    with installation():
        from linli import background

        rang, folded = background.once()
        background.ponder()
        show({"clocks_rung": rang, "events_folded": folded}, as_json)


@app.command()
def work(
    pause: Annotated[float, typer.Option(help="Seconds between two looks at the clocks.")] = 0.5,
) -> None:
    """Let clocks ring and fold tallies until stopped; `serve` runs one of these itself."""
    with installation():
        from linli import background

        background.work(pause)


@app.command()
def reindex(as_json: AsJson = False) -> None:
    """File all cases anew for searching; needed after places or organisations were renamed."""
    with installation():
        from linli.cases import search

        ready()
        with bar("filing", None, as_json) as advance:
            show({"cases_filed": search.reindex(advance)}, as_json)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check every chain of events, every case row and every tally; exit 1 if anything is wrong."""
    with installation():
        from linli import integrity

        with bar("checking", None, as_json) as advance:
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
