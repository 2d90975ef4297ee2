"""What other rooms show on the page of an asset, without the register knowing them.

A room registers a function when its app is ready:

    @panel("telemetry", order=20, styles=("linli/telemetry.css",))
    def readings(asset: Asset, sight: Scope) -> str:
        return render_to_string("telemetry/_panel.html", {...}) if ... else ""
"""

from collections.abc import Callable
from dataclasses import dataclass

from linli.assets.register.models import Asset
from linli.people.scope import Scope

Draw = Callable[[Asset, Scope], str]


@dataclass(frozen=True)
class Panel:
    """One section of the page; `draw` returns its HTML, empty where there is nothing to say."""

    name: str
    order: int
    draw: Draw
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()


_panels: dict[str, Panel] = {}


def panel(
    name: str, order: int = 50, styles: tuple[str, ...] = (), scripts: tuple[str, ...] = ()
) -> Callable[[Draw], Draw]:
    """Let a function draw a section of the page of an asset; a decorator.

    Parameters
    ----------
    order
        Where it stands: the smaller, the higher.
    styles, scripts
        Static files the section needs.
    """

    def register(draw: Draw) -> Draw:
        _panels[name] = Panel(name, order, draw, styles, scripts)
        return draw

    return register


@dataclass(frozen=True)
class Drawn:
    """The sections of one asset's page, and the files they need."""

    parts: list[tuple[str, str]]
    styles: list[str]
    scripts: list[str]


def drawn(asset: Asset, sight: Scope) -> Drawn:
    """Draw what other rooms have to say of an asset."""
    told = [
        (one, html)
        for one in sorted(_panels.values(), key=lambda one: (one.order, one.name))
        if (html := one.draw(asset, sight))
    ]
    return Drawn(
        [(one.name, html) for one, html in told],
        list(dict.fromkeys(file for one, _html in told for file in one.styles)),
        list(dict.fromkeys(file for one, _html in told for file in one.scripts)),
    )
