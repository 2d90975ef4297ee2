"""Figures of the town: league tables and bulletins."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from rich.table import Table

from linli.cli.ground import AsJson, app, installation, out, show


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
    with installation():
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
    with installation():
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
        show({"file": str(file), "period": issue.period, "version": issue.version,
                "issued": issue.is_final}, as_json)  # fmt: skip
